package ecmascript

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

// source logs what is done to it: next and return.
const logged = `var log = [];
var logged = (...values) => ({ __proto__: Iterator.prototype,
	next() { log.push("next"); return values.length ? { value: values.shift(), done: false } : { value: undefined, done: true } },
	return() { log.push("return"); return {} } });
var told = (f) => { log = []; let r; try { r = f() } catch (e) { r = e.name ?? e } return [r, ...log].join() };`

func TestIteratorHelpers(t *testing.T) {
	vm := globalstest.New(t, Install)
	if _, err := vm.RunString(logged); err != nil {
		t.Fatal(err)
	}
	globalstest.Check(t, vm, map[string]string{
		`[1, 2, 3, 4].values().map((x) => x * 2).filter((x) => x > 2).drop(1).take(1).toArray()`:   "6",
		`[1, 2].values().flatMap((x) => [x, x]).toArray()`:                                         "1,1,2,2",
		`[1, 2, 3].values().reduce((a, b) => a + b) + [1].values().reduce((a, b) => a + b, 5)`:     "12",
		`[].values().reduce((a) => a)`:                                                             "TypeError: reduce of an empty iterator with no initial value",
		`told(() => logged(1, 2, 3).take(2).toArray().join(""))`:                                   "12,next,next,return",
		`told(() => logged(1, 2).some((x) => x === 1))`:                                            "true,next,return",
		`told(() => logged(1, 2).every((x) => x === 1))`:                                           "false,next,next,return",
		`told(() => logged(1, 2).find((x) => x === 2))`:                                            "2,next,next,return",
		`told(() => logged(1).forEach((x, i) => log.push(x + i)))`:                                 ",next,1,next",
		`told(() => logged(1).map(() => { throw "mine" }).next())`:                                 "mine,next,return",
		`told(() => logged(1).take(-1))`:                                                           "RangeError,return",
		`told(() => logged(1).take(NaN))`:                                                          "RangeError,return",
		`told(() => logged(1).take(Infinity).toArray())`:                                           "1,next,next",
		`told(() => logged(1).drop("x"))`:                                                          "RangeError,return",
		`told(() => logged(1).filter(1))`:                                                          "TypeError,return",
		`told(() => logged(1).map((x) => x).return().done)`:                                        "true,return",
		`told(() => { const it = logged(1).map((x) => x); it.return(); return it.next().done })`:   "true,return",
		`told(() => { const it = logged(1).flatMap(() => logged(5, 6)); it.next(); it.return() })`: ",next,next,return,return",
		`told(() => logged(1).flatMap(() => "text").next())`:                                       "TypeError,next,return",
		`told(() => logged(1).flatMap(() => 5).next())`:                                            "TypeError,next,return",
		`(() => { let it; const self = { __proto__: Iterator.prototype, next() { return it.next() } }; it = self.map((x) => x); try { it.next() } catch (e) { return e.message } })()`: "the iterator is running already",
		`Iterator.prototype.map.call(1, (x) => x)`:                  "TypeError: Iterator.prototype.map was called on what is no object",
		`Object.prototype.toString.call([].values().map((x) => x))`: "[object Iterator Helper]",
		`Iterator.prototype[Symbol.toStringTag]`:                    "Iterator",
		`[].values().map((x) => x) instanceof Iterator`:             "true",
		`[].values().map((x) => x).constructor === Iterator`:        "true",
		`(function* () {})() instanceof Iterator`:                   "true",
		`[].values() instanceof Iterator`:                           "true",
		`new (class extends Iterator {})() instanceof Iterator`:     "true",
		`new Iterator()`: "TypeError: Iterator cannot be constructed, only extended",
		`Iterator.from({ next: () => ({ done: true }) }).toArray().length`: "0",
		`Iterator.from("a😀").toArray().length`:                             "2",
		`const mine = [].values(); Iterator.from(mine) === mine`:           "true",
		`Iterator.from(5)`: "TypeError: the value is neither iterable nor an iterator",
		`told(() => Iterator.from({ next: () => ({ done: false }), return() { log.push("r"); return { done: true } } }).return().done)`: "true,r",
		`Iterator.concat([1], new Set([2, 3]), "x".split("")).toArray()`:                                                                "1,2,3,x",
		`Iterator.concat(1)`:                      "TypeError: the arguments of Iterator.concat must be iterable objects",
		`told(() => logged(1)[Symbol.dispose]())`: ",return",
		`[Iterator.prototype.map.length, Iterator.prototype.reduce.length, Iterator.prototype.toArray.length, Iterator.from.length, Iterator.concat.length]`: "1,1,0,1,0",
		`Object.keys(Iterator.prototype).length + Object.keys(Iterator).length`:                                                                              "0",
		`const own = Object.create(Iterator.prototype); own[Symbol.toStringTag] = "Mine"; own[Symbol.toStringTag]`:                                           "Mine",
		`(() => { "use strict"; try { Iterator.prototype.constructor = 1 } catch (e) { return e.name } })()`:                                                 "TypeError",
		`(function* () { for (let n = 0; ; n++) yield n })().filter((n) => n % 7 === 3).map((n, i) => n * i).take(3).toArray()`:                              "0,10,34",
	})
}

