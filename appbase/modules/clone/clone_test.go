package clone

import (
	"errors"
	"os"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestPrimitives(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`structuredClone(undefined)`:                              "undefined",
		`structuredClone(null)`:                                   "null",
		`structuredClone(true)`:                                   "true",
		`Object.is(structuredClone(-0), -0)`:                      "true",
		`structuredClone(NaN)`:                                    "NaN",
		`structuredClone("\ud800") === "\ud800"`:                  "true",
		`typeof structuredClone(12n)`:                             "bigint",
		`(b => typeof b + b)(structuredClone(Object(false)))`:     "objectfalse",
		`(b => typeof b + b)(structuredClone(Object(-1.5)))`:      "object-1.5",
		`(b => typeof b + b)(structuredClone(Object("\ud800x")))`: "object\ufffdx",
		`(b => typeof b + b)(structuredClone(Object(7n)))`:        "object7",
	})
}

func TestBuiltIns(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`(d => [d instanceof Date, d.getTime()])(structuredClone(new Date(8.64e15)))`:                                                                                                                                           "true,8640000000000000",
		`structuredClone(new Date(NaN)).getTime()`:                                                                                                                                                                              "NaN",
		`(r => [r, r.lastIndex, r instanceof RegExp])((() => { const r = /a\/b/giy; r.lastIndex = 3; return structuredClone(r) })())`:                                                                                           `/a\/b/giy,0,true`,
		`JSON.stringify([...structuredClone(new Map([[{ a: 1 }, [2]], ["k", new Set([3])]])).entries()])`:                                                                                                                       `[[{"a":1},[2]],["k",{}]]`,
		`[...structuredClone(new Set(["b", 1, "a"]))]`:                                                                                                                                                                          "b,1,a",
		`structuredClone(new (class extends Map { extra() {} })([[1, 2]])).constructor.name`:                                                                                                                                    "Map",
		`(b => [b instanceof ArrayBuffer, new Uint8Array(b)])(structuredClone(new Uint8Array([1, 2]).buffer))`:                                                                                                                  "true,1,2",
		`(v => [v.constructor.name, v.byteOffset, v.length, v.buffer.byteLength, v])(structuredClone(new Int16Array(new Uint8Array([0, 0, 1, 0, 2, 0, 0, 0]).buffer, 2, 2)))`:                                                   "Int16Array,2,2,8,1,2",
		`(v => [v.constructor.name, v.byteOffset, v.byteLength, v.getUint8(0)])(structuredClone(new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1)))`:                                                                         "DataView,1,1,2",
		`(o => [o.a.buffer === o.b.buffer, o.a.buffer === o.c])((b => structuredClone({ a: new Uint8Array(b), b: new DataView(b), c: b }))(new ArrayBuffer(4)))`:                                                                "true,true",
		`[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].every((A) => { const c = structuredClone(A.of(1, 2)); return c instanceof A && c[1] === 2 })`: "true",
		`structuredClone(BigInt64Array.of(-1n))`:                                        "-1",
		`(a => { const c = structuredClone(a); a[0] = 9; return c })(Uint8Array.of(1))`: "1",
	})
}

func TestErrors(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"].every((n) => { const e = structuredClone(new globalThis[n]("m")); return e instanceof globalThis[n] && e.name === n && e.message === "m" && Object.keys(e).length === 0 })`: "true",
		`(e => [e.constructor.name, e.name, "code" in e])(structuredClone(Object.assign(new (class Mine extends Error {})("m"), { name: "Mine", code: 1 })))`:                                                                                                                       "Error,Error,false",
		`(e => e.stack === structuredClone(e).stack)(new Error("m"))`:                                                 "true",
		`Object.hasOwn(structuredClone(new Error()), "message")`:                                                      "false",
		`structuredClone(Object.defineProperty(new Error("a"), "message", { get() { return "b" } })).message`:         "",
		`(e => [e instanceof DOMException, e.name, e.message])(structuredClone(new DOMException("m", "AbortError")))`: "true,AbortError,m",
	})
}

