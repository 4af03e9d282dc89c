package scripting_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// run compiles files and evaluates app.ts.
func run(t *testing.T, files, builtins map[string]string) (*scriptingtest.Runtime, *goja.Object) {
	t.Helper()
	program, err := scriptingtest.Compile(t, files, builtins)
	if err != nil {
		t.Fatal(err)
	}
	rt := scriptingtest.New(t)
	var exports *goja.Object
	rt.Run(program, func(o *goja.Object, failed error) { exports, err = o, failed })
	rt.Loop.RunUntilIdle()
	if err != nil {
		t.Fatal(err)
	}
	return rt, exports
}

func TestCompile(t *testing.T) {
	tests := []struct {
		name            string
		files, builtins map[string]string
	}{
		{"JavaScript", map[string]string{"app.js": `export const result = [1, 2].at(-1) === 2;`}, nil},
		{"TypeScript", map[string]string{"app.ts": `enum E { A = 1 } const x: E = E.A; export const result = (x as number) === 1;`}, nil},
		{"decorators", map[string]string{"app.ts": `
			function mark(value, context) { context.metadata.marked = context.name; return value; }
			class A { @mark hello() { return 1; } @mark accessor field = 2; }
			export const result = A[Symbol.metadata].marked === "field" && new A().hello() === 1;`}, nil},
		{"class decorators with initializers", map[string]string{"app.ts": `
			let log = "";
			function note(value, context) { context.addInitializer(function () { log += context.kind; }); }
			@note class A { @note m() {} }
			new A(); export const result = log === "methodclass" || log === "classmethod";`}, nil},
		{"legacy decorators in tsconfig", map[string]string{
			"tsconfig.json": `{ "compilerOptions": { "experimentalDecorators": true } }`,
			"app.ts":        `let kind; function d(v, c) { kind = c.kind; } class A { @d m() {} } export const result = kind === "method";`}, nil},
		{"another file", map[string]string{"app.ts": `import { a } from "./lib/a"; export const result = a === 1;`, "lib/a.ts": `export const a = 1;`}, nil},
		{"JSON", map[string]string{"app.ts": `import c from "./c.json"; export const result = c.x === 1;`, "c.json": `{"x": 1}`}, nil},
		{"JSX by default", map[string]string{
			"app.ts":                           `export { result } from "./p.tsx";`,
			"p.tsx":                            `export const result = (<p a="1">x</p>) === 'p {"a":"1","children":"x"}';`,
			"node_modules/ours/jsx-runtime.js": `export const jsx = (tag, props) => tag + " " + JSON.stringify(props);`,
			"node_modules/ours/package.json":   `{"name": "ours"}`,
		}, nil},
		{"JSX by a comment", map[string]string{
			"app.ts":                            `export { result } from "./p.jsx";`,
			"p.jsx":                             "/** @jsxImportSource other */\nexport const result = <p/> === 7;",
			"node_modules/other/jsx-runtime.js": `export const jsx = () => 7;`,
			"node_modules/other/package.json":   `{"name": "other"}`,
		}, nil},
		{"JSX by tsconfig", map[string]string{
			"tsconfig.json": `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }`,
			"app.ts":        `export { result } from "./p.jsx";`,
			"p.jsx":         `const h = (tag) => tag; export const result = <p/> === "p";`,
		}, nil},
		{"a builtin", map[string]string{"app.ts": `import { x } from "sigil"; export const result = x === 7;`},
			map[string]string{"sigil": `export const x = 7;`}},
		{"a builtin of a builtin", map[string]string{"app.ts": `import { y } from "sigil/y"; export const result = y === 8;`},
			map[string]string{"sigil": `export const x = 7;`, "sigil/y": `import { x } from "sigil"; export const y = x + 1;`}},
		{"a package of a builtin", map[string]string{"app.ts": `import { y } from "sigil/y"; export const result = y === 9;`,
			"node_modules/p/package.json": `{"main": "main.js"}`, "node_modules/p/main.js": `export const x = 8;`},
			map[string]string{"sigil/y": `import { x } from "p"; export const y = x + 1;`}},
		{"an import of a computed name", map[string]string{"app.ts": `
			let failed; await import(["a", "b"].join("")).catch((e) => { failed = e; }); export const result = failed instanceof Error;`}, nil},
		{"a package", map[string]string{"app.ts": `import p from "p"; export const result = p === 3;`,
			"node_modules/p/package.json": `{"name": "p", "main": "./cjs.js", "module": "./esm.js"}`,
			"node_modules/p/esm.js":       `export default 3;`, "node_modules/p/cjs.js": `module.exports = 4;`}, nil},
		{"a package with exports", map[string]string{"app.ts": `import { v } from "@a/p/sub"; export const result = v === 5;`,
			"node_modules/@a/p/package.json": `{"name": "@a/p", "exports": {"./sub": {"import": "./m.mjs", "require": "./c.cjs"}}}`,
			"node_modules/@a/p/m.mjs":        `export const v = 5;`, "node_modules/@a/p/c.cjs": `exports.v = 6;`}, nil},
		{"a CommonJS package", map[string]string{"app.ts": `import p, { n } from "p"; export const result = p.n === 4 && n === 4;`,
			"node_modules/p/package.json": `{"name": "p"}`, "node_modules/p/index.js": `exports.n = 4;`}, nil},
		{"a package that asks where it runs", map[string]string{"app.ts": `import mode from "p"; export const result = mode === "quiet" && typeof process === "undefined";`,
			"node_modules/p/package.json": `{"name": "p"}`,
			"node_modules/p/index.js":     `module.exports = process.env.NODE_ENV === "production" ? "quiet" : "loud";`}, nil},
		{"import()", map[string]string{"app.ts": `export const result = (await import("./b")).b === 2;`, "b.ts": `export const b = 2;`}, nil},
		{"await at the top", map[string]string{"app.ts": `const r = await new Promise((f) => setTimeout(f, 1000, 5)); export const result = r === 5;`}, nil},
		{"for await", map[string]string{"app.ts": `async function* g() { yield 1; yield await 2; } let n = 0; for await (const x of g()) n += x; export const result = n === 3;`}, nil},
		{"using", map[string]string{"app.ts": `let log = ""; { using a = { [Symbol.dispose]() { log += "d"; } }; log += "u"; } export const result = log === "ud";`}, nil},
		{"await using", map[string]string{"app.ts": `let log = ""; { await using a = { async [Symbol.asyncDispose]() { log += "d"; } }; log += "u"; } export const result = log === "ud";`}, nil},
		{"import.meta", map[string]string{"app.ts": `export const result = typeof import.meta === "object";`}, nil},
		{"a name of the wrapper", map[string]string{"app.ts": `const __sigil_exports__ = 1; export const result = __sigil_exports__ === 1;`}, nil},
		{"text that is not ASCII", map[string]string{"app.ts": `const größe = "ü😀"; export const result = größe.length === 3 && /ü/.test(größe);`}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, exports := run(t, test.files, test.builtins)
			if !exports.Get("result").ToBoolean() {
				t.Errorf("result is %v", exports.Get("result"))
			}
		})
	}
}

