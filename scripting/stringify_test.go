package scripting_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestStringify(t *testing.T) {
	tests := []struct{ arguments, want string }{
		{`1`, `1`}, {`-0`, `0`}, {`1.5`, `1.5`}, {`1e21`, `1e+21`}, {`1e-7`, `1e-7`}, {`NaN`, `null`}, {`-Infinity`, `null`}, {`2 ** 53`, `9007199254740992`},
		{`"a\"\\\b\f\n\r\t\u0001é😀"`, `"a\"\\\b\f\n\r\t\u0001é😀"`},
		{`"\ud800x\udc00"`, `"\ud800x\udc00"`}, {`"\ud83d\ude00\ufffd\ud83d"`, `"😀�\ud83d"`},
		{`true`, `true`}, {`null`, `null`}, {`undefined`, `undefined`}, {`() => 1`, `undefined`}, {`Symbol("x")`, `undefined`},
		{`async () => 1`, `undefined`}, {`{ a: async () => 1, b: async function () {}, *c() {}, async d() {} }`, `{}`},
		{`[undefined, () => 1, Symbol("x"), NaN]`, `[null,null,null,null]`},
		{`{ a: undefined, b: () => 1, c: Symbol("x"), [Symbol("d")]: 1, e: 0 }`, `{"e":0}`},
		{`[]`, `[]`}, {`{}`, `{}`}, {`[1, [2, {}], []]`, `[1,[2,{}],[]]`}, {`[, 1]`, `[null,1]`},
		{`[[], {}, [1], { a: [] }], null, 2`, "[\n  [],\n  {},\n  [\n    1\n  ],\n  {\n    \"a\": []\n  }\n]"},
		{`{ a: [], b: 1 }, null, "--"`, "{\n--\"a\": [],\n--\"b\": 1\n}"},
		{`[1], null, 99`, "[\n          1\n]"}, {`[1], null, -1`, `[1]`}, {`[1], null, new Number(1)`, "[\n 1\n]"}, {`[1], null, "12345678901"`, "[\n12345678901\n]"},
		{`{ b: 1, a: { c: 2, b: 3 } }, ["a", "b", "a", 1, new String("c")]`, `{"a":{"b":3,"c":2},"b":1}`},
		{`{ a: 1, b: [2] }, (k, v) => (typeof v === "number" ? v + 1 : v)`, `{"a":2,"b":[3]}`},
		{`{ a: 1 }, function (k, v) { return k === "" ? v : Object.keys(this).join() + k; }`, `{"a":"aa"}`},
		{`{ a: 1 }, () => undefined`, `undefined`},
		{`{ toJSON(k) { return "json" + k; } }`, `"json"`}, {`{ a: { toJSON(k) { return k; } } }`, `{"a":"a"}`},
		{`new Date(0)`, `"1970-01-01T00:00:00.000Z"`}, {`new Date(NaN)`, `null`},
		{`[new Number(3), new String("s"), new Boolean(false), Object(Symbol("x"))]`, `[3,"s",false,{}]`},
		{`new Map([[1, 2]])`, `{}`}, {`new Uint8Array([1, 2])`, `{"0":1,"1":2}`}, {`new Error("x")`, `{}`}, {`/a/`, `{}`},
		{`new Proxy([1, 2], {})`, `[1,2]`}, {`new Proxy({ a: 1 }, {})`, `{"a":1}`},
		{`Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } })`, `{"own":2}`},
		{`JSON.rawJSON("1e1000")`, `1e1000`},
		{`{ "": 1, "a b": 2, "\"": 3 }`, `{"":1,"a b":2,"\"":3}`},
		{`{ get a() { return 1; } }`, `{"a":1}`},
		{`class { static x = 1 }`, `undefined`},
		{`1n`, `TypeError`}, {`[Object(1n)]`, `TypeError`},
		{`((o) => { o.o = o; return o; })({})`, `TypeError`},
		{`((a) => [a, a])([1])`, `[[1],[1]]`},
		{`{ a: { get x() { throw new RangeError(); } } }`, `RangeError`},
	}
	rt := scriptingtest.New(t)
	for _, test := range tests {
		v, err := rt.RunTrusted("test", "(() => { try { return JSON.stringify("+test.arguments+"); } catch (e) { return e.name; } })()")
		if err != nil || v.String() != test.want {
			t.Errorf("%s: got %v, %v, want %s", test.arguments, v, err, test.want)
		}
	}
}

func TestStringifyBigIntWithToJSON(t *testing.T) {
	rt := scriptingtest.New(t)
	v, err := rt.RunTrusted("test", `BigInt.prototype.toJSON = function () { return String(this); }; JSON.stringify([1n])`)
	if err != nil || v.String() != `["1"]` {
		t.Errorf("got %v, %v", v, err)
	}
}

// What wraps a Go value is written as the engine does.
func TestStringifyGoValues(t *testing.T) {
	rt := scriptingtest.New(t)
	type point struct {
		X int `json:"x"`
	}
	values := map[string]any{
		"slice": []any{1, "a", nil, []string{"b"}}, "map": map[string]any{"a": 1}, "ints": []int{1, 2},
		"pointer": &point{3}, "time": time.Unix(0, 0).UTC(), "raw": json.RawMessage(`{"r":1}`),
	}
	plain := goja.New()
	for name, value := range values {
		for _, vm := range []*goja.Runtime{rt.VM(), plain} {
			if err := vm.Set("v", value); err != nil {
				t.Fatal(err)
			}
		}
		want, err := plain.RunString(`JSON.stringify({ v: v })`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rt.RunTrusted("test", `JSON.stringify({ v: v })`)
		if err != nil || got.String() != want.String() {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
}

// FuzzStringify compares with the engine's own: any value that a JSON text
// gives comes out the same.
func FuzzStringify(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,-0,1e300,"x\té"],"b":{"":null,"c":[true,false]}}`, `[[],{},[[]]]`, `"\\\"/"`, `1e-10`} {
		f.Add(seed)
	}
	plain := goja.New()
	want, _ := goja.AssertFunction(must(plain.RunString(`(text) => { let v; try { v = JSON.parse(text); } catch { return "bad"; } return JSON.stringify(v) + JSON.stringify([v]); }`)))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 || strings.Contains(text, `\u`) {
			return // the engine's parser changes half pairs
		}
		rt := scriptingtest.New(t)
		fn, err := rt.RunTrusted("test", `(text) => { let v; try { v = JSON.parse(text); } catch { return "bad"; } return JSON.stringify(v) + JSON.stringify([v]); }`)
		if err != nil {
			t.Fatal(err)
		}
		call, _ := goja.AssertFunction(fn)
		a, err := rt.Call(call, nil, rt.VM().ToValue(text))
		if err != nil {
			t.Fatal(err)
		}
		b, err := want(nil, plain.ToValue(text))
		if err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() && b.String() != "bad" {
			t.Errorf("got %s, want %s", a, b)
		}
	})
}

func must(v goja.Value, err error) goja.Value {
	if err != nil {
		panic(err)
	}
	return v
}
