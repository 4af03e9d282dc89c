package scripting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// failure loads a module, calls its export f, and returns the Error.
func failure(t *testing.T, source string) *scripting.Error {
	t.Helper()
	rt := scriptingtest.New(t)
	exports := rt.Load(source)
	_, err := rt.CallExport(exports, "f")
	var e *scripting.Error
	if !errors.As(err, &e) {
		t.Fatalf("no *Error but %v", err)
	}
	return e
}

func TestErrorPositions(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"a missing property", "export function f() {\n  const x: any = undefined;\n  return x.y;\n}", "app.ts:3:12: TypeError: Cannot read property 'y' of undefined"},
		{"not a function", "export function f() { const o: any = {};\n\treturn o.nope(1);\n}", "app.ts:2:11: TypeError: Object has no member 'nope'"},
		{"thrown", "interface A { b: string }\nexport function f() {\n  throw new RangeError('far');\n}", "app.ts:3:9: RangeError: far"},
		{"a class of the author's", "class Odd extends Error { name = 'Odd' }\nexport function f() { throw new Odd('x'); }", "app.ts:2:29: Odd: x"},
		{"not defined", "export function f() { return nope; }", "app.ts:1:30: ReferenceError: nope is not defined"},
		{"behind wide characters", "export function f() { const ü = '😀'; return ü.x.y; }", "app.ts:1:50: TypeError: Cannot read property 'y' of undefined"},
		{"in an arrow", "export const f = () => [1].map(() => nope);", "app.ts:1:38: ReferenceError: nope is not defined"},
		{"in a decorated method", "function d(v: any, c: any) {}\nclass A { @d m() {\n    nope; } }\nexport function f() { new A().m(); }", "app.ts:3:5: ReferenceError: nope is not defined"},
		{"a string", "export function f() { throw 'boom'; }", `app.ts:1:23: Uncaught "boom"`},
		{"an object", "export function f() { throw { a: 1 }; }", `app.ts:1:23: Uncaught {"a":1}`},
		{"null", "export function f() { throw null; }", `app.ts:1:23: Uncaught null`},
		{"an object that throws", "export function f() { throw { toJSON() { throw 1; } }; }", `app.ts:1:23: Uncaught Object`},
		{"an error that throws", "export function f() { const e = new Error('x'); Object.defineProperty(e, 'message', { get() { throw 1; } }); throw e; }", `app.ts:1:33: Error`},
		{"syntax in eval", "export function f() { (0, eval)('let x = ;'); }", "SyntaxError"},
		{"a deep message", "export function f() { throw new Error('x'.repeat(1e5)); }", "app.ts:1:29: Error: xxx"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := failure(t, test.source)
			if got := e.Error(); !strings.Contains(got, test.want) || len(got) > 5000 {
				t.Errorf("got  %.300s\nwant %s", got, test.want)
			}
		})
	}
}

