package scripting_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// Whatever an entry was in the middle of when it was cut, the promises of others
// settle afterwards: the engine leaves frames of generators and async functions
// on its stacks.
func TestPromisesSettleAfterACut(t *testing.T) {
	for name, body := range map[string]string{
		"a function":                    "for (;;) {}",
		"an async function":             "(async () => { for (;;) {} })()",
		"an async function, later":      "(async () => { await 1; for (;;) {} })()",
		"async functions in each other": "const a = async (n) => { if (n > 0) { await a(n - 1); return } for (;;) {} }; a(20)",
		"a generator":                   "for (const x of (function* () { for (;;) yield 1 })()) ;",
		"generators in each other":      "const g = function* (n) { if (n > 0) yield* g(n - 1); else for (;;) {} }; for (const x of g(9)) ;",
		"an endless await":              "(async () => { for (;;) await 1 })()",
		"an async generator":            "(async () => { for await (const x of (async function* () { for (;;) yield 1 })()) ; })()",
		"a generator in a microtask":    "Promise.resolve().then(() => { for (const x of (function* () { for (;;) yield 1 })()) ; })",
		"a finally block":               "(async () => { try { throw 1 } catch { try { await 1 } finally { for (;;) {} } } })()",
		"a class that is being made":    "class A { x = (() => { for (const y of (function* () { for (;;) yield 1 })()) ; })() } new A()",
		"a settled promise":             "host().then(() => { (async () => { for (;;) {} })() })",
		"a panic of Go":                 "(async () => { await 1; panics() })()",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
			set := func(name string, fn func(goja.FunctionCall) goja.Value) { _ = rt.VM().Set(name, fn) }
			set("panics", func(goja.FunctionCall) goja.Value { panic("a mistake of the server's") })
			set("host", func(goja.FunctionCall) goja.Value {
				promise, settle := rt.NewPromise()
				settle(func() (goja.Value, error) { return nil, nil })
				return promise
			})
			exports := rt.Load(`export let rest = false;
				export function f() { ` + body + ` }
				export async function ok(n) { let sum = 0; for (let i = 0; i < n; i++) sum += await i; return sum }
				export const words = () => { try { return [...(function* () { yield 1; yield this })()].length } finally { rest = true } };`)
			_, err := rt.CallExport(exports, "f")
			rt.Loop.RunUntilIdle()
			if err == nil && len(rt.Errors) == 0 {
				t.Error("nobody was told")
			}
			for range 3 {
				done := ""
				v, err := rt.CallExport(exports, "ok", 10)
				if err != nil {
					t.Fatal(err)
				}
				rt.Await(v, func(v goja.Value, err error) { done = v.String() })
				rt.Loop.RunUntilIdle()
				if done != "45" {
					t.Fatalf("a promise came to %q", done)
				}
				if v, err := rt.CallExport(exports, "words"); err != nil || v.ToInteger() != 2 || !exports.Get("rest").ToBoolean() {
					t.Fatalf("%v, %v", v, err)
				}
			}
		})
	}
}

// Microtasks that the engine still has after a cut do not wait for the next call.
func TestACutLeavesMicrotasks(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
	exports := rt.Load(`export let others = 0;
		export async function f() {
			(async () => { await 1; others++ })();
			for (;;) {}
		}`)
	if _, err := rt.CallExport(exports, "f"); !asError(t, err).Interrupted {
		t.Fatal(err)
	}
	rt.Loop.RunUntilIdle()
	if got := exports.Get("others").ToInteger(); got != 1 {
		t.Errorf("%d of 1 went on", got)
	}
}

// Who waits for what was cut is told; who waits for something else goes on waiting.
func TestACutIsToldToThoseWhoWait(t *testing.T) {
	for name, body := range map[string]string{
		"behind a timer":         "await new Promise((r) => setTimeout(r, 1)); for (;;) {}",
		"behind the host":        "await host(); for (;;) {}",
		"in a function it calls": "const inner = async () => { await host(); for (;;) {} }; await inner()",
		"among several":          "await Promise.all([host(), (async () => { await host(); await 1; for (;;) {} })()])",
		"in a generator":         "for await (const x of (async function* () { await host(); yield 1; for (;;) yield 2 })()) ;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := scriptingtest.NewWith(t, scripting.Options{CallTime: short})
			var settles []func(func() (goja.Value, error))
			_ = rt.VM().Set("host", func(goja.FunctionCall) goja.Value {
				promise, settle := rt.NewPromise()
				settles = append(settles, settle)
				return promise
			})
			exports := rt.Load(`export const f = async () => { ` + body + ` };
				export const other = async () => { await host(); await 1; return "other" };`)
			told := map[string]string{}
			for _, name := range []string{"f", "other"} {
				v, err := rt.CallExport(exports, name)
				if err != nil {
					t.Fatal(err)
				}
				rt.Await(v, func(v goja.Value, err error) {
					if told[name] = "settled"; err != nil {
						told[name] = err.Error()
					}
				})
			}
			for len(settles) > 1 || name == "behind a timer" && told["f"] == "" {
				for _, settle := range settles[:len(settles)-1] {
					settle(func() (goja.Value, error) { return nil, nil })
				}
				settles = settles[len(settles)-1:]
				rt.Loop.RunUntilIdle()
			}
			if len(rt.Errors) > 0 {
				t.Errorf("told again: %v", rt.Errors)
			}
			if !strings.Contains(told["f"], "too long") && !strings.Contains(told["f"], "more than") || told["other"] != "" {
				t.Fatalf("%v", told)
			}
			settles[0](func() (goja.Value, error) { return nil, nil })
			rt.Loop.RunUntilIdle()
			if told["other"] != "settled" {
				t.Errorf("%v", told)
			}
		})
	}
}