func TestObjects(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`JSON.stringify(structuredClone({ a: { b: [1, { c: "d" }] }, u: undefined, n: null }))`:                                                    `{"a":{"b":[1,{"c":"d"}]},"n":null}`,
		`"u" in structuredClone({ u: undefined })`:                                                                                                 "true",
		`Object.keys(structuredClone({ b: 1, 2: 1, a: 1, [Symbol("s")]: 1 }))`:                                                                     "2,b,a",
		`Reflect.ownKeys(structuredClone(Object.defineProperty({}, "hidden", { value: 1 }))).length`:                                               "0",
		`structuredClone({ get x() { return 5 } }).x`:                                                                                              "5",
		`Object.getOwnPropertyDescriptor(structuredClone({ get x() { return 5 } }), "x").writable`:                                                 "true",
		`structuredClone({ get x() { throw new TypeError("mine") } })`:                                                                             "TypeError: mine",
		`structuredClone(new (class Point { x = 1; #y = 2; m() {} })()).constructor === Object`:                                                    "true",
		`Object.getPrototypeOf(structuredClone(Object.create(null, { a: { value: 1, enumerable: true } }))) === Object.prototype`:                  "true",
		`Object.keys(structuredClone(JSON.parse('{"__proto__": 1}')))`:                                                                             "__proto__",
		`(function () { return JSON.stringify(structuredClone(arguments)) })(1, 2)`:                                                                `{"0":1,"1":2}`,
		`Object.isFrozen(structuredClone(Object.freeze({ a: 1 })))`:                                                                                "false",
		`(a => [a.length, 1 in a, a.extra])(structuredClone(Object.assign([1, , 3], { extra: 4 })))`:                                               "3,false,4",
		`(a => [a.length, a[4294967290]])((() => { const a = []; a.length = 4294967295; a[4294967290] = 1; return structuredClone(a) })())`:        "4294967295,1",
		`Array.isArray(structuredClone(new (class extends Array {})(3)))`:                                                                          "true",
		`(() => { const o = {}; o.o = o; o.l = [o, o]; const c = structuredClone(o); return [c !== o, c.o === c, c.l[0] === c, c.l[1] === c] })()`: "true,true,true,true",
		`(() => { const m = new Map(); m.set(m, m); const c = structuredClone(m); return c.get(c) === c })()`:                                      "true",
		`(() => { const s = {}; const [a, b] = structuredClone([s, s]); return a === b })()`:                                                       "true",
		`structuredClone({ get a() { delete this.b; return 1 }, b: 2 }).b`:                                                                         "undefined",
	})
}

func TestRefused(t *testing.T) {
	vm := globalstest.New(t, Install)
	if err := vm.Set("ofGo", &struct{ Field int }{1}); err != nil {
		t.Fatal(err)
	}
	globalstest.Check(t, vm, map[string]string{
		`structuredClone(() => 1)`:             "DataCloneError: #<Function> could not be cloned",
		`structuredClone({ f() {} })`:          "DataCloneError: #<Function> could not be cloned",
		`structuredClone(class {})`:            "DataCloneError: #<Function> could not be cloned",
		`structuredClone(async () => 1)`:       "DataCloneError: #<AsyncFunction> could not be cloned",
		`structuredClone(Symbol("s"))`:         "DataCloneError: Symbol(s) could not be cloned",
		`structuredClone(Object(Symbol("s")))`: "DataCloneError: #<Symbol> could not be cloned",
		`structuredClone(Promise.resolve())`:   "DataCloneError: #<Promise> could not be cloned",
		`structuredClone([new WeakMap()])`:     "DataCloneError: #<WeakMap> could not be cloned",
		`structuredClone(new WeakSet())`:       "DataCloneError: #<WeakSet> could not be cloned",
		`structuredClone(new Proxy({}, {}))`:   "DataCloneError: #<Proxy> could not be cloned",
		`structuredClone((() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy })())`: "DataCloneError: #<Proxy> could not be cloned",
		`structuredClone((function* () {})())`:                                                         "DataCloneError: #<Generator> could not be cloned",
		`structuredClone([].values())`:                                                                 "DataCloneError: #<Array Iterator> could not be cloned",
		`structuredClone(ofGo)`:                                                                        "DataCloneError: an object of the server could not be cloned",
		`structuredClone()`:                                                                            "TypeError: structuredClone needs 1 argument, but got 0",
		`structuredClone(1, 2)`:                                                                        "TypeError: the options of structuredClone must be an object",
		`structuredClone(1, { transfer: 1 })`:                                                          "TypeError: the option transfer of structuredClone must be iterable",
		`structuredClone(1, { transfer: [1] })`:                                                        "TypeError: what structuredClone transfers must be objects",
		`structuredClone(1, { transfer: [{}] })`:                                                       "DataCloneError: only an ArrayBuffer can be transferred: a value of another kind could not be cloned",
		`structuredClone(1, { transfer: [new Uint8Array(1)] })`:                                        "DataCloneError: only an ArrayBuffer can be transferred: a value of another kind could not be cloned",
		`structuredClone(1, { transfer: (b => [b, b])(new ArrayBuffer(1)) })`:                          "DataCloneError: an ArrayBuffer that is detached, or transferred twice, could not be cloned",
	})
}

