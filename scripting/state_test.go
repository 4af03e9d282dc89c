package scripting_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/scripting"
)

func stateOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := scripting.Compile(context.Background(), scripting.CompileOptions{
		Entry: filepath.Join(dir, "app.ts"), Root: dir, AppClass: "AppBase", LocalMembers: []string{"connections"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range p.State() {
		list = append(list, fmt.Sprint(s))
	}
	return strings.Join(list, "; ")
}

func TestState(t *testing.T) {
	app := func(body string) string { return "export default class X extends AppBase {\n" + body + "\n}" }
	for _, test := range []struct{ name, source, want string }{
		{"an echo", app(`@Websocket echo(ws) { let n = 0; ws.onMessage((t) => { n++; ws.send(t + n); }); }`), ""},
		{"fields", app("@Get a() { return this.x; }\nx = 1;\n#y = 2;"), `field "x" (app.ts:3); field "#y" (app.ts:4)`},
		{"fields without annotations", app("x = 1; #y = 2; m() { return this.#y; }"), `field "#y" (app.ts:2); field "x" (app.ts:2)`},
		{"assigned by methods", app("@Get a() { this.x = 1; }\n@Get b() { [1].forEach(() => { this.y += 1; this.z++; }); }"),
			`field "x" (app.ts:2); field "y" (app.ts:3); field "z" (app.ts:3)`},
		{"private methods", app("@Get a() { return this.#m(); }\n#m() { return 1; }"), ""},
		{"connections", app("@Get a() { return this.connections.size; }"), `this.connections (app.ts:2)`},
		{"constants", `const a = 1, b = "x" + a, c = -1, d = Symbol("d"), f = () => 1, g = Object.freeze({ x: 1 }), r = /x/;
			enum E { A = "a", B = "b" } const t = ` + "`${a}`" + `; function h() { return E.A + E[b]; }
			` + app("@Get a() { return [a, b, c, d, f, g, r, t, h()]; }"), ""},
		{"literals that are read", `const table = { a: 1 }; const list = ["x", "y"];
			` + app("@Get a() { for (const x of list) {} return [table.a, table['a'], list.map((x) => x), list.length, 'a' in table, { ...table }]; }"), ""},
		{"a literal that is changed", "const table = { a: 1 };\n" + app("@Get a() { table.a = 2; }"), `variable "table" (app.ts:1)`},
		{"a literal that grows", "const list = [];\n" + app("@Get a() { list.push(1); }"), `variable "list" (app.ts:1)`},
		{"a literal that is handed on", "const list = [];\n" + app("@Get a() { keep(list); }") + " function keep(x) { x.push(1); }", `variable "list" (app.ts:1)`},
		{"a property that is deleted", "const table = { a: 1 };\n" + app("@Get a() { delete table.a; }"), `variable "table" (app.ts:1)`},
		{"objects", "const peers = new Map();\n" + app("@Get a() { return peers.size; }"), `variable "peers" (app.ts:1)`},
		{"a counter", "let n = 0;\n" + app("@Get a() { return n++; }"), `variable "n" (app.ts:1)`},
		{"set by a pattern", "let n;\n" + app("@Get a() { [n] = [1]; return n; }"), `variable "n" (app.ts:1)`},
		{"goes with the work", "const store = new AsyncLocalStorage(), money = new Intl.NumberFormat(\"de\"), list = Intl.ListFormat();\n" + app("@Get a() { return store.run(1, () => money.format(store.getStore())) + list; }"), ""},
		{"nothing reads it", "const unused = new Map();\n" + app("@Get a() { return 1; }"), ``},
		{"static fields", app("static count = 0;\n@Get a() { return X.count; }"), `static field "count" (app.ts:2)`},
		{"globalThis", app("@Get a() { globalThis.seen = 1; }"), `globalThis.seen (app.ts:2)`},
		{"a class between", "class Base extends AppBase { kept = 1; }\nexport default class X extends Base { @Get a() { this.more = 1; } }",
			`field "kept" (app.ts:1); field "more" (app.ts:2)`},
		{"classes of its own", "class Point { x = 0; move() { this.x++; } }\n" + app("@Get a() { const p = new Point(); p.move(); return p.x; }"), ""},
		{"a class decorator", "@Api({ version: '1' })\n" + app("@Get a() { return 1; }"), ""},
	} {
		source := strings.ReplaceAll(test.source, "export default class", "declare const AppBase: any, Get: any, Websocket: any, Api: any; export default class")
		if strings.HasPrefix(source, "@Api") {
			source = strings.ReplaceAll(source, "declare const AppBase: any, Get: any, Websocket: any, Api: any; ", "")
		}
		if got := stateOf(t, map[string]string{"app.ts": source}); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestStateOfImports(t *testing.T) {
	files := map[string]string{
		"app.ts":                      `import { next } from "./lib/ids"; import p from "p"; export default class X extends AppBase { @Get a() { return p() + next(); } }`,
		"lib/ids.ts":                  "let id = 0;\nexport const next = () => ++id;",
		"node_modules/p/package.json": `{"main": "main.js"}`,
		"node_modules/p/main.js":      `const cache = new Map(); export default () => cache.size;`,
	}
	if got := stateOf(t, files); got != `variable "id" (lib/ids.ts:1)` {
		t.Errorf("got %s", got)
	}
}
