package server

import (
	"io"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) { bothWays(t, testHosts) }

func testHosts(t *testing.T) {
	s := startSite(t, files{"echo.js": `export default class extends AppBase {
		@Get host(req) { return req.headers.get("host"); }
		@Websocket talk(ws) { ws.send("in"); }
	}`})
	for host, status := range map[string]int{
		"example.com": 200, "example.com:80": 200, "a_b.c-d:": 200, "[::1]": 200, "[::1]:80": 200, "10.0.0.1:1": 200, "xn--a": 200,
		"[::1": 400, "::1": 400, "[x]": 400, "[::1%25eth0]": 400, "[::1]x": 400, "[10.0.0.1]": 400, "a:b": 400, "a:-1": 400, "a:1:2": 400, "a/b": 400,
	} {
		c := s.raw("GET /echo/host HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
		if got := c.body(); c.res.StatusCode != status || status == 200 && got != host {
			t.Errorf("%s: %s %q", host, c.res.Status, got)
		}
		if status != 400 {
			continue
		}
		c = s.raw("GET /echo/talk HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		if c.res.StatusCode != 400 {
			t.Errorf("a handshake with %s: %s", host, c.res.Status)
		}
	}
}

// What follows a chunked body is not taken for a request: a Content-Length beside it may have told somebody in front otherwise.
func TestNothingFollowsAChunkedBody(t *testing.T) {
	s := startSite(t, files{"echo.js": `export default class extends AppBase {
		@Post echo(req) { return req.text(); }
		@Get seen() { return "smuggled"; }
	}`})
	const head, next = "POST /echo/echo HTTP/1.1\r\nHost: x\r\n", "GET /echo/seen HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, framing := range []string{
		"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
		"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
	} {
		c := s.raw(head + framing + "\r\n2\r\nhi\r\n0\r\n\r\n" + next)
		if got := c.body(); c.res.StatusCode != 200 || got != "hi" || !c.res.Close {
			t.Errorf("%q: %s %q, closed: %v", framing, c.res.Status, got, c.res.Close)
		}
		if rest, _ := io.ReadAll(c.in); strings.Contains(string(rest), "HTTP/1.1") {
			t.Errorf("%q: behind it came %q", framing, rest)
		}
	}
	c := s.raw(head + "Content-Length: 2\r\nX-Odd: \xe9\r\n\r\nhi" + next)
	if got := c.body(); got != "hi" || c.res.Close {
		t.Errorf("a body of a stated length: %q, closed: %v", got, c.res.Close)
	}
}
