package scripting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// short is a CallTime that tests can wait for.
const short = 250 * time.Millisecond

// asError fails the test unless err is an *Error.
func asError(t *testing.T, err error) *scripting.Error {
	t.Helper()
	var e *scripting.Error
	if !errors.As(err, &e) {
		t.Fatalf("no *Error but %v", err)
	}
	return e
}

func TestCall(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export function add(a, b) { return a + b; }`)
	v, err := rt.CallExport(exports, "add", 1, 2)
	if err != nil || v.ToInteger() != 3 {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestCallDrainsMicrotasks(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export let log = ""; export function f() { Promise.resolve().then(() => { log += "b"; queueMicrotask(() => { log += "c"; }); }); log += "a"; }`)
	if _, err := rt.CallExport(exports, "f"); err != nil {
		t.Fatal(err)
	}
	if got := exports.Get("log").String(); got != "abc" {
		t.Errorf("got %q", got)
	}
}

func TestNestedCall(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`
		export let log = "";
		export function inner() { Promise.resolve().then(() => { log += "later"; }); log += "inner "; throw new TypeError("x"); }
		export function outer(host) { try { host(); } catch (e) { log += e.name + " "; } log += "outer "; }`)
	host := func(goja.FunctionCall) goja.Value {
		if _, err := rt.CallExport(exports, "inner"); err != nil {
			rt.Throw(err)
		}
		return nil
	}
	if _, err := rt.CallExport(exports, "outer", host); err != nil {
		t.Fatal(err)
	}
	if got := exports.Get("log").String(); got != "inner TypeError outer later" {
		t.Errorf("got %q", got)
	}
}

// loops are scripts that do not end by themselves; each export f never
// returns. The lines begin with the place where they are to be interrupted.
var loops = []struct{ name, source, place string }{
	{"a loop", "export function f() {\n  for (;;) {}\n}", "app.ts:"},
	{"a loop with a catch", "export function f() {\n  for (;;) { try { for (;;) {} } catch {} finally { continue; } }\n}", "app.ts:"},
	{"microtasks without end", "export function f() {\n  const g = () => Promise.resolve().then(g); g();\n}", ""},
	{"a loop in a microtask", "export async function f() {\n  await 1;\n  for (let i = 0; ; i++) { i += 1; }\n}", "app.ts:3:"},
	{"a native function with a callback", "export function f() {\n  [1].forEach(() => { for (;;) {} });\n}", "app.ts:2:"},
	{"a comparing function", "export function f() {\n  [3, 2, 1].sort(() => { for (;;) {} });\n}", "app.ts:2:"},
	{"a getter", "export function f() {\n  return { get x() { for (;;) {} } }.x;\n}", "app.ts:2:"},
	{"a spread without end", "export function f() {\n  const a: any = []; a.length = 2 ** 32 - 1;\n  return [...a];\n}", "app.ts:3:"},
	{"an iterator without end", "export function f() {\n  return [...(function* () { for (;;) yield 1; })()];\n}", "app.ts:2:"},
	{"backtracking", "export function f() {\n  return /(?=a)?(a+)+$/.test('a'.repeat(60) + 'b');\n}", ""},
	{"an error that loops when told", "export function f() {\n  throw { toJSON() { for (;;) {} } };\n}", "app.ts:2:"},
}

func TestInterrupt(t *testing.T) {
	for _, loop := range loops {
		t.Run(loop.name, func(t *testing.T) {
			t.Parallel()
			rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
			exports := rt.Load(loop.source + "\nexport function ok() { return 1; }")
			begin := time.Now()
			_, err := rt.CallExport(exports, "f")
			took := time.Since(begin)
			e := asError(t, err)
			if took < short || took > time.Minute {
				t.Errorf("interrupted after %v", took)
			}
			if !strings.HasPrefix(e.Error(), loop.place) {
				t.Errorf("got %v", e)
			}
			if !e.Interrupted && !strings.Contains(loop.name, "when told") {
				t.Errorf("not marked as interrupted: %v", e)
			}
			if v, err := rt.CallExport(exports, "ok"); err != nil || v.ToInteger() != 1 {
				t.Errorf("the next call: %v, %v", v, err)
			}
		})
	}
}

