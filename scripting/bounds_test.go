package scripting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// killers are expressions that would take the process's memory or stack, or
// its thread for good, in the bare engine.
var killers = []struct{ name, expression string }{
	{"repeat", `"x".repeat(2 ** 40)`},
	{"repeat of an object", `String.prototype.repeat.call({ toString: () => "x" }, 2 ** 40)`},
	{"padStart", `"x".padStart(2 ** 40)`},
	{"padEnd", `"x".padEnd({ valueOf: () => 2 ** 40 }, "ab")`},
	{"concat of strings", `"".concat(...Array(100000).fill("x".repeat(1e6)))`},
	{"replace", `"x".repeat(1e4).replace(/x/g, "y".repeat(1e5))`},
	{"replace by what follows", `"x".repeat(2e4).replace(/x/g, "$'$'")`},
	{"replaceAll", `"x".repeat(1e4).replaceAll("x", "y".repeat(1e5))`},
	{"replace by a function", `"x".repeat(1e4).replace(/x/g, ((s) => () => s)("y".repeat(1e6)))`},
	{"join", `Array(100000).fill("x".repeat(1e6)).join()`},
	{"join with a separator", `"x".repeat(1e5).split("").join("y".repeat(1e6))`},
	{"split", `"x".repeat(2 ** 25).split("")`},
	{"normalize", `"\u{FDFA}".repeat(2e6).normalize("NFKD")`},
	{"every match", `"x".repeat(2 ** 24 + 1).match(/x/g)`},
	{"ArrayBuffer", `new ArrayBuffer(2 ** 40)`},
	{"Uint8Array", `new Uint8Array(2 ** 40)`},
	{"Float64Array", `new Float64Array(2 ** 31)`},
	{"a typed array of an array", `new Uint8Array(new Array(2 ** 32 - 1))`},
	{"a subclass of one", `new (class extends Uint8Array {})(2 ** 40)`},
	{"many buffers", `{ const all = []; for (;;) all.push(new Uint8Array(1e7)); }`},
	{"TypedArray.from", `Uint8Array.from({ length: 2 ** 32 })`},
	{"TypedArray.from of a text", `Uint8Array.from("x".repeat(2 ** 28))`},
	{"a typed array's join", `new Uint8Array(2 ** 23).join()`},
	{"apply", `Math.max.apply(null, new Array(2 ** 31))`},
	{"Reflect.apply", `Reflect.apply(Math.max, null, { length: 2 ** 31 })`},
	{"Reflect.construct", `Reflect.construct(Array, { length: 2 ** 31 })`},
	{"Array.from", `Array.from({ length: 2 ** 53 })`},
	{"String.raw", `String.raw({ raw: { length: 2 ** 53 } })`},
	{"JSON.parse of arrays", `JSON.parse("[".repeat(5e6))`},
	{"JSON.parse of objects", `JSON.parse('{"a":'.repeat(5e6))`},
	{"JSON.stringify of depth", `{ let a = []; for (let i = 0; i < 20000; i++) a = [a]; JSON.stringify(a); }`},
	{"JSON.stringify of length", `JSON.stringify(new Array(2 ** 32 - 1))`},
	{"JSON.stringify of keys", `JSON.stringify({}, new Array(2 ** 32 - 1))`},
	{"JSON.stringify without end", `{ const o = {}; o.toJSON = () => ({ o }); JSON.stringify(o); }`},
	{"join of depth", `{ let a = []; for (let i = 0; i < 20000; i++) a = [a]; a.join(); }`},
	{"flat of itself", `{ const a = []; a[0] = a; a.flat(Infinity); }`},
	{"proxies of proxies", `{ let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); p.x; }`},
	{"handlers of handlers", `{ let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy({}, p); p.x; }`},
	{"revocable proxies", `{ let p = {}; for (let i = 0; i < 1e6; i++) p = Proxy.revocable(p, {}).proxy; p.x; }`},
	{"a chain of prototypes", `{ let p = {}; for (let i = 0; i < 1e5; i++) p = Object.create(p); p.x; }`},
	{"RegExp of groups", `new RegExp("(?=a)" + "(".repeat(1e6) + ")".repeat(1e6))`},
	{"RegExp of repetitions", `new RegExp("(?:a?){1000}".repeat(200))`},
	{"eval", `(0, eval)("(".repeat(1e6))`},
	{"eval of operators", `(0, eval)("!".repeat(1e6) + "1")`},
	{"Function", `new Function("[".repeat(1e6))`},
	{"Function by its prototype", `(() => {}).constructor("[".repeat(1e6))`},
	{"AsyncFunction", `(async () => {}).constructor("[".repeat(1e6))`},
	{"GeneratorFunction", `(function* () {}).constructor("[".repeat(1e6))`},
	{"BigInt", `BigInt("9".repeat(5e6))`},
	{"BigInt.asUintN", `BigInt.asUintN(2 ** 50, -1n)`},
}

