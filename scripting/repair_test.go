package scripting_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// defects are programs that the engine gets wrong when they are compiled as
// they are. Each sets the variable result.
var defects = []struct{ name, source, want string }{
	{"arguments of an arrow", `function f(a, b) { const g = () => arguments[1]; return g(); } var result = f(1, 2);`, "2"},
	{"its length", `function f(a, b) { const g = () => arguments.length; return g(7, 8, 9); } var result = f(1, 2);`, "2"},
	{"in an arrow in an arrow", `function f(a) { return [1].map(() => [1].map(() => arguments[0])); } var result = f(5);`, "5"},
	{"in a method", `var result = ({ m(...r) { return (() => arguments.length)(); } }).m(1, 2, 3);`, "3"},
	{"in a block", `function f(a) { if (a) { let z = 1; return (() => arguments[0] + z)(); } } var result = f(2);`, "3"},
	{"in an async arrow", `function f(a) { let r; (async () => { r = arguments[0]; })(); return r; } var result = f(4);`, "4"},
	{"in a constructor", `class A { constructor() { this.n = (() => arguments.length)(); } } var result = new A(1, 2).n;`, "2"},
	{"in a default", `function f(a = () => arguments.length) { return a(); } var result = f(undefined, 2);`, "2"},
	{"in a default, with a body of its own", `function f(a = () => arguments[1], b) { var c = 3; { let d = () => c; d(); } return a() + c; } var result = f(undefined, 2);`, "5"},
	{"in a generator", `function* f(a) { yield (() => arguments[0])(); } var result = [...f(8)][0];`, "8"},
	{"behind a directive", `function f(a) { "use strict"; return (() => arguments[0])(); } var result = f(6);`, "6"},
	{"a field get", "class A {\n  get = 1;\n}\nvar result = new A().get;", "1"},
	{"fields set and async", "class A {\n  set;\n  async = () => 3;\n}\nvar result = 'set' in new A() && new A().async();", "3"},
	{"a static field get", "class A {\n  static get = 2;\n}\nvar result = A.get;", "2"},
	{"a class in a class", "class A {\n  b = class {\n    get = 1;\n  };\n  set = 2;\n}\nvar result = new (new A().b)().get + new A().set;", "3"},
	{"letters", `var result = /^\p{L}+$/u.test("Grüße");`, "true"},
	{"upper case", `var result = "aBcÉ".replace(/\p{Lu}/gu, "_");`, "a_c_"},
	{"no letters", `var result = "a1-b".replace(/\P{L}+/gu, "_");`, "a_b"},
	{"in a class", `var result = "x9_é!".replace(/[^\p{L}\p{N}_]/gu, "?");`, "x9_é?"},
	{"a script", `var result = /\p{Script=Greek}/u.test("abγ");`, "true"},
	{"a brand check and", `class A { #x = 1; static is(y, z) { return #x in y && z; } } var result = A.is(new A(), 7) + " " + A.is({}, 7);`, "7 false"},
	{"a brand check or", `class A { #x = 1; static is(y, z) { return #x in y || z; } } var result = A.is(new A(), 7) + " " + A.is({}, 7);`, "true 7"},
	{"a brand check or else", `class A { #x = 1; static is(y, z) { return #x in y ?? z; } } var result = A.is({}, 7);`, "false"},
	{"a brand check of a method", `class A { #m() {} is(y) { return y !== null && #m in y && typeof y.#m === "function"; } } var result = new A().is(new A());`, "true"},
	{"emoji", `var result = "a😀b".replace(/\p{Emoji_Presentation}/u, "*");`, "a*b"},
}

func TestRepairs(t *testing.T) {
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			if got := unrepaired(d.source); got == d.want {
				t.Fatalf("the engine has no such defect any more: %q", got)
			}
			rt := scriptingtest.New(t)
			exports := rt.Load(d.source + "\nexport { result };")
			if got := exports.Get("result").String(); got != d.want {
				t.Errorf("got %q, want %q", got, d.want)
			}
		})
	}
}

// unrepaired runs a program in the bare engine.
func unrepaired(source string) (result string) {
	defer func() {
		if recover() != nil {
			result = "panic"
		}
	}()
	vm := goja.New()
	if _, err := vm.RunString(source); err != nil {
		return "error"
	}
	return vm.Get("result").String()
}

func TestBrandChecks(t *testing.T) {
	for check, want := range map[string]string{
		"#x in y": "true false", "!(#x in y)": "false true", "#x in y ? 1 : 2": "1 2", "#x in y === true": "true false",
		"#x in y && !(#x in z)": "true false", "!(#x in y) && #x in z": "false false", "#x in (y && z)": "false false",
		"z && #x in y": "true false", "#x in y && y.#x": "1 false", "#x in y, 5": "5 5",
	} {
		rt := scriptingtest.New(t)
		exports := rt.Load("class A { #x = 1; static is(y, z) { return " + check + "; } }\nexport const result = A.is(new A(), {}) + ' ' + A.is({}, {});")
		if got := exports.Get("result").String(); got != want {
			t.Errorf("%s: got %q, want %q", check, got, want)
		}
	}
}

func TestBrandCheckKeepsPositions(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load("class A { #x = 1;\n  is(y: any) { return this && #x in y && 1; }\n}\nexport function f() { return new A().is(5); }")
	_, err := rt.CallExport(exports, "f")
	if err == nil || !strings.HasPrefix(err.Error(), "app.ts:2:37: TypeError") {
		t.Fatalf("got %v", err)
	}
}

func TestRepairKeepsPositions(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load("class A { get = 1; set = nope(this.get); async; }\nfunction nope(x) { return (() => arguments[0])().y.z; }\nexport function f() { return new A(); }")
	_, err := rt.CallExport(exports, "f")
	if err == nil || !strings.HasPrefix(err.Error(), "app.ts:2:52: TypeError") {
		t.Fatalf("got %v", err)
	}
	detail := err.(interface{ Detail() string }).Detail()
	if !strings.Contains(detail, "(app.ts:1:26)") {
		t.Errorf("the field's initializer is not where it should be:\n%s", detail)
	}
}

func TestUnknownProperty(t *testing.T) {
	rt := scriptingtest.New(t)
	_, err := rt.TryLoad("const a = 1;\nexport const r = /\\p{Nope}/u;")
	if err == nil || !strings.HasPrefix(err.Error(), "app.ts:2:18: SyntaxError: invalid regular expression: unknown property") {
		t.Fatalf("got %v", err)
	}
}