func TestErrorDetail(t *testing.T) {
	e := failure(t, "function inner(x: any) {\n\treturn x.name.length;\n}\nexport class A {\n  run() { return inner({}); }\n}\nexport function f() { return new A().run(); }")
	want := `TypeError: Cannot read property 'length' of undefined
  at inner (app.ts:2:16)
  2 | 	return x.name.length;
    | 	              ^
  at run (app.ts:5:18)
  at f (app.ts:7:38)
  hint: the value before the dot is missing; test it, or use ?.`
	if got := e.Detail(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestErrorCause(t *testing.T) {
	e := failure(t, "function low() { throw new TypeError('low'); }\nexport function f() {\n  try { low(); } catch (cause) {\n    throw new Error('high', { cause });\n  }\n}")
	want := `Error: high
  at f (app.ts:4:11)
  4 |     throw new Error('high', { cause });
    |           ^
  caused by: TypeError: low
    at low (app.ts:1:24)
    1 | function low() { throw new TypeError('low'); }
      |                        ^
    at f (app.ts:3:9)`
	if got := e.Detail(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestErrorCauseOfItself(t *testing.T) {
	e := failure(t, "export function f() { const e: any = new Error('x'); e.cause = e; throw e; }")
	if n := strings.Count(e.Detail(), "caused by"); n == 0 || n > 8 {
		t.Errorf("%d causes", n)
	}
}

func TestErrorAggregate(t *testing.T) {
	e := failure(t, "export function f() { throw new AggregateError([new Error('one'), 'two'], 'both'); }")
	detail := e.Detail()
	for _, want := range []string{"AggregateError: both", "error: Error: one", `error: Uncaught "two"`} {
		if !strings.Contains(detail, want) {
			t.Errorf("no %q in\n%s", want, detail)
		}
	}
}

func TestErrorHints(t *testing.T) {
	tests := []struct{ source, want string }{
		{"__dirname", "import and export"},
		{"({}).x.toFixed()", "?."},
		{"sendAl()", "did you mean sendAll?"},
		{"process.env", "Node.js"},
		{"window.alert()", "browsers"},
		{"document", "browsers"},
		{"Deno.serve()", "write export default app"},
		{"consol.log()", "misspelt"},
		{"({ sendAll() {} }).sendall()", "did you mean sendAll?"},
		{"null.x", "?."},
	}
	for _, test := range tests {
		e := failure(t, "function sendAll() {} void sendAll; export function f() { return "+test.source+"; }")
		if !strings.Contains(e.Hint, test.want) {
			t.Errorf("%s: %v: hint %q, want %q", test.source, e, e.Hint, test.want)
		}
	}
}

func TestErrorStackOfScript(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load("type X = {\n  a: 1\n};\nexport const stack = new Error('x').stack;")
	got := exports.Get("stack").String()
	if !strings.HasPrefix(got, "Error: x\n\tat app.ts:4:22") {
		t.Errorf("got %q", got)
	}
}

func TestErrorInOddlyNamedFile(t *testing.T) {
	const name = "a b%20c#d?ü.ts"
	p, err := scriptingtest.Compile(t, map[string]string{"dir x/" + name: "1;\nthrow new Error('x');"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rt := scriptingtest.New(t)
	rt.Run(p, func(_ *goja.Object, failed error) { err = failed })
	if want := "dir x/" + name + ":2:7: Error: x"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestErrorOfTrustedScript(t *testing.T) {
	rt := scriptingtest.New(t)
	v, err := rt.RunTrusted("helper", "(f) => { f.missing.x; }")
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.VM().Set("helper", v); err != nil {
		t.Fatal(err)
	}
	exports := rt.Load("declare const helper: any;\nexport function f() {\n  helper({});\n}")
	_, err = rt.CallExport(exports, "f")
	if want := "app.ts:3:3: TypeError: Cannot read property 'x' of undefined"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestErrorDetached(t *testing.T) {
	e := failure(t, "export function f() { throw new Error('x', { cause: new Error('y') }); }")
	var exception *goja.Exception
	if !errors.As(e, &exception) {
		t.Error("the Error does not know its exception")
	}
	d := e.Detached()
	if errors.As(d, &exception) {
		t.Error("the detached Error keeps its exception")
	}
	if d.Detail() != e.Detail() {
		t.Error("the detached Error tells something else")
	}
}

func TestErrorOf(t *testing.T) {
	rt := scriptingtest.New(t)
	if rt.Error(nil) != nil {
		t.Error("an Error of nil")
	}
	known := &scripting.Error{Name: "X"}
	if rt.Error(fmt.Errorf("wrapped: %w", known)) != known {
		t.Error("a wrapped Error is not found")
	}
	if e := rt.Error(errors.New("plain")); e.Name != "Error" || e.Message != "plain" {
		t.Errorf("got %v", e)
	}
}

func TestReason(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load("export const thrown = { odd: true };\nexport function f() { throw thrown; }")
	_, err := rt.CallExport(exports, "f")
	if !rt.Reason(err).SameAs(exports.Get("thrown")) {
		t.Error("the thrown value is not the reason")
	}
	o := rt.Reason(&scripting.Error{Name: "TypeError", Message: "m"}).(*goja.Object)
	if got := o.String(); got != "TypeError: m" {
		t.Errorf("got %s", got)
	}
	if got := rt.Reason(errors.New("plain")).String(); got != "Error: plain" {
		t.Errorf("got %s", got)
	}
}

func ExampleError_Detail() {
	e := &scripting.Error{
		Name: "TypeError", Message: "x is not a function",
		File: "chat.ts", Line: 12, Column: 5, SourceLine: "    x();",
		Stack: []scripting.Frame{{Func: "hello", File: "chat.ts", Line: 12, Column: 5}},
		Hint:  "check the spelling of the method and what the value is",
	}
	fmt.Println(e.Detail())
	// Output:
	// TypeError: x is not a function
	//   at hello (chat.ts:12:5)
	//   12 |     x();
	//      |     ^
	//   hint: check the spelling of the method and what the value is
}
