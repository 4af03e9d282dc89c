package scripting_test

import (
	"runtime"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestPrelude(t *testing.T) {
	tests := []struct{ expression, want string }{
		{`Symbol.asyncDispose === Symbol.for("Symbol.asyncDispose") && Symbol.metadata === Symbol.for("Symbol.metadata")`, "true"},
		{`Object.keys(Promise).length + Object.keys(Object).length + Object.keys(Array).length`, "0"},
		{`Promise.withResolvers.name + Promise.withResolvers.length + Object.groupBy.length + Map.groupBy.length + Array.fromAsync.length + Promise.try.length`, "withResolvers02211"},
		{`typeof Promise.withResolvers().resolve + typeof Promise.withResolvers().promise.then`, "functionfunction"},
		{`JSON.stringify(Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even")))`, `{"odd":[1,3],"even":[2]}`},
		{`Object.getPrototypeOf(Object.groupBy([], () => 1))`, "null"},
		{`Map.groupBy("abc", (c, i) => i > 0).get(true).join("")`, "bc"},
		{`"a\ud800b".isWellFormed() + "," + "a😀".isWellFormed() + "," + ("a\ud800b\udc00".toWellFormed() === "a\ufffdb\ufffd") + "😀".toWellFormed()`, "false,true,true😀"},
		{`new RegExp(RegExp.escape("1+1=(2)")).test("1+1=(2)")`, "true"},
		{`(() => { const o = { message: "m" }; Error.captureStackTrace(o); return typeof o.stack; })()`, "string"},
		{`(() => { const o = {}; const r = new WeakRef(o); return r.deref() === o && Object.prototype.toString.call(r); })()`, "[object WeakRef]"},
		{`(() => { try { new WeakRef(1); } catch (e) { return e.name; } })()`, "TypeError"},
		{`new FinalizationRegistry(() => {}).unregister({})`, "false"},
		{`(() => { try { queueMicrotask(); } catch (e) { return e.name; } })()`, "TypeError"},
		{`(() => { try { new queueMicrotask(() => {}); } catch (e) { return e.name; } })()`, "TypeError"},
	}
	rt := scriptingtest.New(t)
	for _, test := range tests {
		v, err := rt.RunTrusted("test", test.expression)
		if err != nil || v.String() != test.want {
			t.Errorf("%s: got %v, %v, want %s", test.expression, v, err, test.want)
		}
	}
}

func TestPreludeAsync(t *testing.T) {
	tests := []struct{ source, want string }{
		{`export const r = (await Array.fromAsync([1, Promise.resolve(2)])).join();`, "1,2"},
		{`async function* g() { yield 1; yield 2; } export const r = (await Array.fromAsync(g(), (x) => x * 2)).join();`, "2,4"},
		{`export const r = (await Array.fromAsync({ length: 2, 0: "a", 1: Promise.resolve("b") })).join();`, "a,b"},
		{`export const r = await Array.fromAsync(null).catch((e) => e.name);`, "TypeError"},
		{`export const r = await Promise.try((a) => { throw a; }, 5).catch((e) => e);`, "5"},
		{`const { promise, resolve } = Promise.withResolvers(); setTimeout(resolve, 3, "x"); export const r = await promise;`, "x"},
	}
	for _, test := range tests {
		rt := scriptingtest.New(t)
		if got := rt.Load(test.source).Get("r").String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.source, got, test.want)
		}
	}
}

func TestWeakRefLetsGo(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`let ref; export function make() { ref = new WeakRef({}); } export function gone() { return ref.deref() === undefined; }`)
	if _, err := rt.CallExport(exports, "make"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		runtime.GC()
		v, err := rt.CallExport(exports, "gone")
		if err != nil {
			t.Fatal(err)
		}
		if v.ToBoolean() {
			return
		}
	}
	t.Error("the target is kept alive")
}

func TestRunTrusted(t *testing.T) {
	rt := scriptingtest.New(t)
	if _, err := rt.RunTrusted("bad", "let x = ;"); err == nil {
		t.Error("compiled nonsense")
	}
	if _, err := rt.RunTrusted("throws", "throw new TypeError('x')"); asError(t, err).Name != "TypeError" {
		t.Errorf("got %v", err)
	}
	v, err := rt.RunTrusted("late", "let log = ''; Promise.resolve().then(() => { log = 'done'; }); () => log")
	if err != nil {
		t.Fatal(err)
	}
	fn, _ := goja.AssertFunction(v)
	if v, err := rt.Call(fn, nil); err != nil || v.String() != "done" {
		t.Errorf("got %v, %v", v, err)
	}
}

// The engine's own global for errors of Go is no name that an app may meet.
func TestNoGlobalsOfTheEngine(t *testing.T) {
	_, exports := run(t, map[string]string{"app.ts": `export const result = typeof GoError === "undefined" && !("GoError" in globalThis);`}, nil)
	if !exports.Get("result").ToBoolean() {
		t.Error("GoError is defined")
	}
}