func TestCompileMistakes(t *testing.T) {
	tests := []struct {
		name, source, want, hint string
	}{
		{"syntax", "const a = 1;\nconst b = ;", `app.ts:2:11: SyntaxError: Unexpected ";"`, ""},
		{"a wide character before it", "const ü = '😀' + ;", `app.ts:1:18: SyntaxError: Unexpected ";"`, ""},
		{"a missing file", `import "./nope";`, `app.ts:1:8: SyntaxError: Could not resolve "./nope"`, "is there such a file? the path is relative to the importing one"},
		{"a missing package", `import x from "left-pad/lib"; x();`, `app.ts:1:15: SyntaxError: Could not resolve "left-pad/lib"`, "npm install left-pad in the folder of the apps"},
		{"a missing scoped package", `import x from "@a/b/c"; x();`, `app.ts:1:15: SyntaxError: Could not resolve "@a/b/c"`, "npm install @a/b in the folder of the apps"},
		{"Node's modules", `import fs from "node:fs"; fs();`, `app.ts:1:16: SyntaxError: Could not resolve "node:fs"`, "node:fs is a module of Node.js, which apps do not have"},
		{"a missing export", `import { nope } from "sigil"; nope();`, `app.ts:1:10: SyntaxError: No matching export in "sigil" for import "nope"`, ""},
		{"twice declared", "let a;\nlet a;", `app.ts:2:5: SyntaxError: The symbol "a" has already been declared`, `The symbol "a" was originally declared here: app.ts:1:5`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := scriptingtest.Compile(t, map[string]string{"app.ts": test.source}, map[string]string{"sigil": "export const x = 1;"})
			var list scripting.Errors
			if !errors.As(err, &list) {
				t.Fatalf("got %v", err)
			}
			if got := list[0].Error(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if list[0].Hint != test.hint {
				t.Errorf("hint %q, want %q", list[0].Hint, test.hint)
			}
			var single *scripting.Error
			if !errors.As(err, &single) || single != list[0] {
				t.Errorf("no *Error in %v", err)
			}
		})
	}
}

// The engine does not know every flag; it says so when it compiles the bundle.
func TestCompileMistakeOfTheEngine(t *testing.T) {
	_, err := scriptingtest.Compile(t, map[string]string{"app.ts": "const a = 1;\nexport const r = /x/d;"}, nil)
	if err == nil || !strings.HasPrefix(err.Error(), "app.ts:2:18: SyntaxError") {
		t.Fatalf("got %v", err)
	}
}

