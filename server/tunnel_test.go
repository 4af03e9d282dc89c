package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// overHTTP is a client of a connection over HTTP.
type overHTTP struct {
	t     testing.TB
	site  *site
	path  string
	res   *http.Response
	lines *bufio.Scanner
	open  opened
	n     int
}

func (s *site) tunnelRequest(method, path string, body string, headers ...string) *http.Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*clientPatience) // an open one lasts for the whole test
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// overHTTP opens a connection over HTTP.
func (s *site) overHTTP(path string, headers ...string) *overHTTP {
	s.t.Helper()
	c := &overHTTP{t: s.t, site: s, path: path}
	c.res = s.tunnelRequest("GET", path, "", append([]string{"Sigil-Socket: open", "Accept: text/event-stream"}, headers...)...)
	if kind := c.res.Header.Get("Content-Type"); c.res.StatusCode != 200 || kind != typeEvents {
		s.t.Fatalf("%s: %s %s", path, c.res.Status, kind)
	}
	c.lines = bufio.NewScanner(c.res.Body)
	c.lines.Buffer(nil, 8<<20)
	if err := json.Unmarshal([]byte(c.next()), &c.open); err != nil || c.open.Token == "" {
		s.t.Fatalf("no token: %v", err)
	}
	return c
}

// next is the data of the next event, "" at the end.
func (c *overHTTP) next() string {
	c.t.Helper()
	if !c.lines.Scan() {
		return ""
	}
	data, ok := strings.CutPrefix(c.lines.Text(), "data: ")
	if !ok || !c.lines.Scan() || c.lines.Text() != "" {
		c.t.Fatalf("this is no event: %q", c.lines.Text())
	}
	return data
}

func (c *overHTTP) want(data string) {
	c.t.Helper()
	if got := c.next(); got != data {
		c.t.Fatalf("got %.200s, want %.200s", got, data)
	}
}

// post sends the request of a number and returns its status.
func (c *overHTTP) post(n int, body string, headers ...string) int {
	c.t.Helper()
	return c.site.tunnelRequest("POST", c.path, body, append([]string{"Sigil-Socket: " + c.open.Token, fmt.Sprintf("Sigil-Sequence: %d", n)}, headers...)...).StatusCode
}

func (c *overHTTP) send(body string) {
	c.t.Helper()
	c.n++
	if status := c.post(c.n, body); status != http.StatusNoContent {
		c.t.Fatalf("status %d, want 204", status)
	}
}

const tunnelApp = `
export default class Shop extends AppBase {
  closed = [];
  @Websocket({ path: "/echo", protocols: ["v2"] }) echo(ws) {
    ws.send("hi " + ws.getQueryString() + " " + ws.protocol + " " + (ws.headers["sigil-socket"] ?? "-"));
    ws.onMessage((text) => text === "bye" ? ws.close(4001, "enough") : ws.send(text));
    ws.onBinary((data) => ws.sendBytes(data));
    ws.onClose((code, reason) => this.closed.push(code + " " + reason));
  }
  @Websocket flood(ws) { ws.onClose((code) => this.closed.push(code === 1013 || code === 1006)); ws.onMessage(() => { const text = "x".repeat(60000); while (ws.send(text)); }); }
  @Websocket slow(ws) { ws.onMessage((text) => new Promise((go) => { (this.waiting ??= []).push(() => { ws.send(text); go(); }); })); }
  @Get go() { this.waiting?.shift()?.(); return ""; }
  @Get closes() { return this.closed; }
  @Get count() { return this.connections.size; }
  @Guard((req) => req.query.key === "1" || forbidden("not you")) @Websocket guarded(ws) { ws.send("in"); }
  @Websocket({ origins: ["https://friend.example"] }) friends(ws) { ws.send("friend"); }
  @Websocket({ limits: { messageBytes: 100 } }) small(ws) { ws.onClose((code) => this.closed.push(code)); }
}`

// To an app a connection over HTTP is one like every other.
func TestConnectionOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp})
	c := s.overHTTP("/shop/echo?a=1", "Sigil-Protocol: v1, v2")
	if c.open.Protocol != "v2" || c.open.ID == "" {
		t.Errorf("it opened as %+v", c.open)
	}
	c.want(`{"data":"hi a=1 v2 -"}`)
	c.send(`[{"data":"one\ntwo\r"},{"base64":"AAEC"},{"data":""}]`)
	c.want(`{"data":"one\ntwo\r"}`)
	c.want(`{"base64":"AAEC"}`)
	c.want(`{"data":""}`)
	c.send(`[{"data":"<b>ü</b>"}]`)
	c.want(`{"data":"<b>ü</b>"}`)
	c.send(`[{"data":"bye"}]`)
	c.want(`{"close":[4001,"enough"]}`)
	if rest := c.next(); rest != "" {
		t.Errorf("behind the close comes %q", rest)
	}
	s.wantBody("/shop/closes", `["4001 enough"]`)
	if status := c.post(4, `[{"data":"late"}]`); status != http.StatusNotFound {
		t.Errorf("a message behind the end: %d, want 404", status)
	}
}