// Methods are made at their first use, which an object that inherits must not notice.
func TestAssignBeforeTheFirstUse(t *testing.T) {
	vm := globalstest.New(t, Install)
	globalstest.Check(t, vm, map[string]string{
		`(() => { "use strict"; const own = Object.create(Iterator.prototype); own.map = 1; return [Object.keys(own), own.map, typeof Iterator.prototype.map] })()`: "map,1,function",
	})
	fresh := globalstest.New(t, Install)
	globalstest.Check(t, fresh, map[string]string{
		`(() => { "use strict"; const own = [].values(), shut = Object.freeze([].values()); own.find = 2; try { shut.take = 1 } catch (e) { return [own.find, Object.hasOwn(own, "find"), e.name, typeof [].values().find, JSON.stringify(Object.getOwnPropertyDescriptor(Iterator.prototype, "some"))] } })()`: `2,true,TypeError,function,{"writable":true,"enumerable":false,"configurable":true}`,
	})
}

func TestBuffersAndMaps(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`var b = new Uint8Array([1, 2, 3]).buffer, c = b.transfer(); [b.byteLength, b.detached, c.detached, new Uint8Array(c)]`:           "0,true,false,1,2,3",
		`new Uint8Array(new Uint8Array([1, 2]).buffer.transfer(4))`:                                                                       "1,2,0,0",
		`new Uint8Array(new Uint8Array([1, 2]).buffer.transferToFixedLength(1))`:                                                          "1",
		`var d = new ArrayBuffer(1); d.transfer(); d.transfer()`:                                                                          "TypeError: the ArrayBuffer is detached",
		`new ArrayBuffer(1).transfer(-1)`:                                                                                                 "RangeError: the length of an ArrayBuffer is not valid",
		`[ArrayBuffer.prototype.transfer.length, ArrayBuffer.prototype.transfer.name]`:                                                    "0,transfer",
		`var m = new Map([["a", 1]]); [m.getOrInsert("a", 2), m.getOrInsert("b", 3), m.getOrInsertComputed("c", (k) => k + "!"), m.size]`: "1,3,c!,3",
		`new Map().getOrInsertComputed("a", 1)`:                                                                                           "TypeError: the second argument of getOrInsertComputed is not a function",
		`var k = {}, w = new WeakMap(); [w.getOrInsert(k, 1), w.getOrInsertComputed(k, () => 2)]`:                                         "1,1",
		`new WeakMap().getOrInsertComputed(1, () => 2)`:                                                                                   "TypeError: a key of a WeakMap must be an object",
		`var v = new DataView(new ArrayBuffer(2)); v.setFloat16(0, 1.337); [v.getFloat16(0), v.getUint16(0).toString(16)]`:                "1.3369140625,3d59",
		`var v = new DataView(new ArrayBuffer(2)); v.setFloat16(0, -2, true); [v.getFloat16(0, true), v.getUint8(1)]`:                     "-2,192",
	})
}

func TestSumPrecise(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`Math.sumPrecise([1e20, 0.1, -1e20])`:                                                        "0.1",
		`Math.sumPrecise([0.1, 0.2, 0.3])`:                                                           "0.6",
		`Object.is(Math.sumPrecise([]), -0)`:                                                         "true",
		`Object.is(Math.sumPrecise([-0, -0]), -0)`:                                                   "true",
		`Object.is(Math.sumPrecise([1, -1]), 0)`:                                                     "true",
		`Math.sumPrecise([Infinity, 1])`:                                                             "Infinity",
		`Math.sumPrecise([Infinity, -Infinity])`:                                                     "NaN",
		`Math.sumPrecise([1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623157e308])`: "1.7976931348623157e+308",
		`Math.sumPrecise([5e-324, 1])`:                                                               "1",
		`Math.sumPrecise(Array.from({ length: 3000 }, () => 0.1))`:                                   "300",
		`Math.sumPrecise([1, "2"])`:                                                                  "TypeError: Math.sumPrecise takes numbers only",
		`Math.sumPrecise(null)`:                                                                      "TypeError: cannot iterate null",
	})
}