func TestCompileBounds(t *testing.T) {
	tests := []struct {
		name, source, want string
	}{
		{"size", "export const s = '" + strings.Repeat("x", 9<<20) + "';", "larger than"},
		{"brackets", strings.Repeat("[", 1e6), "nested too deep"},
		{"parentheses", "const a = " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000), "nested too deep"},
		{"operators", "const a = " + strings.Repeat("!", 1e6) + "1", "nested too deep"},
		{"templates", strings.Repeat("`${", 1e5), "nested too deep"},
		{"else if", strings.Repeat("if (a) {} else ", 1e5) + "{}", "nested too deep"},
		{"members", "a" + strings.Repeat(".a", 1e6), "nested too deep"},
		{"a pattern", "export const r = /" + strings.Repeat("(", 1000) + strings.Repeat(")", 1000) + "/", "nested too deep"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := scriptingtest.Compile(t, map[string]string{"app.ts": test.source}, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %.200v", err)
			}
		})
	}
}

func TestCompileInputs(t *testing.T) {
	files := map[string]string{
		"one/app.ts": `import { a } from "./a"; import "p"; a();`, "one/a.ts": `export function a() {}`,
		"one/package.json": `{}`, "one/unused.ts": "",
		"node_modules/p/package.json": `{"name": "p"}`, "node_modules/p/index.js": ``,
	}
	compile := func(root string) *scripting.Program {
		t.Helper()
		p, err := scripting.Compile(context.Background(), scripting.CompileOptions{Entry: filepath.Join(root, "one/app.ts"), Root: root})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	root := scriptingtest.Write(t, files)
	p := compile(root)
	want := []string{"node_modules/p/index.js", "node_modules/p/package.json", "one/a.ts", "one/app.ts", "one/package.json"}
	for i, name := range want {
		want[i] = filepath.Join(root, name)
	}
	if !slices.Equal(p.Inputs(), want) {
		t.Errorf("inputs %q, want %q", p.Inputs(), want)
	}
	if other := compile(scriptingtest.Write(t, files)); other.Hash() != p.Hash() {
		t.Error("the same sources in another folder have another hash")
	}
	if err := os.WriteFile(filepath.Join(root, "one/a.ts"), []byte(`export function a() { return 1; }`), 0o600); err != nil {
		t.Fatal(err)
	}
	if compile(root).Hash() == p.Hash() {
		t.Error("a changed source did not change the hash")
	}
}

func TestCompileErrorKnowsInputs(t *testing.T) {
	root := scriptingtest.Write(t, map[string]string{"app.ts": `import "./a";`, "a.ts": `let x = ;`})
	_, err := scripting.Compile(context.Background(), scripting.CompileOptions{Entry: filepath.Join(root, "app.ts"), Root: root})
	var failed *scripting.CompileError
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	want := []string{filepath.Join(root, "a.ts"), filepath.Join(root, "app.ts")}
	if !slices.Equal(failed.Inputs(), want) {
		t.Errorf("inputs %q, want %q", failed.Inputs(), want)
	}
}

func TestCompileWarnings(t *testing.T) {
	p, err := scriptingtest.Compile(t, map[string]string{"app.ts": "export const a = { x: 1,\n  x: 2 };"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings()) != 1 || p.Warnings()[0].Line != 2 {
		t.Errorf("warnings %v", p.Warnings())
	}
}

func TestCompileCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	root := scriptingtest.Write(t, map[string]string{"app.ts": ""})
	_, err := scripting.Compile(ctx, scripting.CompileOptions{Entry: filepath.Join(root, "app.ts"), Root: root})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCompileWithoutFile(t *testing.T) {
	root := t.TempDir()
	_, err := scripting.Compile(t.Context(), scripting.CompileOptions{Entry: filepath.Join(root, "app.ts"), Root: root})
	if err == nil {
		t.Fatal("compiled a file that is not there")
	}
	if _, err := scripting.Compile(t.Context(), scripting.CompileOptions{Entry: "app.ts", Root: root}); err == nil {
		t.Error("took a relative path")
	}
}

func TestProgramIsShared(t *testing.T) {
	p, err := scriptingtest.Compile(t, map[string]string{"app.ts": `let n = 0; export function next() { return /\p{L}/u.test("é") ? ++n : -1; }`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 4 {
		go func() {
			rt := scriptingtest.New(t)
			var exports *goja.Object
			rt.Run(p, func(o *goja.Object, _ error) { exports = o })
			v, err := rt.CallExport(exports, "next")
			if err != nil {
				done <- err.Error()
				return
			}
			done <- v.String()
		}()
	}
	for range 4 {
		if got := <-done; got != "1" {
			t.Errorf("got %s", got)
		}
	}
}
