package server

import (
	"net/http"
	"strings"
	"testing"
)

// shop has every kind of route, and everything that is none.
var shop = files{
	"shop/main.js": `
class Base extends AppBase {
  @Websocket inherited(ws) { ws.send("never"); }
  @Get inheritedGet() { return "never"; }
}
export default class Shop extends Base {
  field = () => "never";
  #secret() { return "never"; }
  @Websocket echo(ws) { ws.onMessage((text) => ws.send("echo: " + text)); }
  @Websocket({ path: "/rooms/:name", protocols: ["v2", "v1"] }) room(ws) { ws.send(ws.params.name + "|" + ws.protocol + "|" + ws.path); }
  @Websocket fails() { throw new Error("boom"); }
  @Websocket({ guard: () => unauthorized("who are you?") }) guarded(ws) {}
  @Websocket({ guard: () => { throw new Error("guard boom"); } }) badguard(ws) {}
  @Websocket({ guard: (req) => { req.user = { name: req.query.name }; } }) welcome(ws) { ws.send("hello " + ws.user.name); }
  @Websocket({ origins: ["https://friend.example"] }) friendly(ws) { ws.send("hi"); }
  @Get index() { return "the index"; }
  @Get hello(req) { return "hello " + (req.query.name ?? ""); }
  @Get("/items/:id") item(req) { return { id: req.params.id, path: req.path }; }
  @Post("/items") add(req) { return req.text(); }
  @Get("/tree/*path") tree(req) { return "tree " + req.params.path; }
  @Get("/sub/*path") under(req) { return "under " + req.params.path; }
  @Websocket("/deep/*path") deep(ws) { ws.send(ws.params.path); }
  @Get("/logo.txt") logo() { return "route logo"; }
  @Http any(req) { return req.method; }
  @Get broken() { null.x; }
  @Get cookies() { return new Response("x", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-length", "99"], ["connection", "upgrade"]] }); }
  @Scheduled({ every: "24h" }) tidy() {}
  @Guard(() => false) @Get forbidden() {}
  helper() { return "never"; }
  _private() { return "never"; }
}`,
	"shop/public/index.html":        "<h1>never: the route wins</h1>",
	"shop/public/logo.txt":          "file logo",
	"shop/public/app.js":            "console.log(1)",
	"shop/public/a b.txt":           "spaced",
	"shop/public/.hidden":           "never",
	"shop/public/page.test.js":      "never",
	"shop/main.test.js":             "never",
	"shop/public/.git/config":       "never",
	"shop/public/sub/index.html":    "sub index",
	"shop/public/sub/page.txt":      "a page",
	"shop/public/bare/file.txt":     "x",
	"page.js":                       `export default class Page extends AppBase { @Get api() { return "own api"; } }`,
	"site/main.js":                  `export default class Site extends AppBase {}`,
	"site/public/index.html":        "site index",
	"wall/main.js":                  `export default class Wall extends AppBase { @Websocket index(ws) { ws.send("wall"); } }`,
	"broken.js":                     "export default class {",
	"shop/node_modules/x/secret.js": "never",
}

// TestRouting is the routing table of the design, row by row, over real sockets.
func TestRouting(t *testing.T) { bothWays(t, testRouting) }

