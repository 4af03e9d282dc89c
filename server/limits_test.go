package server

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const meter = `
export default class Meter extends AppBase {
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket({ limits: { messageBytes: 10 } }) small(ws) { ws.onMessage((text) => ws.send(text)); }
  @Post async size(req) { return String((await req.bytes()).length); }
  @Get never() { return new Promise(() => {}); }
  @Websocket({ guard: () => new Promise(() => {}) }) unguarded(ws) {}
  @Get headers(req) { return Object.keys(Object.fromEntries(req.headers)).length; }
}`

func TestBodyLimits(t *testing.T) { bothWays(t, testBodyLimits) }

func testBodyLimits(t *testing.T) {
	s := startSite(t, files{"meter.js": meter}, func(o *Options) { o.Limits.MaxBodyBytes = 100 })
	hasty := startSite(t, files{"meter.js": meter}, func(o *Options) { o.Limits.BodyStall = 50 * time.Millisecond })
	post := "POST /meter/size HTTP/1.1\r\nHost: x\r\n"
	for _, c := range []struct {
		name, request string
		status        int
		body          string
	}{
		{"fits", post + "Content-Length: 100\r\n\r\n" + strings.Repeat("x", 100), 200, "100"},
		{"too large, said so", post + "Content-Length: 101\r\n\r\n", 413, "too large"},
		{"too large, chunked", post + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + strings.Repeat("x", 101) + "\r\n0\r\n\r\n", 413, "too large"},
		{"stalls", post + "Content-Length: 5\r\n\r\nab", 408, "in time"},
		{"malformed", post + "Transfer-Encoding: chunked\r\n\r\nnot a length\r\n", 400, "cannot be read"},
		{"asked for first", post + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n", 413, "too large"},
		{"not wanted", "POST /meter/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := s.server
			if c.status == 408 { // nothing else is asked of who has so little patience
				server = hasty.server
			}
			answer := (&site{t: t, server: server}).raw(c.request)
			if body := answer.body(); answer.res.StatusCode != c.status || !strings.Contains(body, c.body) {
				t.Errorf("%s %q, want %d %q", answer.res.Status, body, c.status, c.body)
			}
		})
	}
}

// A connection is kept for the next request when its body was read.
func TestKeepAlive(t *testing.T) { bothWays(t, testKeepAlive) }

func testKeepAlive(t *testing.T) {
	s := startSite(t, files{"meter.js": meter})
	request := "POST /meter/size HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	c := s.raw(request)
	for range 3 {
		if body := c.body(); body != "3" || c.res.Close {
			t.Fatalf("%q, close %v", body, c.res.Close)
		}
		if _, err := io.WriteString(c.conn, request); err != nil {
			t.Fatal(err)
		}
		var err error
		if c.res, err = http.ReadResponse(c.in, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHeaderLimits(t *testing.T) { bothWays(t, testHeaderLimits) }

func testHeaderLimits(t *testing.T) {
	s := startSite(t, files{"meter.js": meter})
	get := func(header string) *client {
		return s.raw("GET /meter/headers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + "\r\n")
	}
	for _, c := range []struct {
		name, header string
		status       int
	}{
		{"100 fields", strings.Repeat("A: b\r\n", 98), 200},
		{"101 fields", strings.Repeat("A: b\r\n", 99), 431},
		{"15 KiB", "A: " + strings.Repeat("b", 15<<10) + "\r\n", 200},
		{"17 KiB", "A: " + strings.Repeat("b", 17<<10) + "\r\n", 431},
	} {
		if answer := get(c.header); answer.res.StatusCode != c.status {
			t.Errorf("%s: %s", c.name, answer.res.Status)
		}
	}
	// a header that does not end
	s = startSite(t, files{"meter.js": meter}, func(o *Options) { o.Limits.HeaderTime = 50 * time.Millisecond })
	if rest := knockWith(t, s, "GET /meter/echo HTTP/1.1\r\nHost: x\r\nUpgrade"); strings.Contains(rest, "200") {
		t.Errorf("got %q", rest)
	}
}

func TestConnectionLimits(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(*Limits)
		status int
	}{
		"server":  {func(l *Limits) { l.MaxConnections = 2 }, 503},
		"address": {func(l *Limits) { l.MaxConnectionsPerAddress = 2 }, 429},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, files{"meter.js": meter}, func(o *Options) { c.set(&o.Limits) })
			first, second := s.dial("/meter/echo"), s.dial("/meter/echo")
			if third := s.handshake("/meter/echo"); third.res.StatusCode != c.status || third.res.Header.Get("Retry-After") == "" {
				t.Errorf("%s, %v", third.res.Status, third.res.Header)
			}
			if third := s.handshake("/meter/nothing"); third.res.StatusCode != c.status {
				t.Errorf("unknown method: %s", third.res.Status)
			}
			if res, _ := s.do("POST", "/meter/size", "x"); res.StatusCode != 200 {
				t.Errorf("plain HTTP: %s", res.Status)
			}
			first.leave()
			deadline := time.Now().Add(clientPatience)
			for s.handshake("/meter/nothing").res.StatusCode != 101 {
				if time.Now().After(deadline) {
					t.Fatal("the slot is not free again")
				}
			}
			second.leave()
		})
	}
}