// Every half comes back as itself, and what lies between two goes to the nearer, ties to even.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		x := fromHalf(uint16(h))
		if math.IsNaN(x) {
			continue
		}
		if got := toHalf(x); got != uint16(h) {
			t.Fatalf("%v of %#x is %#x", x, h, got)
		}
		if h&0x7fff >= 0x7bff {
			continue
		}
		next := fromHalf(uint16(h) + 1)
		middle, even := (x+next)/2, uint16(h)+uint16(h&1)
		if got := toHalf(middle); got != even {
			t.Fatalf("%v between %v and %v is %#x, want %#x", middle, x, next, got, even)
		}
		if got := toHalf(math.Nextafter(middle, x)); got != uint16(h) {
			t.Fatalf("just before %v is %#x, want %#x", middle, got, h)
		}
	}
	for x, want := range map[float64]uint16{65519: 0x7bff, 65520: 0x7c00, 0x1p-25: 0, 0x1.8p-25: 1, -1e9: 0xfc00} {
		if got := toHalf(x); got != want {
			t.Errorf("%v is %#x, want %#x", x, got, want)
		}
	}
}

func TestDisposableStack(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`var out = []; var s = new DisposableStack(); s.use({ [Symbol.dispose]() { out.push("used") } }); s.adopt(5, (v) => out.push(v)); s.defer(() => out.push("deferred")); s.dispose(); s.dispose(); [out, s.disposed]`: "deferred,5,used,true",
		`var s = new DisposableStack(); s.defer(() => { throw 1 }); s.defer(() => { throw 2 }); try { s.dispose() } catch (e) { [e.name, e.error, e.suppressed, e instanceof SuppressedError, e instanceof Error] }`:        "SuppressedError,1,2,true,true",
		`var s = new DisposableStack(); s.dispose(); s.defer(() => {})`: "ReferenceError: the stack is disposed already",
		`new DisposableStack().use(5)`:                                  "TypeError: a resource must be an object",
		`new DisposableStack().use({})`:                                 "TypeError: the resource's Symbol.dispose is not a function",
		`new DisposableStack().use(null)`:                               "null",
		`var out = [], a = new DisposableStack(); a.defer(() => out.push(1)); var b = a.move(); a.dispose(); out.push(2); b.dispose(); [out, a.disposed]`:    "2,1,true",
		`DisposableStack.prototype[Symbol.dispose] === DisposableStack.prototype.dispose`:                                                                    "true",
		`Object.prototype.toString.call(new AsyncDisposableStack())`:                                                                                         "[object AsyncDisposableStack]",
		`[SuppressedError.length, SuppressedError.prototype.name, new SuppressedError(1, 2, "m").message, SuppressedError(1, 2) instanceof SuppressedError]`: "3,SuppressedError,m,true",
	})
}

func TestAsyncDisposableStack(t *testing.T) {
	vm := globalstest.New(t, Install)
	globalstest.Eval(t, vm, `out = []; s = new AsyncDisposableStack();
		s.use({ async [Symbol.asyncDispose]() { await null; out.push("a"); throw "late" } }); s.use({ [Symbol.dispose]() { out.push("b"); throw "early" } });
		s.disposeAsync().catch((e) => out.push(e.error, e.suppressed)); 0`)
	globalstest.Check(t, vm, map[string]string{`out`: "b,a,late,early", `s.disposed`: "true"})
}

// An endless iterator runs script, so the watchdog can end it.
func TestEndlessIteratorsAreInterrupted(t *testing.T) {
	vm := globalstest.New(t, Install)
	timer := time.AfterFunc(20*time.Millisecond, func() { vm.Interrupt("enough") })
	defer timer.Stop()
	if _, err := vm.RunString(`Iterator.from({ next: () => ({ value: 1, done: false }) }).filter(() => false).toArray()`); err == nil {
		t.Error("it came to an end")
	}
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
	const want = `{"squares":[4,16,36,64,100],"log":["closed"],"sum":0}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