func TestKillers(t *testing.T) {
	all := slices.Clone(killers)
	for _, method := range []string{
		"concat([1])", "copyWithin(1, 0)", "every((x) => x)", "fill(0)", "filter((x) => x)", "flat()", "flatMap((x) => x)",
		"forEach((x) => x)", "includes(1)", "indexOf(1)", "join()", "lastIndexOf(1)", "map((x) => x)", "reduce((x) => x, 0)",
		"reduceRight((x) => x, 0)", "reverse()", "shift()", "slice()", "some((x) => x)", "sort()", "splice(0, 1)",
		"toLocaleString()", "toReversed()", "toSorted()", "toSpliced(0, 1)", "toString()", "unshift(1)", "with(0, 1)",
	} {
		all = append(all, struct{ name, expression string }{"array's " + method, "new Array(2 ** 32 - 1)." + method})
	}
	for _, killer := range all {
		t.Run(killer.name, func(t *testing.T) {
			t.Parallel()
			caught(t, killer.expression, "RangeError")
		})
	}
}

// caught runs an expression or a block, and fails unless a script can catch
// the error.
func caught(t *testing.T, expression, want string) {
	t.Helper()
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: 5 * time.Minute})
	if !strings.HasPrefix(expression, "{") {
		expression = "(" + expression + ");"
	}
	v, err := rt.RunTrusted("killer", "(() => { try { "+expression+" return 'no error'; } catch (e) { return e.name; } })()")
	if err != nil || v.String() != want {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestCircularPrototypes(t *testing.T) {
	for _, expression := range []string{
		`{ const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); }`,
		`{ const o = {}; Object.setPrototypeOf(o, new Proxy(o, {})); }`,
		`{ const o = {}; Reflect.setPrototypeOf(o, Object.create(new Proxy(o, {}))); }`,
		`{ const o = {}; o.__proto__ = new Proxy(o, {}); }`,
	} {
		caught(t, expression, "TypeError")
	}
}

// What is guarded works as before within the bounds.
func TestBoundsLeaveTheRestAlone(t *testing.T) {
	tests := []struct{ expression, want string }{
		{`"ab".repeat(3)`, "ababab"},
		{`"ab".repeat(-0.5)`, ""},
		{`"ab".padStart(5, "xy") + "|" + "ab".padEnd(4) + "|" + "ab".padEnd()`, "xyxab|ab  |ab"},
		{`"aXbX".replace("X", "[$&$'$` + "`" + `$$]")`, "a[XbXa$]bX"},
		{`"2020-10".replace(/(?<y>\d+)-(\d+)/, "$2/$<y>/$1/$3")`, "10/2020/2020/$3"},
		{`"abc".replace(/b/, (m, at, s) => m + at + s)`, "ab1abcc"},
		{`("ab".repeat(40000)).replace(/(a)(b)/g, "$2$1").slice(0, 4)`, "baba"},
		{`("ab".repeat(40000)).replace(/(?<x>a)b/g, "$<x>$01$$$&$2").slice(0, 7)`, "aa$ab$2"},
		{`("ab".repeat(40000)).replace(/ab/g, "<$'>").length > 1e6`, "RangeError"},
		{`"aaa".replaceAll("a", "b")`, "bbb"},
		{`"a1b2".split(/\d/).join("-")`, "a-b-"},
		{`[..."a1b2".matchAll(/\d/g)].map((m) => m.index).join()`, "1,3"},
		{`"abcabc".match(/b/g).join()`, "b,b"},
		{`[3, 1, 2].sort().join() + [1, [2, [3, [4, [5, [6]]]]]].flat(Infinity).join()`, "1,2,31,2,3,4,5,6"},
		{`[[[[[[1]]]]]].flat(5).length + [1, , 2].flat(9).length`, "3"},
		{`[1, 2].concat([3], 4, "x").join()`, "1,2,3,4,x"},
		{`[null, undefined, [1, [2]]].join("-")`, "--1,2"},
		{`new Uint8Array([3, 1, 2]).toSorted().join()`, "1,2,3"},
		{`new Uint8Array(4).constructor === Uint8Array && new Uint8Array(2) instanceof Uint8Array`, "true"},
		{`class B extends Uint8Array {} return new B(3) instanceof B && new B(3).slice(1) instanceof B`, "true"},
		{`Uint8Array.from([1, 2], (x) => x * 2).join() + Uint8Array.of(1).length + Uint8Array.BYTES_PER_ELEMENT`, "2,411"},
		{`Uint8Array.from("héé", (c) => c.charCodeAt(0)).join() + Uint8Array.from("12").join("") + Int8Array.from(7).length`, "104,233,233120"},
		{`[null, undefined].map((v) => { try { Uint8Array.from(v) } catch (e) { return e.name } }).join()`, "TypeError,TypeError"},
		{`new Uint8Array(new ArrayBuffer(8), 2, 3).length`, "3"},
		{`new ArrayBuffer(8).slice(2).byteLength + Object.prototype.toString.call(new ArrayBuffer(1))`, "6[object ArrayBuffer]"},
		{`Uint8Array.name + Uint8Array.length + ArrayBuffer.isView(new DataView(new ArrayBuffer(1)))`, "Uint8Array3true"},
		{`Math.max.apply(null, [1, 3, 2]) + Reflect.apply(Math.min, null, [4]) + Reflect.construct(Date, [0]).getTime()`, "7"},
		{`(0, eval)("1 + 1") + new Function("a", "b", "return a * b")(2, 3) + Function("return 4")()`, "12"},
		{`(() => {}) instanceof Function && (async () => {}).constructor !== Function && (() => {}).constructor === Function`, "true"},
		{`typeof Function.prototype + Function.name + Function.length`, "functionFunction1"},
		{`/a/.constructor === RegExp && /a/ instanceof RegExp && RegExp("b").test("b") && new RegExp(/c/g).flags === "g"`, "true"},
		{`new RegExp("\\p{Lu}", "u").test("É") && !new RegExp("\\p{Lu}").test("É") && new RegExp("\\p{L}", "v").test("é")`, "true"},
		{`class R extends RegExp { x() { return this.test("a"); } } return new R("a").x()`, "true"},
		{`((p) => new RegExp(p.repeat(20), "u").test("!".repeat(20)))(new RegExp("[\\p{P}\\p{S}]", "u").source)`, "true"},
		{`new RegExp().source + new RegExp(undefined, "i").flags + RegExp("a", undefined).source`, "(?:)ia"},
		{`BigInt("12") + BigInt(3) + BigInt.asUintN(8, 257n) + (typeof BigInt(1) === "bigint" ? 1n : 0n)`, "17"},
		{`try { new BigInt(1); } catch (e) { return e.name; }`, "TypeError"},
		{`JSON.stringify(JSON.parse('{"a":[1,{"b":null}]}', (k, v) => (v === 1 ? 2 : v)))`, `{"a":[2,{"b":null}]}`},
		{`[...new Map([[1, 2]])].join() + [...new Set([1, 1])].join() + [..."ab"].join()`, "1,21a,b"},
		{`Object.getPrototypeOf(Object.setPrototypeOf({}, Array.prototype)) === Array.prototype && ({ __proto__: null }).x === undefined`, "true"},
		{`{ const o = {}; o.__proto__ = { y: 1 }; return o.y; }`, "1"},
		{`new Proxy({}, { get: (t, k) => k }).abc + Proxy.revocable({ a: 1 }, {}).proxy.a + Proxy.length`, "abc12"},
		{`try { Proxy({}, {}); } catch (e) { return e.name; }`, "TypeError"},
		{`function* g() { const x = yield 1; yield x * 2; try { yield 3; } finally { yield 4; } } const i = g(); return [i.next().value, i.next(5).value, i.next().value, i.return(9).value, i.next().value].join()`, "1,10,3,4,9"},
		{`Array.prototype.map.name + Array.prototype.map.length + Object.keys(Array.prototype).length`, "map10"},
		{`Object.getOwnPropertyDescriptor(String.prototype, "repeat").enumerable`, "false"},
		{`Array.prototype.concat.call(1, [2]).length`, "2"},
		{`[...Uint8Array.from("12"), ...Int16Array.from("aé", (c) => c.charCodeAt(0)), Float64Array.from(5).length, Uint8Array.from([7], (n) => n + 1)].join()`, "1,2,97,233,0,8"},
		{`try { String.prototype.repeat.call(null, 1); } catch (e) { return e.name; }`, "TypeError"},
		{`try { "x".repeat(-1); } catch (e) { return e.name; }`, "RangeError"},
	}
	for _, test := range tests {
		rt := scriptingtest.NewWith(t, scripting.Options{CallTime: 5 * time.Minute})
		body := test.expression
		if word, _, _ := strings.Cut(body, " "); !slices.Contains([]string{"try", "{", "class", "function*"}, word) {
			body = "return String(" + body + ");"
		}
		v, err := rt.RunTrusted("test", "(() => { try { "+body+" } catch (e) { return e.name; } })()")
		if err != nil || v.String() != test.want {
			t.Errorf("%s: got %v, %v, want %s", test.expression, v, err, test.want)
		}
	}
}