// wantBody waits until a page has a body: the app is told of an end a moment after its peer.
func (s *site) wantBody(path, want string) {
	s.t.Helper()
	deadline := time.Now().Add(clientPatience)
	for {
		got := s.get(path)
		if strings.TrimSpace(got) == want {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestClientClosesOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp})
	c := s.overHTTP("/shop/echo")
	c.next()
	c.send(`[{"data":"last"},{"close":[4002,"done"]},{"data":"never"}]`)
	c.want(`{"data":"last"}`)
	c.want(`{"close":[4002,""]}`)
	s.wantBody("/shop/closes", `["4002 done"]`)
	cut := s.overHTTP("/shop/echo")
	cut.next()
	_ = cut.res.Body.Close()
	s.wantBody("/shop/closes", `["4002 done","1006 "]`)
	s.wantBody("/shop/count", "0")
}

// Each request is taken once, in order, and whole.
func TestOrderOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp})
	c := s.overHTTP("/shop/echo")
	c.next()
	for _, step := range []struct {
		n, status int
		body      string
	}{
		{2, 409, `[{"data":"early"}]`}, {1, 204, `[{"data":"1"}]`}, {1, 204, `[{"data":"1"}]`}, {2, 204, `[{"data":"2"}]`}, {1, 204, `[{"data":"1"}]`},
		{3, 400, `[{"data":"x"},{}]`}, {3, 400, `{"data":"x"}`}, {3, 400, `[]`}, {3, 400, `[{"close":[1001]}]`}, {3, 400, `[{"data":"x","base64":""}]`},
		{0, 400, `[{"data":"x"}]`}, {3, 204, `[{"data":"3"}]`},
	} {
		if status := c.post(step.n, step.body); status != step.status {
			t.Errorf("%d %s: %d, want %d", step.n, step.body, status, step.status)
		}
	}
	for _, want := range []string{"1", "2", "3"} {
		c.want(`{"data":"` + want + `"}`)
	}
	if status := s.tunnelRequest("POST", "/shop/slow", `[{"data":"x"}]`, "Sigil-Socket: "+c.open.Token, "Sigil-Sequence: 4").StatusCode; status != 404 {
		t.Errorf("with the token of another path: %d, want 404", status)
	}
	if status := s.tunnelRequest("POST", "/shop/echo", `[{"data":"x"}]`, "Sigil-Socket: guess", "Sigil-Sequence: 4").StatusCode; status != 404 {
		t.Errorf("with a wrong token: %d, want 404", status)
	}
}

// Who may not open a WebSocket may not open this either, and is told why.
func TestRefusedOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp}, func(o *Options) { o.Limits.MaxConnectionsPerAddress = 1 })
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
	}{
		{"GET", "/shop/guarded", nil, 403},
		{"GET", "/shop/guarded?key=1", nil, 200},
		{"GET", "/shop/none", nil, 404},
		{"GET", "/none/echo", nil, 404},
		{"GET", "/shop/closes", nil, 404},
		{"GET", "/shop/echo", []string{"Origin: https://evil.example"}, 403},
		{"GET", "/shop/friends", []string{"Origin: https://friend.example"}, 200},
		{"POST", "/shop/echo", []string{"Origin: https://evil.example"}, 403},
		{"OPTIONS", "/shop/friends", []string{"Origin: https://friend.example", "Access-Control-Request-Headers: sigil-socket"}, 204},
		{"OPTIONS", "/shop/echo", []string{"Origin: https://friend.example", "Access-Control-Request-Headers: sigil-socket"}, 403},
		{"PUT", "/shop/echo", nil, 405},
	} {
		headers := c.headers
		if c.method != "OPTIONS" {
			headers = append(headers, "Sigil-Socket: open")
		}
		res := s.tunnelRequest(c.method, c.path, "", headers...)
		if res.StatusCode != c.status {
			t.Errorf("%s %s %q: %d, want %d", c.method, c.path, c.headers, res.StatusCode, c.status)
		}
		shared := res.Header.Get("Access-Control-Allow-Origin")
		if origin := strings.Join(c.headers, " "); strings.Contains(origin, "friend") && c.status < 300 != (shared == "https://friend.example") {
			t.Errorf("%s %s: it is shared with %q", c.method, c.path, shared)
		}
		_ = res.Body.Close()
		s.wantBody("/shop/count", "0")
	}
	first := s.overHTTP("/shop/echo")
	if res := s.tunnelRequest("GET", "/shop/echo", "", "Sigil-Socket: open"); res.StatusCode != 429 {
		t.Errorf("beyond the connections of an address: %d, want 429", res.StatusCode)
	}
	_ = first.res.Body.Close()
	if res, _ := s.do("GET", "/shop/echo", "", "Accept: text/event-stream"); res.StatusCode != 400 {
		t.Errorf("plain HTTP: %d, want 400", res.StatusCode)
	}
}