func TestTransfer(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`(() => { const b = Uint8Array.of(1, 2).buffer; const c = structuredClone(b, { transfer: [b] }); return [b.byteLength, new Uint8Array(c)] })()`: "0,1,2",
		`(() => { const v = Uint8Array.of(1, 2); const c = structuredClone({ v }, { transfer: new Set([v.buffer]) }); return [v.length, c.v] })()`:      "0,1,2",
		`(() => { const b = new ArrayBuffer(3); structuredClone(1, { transfer: [b] }); return b.byteLength })()`:                                        "0",
		`(() => { const b = new ArrayBuffer(3); try { structuredClone([() => 1], { transfer: [b] }) } catch {} return b.byteLength })()`:                "3",
		`(() => { const b = new ArrayBuffer(3); structuredClone(b, { transfer: [b] }); return structuredClone(b) })()`:                                  "DataCloneError: a detached ArrayBuffer could not be cloned",
		`(() => { const v = new Uint8Array(3); structuredClone(v, { transfer: [v.buffer] }); return structuredClone(v) })()`:                            "DataCloneError: a view of a detached ArrayBuffer could not be cloned",
		`(() => { const b = new ArrayBuffer(3); return structuredClone({ get x() { structuredClone(b, { transfer: [b] }) } }, { transfer: [b] }) })()`:  "DataCloneError: an ArrayBuffer that a getter detached could not be cloned",
	})
}

// A value that is deeper than the bound is an error of the script, not the end of the process; a call inside a call shares the
// bound, and a failed call gives back what it took.
func TestDepth(t *testing.T) {
	vm := globalstest.New(t, Install)
	globalstest.Eval(t, vm, `function nest(n, inside) { let o = inside; for (let i = 0; i < n; i++) o = i % 2 ? [o] : { o }; return o }`)
	const tooDeep = "RangeError: structuredClone takes values at most 5000 levels deep"
	globalstest.Check(t, vm, map[string]string{
		`typeof structuredClone(nest(5000, 1))`: "object",
		`structuredClone(nest(5001, 1))`:        tooDeep,
		`structuredClone(nest(20000, 1))`:       tooDeep,
		`structuredClone((() => { let m = 1; for (let i = 0; i < 6000; i++) m = new Map([[m, 1]]); return m })())`: tooDeep,
		`structuredClone(nest(3000, { get x() { return structuredClone(nest(3000, 1)) } }))`:                       tooDeep,
		`const growing = () => ({ get x() { return growing() } }); structuredClone(growing())`:                     tooDeep,
	})
	for range 3 {
		globalstest.Eval(t, vm, `structuredClone(nest(6000, 1))`)
	}
	if got := globalstest.Eval(t, vm, `typeof structuredClone(nest(5000, 1))`); got != "object" {
		t.Errorf("after failed calls: %s", got)
	}
}

// A getter that clones its own object ends at the engine's call depth, which no script catches.
func TestEndlessCalls(t *testing.T) {
	vm := globalstest.New(t, Install)
	_, err := vm.RunString(`const endless = { get x() { return structuredClone(endless) } }; structuredClone(endless)`)
	var overflow *goja.StackOverflowError
	if !errors.As(err, &overflow) {
		t.Errorf("got %v", err)
	}
	if got := globalstest.Eval(t, vm, `structuredClone([1])`); got != "1" {
		t.Errorf("afterwards: %s", got)
	}
}

// What a script replaces afterwards changes nothing.
func TestReplacedIntrinsics(t *testing.T) {
	vm := globalstest.New(t, Install)
	globalstest.Eval(t, vm, `structuredClone(1); kept = new Map([[1, new Map([[2, new Date(5)]])]]); Map.prototype.forEach = Map.prototype.set = Date.prototype.getTime = () => { throw new Error("spoofed") }; Reflect.apply = null; globalThis.Map = null`)
	globalstest.Check(t, vm, map[string]string{
		`structuredClone(new (Object.getPrototypeOf(structuredClone(m)).constructor)([])).size`: "ReferenceError: m is not defined",
		`structuredClone(new Date(5)).valueOf()`:                                                "5",
	})
}

func TestInterrupt(t *testing.T) {
	vm := globalstest.New(t, Install)
	stop := func(goja.FunctionCall) goja.Value { vm.Interrupt("enough"); return goja.Undefined() }
	if err := vm.Set("stop", stop); err != nil {
		t.Fatal(err)
	}
	_, err := vm.RunString(`try { structuredClone({ get x() { stop(); for (;;); } }) } catch {}`)
	var interrupted *goja.InterruptedError
	if !errors.As(err, &interrupted) {
		t.Errorf("got %v", err)
	}
}

func TestShape(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`[structuredClone.name, structuredClone.length, "prototype" in structuredClone]`: "structuredClone,1,false",
		`new structuredClone(1)`: "TypeError: Value is not a constructor",
	})
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	value, err := globalstest.New(t, Install).RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"original":2,"draft":3,"cyclic":true,"placed":"1970-01-01T00:00:00.000Z"}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func BenchmarkObject(b *testing.B) {
	benchmark(b, `({ x: 1, y: "s", l: [1, 2, 3, 4], o: { p: 1 } })`)
}

func BenchmarkArray(b *testing.B) {
	benchmark(b, `Array.from({ length: 1000 }, (_, i) => i)`)
}

func benchmark(b *testing.B, value string) {
	vm := globalstest.New(b, Install)
	if _, err := vm.RunString(`const value = ` + value + `; globalThis.run = () => structuredClone(value)`); err != nil {
		b.Fatal(err)
	}
	run, _ := goja.AssertFunction(vm.Get("run"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
}