func TestInterruptTimer(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
	rt.Load("setTimeout(() => {\n  for (;;) {}\n});")
	if len(rt.Errors) != 1 || !rt.Errors[0].Interrupted || rt.Errors[0].Line == 0 {
		t.Errorf("got %v", rt.Errors)
	}
}

func TestInterruptModule(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
	_, err := rt.TryLoad("for (;;) {}")
	if !asError(t, err).Interrupted {
		t.Errorf("got %v", err)
	}
}

// A nested call that is interrupted ends the whole entry, whatever the native
// function between does with the error.
func TestInterruptIsNotSwallowed(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
	exports := rt.Load(`export function loop() { for (;;) {} }
		export let after = false;
		export function f(host) { host(); after = true; }`)
	host := func(goja.FunctionCall) goja.Value {
		_, _ = rt.CallExport(exports, "loop")
		return nil
	}
	_, err := rt.CallExport(exports, "f", host)
	if !asError(t, err).Interrupted || exports.Get("after").ToBoolean() {
		t.Errorf("got %v", err)
	}
}

// Calls that take about as long as they may: an interrupt that comes late must
// hit the call it was meant for or none.
func TestLateInterrupt(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: 50 * time.Microsecond})
	function := func(source string) goja.Callable {
		v, err := rt.VM().RunString(source) // not watched: it may take longer than a call
		if err != nil {
			t.Fatal(err)
		}
		fn, _ := goja.AssertFunction(v)
		return fn
	}
	long, quick := function(`(n) => { for (let i = 0; i < n; i++); }`), function(`() => {}`)
	interrupted := 0
	for i := range 3000 {
		if _, err := rt.Call(long, nil, rt.VM().ToValue(i%2000)); err != nil {
			if !asError(t, err).Interrupted {
				t.Fatal(err)
			}
			interrupted++
		}
		begin := time.Now()
		if _, err := rt.Call(quick, nil); err != nil && time.Since(begin) < 50*time.Microsecond {
			t.Fatalf("call %d was hit by the interrupt of the one before", i)
		}
	}
	t.Logf("%d of 3000 calls were interrupted", interrupted)
}

func TestDeepRecursion(t *testing.T) {
	tests := []struct{ name, source string }{
		{"a function", `function g() { return g() + 1; } export const f = () => g();`},
		{"an arrow", `const g = () => g() + 1; export const f = () => g();`},
		{"two functions", `function a() { return b() + 1; } function b() { return a() + 1; } export const f = () => a();`},
		{"a method", `class A { m() { return this.m() + 1; } } export const f = () => new A().m();`},
		{"a private method", `class A { #m() { return this.#m() + 1; } m() { return this.#m(); } } export const f = () => new A().m();`},
		{"a getter", `class A { get x() { return this.x + 1; } } export const f = () => new A().x;`},
		{"a constructor", `class A { constructor() { new A(); } } export const f = () => new A();`},
		{"through a native function", `const g = () => [1].map(g); export const f = () => g();`},
		{"through a comparing function", `const g = () => [1, 2].sort(g); export const f = () => g();`},
		{"through JSON", `const o = { toJSON() { return JSON.stringify(o); } }; export const f = () => JSON.stringify(o);`},
		{"an async function", `async function g() { await g(); } export const f = () => g();`},
		{"an object's method", `const o = { go(n) { return o.go(n + 1) + 1; } }; export const f = () => o.go(0);`},
		{"a generator", `function* g() { yield* g(); } export const f = () => [...g()];`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rt := scriptingtest.New(t)
			exports := rt.Load(test.source + `
				export function caught() { try { const r = f(); if (r && r.then) return r.then(() => "none", (e) => e.name); return "none"; } catch (e) { return e.name; } }`)
			if _, err := rt.CallExport(exports, "f"); err == nil && len(rt.Errors) == 0 {
				rt.Loop.RunUntilIdle()
				if len(rt.Errors) == 0 {
					t.Error("no error")
				}
			} else if e := rt.Error(err); e != nil && e.Name != "RangeError" {
				t.Errorf("got %v", e)
			}
			v, err := rt.CallExport(exports, "caught")
			if err != nil {
				t.Fatalf("no script can catch it: %v", err)
			}
			rt.Await(v, func(v goja.Value, err error) {
				if err != nil || v.String() != "RangeError" {
					t.Errorf("caught %v, %v", v, err)
				}
			})
		})
	}
}