// The rule for slow readers is that of a WebSocket, and so are the limits of messages.
func TestLimitsOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp}, func(o *Options) { o.Limits.Socket.WriteStall = time.Second })
	c := s.overHTTP("/shop/flood")
	c.send(`[{"data":"go"}]`)
	s.wantBody("/shop/closes", "[true]") // 1013, or 1006 if it could not even be told
	small := s.overHTTP("/shop/small")
	small.send(`[{"data":"` + strings.Repeat("x", 200) + `"}]`)
	if got := small.next(); !strings.HasPrefix(got, `{"close":[1009,`) {
		t.Errorf("after a message that is too large comes %s", got)
	}
}

// A busy app keeps its client from sending more, and what it has not taken can be sent again.
func TestBackpressureOverHTTP(t *testing.T) {
	s := startSite(t, files{"shop.js": tunnelApp}, func(o *Options) {
		o.Limits.Socket.MaxBacklogMessages, o.Limits.ResponseTime = 2, 2*time.Second
	})
	c := s.overHTTP("/shop/slow")
	big := strings.Repeat("x", 20_000)
	n, status := 0, 204
	for ; status == 204 && n < 100; n++ {
		status = c.post(n+1, fmt.Sprintf(`[{"data":"%d"},{"data":%q}]`, n, big))
	}
	if status != 503 {
		t.Fatalf("after %d requests: %d, want 503", n, status)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			if got := c.next(); got != fmt.Sprintf(`{"data":"%d"}`, i) {
				t.Errorf("got %.40s, want %d", got, i)
				return
			}
			c.next()
		}
	}()
	sent := false
	eventually(t, func() bool {
		if !sent {
			sent = c.post(n, fmt.Sprintf(`[{"data":"%d"},{"data":%q}]`, n-1, big)) == 204
		}
		s.get("/shop/go")
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
}

// A peer that does not show that it lives is given up; one that answers pings is not.
func TestHeartbeatOverHTTP(t *testing.T) {
	t.Parallel()
	const pong = 3 * time.Second
	s := startSite(t, files{"shop.js": tunnelApp}, func(o *Options) {
		o.Limits.Socket.PingAfter, o.Limits.Socket.PongWithin = 50*time.Millisecond, pong
	})
	for tries := 1; ; tries++ {
		c := s.overHTTP("/shop/echo")
		c.next()
		prompt := c.answerPings(pong + pong/2) // without answers it would have been given up
		for c.next() != "" {
		}
		closes, _ := json.Marshal(slices.Repeat([]string{"1006 the peer did not answer a ping"}, tries))
		s.wantBody("/shop/closes", string(closes))
		if prompt {
			return
		}
		if tries == 10 {
			t.Fatal("the machine stands still too often")
		}
	}
}

// answerPings answers pings for so long. It gives up and is false when that much passes between two answers: what comes of it is
// not the server's doing.
func (c *overHTTP) answerPings(long time.Duration) bool {
	c.t.Helper()
	answered := time.Now()
	for began := answered; time.Since(began) < long; {
		data := c.next()
		if time.Since(answered) > long {
			return false
		}
		var ping struct{ Ping *string }
		if err := json.Unmarshal([]byte(data), &ping); err != nil || ping.Ping == nil {
			c.t.Fatalf("no ping but %q: %v", data, err)
		}
		c.n++
		status := c.post(c.n, `[{"pong":"`+*ping.Ping+`"}]`)
		if time.Since(answered) > long {
			return false
		}
		if answered = time.Now(); status != http.StatusNoContent {
			c.t.Fatalf("status %d, want 204", status)
		}
	}
	return true
}

// A reload takes the connection over, the realtime protocol works over it, and a stop says goodbye.
func TestLifeOverHTTP(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	c := s.overHTTP("/live/live")
	c.send(`[{"data":"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[1,2]}"}]`)
	c.want(`{"data":"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":3}"}`)
	s.save(files{"live.js": strings.Replace(liveApp, "a + b", "a * b * 10", 1)})
	s.next()
	c.send(`[{"data":"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[1,2]}"}]`)
	c.want(`{"data":"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":20}"}`)
	go func() { _ = s.stop() }()
	c.want(`{"close":[1001,""]}`)
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

// The messages of a request are foreign bytes.
func FuzzParsePackets(f *testing.F) {
	f.Add([]byte(`[{"data":"x"},{"base64":"AA=="},{"pong":""},{"close":[1000,"x"]}]`))
	f.Add([]byte(`[{"close":{}},{"close":[1,2,3]}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		packets, ok := parsePackets(body)
		if ok && len(packets) == 0 {
			t.Error("no packets, and no complaint")
		}
		for _, p := range packets {
			if p.Kind < 0 || p.Kind > 4 || bytes.IndexByte([]byte(p.Reason), 0xff) >= 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}
