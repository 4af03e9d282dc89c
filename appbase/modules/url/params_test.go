package url

import (
	"strings"
	"testing"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestSearchParams(t *testing.T) {
	vm := globalstest.New(t, Install)
	for source, want := range map[string]string{
		`new URLSearchParams()`:                                      "",
		`new URLSearchParams("?a=b&&c&=d&e=f=g&a=%2B+%zz")`:          "a=b&c=&=d&e=f%3Dg&a=%2B+%25zz",
		`new URLSearchParams("a=%F0%9F%98%80&b=%ff%e2%82").get("b")`: "\ufffd\ufffd",
		`new URLSearchParams("??a")`:                                 "%3Fa=",
		`new URLSearchParams([["a", 1], new Set(["b", "c"])])`:       "a=1&b=c",
		`new URLSearchParams(new Map([["a", "b"]]))`:                 "a=b",
		`new URLSearchParams({ a: 1, "b c": null })`:                 "a=1&b+c=null",
		`new URLSearchParams({ "\ud800": 1, "\udc00": 2 })`:          "%EF%BF%BD=2",
		`new URLSearchParams(new URLSearchParams("x=y"))`:            "x=y",
		`new URLSearchParams(null)`:                                  "null=",
		`new URLSearchParams(undefined)`:                             "",
		`new URLSearchParams([["a"]])`:                               "TypeError: each element given to URLSearchParams must be a pair [name, value], but one has 1 members",
		`new URLSearchParams(["ab"])`:                                "TypeError: each element given to URLSearchParams must be a pair [name, value]",
		`new URLSearchParams({ [Symbol.iterator]: 1 })`:              "TypeError: 1 is not a method",
		`new URLSearchParams("a~!'()*-._=é\ud800")`:                  "a%7E%21%27%28%29*-._=%C3%A9%EF%BF%BD",
		`p = new URLSearchParams("a=1&b=2&a=3"); p.get("a")`:         "1",
		`p.get("z")`:    "null",
		`p.getAll("a")`: "1,3",
		`[p.has("a"), p.has("a", "3"), p.has("a", "2"), p.has("z"), p.has("a", undefined)]`: "true,true,false,false,true",
		`p.size`: "3",
	} {
		if strings.HasPrefix(source, "p.") || strings.HasPrefix(source, "[p") {
			source = `p = new URLSearchParams("a=1&b=2&a=3"); ` + source
		}
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestSearchParamsChange(t *testing.T) {
	vm := globalstest.New(t, Install)
	for change, want := range map[string]string{
		`p.append("a", "4")`:       "a=1&b=2&a=3&a=4",
		`p.delete("a")`:            "b=2",
		`p.delete("a", 3)`:         "a=1&b=2",
		`p.delete("a", undefined)`: "b=2",
		`p.set("a", "x")`:          "a=x&b=2",
		`p.set("c", "x")`:          "a=1&b=2&a=3&c=x",
		`p.sort()`:                 "a=1&a=3&b=2",
		`p.append("\ufb03", ""); p.append("🌈", ""); p.sort()`: "a=1&a=3&b=2&%F0%9F%8C%88=&%EF%AC%83=",
		`for (const [k] of p) p.delete(k)`:                    "b=2",
		`p.append("x")`:                                       "TypeError: URLSearchParams.append needs 2 arguments, but got 1",
		`p.forEach(1)`:                                        "TypeError: the first argument of URLSearchParams.forEach must be a function",
		`URLSearchParams.prototype.get.call({}, "a")`:         "TypeError: Cannot read private member #list from an object whose class did not declare it",
	} {
		got := globalstest.Eval(t, vm, `p = new URLSearchParams("a=1&b=2&a=3"); `+change+`; p.toString()`)
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", change, got, want)
		}
	}
}

func TestSearchParamsIteration(t *testing.T) {
	vm := globalstest.New(t, Install)
	for source, want := range map[string]string{
		`JSON.stringify([...p])`:           `[["a","1"],["b","2"]]`,
		`[...p.keys(), ...p.values()]`:     "a,b,1,2",
		`JSON.stringify([...p.entries()])`: `[["a","1"],["b","2"]]`,
		`p[Symbol.iterator] === p.entries`: "true",
		`(() => { const seen = []; p.forEach(function (v, k, all) { seen.push(v, k, all === p, this.x) }, { x: 7 }); return seen })()`: "1,a,true,7,2,b,true,7",
		`p.keys()[Symbol.toStringTag]`:                  "URLSearchParams Iterator",
		`p.keys()[Symbol.iterator]().next().value`:      "a",
		`Object.getPrototypeOf(p.keys()).next.call({})`: "TypeError: Cannot read private member #index from an object whose class did not declare it",
		`(() => { const i = p.keys(); i.next(); i.next(); i.next(); p.append("late", ""); return i.next().value })()`:                                       "late",
		`"constructor" in Object.getPrototypeOf(p.keys()) && p.keys().constructor === Object`:                                                               "true",
		`[URLSearchParams.length, URLSearchParams.prototype.append.length, URLSearchParams.prototype.has.length, URLSearchParams.prototype.forEach.length]`: "0,2,1,1",
		`Object.prototype.toString.call(p)`: "[object URLSearchParams]",
		`class Q extends URLSearchParams { first() { return this.get("a") } }; new Q("a=9").first()`: "9",
	} {
		if got := globalstest.Eval(t, vm, `p = new URLSearchParams("a=1&b=2"); `+source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestSearchParamsFollowTheURL(t *testing.T) {
	vm := globalstest.New(t, Install)
	for _, tt := range []struct{ change, result, want string }{
		{"", `p === u.searchParams`, "true"},
		{`p.append("y", "a b")`, `u.href`, "http://h/p?x=1&y=a+b#f"},
		{`p.delete("x")`, `u.href`, "http://h/p#f"},
		{`p.sort()`, `u.search`, "?x=1"},
		{`u.search = "?z=3"`, `p.get("z") + p.size`, "31"},
		{`u.href = "http://h?q=%2B"`, `p`, "q=%2B"},
		{`u.search = ""`, `p.size`, "0"},
		{`try { u.href = "bad" } catch {}`, `p.get("x")`, "1"},
		{`new URLSearchParams(p).set("x", 2)`, `u.search`, "?x=1"},
		{`u.search = "a b"; p.get("a b")`, `u.search`, "?a%20b"},
	} {
		got := globalstest.Eval(t, vm, `(() => { const u = new URL("http://h/p?x=1#f"), p = u.searchParams; `+tt.change+`; return `+tt.result+` })()`)
		if got != tt.want {
			t.Errorf("%s; %s: %q, want %q", tt.change, tt.result, got, tt.want)
		}
	}
}

func TestTooManyParams(t *testing.T) {
	vm := globalstest.New(t, Install)
	if err := vm.Set("long", strings.Repeat("a&", maxParams)); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		`new URLSearchParams(long).size`:                                         "100000",
		`new URLSearchParams(long + "b")`:                                        "RangeError: a query has at most 100000 parameters",
		`new URLSearchParams(long).append("b", "")`:                              "RangeError: a query has at most 100000 parameters",
		`new URL("http://h?" + long + "b").searchParams`:                         "RangeError: a query has at most 100000 parameters",
		`const u = new URL("http://h?" + long); u.searchParams.append("b", "c")`: "RangeError: a query has at most 100000 parameters",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// A URL whose query cannot grow stays as it is, with its parameters.
func TestTooLongQuery(t *testing.T) {
	const want = "RangeError: a query has at most 16777216 bytes, that of a URL 262144"
	vm := globalstest.New(t, Install)
	for source, result := range map[string]string{
		`p.append("b", "é".repeat(50000))`:                                       "http://h/?a=1&c=2",
		`p.set("a", "x".repeat(300000))`:                                         "http://h/?a=1&c=2",
		`new URLSearchParams("a=" + "x".repeat(17e6))`:                           "http://h/?a=1&c=2",
		`p = new URLSearchParams(); while (true) p.append("a", "x".repeat(1e6))`: "http://h/?a=1&c=2",
	} {
		globalstest.Eval(t, vm, `u = new URL("http://h/?a=1&c=2"); p = u.searchParams`)
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s: %.100q, want %q", source, got, want)
		}
		if got := globalstest.Eval(t, vm, `u.href`); got != result {
			t.Errorf("%s: the URL became %.100q", source, got)
		}
	}
}

// A list and its serialization are the same thing.
func FuzzQuery(f *testing.F) {
	f.Add("a=b&c=%2B+&=&%ff%zz\x80")
	f.Fuzz(func(t *testing.T, query string) {
		list, err := parseQuery(strings.ToValidUTF8(query, ""))
		if err != nil {
			return
		}
		again, err := parseQuery(serializeQuery(list))
		if err != nil || serializeQuery(again) != serializeQuery(list) {
			t.Errorf("%q is %q and then %q, %v", query, list, again, err)
		}
	})
}