// However a handshake ends, its slot is free again.
func TestSlotsAreReleased(t *testing.T) {
	s := startSite(t, shop)
	for _, path := range []string{"/shop/echo", "/shop/nothing", "/shop/fails", "/shop/badguard", "/nowhere/x"} {
		if c := s.handshake(path); path == "/shop/echo" {
			c.leave()
		} else {
			c.ended()
		}
	}
	_ = s.handshake("/shop/guarded").body()
	_ = s.dial("/shop/echo").conn.Close()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if n := s.server.slots.inUse(); n != 0 {
		t.Errorf("%d slots are taken", n)
	}
}

func TestRouteLimits(t *testing.T) { bothWays(t, testRouteLimits) }

func testRouteLimits(t *testing.T) {
	s := startSite(t, files{"meter.js": meter})
	c := s.dial("/meter/small")
	c.send(opText, "0123456789")
	c.want("0123456789")
	c.send(opText, "0123456789a")
	if got := c.ended(); !strings.HasPrefix(got, "1009") {
		t.Errorf("closed with %s", got)
	}
}

func TestNarrower(t *testing.T) {
	for _, c := range [][3]int{{0, 0, 0}, {0, 5, 5}, {5, 0, 5}, {5, 3, 3}, {3, 5, 3}} {
		if got := narrower(c[0], c[1]); got != c[2] {
			t.Errorf("%d, %d: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestResponseTime(t *testing.T) { bothWays(t, testResponseTime) }

func testResponseTime(t *testing.T) {
	s := startSite(t, files{"meter.js": meter}, func(o *Options) { o.Limits.ResponseTime = 20 * time.Millisecond })
	if res, body := s.do("GET", "/meter/never", ""); res.StatusCode != 503 || !strings.Contains(body, "did not answer in time") {
		t.Errorf("%s %q", res.Status, body)
	}
	if c := s.handshake("/meter/unguarded"); c.res.StatusCode != 503 {
		t.Errorf("guard: %s", c.res.Status)
	}
}

// A client that asks for much and reads nothing is cut.
func TestWriteStall(t *testing.T) { bothWays(t, testWriteStall) }

func testWriteStall(t *testing.T) {
	s := startSite(t, files{"meter/main.js": meter, "meter/public/x": "x"}, func(o *Options) { o.Limits.WriteStall = time.Second / 2 })
	if err := os.Truncate(filepath.Join(s.dir, "meter", "public", "x"), 256<<20); err != nil {
		t.Fatal(err)
	}
	_ = s.raw("GET /meter/x HTTP/1.1\r\nHost: x\r\n\r\n") // and read no further
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.log.String(), "calls were cut") {
		t.Error("the answer was still under way when the server stopped waiting")
	}
}