// What the compiler cannot see still ends, and the runtime goes on.
func TestDeepRecursionUnseen(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export function f() { const o = { toString() { return "" + this; } }; return "" + o; } export const ok = () => 1;`)
	_, err := rt.CallExport(exports, "f")
	if e := asError(t, err); e.Name != "RangeError" || e.Line != 1 {
		t.Errorf("got %v", e)
	}
	if _, err := rt.CallExport(exports, "ok"); err != nil {
		t.Error(err)
	}
}

func TestRecursionWithinBounds(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: time.Minute}) // it is not about time
	exports := rt.Load(`export function sum(n) { return n === 0 ? 0 : n + sum(n - 1); } export function many() { let s = 0; for (let i = 0; i < 200; i++) s += sum(1000); return s; }`)
	v, err := rt.CallExport(exports, "many")
	if err != nil || v.ToInteger() != 200*500500 {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestMaxCallDepth(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{MaxCallDepth: 50})
	exports := rt.Load(`export function sum(n) { return n === 0 ? 0 : n + sum(n - 1); }`)
	if _, err := rt.CallExport(exports, "sum", 40); err != nil {
		t.Error(err)
	}
	if _, err := rt.CallExport(exports, "sum", 70); err == nil {
		t.Error("no error")
	}
}

func TestPanicOfNativeFunction(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load("export let log = '';\nexport function f(host) {\n  Promise.resolve().then(() => { log += 'later'; });\n  host();\n}\nexport function ok() { return log; }")
	host := func(goja.FunctionCall) goja.Value {
		panic("a defect of the host")
	}
	_, err := rt.CallExport(exports, "f", host)
	e := asError(t, err)
	if !strings.Contains(e.Message, "a defect of the host") || !strings.Contains(e.Detail(), "entry_test.go") {
		t.Errorf("got %v", e)
	}
	v, err := rt.CallExport(exports, "ok")
	if err != nil {
		t.Errorf("the next call: %v, %v", v, err)
	}
}

func TestPanicIsCaught(t *testing.T) {
	rt := scriptingtest.New(t)
	native := rt.Native("host", 0, func(goja.FunctionCall) goja.Value { panic("odd") })
	exports := rt.Load(`export function f(host) { try { host(); } catch (e) { return e.message; } }`)
	v, err := rt.CallExport(exports, "f", native)
	if err != nil || v.String() != "a native function panicked: odd" {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestDo(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
	exports := rt.Load(`export const o = { get loop() { for (;;) {} }, get bad() { throw new TypeError("bad"); }, get later() { Promise.resolve().then(() => { log = "later"; }); return 1; } }; export let log = "";`)
	o := exports.Get("o").(*goja.Object)
	get := func(name string) error {
		return rt.Do(func() error { o.Get(name); return nil })
	}
	if err := get("loop"); !asError(t, err).Interrupted {
		t.Errorf("got %v", err)
	}
	if err := get("bad"); asError(t, err).Name != "TypeError" {
		t.Errorf("got %v", err)
	}
	if err := get("later"); err != nil || exports.Get("log").String() != "later" {
		t.Errorf("got %v, %v", err, exports.Get("log"))
	}
	mine := errors.New("mine")
	if err := rt.Do(func() error { return mine }); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}

func TestClosed(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export const f = () => 1; setInterval(() => {}, 10); export const p = new Promise(() => {});`)
	rt.Await(exports.Get("p"), func(goja.Value, error) { t.Error("a pending promise was settled") })
	rt.Close()
	rt.Close()
	if _, err := rt.CallExport(exports, "f"); !errors.Is(err, scripting.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := rt.Do(func() error { return nil }); !errors.Is(err, scripting.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if rt.Loop.Timers() != 0 {
		t.Error("a timer is left")
	}
}
