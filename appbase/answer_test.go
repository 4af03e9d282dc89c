package appbase

import (
	"regexp"
	"strings"
	"testing"
)

// TestAnswersOfEveryKind are those that the host encodes itself beside those that the prelude does.
func TestAnswersOfEveryKind(t *testing.T) {
	w := newWorld(t, `
		class Item { constructor() { this.n = 1; } toJSON() { return { item: this.n }; } }
		export default class App extends AppBase {
			@Get empty() { return ""; }
			@Get part() { return "\n<h1 class=a>Hi</h1>"; }
			@Get tag() { return "<i>not known by it"; }
			@Get list() { return [1, "two", null]; }
			@Get nothing() { return Object.create(null); }
			@Get item() { return new Item(); }
			@Get page() { return { next: "/page/2" }; }
			@Get own() { return { toJSON() { return undefined; } }; }
			@Get big() { return { n: 1n }; }
			@Get circle() { const a = {}; a.a = a; return a; }
			@Get truth() { return false; }
			@Get symbol() { return Symbol("s"); }
			@Get blob() { return new Blob(["b"], { type: "text/b" }); }
			@Get *chunks() { yield "a"; yield "b"; }
			@Get stream() { return { async *[Symbol.asyncIterator]() { yield "s"; } }; }
			@Get async soon() { return { soon: true }; }
			@Get async never() { throw notFound("gone"); }
			@Get promised() { return Promise.resolve(new Response("p")); }
			@Get getter() { return { get a() { throw new Error("in a getter"); } }; }
			@Get trap() { return new Proxy({ a: 1 }, {}); }
			@Get mine(req) { const mine = Object.keys(req); req.user = 1; return [mine, "user" in req, req.user, req.valid ?? "none"]; }
			@Get twice(req) { return [req.query === req.query, req.headers === req.headers, req.params === req.params, req.cookies === req.cookies, req.signal === req.signal]; }
			@Get made() { try { new HttpReq(); } catch (e) { return e.message; } }
			@Get copied(req) { const c = req.clone(); return [c.method, c.url === req.url, c.headers.get("x-a"), c instanceof HttpReq]; }
		}`)
	for path, want := range map[string]string{
		"/empty": "200 text/plain;charset=UTF-8", "/part": "200 text/html;charset=UTF-8 ", "/tag": "200 text/plain;charset=UTF-8 ",
		"/list": `200 application/json [1,"two",null]`, "/nothing": "200 application/json {}",
		"/item": `200 application/json {"item":1}`, "/page": `200 application/json {"next":"/page/2"}`, "/truth": "200 application/json false",
		"/own": "error app.ts:11:9: TypeError: an object of class Object has no JSON form", "/symbol": "error app.ts:15:9: TypeError: a handler returned Symbol(s), which cannot be sent",
		"/big": "error app.ts:12:9: TypeError", "/circle": "error app.ts:13:9: TypeError", "/blob": "200 text/b b", "/soon": `200 application/json {"soon":true}`,
		"/never": "404 text/plain;charset=UTF-8 gone", "/promised": "200 text/plain;charset=UTF-8 p", "/trap": `200 application/json {"a":1}`,
		"/getter": "error app.ts:22:45: Error: in a getter",
		"/mine":   `200 application/json [[],true,1,"none"]`, "/twice": "200 application/json [true,true,true,true,true]",
		"/made": "200 text/plain;charset=UTF-8 requests are made by the server", "/copied": `200 application/json ["GET",true,"1",false]`,
	} {
		if got := strings.TrimSpace(w.request("GET", path, "", "X-A", "1")); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if used := w.worker.current.users; used != 0 {
		t.Errorf("%d calls are counted as in flight", used)
	}
}

// FuzzTextType compares with the expression of the guide.
func FuzzTextType(f *testing.F) {
	for _, seed := range []string{"<html>", " \n<!DOCTYPE  HTML>", "<!doctypehtml>", "<htmlx", "<html_", "\u2003<html", "\ufeff<HTML lang=en>", "<!doctype\thtml5>", "html", "<!-- c", "<P>x", "<br/>", "<pre>", "<b", "<a href=x>", "<3"} {
		f.Add(seed)
	}
	space := "[\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]"
	html := regexp.MustCompile("(?i)^" + space + "*<((!doctype" + space + "+html|html)($|[^0-9A-Za-z_])" +
		"|!--|(head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ \\t\\n\\f\\r/>])")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\u017f\u212a") {
			t.Skip() // letters that Go folds into s and k, and JavaScript does not
		}
		if got, want := isHTML(text), html.MatchString(text); got != want {
			t.Errorf("%q is HTML: %v, want %v", text, got, want)
		}
	})
}