func testRouting(t *testing.T) {
	s := startSite(t, shop)
	for _, c := range []struct {
		name    string
		request string // "GET /path", or "WS /path" for an upgrade
		header  string // one more header line
		body    string
		status  int
		close   string // close code and reason after the 101
		text    string // part of the body; first message of a WebSocket
		with    string // "Header: value" of the answer
	}{
		// upgrade to a @Websocket method
		{name: "upgrade", request: "WS /shop/rooms/lobby", status: 101, text: "lobby||/shop/rooms/lobby"},
		{name: "upgrade with a protocol", request: "WS /shop/rooms/a%20b", header: "Sec-WebSocket-Protocol: v1, v2", status: 101, text: "a b|v1|/shop/rooms/a b", with: "Sec-WebSocket-Protocol: v1"},
		{name: "upgrade with foreign protocols only", request: "WS /shop/rooms/x", header: "Sec-WebSocket-Protocol: v9", status: 101, text: "x||"},
		{name: "upgrade of the app itself", request: "WS /wall/", status: 101, text: "wall"},
		{name: "upgrade of the app itself, no slash", request: "WS /wall", status: 101, text: "wall"},
		{name: "upgrade with a wildcard", request: "WS /shop/deep/a/b%20c", status: 101, text: "a/b c"},
		{name: "upgrade with a slash in a parameter", request: "WS /shop/rooms/a%2Fb", status: 101, text: "a/b||/shop/rooms/a%2Fb"},
		{name: "guard lets pass", request: "WS /shop/welcome?name=Ada", status: 101, text: "hello Ada"},

		// upgrade to what is none
		{name: "unknown app", request: "WS /nowhere/echo", status: 101, close: "1008 no app nowhere"},
		{name: "unknown method", request: "WS /shop/nothing", status: 101, close: "1008 no @Websocket method at /shop/nothing"},
		{name: "method without annotation", request: "WS /shop/helper", status: 101, close: "1008 no @Websocket method at /shop/helper"},
		{name: "method of another kind", request: "WS /shop/hello", status: 101, close: "1008 no @Websocket method at /shop/hello"},
		{name: "private name", request: "WS /shop/_private", status: 101, close: "1008 no @Websocket method at /shop/_private"},
		{name: "#private", request: "WS /shop/%23secret", status: 101, close: "1008 no @Websocket method at /shop/#secret"},
		{name: "field", request: "WS /shop/field", status: 101, close: "1008 no @Websocket method at /shop/field"},
		{name: "inherited annotated", request: "WS /shop/inherited", status: 101, close: "1008 no @Websocket method at /shop/inherited"},
		{name: "inherited of AppBase", request: "WS /shop/broadcast", status: 101, close: "1008 no @Websocket method at /shop/broadcast"},
		{name: "constructor", request: "WS /shop/constructor", status: 101, close: "1008 no @Websocket method at /shop/constructor"},
		{name: "__proto__", request: "WS /shop/__proto__", status: 101, close: "1008 no @Websocket method at /shop/__proto__"},
		{name: "toString", request: "WS /shop/toString", status: 101, close: "1008 no @Websocket method at /shop/toString"},
		{name: "hasOwnProperty", request: "WS /shop/hasOwnProperty", status: 101, close: "1008 no @Websocket method at /shop/hasOwnProperty"},
		{name: "the server itself", request: "WS /", status: 101, close: "1008 no app "},
		{name: "hostile path", request: "WS /shop/..%2fshop/echo", status: 101, close: "1008 this is no path of an app"},
		{name: "encoded slash behind an app", request: "WS /shop%2Fecho", status: 101, close: "1008 no app shop%2Fecho"},
		{name: "doubled slash", request: "WS //shop/echo", status: 101, close: "1008 this is no path of an app"},
		{name: "needless escape", request: "WS /shop/%65cho", status: 101, close: "1008 this is no path of an app"},
		{name: "slash at the end", request: "WS /shop/echo/", status: 101, close: "1008 no @Websocket method at /shop/echo/"},
		{name: "schedule", request: "WS /shop/tidy", status: 101, close: "1008 no @Websocket method at /shop/tidy"},

		// script errors
		{name: "route function throws", request: "WS /shop/fails", status: 101, close: "1011 the route function failed"},
		{name: "guard throws", request: "WS /shop/badguard", status: 101, close: "1011 internal error"},
		{name: "app does not load", request: "WS /broken/x", status: 101, close: "1011 the app is not loaded"},

		// refused before the 101
		{name: "guard refuses", request: "WS /shop/guarded", status: 401, text: "who are you?"},
		{name: "foreign origin", request: "WS /shop/echo", header: "Origin: https://evil.example", status: 403},
		{name: "null origin", request: "WS /shop/echo", header: "Origin: null", status: 403},
		{name: "foreign origin to nothing", request: "WS /shop/nothing", header: "Origin: https://evil.example", status: 403},
		{name: "origin of the route", request: "WS /shop/friendly", header: "Origin: https://friend.example", status: 101, text: "hi"},
		{name: "origin of another route", request: "WS /shop/echo", header: "Origin: https://friend.example", status: 403},
		{name: "handshake with a body", request: "WS /shop/echo", header: "Content-Length: 4", status: 400},

		// plain HTTP
		{name: "index", request: "GET /shop/", status: 200, text: "the index"},
		{name: "public index", request: "GET /site/", status: 200, text: "site index"},
		{name: "app without slash", request: "GET /shop?x=1", status: 308, with: "Location: /shop/?x=1"},
		{name: "public app without slash", request: "GET /site", status: 308, with: "Location: /site/"},
		{name: "app without index, without slash", request: "GET /page", status: 404},
		{name: "method", request: "GET /shop/hello?name=Bob", status: 200, text: "hello Bob"},
		{name: "parameter", request: "GET /shop/items/a%20b", status: 200, text: `{"id":"a b","path":"/shop/items/a b"}`},
		{name: "parameter with slashes", request: "GET /shop/items/a%2Fb%2f", status: 200, text: `{"id":"a/b/","path":"/shop/items/a%2Fb%2F"}`},
		{name: "parameter that climbs", request: "GET /shop/items/a%2F..%2Fb", status: 404},
		{name: "encoded slash in no parameter", request: "GET /shop/items%2Fx", status: 404},
		{name: "wildcard and an encoded slash", request: "GET /shop/tree/a%2Fb", status: 404},
		{name: "wildcard", request: "GET /shop/tree/a/b%20c/", status: 200, text: "tree a/b c/"},
		{name: "wildcard of nothing", request: "GET /shop/tree/", status: 404},
		{name: "wildcard, other verb", request: "PUT /shop/tree/x", status: 405, with: "Allow: GET, HEAD, OPTIONS"},
		{name: "wildcard beside a file", request: "GET /shop/sub/x", status: 200, text: "under x"},
		{name: "a file goes before a wildcard", request: "GET /shop/sub/page.txt", status: 200, text: "a page"},
		{name: "wildcard and a hostile path", request: "GET /shop/tree/../main.js", status: 404},
		{name: "post", request: "POST /shop/items", body: "apple", status: 200, text: "apple"},
		{name: "any verb", request: "PURGE /shop/any", status: 200, text: "PURGE"},
		{name: "plain to a WebSocket", request: "GET /shop/echo", status: 400, text: "npx wscat -c ws://"},
		{name: "plain to a WebSocket of the app", request: "GET /wall/", status: 400, text: "is a WebSocket"},
		{name: "plain to a schedule", request: "GET /shop/tidy", status: 400, text: "every 24h"},
		{name: "unknown app over HTTP", request: "GET /nowhere/", status: 404},
		{name: "unknown method over HTTP", request: "GET /shop/nothing", status: 404},
		{name: "no annotation over HTTP", request: "GET /shop/helper", status: 404},
		{name: "inherited over HTTP", request: "GET /shop/inheritedGet", status: 404},
		{name: "constructor over HTTP", request: "GET /shop/constructor", status: 404},
		{name: "app does not load over HTTP", request: "GET /broken/", status: 503, with: "Retry-After: 1"},
		{name: "case matters", request: "GET /Shop/hello", status: 404},
		{name: "guard refuses over HTTP", request: "GET /shop/forbidden", status: 403},
		{name: "root", request: "GET /", status: 404},

		// verbs
		{name: "wrong verb", request: "DELETE /shop/hello", status: 405, with: "Allow: GET, HEAD, OPTIONS"},
		{name: "wrong verb, other", request: "GET /shop/items", status: 405, with: "Allow: OPTIONS, POST"},
		{name: "HEAD follows GET", request: "HEAD /shop/hello", status: 200, with: "Content-Length: 6"},
		{name: "OPTIONS", request: "OPTIONS /shop/hello", status: 204, with: "Allow: GET, HEAD, OPTIONS"},
		{name: "OPTIONS of a file", request: "OPTIONS /shop/app.js", status: 204, with: "Allow: GET, HEAD, OPTIONS"},
		{name: "verb on a file", request: "POST /shop/app.js", status: 405, with: "Allow: GET, HEAD, OPTIONS"},

		// files
		{name: "file", request: "GET /shop/app.js", status: 200, text: "console.log(1)", with: "Content-Type: text/javascript; charset=utf-8"},
		{name: "file with a space", request: "GET /shop/a%20b.txt", status: 200, text: "spaced"},
		{name: "range of a file", request: "GET /shop/app.js", header: "Range: bytes=0-6", status: 206, text: "console"},
		{name: "a route wins over a file", request: "GET /shop/logo.txt", status: 200, text: "route logo"},
		{name: "dot file", request: "GET /shop/.hidden", status: 404},
		{name: "test", request: "GET /shop/page.test.js", status: 404},
		{name: "test of the app", request: "GET /shop/main.test.js", status: 404},
		{name: "dot folder", request: "GET /shop/.git/config", status: 404},
		{name: "folder with an index", request: "GET /shop/sub", status: 308, with: "Location: /shop/sub/"},
		{name: "index of a folder", request: "GET /shop/sub/", status: 200, text: "sub index"},
		{name: "no listing", request: "GET /shop/bare/", status: 404},
		{name: "no listing without slash", request: "GET /shop/bare", status: 404},
		{name: "source", request: "GET /shop/main.js", status: 404},
		{name: "traversal", request: "GET /shop/../shop/main.js", status: 404},
		{name: "encoded traversal", request: "GET /shop/%2e%2e/main.js", status: 404},
		{name: "encoded slash", request: "GET /shop/..%2fmain.js", status: 404},
		{name: "encoded slash to a file", request: "GET /shop/sub%2fpage.txt", status: 404},
		{name: "encoded slash beside a stray character", request: "GET /shop/items%2fx|", status: 404},
		{name: "encoded backslash", request: "GET /shop/..%5cmain.js", status: 404},
		{name: "NUL", request: "GET /shop/app.js%00.txt", status: 404},
		{name: "doubled slash over HTTP", request: "GET /shop//hello", status: 404},
		{name: "encoded name", request: "GET /%73hop/hello", status: 404},

		// documents
		{name: "OpenAPI", request: "GET /shop/api", status: 200, text: "openapi: 3.1.0", with: "Content-Type: application/yaml"},
		{name: "OpenAPI as JSON", request: "GET /shop/api.json", status: 200, text: `"openapi": "3.1.0"`, with: "Content-Type: application/json"},
		{name: "documentation", request: "GET /shop/doc", status: 200, text: "npx wscat -c ws://"},
		{name: "an app's own", request: "GET /page/api", status: 200, text: "own api"},
		{name: "verb on a document", request: "POST /shop/api", status: 405, with: "Allow: GET, HEAD, OPTIONS"},

		// errors
		{name: "handler throws", request: "GET /shop/broken", status: 500, text: "internal server error (id "},
		{name: "handler throws, JSON", request: "GET /shop/broken", header: "Accept: application/json", status: 500, text: `{"error":"internal server error","id":"`},
		{name: "framing is the server's", request: "GET /shop/cookies", status: 200, with: "Content-Length: 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method, path, _ := strings.Cut(c.request, " ")
			var answer *client
			if site := (&site{t: t, server: s.server}); method == "WS" {
				answer = site.handshake(path, headerLines(c.header)...)
			} else {
				answer = site.raw(plainRequest(method, path, s.addr(), c.body, c.header))
			}
			if answer.res.StatusCode != c.status {
				t.Fatalf("status %d, want %d: %s", answer.res.StatusCode, c.status, answer.body())
			}
			if name, value, _ := strings.Cut(c.with, ": "); answer.res.Header.Get(name) != value {
				t.Errorf("%s is %q, want %q", name, answer.res.Header.Get(name), value)
			}
			switch {
			case c.close != "":
				if got := answer.ended(); !strings.HasPrefix(got, c.close) {
					t.Errorf("closed with %q, want %q", got, c.close)
				}
			case c.status == http.StatusSwitchingProtocols:
				f, err := answer.read()
				if err != nil || !strings.HasPrefix(string(f.data), c.text) {
					t.Errorf("first message %q, %v; want %q", f.data, err, c.text)
				}
				answer.leave()
			default:
				if body := answer.body(); !strings.Contains(body, c.text) || strings.Contains(body, "never") {
					t.Errorf("body %q, want %q in it", body, c.text)
				}
			}
		})
	}
}

func headerLines(header string) []string {
	if header == "" {
		return nil
	}
	return []string{header}
}

// plainRequest is an HTTP request as it goes over the wire.
func plainRequest(method, path, host, body, header string) string {
	lines := []string{method + " " + path + " HTTP/1.1", "Host: " + host, "Connection: close"}
	lines = append(lines, headerLines(header)...)
	if body != "" {
		lines = append(lines, "Transfer-Encoding: chunked")
		body = "5\r\n" + body + "\r\n0\r\n\r\n"
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// A wrong version is told the right one (RFC 6455 4.2.2).
func TestWrongVersion(t *testing.T) {
	s := startSite(t, shop)
	c := s.raw("GET /shop/echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n")
	if c.res.StatusCode != http.StatusUpgradeRequired || c.res.Header.Get("Sec-WebSocket-Version") != "13" {
		t.Fatalf("got %s, %v", c.res.Status, c.res.Header)
	}
}

func TestEcho(t *testing.T) {
	s := startSite(t, shop)
	c := s.dial("/shop/echo")
	c.send(opText, "one")
	c.send(opText, "two")
	c.want("echo: one")
	c.want("echo: two")
	c.leave()
}
