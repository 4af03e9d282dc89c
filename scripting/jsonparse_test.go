package scripting_test

import (
	"encoding/json"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestJSONParse(t *testing.T) {
	tests := []struct{ expression, want string }{
		{`JSON.parse(" 1 ")`, "1"}, {`Object.is(JSON.parse("-0"), -0)`, "true"}, {`JSON.parse("1e400")`, "Infinity"},
		{`JSON.parse("-1.5e-3")`, "-0.0015"}, {`JSON.parse("12345678901234567890")`, "12345678901234567000"},
		{`JSON.parse("true") + JSON.parse("false") + JSON.parse("null")`, "1"},
		{`JSON.parse('"\\u00e9\\n\\/\\ud83d\\ude00"')`, "é\n/😀"},
		{`JSON.parse('"a\\ud800b"').charCodeAt(1).toString(16) + JSON.parse('"\\udc00"').length`, "d8001"},
		{`JSON.parse('"é😀"').length`, "3"},
		{`JSON.parse('{"__proto__":{"x":1}}').x === undefined && Object.hasOwn(JSON.parse('{"__proto__":1}'), "__proto__")`, "true"},
		{`Object.keys(JSON.parse('{"b":1,"a":2,"b":3,"1":4}')).join()`, "1,b,a"},
		{`JSON.parse('{"b":1,"b":3}').b`, "3"},
		{`JSON.parse('{"a":{"b":[1,{"c":[]}]}}').a.b[1].c.length`, "0"},
		{`JSON.parse("[1,2]", function (k, v) { return Array.isArray(this) ? v + 1 : v; }).join()`, "2,3"},
		{`JSON.parse('{"a\\u0062":1}').ab`, "1"},
		{`JSON.parse({ toString: () => "[3]" })[0]`, "3"},
		{`JSON.parse("")`, "SyntaxError: Unexpected end of JSON input"},
		{`JSON.parse("[1,")`, "SyntaxError: Unexpected end of JSON input"},
		{`JSON.parse("{a:1}")`, "SyntaxError: Unexpected token 'a' in JSON at position 1"},
		{`JSON.parse("[1,]")`, "SyntaxError: Unexpected token ']' in JSON at position 3"},
		{`JSON.parse("01")`, "SyntaxError: Unexpected token '1' in JSON at position 1"},
		{`JSON.parse("1 2")`, "SyntaxError: Unexpected token '2' in JSON at position 2"},
		{`JSON.parse("\"\n\"")`, "SyntaxError: Unexpected token '\\n' in JSON at position 1"},
		{`JSON.parse('"\\x"')`, "SyntaxError: Unexpected token 'x' in JSON at position 2"},
		{`JSON.parse('"\\u12"')`, "SyntaxError: Unexpected token '1' in JSON at position 3"},
		{`JSON.parse(undefined)`, "SyntaxError: Unexpected token 'u' in JSON at position 0"},
	}
	rt := scriptingtest.New(t)
	for _, test := range tests {
		v, err := rt.RunTrusted("test", "(() => { try { return "+test.expression+"; } catch (e) { return e; } })()")
		if err != nil || v.String() != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.expression, v, err, test.want)
		}
	}
	for _, bad := range []string{"-", "1.", ".5", "1e", "+1", "tru", "nul", "{", "[", "]", `{"a"}`, `{"a":}`, `{"a":1,}`, `"`, `"\`, "\u00a01", "[1 2]", "'a'", "NaN", "//", `"\ud800`} {
		v, err := rt.RunTrusted("test", "(text) => JSON.parse(text)")
		if err != nil {
			t.Fatal(err)
		}
		fn, _ := goja.AssertFunction(v)
		if _, err := rt.Call(fn, nil, rt.VM().ToValue(bad)); err == nil || asError(t, err).Name != "SyntaxError" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

// FuzzJSONParse: a text is taken if and only if Go's decoder takes it, and
// comes out the same when it is written again.
func FuzzJSONParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,-0,1e300,"x\u0000\ud83d\ude00é"],"b":{"":null,"c":[true,false]}}`, `[[],{},[[]]]`, `"\\\"/"`, ` 1e-10 `, `{"a":1,"a":2}`, `01`, `[1,]`, `"\ud800"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		rt := scriptingtest.New(t)
		v, err := rt.RunTrusted("test", `(text) => JSON.stringify(JSON.parse(text))`)
		if err != nil {
			t.Fatal(err)
		}
		fn, _ := goja.AssertFunction(v)
		got, err := rt.Call(fn, nil, rt.VM().ToValue(text))
		if valid := json.Valid([]byte(text)); valid != (err == nil) {
			t.Fatalf("valid %v, but %v", valid, err)
		}
		if err != nil {
			return
		}
		again, err := rt.Call(fn, nil, got)
		if err != nil || again.String() != got.String() {
			t.Errorf("got %v, %v, then %v", got, err, again)
		}
	})
}
