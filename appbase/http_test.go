package appbase

import (
	"strings"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Get text() { return "plain"; }
		@Get html() { return "  <!DOCTYPE html><p>x"; }
		@Get object() { return { a: [1] }; }
		@Get number() { return 5; }
		@Get nothing() {}
		@Get nil() { return null; }
		@Get bytes() { return new Uint8Array([65, 66]); }
		@Get made() { return created({ id: 1 }); }
		@Get missing() { return notFound("no such item"); }
		@Get missing2() { return notFound(); }
		@Get moved() { return redirect("/x"); }
		@Get own() { return new Response("x", { status: 418, headers: { "Content-Type": "text/tea", "X-A": "1" } }); }
		@Get async later() { await new Promise((r) => setTimeout(r, 10)); return "later"; }
		@Get thrown() { throw conflict("twice"); }
		@Get broken() { return undefinedName; }
		@Get async brokenLater() { await null; return undefinedName; }
		@Get func() { return () => 1; }
		@Get index() { return "root"; }
		@Http any(req) { return req.method; }
	}`)
	for path, want := range map[string]string{
		"/text": "200 text/plain;charset=UTF-8 plain", "/html": "200 text/html;charset=UTF-8   <!DOCTYPE html><p>x",
		"/object": `200 application/json {"a":[1]}`, "/number": "200 application/json 5", "/nothing": "204", "/nil": "204",
		"/bytes": "200 application/octet-stream AB", "/made": `201 application/json {"id":1}`,
		"/missing": "404 text/plain;charset=UTF-8 no such item", "/missing2": "404 text/plain;charset=UTF-8 Not Found",
		"/moved": "302", "/own": "418 text/tea x", "/thrown": "409 text/plain;charset=UTF-8 twice", "/": "200 text/plain;charset=UTF-8 root",
		"/broken":      "error app.ts:16:26: ReferenceError: undefinedName is not defined",
		"/brokenLater": "error app.ts:17:49: ReferenceError: undefinedName is not defined",
		"/func":        "error app.ts:18:8: TypeError: a handler returned a function, which cannot be sent",
		"/any":         "200 text/plain;charset=UTF-8 GET",
	} {
		if got := w.request("GET", path, ""); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := w.request("PATCH", "/any", ""); got != "200 text/plain;charset=UTF-8 PATCH" {
		t.Error(got)
	}
	if got := w.request("GET", "/later", ""); got != "pending" {
		t.Error(got)
	}
	w.loop.Advance(10 * time.Millisecond)
}

func TestRequestMembers(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Post("/items/:id") async item(req) {
			return [req.method, req.url, req.path, req.params.id, req.query.q, req.headers.get("X-Y"), req.cookies.c, req.remoteAddress,
				await req.text(), req.bodyUsed, await req.text().catch((e) => e.name), req instanceof HttpReq].join("|");
		}
		@Post async json(req) { return (await req.json()).a; }
		@Post async size(req) { return (await req.bytes()).length + (await new Response("abc").arrayBuffer()).byteLength; }
	}`)
	got := w.request("POST", "/items/7?q=x%20y", "body", "X-Y", "z", "Cookie", "c=1")
	want := "200 text/plain;charset=UTF-8 POST|http://example.test/app/items/7?q=x%20y|/app/items/7|7|x y|z|1|192.0.2.7|body|true|TypeError|true"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := w.request("POST", "/json", `{"a":3}`); got != "200 application/json 3" {
		t.Error(got)
	}
	if got := w.request("POST", "/json", `{"a":`); !strings.HasPrefix(got, "400 text/plain;charset=UTF-8 the body is not JSON") {
		t.Error(got)
	}
	if got := w.request("POST", "/size", "\x00\xff"); got != "200 application/json 5" {
		t.Error(got)
	}
}

// The Encoding standard puts one U+FFFD for each maximal part that could have begun a character.
func TestDecodeUTF8(t *testing.T) {
	for bytes, want := range map[string]string{
		"\xef\xbb\xbfa": "a", "\xe2\x82A": "\ufffdA", "\xf0\x80\x80A": "\ufffd\ufffd\ufffdA", "\xff\xfe": "\ufffd\ufffd", "é😀": "é😀",
		"\xed\xa0\x80": "\ufffd\ufffd\ufffd", "\xf0\x9f\x98": "\ufffd",
	} {
		if got := decodeUTF8([]byte(bytes)); got != want {
			t.Errorf("%q: %q, want %q", bytes, got, want)
		}
	}
}

func TestGuards(t *testing.T) {
	w := newWorld(t, `
		const known = (req) => { if (!req.query.name) return unauthorized("who?"); req.user = { name: req.query.name }; };
		const grown = async (req) => { await null; return req.query.age >= 18; };
		@Guard(known)
		export default class App extends AppBase {
			@Get me(req) { return req.user.name; }
			@Guard(grown) @Get bar(req) { return "cheers " + req.user.name; }
			@Websocket({ guard: grown }) club(ws) { ws.send("hi " + ws.user.name); }
		}`)
	for target, want := range map[string]string{
		"/me": "401 text/plain;charset=UTF-8 who?", "/me?name=ann": "200 text/plain;charset=UTF-8 ann",
		"/bar?name=ann&age=9": "403 text/plain;charset=UTF-8 Forbidden", "/bar?name=ann&age=20": "200 text/plain;charset=UTF-8 cheers ann",
	} {
		if got := w.request("GET", target, ""); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	for query, want := range map[string]string{"": "401", "name=bo&age=3": "403", "name=bo&age=30": `{"name":"bo"}`} {
		if got := w.admit("/club", query); got != want {
			t.Errorf("admit %s: %q, want %q", query, got, want)
		}
	}
	route, _, _ := w.routes.Socket("/club")
	s := &sock{state: 1}
	w.worker.Open(s, route, request("GET", "/club", "", nil, nil), Admission{User: `{"name":"bo"}`}, "", "1")
	s.want(t, "hi bo")
}

func (w *world) admit(path, query string) string {
	route, _, _ := w.routes.Socket(path)
	answer := "pending"
	w.worker.Admit(route, request("GET", path, query, nil, nil), func(a Admission, err error) {
		switch {
		case err != nil:
			answer = err.Error()
		case a.Response != nil:
			answer = []string{401: "401", 403: "403"}[a.Response.Status]
		default:
			answer = a.User
		}
	})
	w.loop.RunPosted()
	return answer
}

func TestHeadersClass(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Get h() {
			const h = new Headers([["B", "2"], ["a", "1"]]);
			h.append("b", "3"); h.append("Set-Cookie", "x=1"); h.append("set-cookie", "y=2");
			const bad = [];
			for (const [n, v] of [["a b", "1"], ["a", "1\r\nX: 2"], ["", "1"]]) { try { h.set(n, v); } catch (e) { bad.push(e.name); } }
			return JSON.stringify([...h]) + bad + h.get("none");
		}
	}`)
	want := `200 text/plain;charset=UTF-8 [["a","1"],["b","2, 3"],["set-cookie","x=1"],["set-cookie","y=2"]]TypeError,TypeError,TypeErrornull`
	if got := w.request("GET", "/h", ""); got != want {
		t.Error(got)
	}
}
