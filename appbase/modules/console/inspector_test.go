package console

import (
	"testing"

	"github.com/dop251/goja"
)

// inspect shows the value of a script.
func inspect(t *testing.T, source string) string {
	t.Helper()
	vm := goja.New()
	value, err := vm.RunScript("main.js", source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return NewInspector(vm).Inspect(value)
}

func checkInspect(t *testing.T, table map[string]string) {
	t.Helper()
	for source, want := range table {
		if got := inspect(t, source); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestInspectPrimitives(t *testing.T) {
	checkInspect(t, map[string]string{
		`undefined`:           "undefined",
		`null`:                "null",
		`true`:                "true",
		`-0`:                  "-0",
		`0`:                   "0",
		`-1.5e300`:            "-1.5e+300",
		`-Infinity`:           "-Infinity",
		`12n`:                 "12n",
		`Symbol("a b")`:       "Symbol(a b)",
		`"it"`:                "'it'",
		`"it's"`:              `"it's"`,
		`"'\""`:               "`'\"`",
		"\"'\\\"`\"":          "'\\'\"`'",
		`"a\n\t\\\x1b\r"`:     `'a\n\t\\\x1B\r'`,
		`"\ud800"`:            "'\ufffd'",
		`Object("s")`:         "[String: 's']",
		`Object(-0)`:          "[Number: -0]",
		`Object(true)`:        "[Boolean: true]",
		`Object(1n)`:          "[BigInt: 1n]",
		`Object(Symbol("q"))`: "[Symbol: Symbol(q)]",
	})
}

func TestInspectObjects(t *testing.T) {
	checkInspect(t, map[string]string{
		`({})`: "{}",
		`({ a: 1, "b c": "d", 3: null, ä: undefined, [Symbol("s")]: [] })`:          "{ '3': null, a: 1, 'b c': 'd', ä: undefined, [Symbol(s)]: [] }",
		`({ get a() { throw 1 }, set b(v) {}, get c() { return 1 }, set c(v) {} })`: "{ a: [Getter], b: [Setter], c: [Getter/Setter] }",
		`(() => { const o = { a: { } }; o.a.o = o; return o })()`:                   "{ a: { o: [Circular] } }",
		`(() => { const s = {}; return [s, s] })()`:                                 "[ {}, {} ]",
		`({ a: { b: { c: { d: { e: 1 } } } }, m: [[[[[1]]]]] })`:                    "{ a: { b: { c: { d: [Object] } } }, m: [ [ [ [Array] ] ] ] }",
		`new (class Foo { x = 1; #y = 2; get z() { return 3 } })()`:                 "Foo { x: 1 }",
		`new (class extends (class Base {}) {})()`:                                  "Base {}",
		`Object.create(null, { a: { value: 1, enumerable: true } })`:                "[Object: null prototype] { a: 1 }",
		`Object.create({ constructor: null })`:                                      "{}",
		`Object.defineProperty({}, "hidden", { value: 1 })`:                         "{}",
		`({ [Symbol.toStringTag]: "Tagged" })`:                                      "Object [Tagged] { [Symbol(Symbol.toStringTag)]: 'Tagged' }",
		`(function () { return arguments })(1)`:                                     "{ '0': 1 }",
		`Math`:                                                                      "Object [Math] {}",
		`new WeakMap()`:                                                             "WeakMap {}",
		`(function* () {})()`:                                                       "Object [Generator] {}",
		`({ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: { c: 2 }, d: 3 })`: "{\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1,\n  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: { c: 2 },\n  d: 3\n}",
		`Object.fromEntries(Array.from({ length: 102 }, (_, i) => ["", i])).x`:                              "undefined",
	})
}

func TestInspectArrays(t *testing.T) {
	checkInspect(t, map[string]string{
		`[]`:                                    "[]",
		`[1, , , "a", undefined]`:               "[ 1, <2 empty>, 'a', undefined ]",
		`Object.assign([1], { x: 2, "-1": 3 })`: "[ 1, x: 2, '-1': 3 ]",
		`/b(.)/.exec("abc")`:                    "[ 'bc', 'c', input: 'abc', index: 1, groups: undefined ]",
		`(() => { const a = []; a.length = 4294967295; a[4294967290] = 1; return a })()`: "[ <100 empty>, ... 4294967195 more items ]",
		`new (class List extends Array {})(1, 2)`:                                        "List(2) [ 1, 2 ]",
		`Object.defineProperty([1, 2], 1, { get() { throw 1 } })`:                        "[ 1, [Getter] ]",
		`new Uint8Array([1, 2])`:                                                         "Uint8Array(2) [ 1, 2 ]",
		`BigInt64Array.of(-1n)`:                                                          "BigInt64Array(1) [ -1n ]",
		`new Float32Array(101).fill(0.5).subarray(0, 1)`:                                 "Float32Array(1) [ 0.5 ]",
		`Uint8Array.of(1, 255).buffer`:                                                   "ArrayBuffer { byteLength: 2, bytes: <01 ff> }",
		`new ArrayBuffer(51)`:                                                            "ArrayBuffer { byteLength: 51, bytes: <00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ... 1 more bytes> }",
		`new DataView(new ArrayBuffer(4), 1)`:                                            "DataView { byteLength: 3, byteOffset: 1 }",
		`[new Array(40).fill(12345), 1].flat()`:                                          "[\n  12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345,\n  12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345,\n  12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345, 12345,\n  12345, 12345, 12345, 12345, 12345, 12345, 12345, 1\n]",
	})
}

func TestInspectBuiltIns(t *testing.T) {
	checkInspect(t, map[string]string{
		`new Date(0)`:                         "1970-01-01T00:00:00.000Z",
		`new Date(NaN)`:                       "Invalid Date",
		`/a\/b/gi`:                            `/a\/b/gi`,
		`new Map([["k", { v: 1 }], [{}, 2]])`: "Map(2) { 'k' => { v: 1 }, {} => 2 }",
		`new Set([1, "2", [3]])`:              "Set(3) { 1, '2', [ 3 ] }",
		`new Map(Array.from({ length: 101 }, (_, i) => [i, i])).size && new Set()`: "Set(0) {}",
		`(() => { const m = new Map(); m.set("m", m); return m })()`:               "Map(1) { 'm' => [Circular] }",
		`Promise.resolve([3])`:  "Promise { [ 3 ] }",
		`new Promise(() => {})`: "Promise { <pending> }",
		`(p => { p.catch(() => 0); return p })(Promise.reject(1))`: "Promise { <rejected> 1 }",
		`(function name() {})`:     "[Function: name]",
		`(() => () => 1)()`:        "[Function (anonymous)]",
		`Math.max`:                 "[Function: max]",
		`(function f() {}).bind()`: "[Function: bound f]",
		`async function a() {}; a`: "[AsyncFunction: a]",
		`(async () => 1)`:          "[AsyncFunction (anonymous)]",
		`(function* g() {})`:       "[GeneratorFunction: g]",
		`(class A {})`:             "[class A]",
		`class B { static x = 1 }; (class C extends B {})`: "[class C extends B]",
		`(class {})`:                       "[class (anonymous)]",
		`Object.assign(() => 1, { x: 1 })`: "[Function (anonymous)] { x: 1 }",
	})
}

func TestInspectErrors(t *testing.T) {
	checkInspect(t, map[string]string{
		`function f() { return new TypeError("bad") }; f()`:                               "TypeError: bad\n    at f (main.js:1:23)\n    at main.js:1:48",
		`Object.assign(new Error("a"), { code: "E" })`:                                    "Error: a\n    at main.js:1:15 { code: 'E' }",
		`new Error("a", { cause: "b" })`:                                                  "Error: a\n    at main.js:1:1 { [cause]: 'b' }",
		`new AggregateError([1], "all")`:                                                  "AggregateError: all\n    at main.js:1:1 { [errors]: [ 1 ] }",
		`Object.defineProperty(new Error("m"), "stack", { get() { throw 1 } })`:           "Error: m",
		`Object.defineProperty(new Error("m"), "stack", { value: 5 })`:                    "Error: m",
		`(() => { const e = new Error("m"); delete e.stack; e.message = 1; return e })()`: "Error",
		`[[[[new Error("deep")]]]]`:                                                       "[ [ [ [ [Error: deep] ] ] ] ]",
		`(() => { const e = new Error("m"); e.cause = e; return e })()`:                   "Error: m\n    at main.js:1:20\n    at main.js:1:60 { [cause]: [Circular] }",
	})
}

// Nothing that a script does makes logging fail, and no trap or getter runs unguarded.
func TestInspectHostile(t *testing.T) {
	checkInspect(t, map[string]string{
		`new Proxy({ a: 1 }, new Proxy({}, { get() { throw 1 } }))`:                                                                      "{ a: 1 }",
		`new Proxy(class A {}, {})`:                                                                                                      "[class A]",
		`(r => { r.revoke(); return r.proxy })(Proxy.revocable({}, {}))`:                                                                 "<revoked proxy>",
		`(r => { r.revoke(); return [r.proxy] })(Proxy.revocable(() => 1, {}))`:                                                          "[ <revoked proxy> ]",
		`Object.setPrototypeOf({ a: 1 }, new Proxy({}, { getPrototypeOf() { throw 1 } }))`:                                               "[an object that cannot be shown]",
		`[Object.setPrototypeOf([1], new Proxy([], { getOwnPropertyDescriptor() { throw 1 } })), 2]`:                                     "[ [an object that cannot be shown], 2 ]",
		`({ toString() { throw 1 }, toJSON() { throw 2 }, inspect() { throw 3 }, [Symbol.toPrimitive]() { throw 4 } })`:                  "{\n  toString: [Function: toString],\n  toJSON: [Function: toJSON],\n  inspect: [Function: inspect],\n  [Symbol(Symbol.toPrimitive)]: [Function: [Symbol.toPrimitive]]\n}",
		`Object.defineProperty(function f() {}, "name", { get() { throw 1 } })`:                                                          "[Function (anonymous)]",
		`class Bad { get [Symbol.toStringTag]() { throw 1 } static get name() { throw 1 } }; new Bad()`:                                  "{}",
		`const d = new Date(0); d.toISOString = d.getTime = () => { throw 1 }; d`:                                                        "1970-01-01T00:00:00.000Z",
		`const m = new Map([[1, 2]]); m.entries = m[Symbol.iterator] = null; Object.defineProperty(m, "size", { get() { throw 1 } }); m`: "Map(1) { 1 => 2 }",
		`let deep = {}; for (let i = 0; i < 1e5; i++) deep = { deep }; deep`:                                                             "{ deep: { deep: { deep: { deep: [Object] } } } }",
	})
}

// What a script replaces after the first use changes nothing.
func TestInspectReplacedIntrinsics(t *testing.T) {
	vm := goja.New()
	in := NewInspector(vm)
	in.Inspect(vm.NewObject())
	value, err := vm.RunString(`Reflect.getOwnPropertyDescriptor = Object.keys = Map.prototype.entries = () => { throw 1 }; ({ a: new Map([[1, 2]]) })`)
	if err != nil {
		t.Fatal(err)
	}
	if got := in.Inspect(value); got != "{ a: Map(1) { 1 => 2 } }" {
		t.Errorf("got %s", got)
	}
}

func TestInspectDetached(t *testing.T) {
	vm := goja.New()
	buffer := vm.NewArrayBuffer(make([]byte, 8))
	if err := vm.Set("buffer", buffer); err != nil {
		t.Fatal(err)
	}
	value, err := vm.RunString(`[buffer, new Uint16Array(buffer, 2), new DataView(buffer)]`)
	if err != nil {
		t.Fatal(err)
	}
	buffer.Detach()
	const want = "[\n  ArrayBuffer { detached }, Uint16Array(0) [], [an object that cannot be shown]\n]"
	if got := NewInspector(vm).Inspect(value); got != want {
		t.Errorf("got %s", got)
	}
}

// Objects of the server, as its handles are.
func TestInspectOfGo(t *testing.T) {
	vm := goja.New()
	for want, value := range map[string]goja.Value{
		"{ x: 1 }":     vm.ToValue(map[string]any{"x": 1}),
		"[ 1, 'a' ]":   vm.ToValue([]any{1, "a"}),
		"{ id: 'id' }": vm.NewDynamicObject(handle{}),
	} {
		if got := NewInspector(vm).Inspect(value); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

type handle struct{}

func (handle) Get(key string) goja.Value {
	if key == "id" {
		return goja.New().ToValue("id")
	}
	return nil
}
func (handle) Set(string, goja.Value) bool { return false }
func (handle) Has(key string) bool         { return key == "id" }
func (handle) Delete(string) bool          { return false }
func (handle) Keys() []string              { return []string{"id"} }
