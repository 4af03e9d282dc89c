package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// kiosk answers in every way there is.
const kiosk = `
@Cors("https://friend.example")
export default class Kiosk extends AppBase {
  #waiting = [];
  @Get text() { return "text"; }
  @Get page() { return "<!doctype html><p>page"; }
  @Get object(req) { return { q: req.query.q, host: req.headers.get("host"), agent: req.headers.get("user-agent"), ip: req.remoteAddress, url: new URL(req.url).pathname }; }
  @Get async later() { await new Promise((go) => setTimeout(go, 5)); return "later"; }
  @Get nothing() {}
  @Get empty() { return ""; }
  @Get long() { return "long ".repeat(1000); }
  @Get much(req) { return "x".repeat(Number(req.query.bytes)); }
  @Get longer() { return "longer ".repeat(20000); }
  @Get image() { return new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "image/x-own", "x-a": "1", "set-cookie": "a=1", connection: "close", "transfer-encoding": "x" } }); }
  @Get typeless() { const r = new Response(new Uint8Array([60, 104])); r.headers.delete("content-type"); return r; }
  @Get tagged() { return new Response("tagged", { headers: { etag: '"t"', vary: "x-a" } }); }
  @Get dated() { return new Response("dated", { headers: { date: "Thu, 01 Jan 2026 00:00:00 GMT", "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" } }); }
  @Get teapot() { return new Response("short", { status: 418 }); }
  @Get strange() { return new Response("strange", { status: 599 }); }
  @Get reset() { return new Response(null, { status: 205 }); }
  @Get moved() { return redirect("/kiosk/text"); }
  @Get missing() { return notFound("no such thing"); }
  @Get broken() { return null.x; }
  @Get async *stream() { yield "a"; yield "b"; }
  @Get async *fails() { yield "a"; throw new Error("in a stream"); }
  @Head("/asked") asked() { return new Response(null, { headers: { "x-asked": "1" } }); }
  @Post echo(req) { return req.text(); }
  @Post async json(req) { return await req.json(); }
  @Put({ path: "/checked", body: { type: "object", required: ["n"] } }) checked(req) { return req.valid.body; }
  @Patch ignore() { return "ignored"; }
  @Delete("/things/:id") remove(req) { return "removed " + req.params.id; }
  @Guard((req) => req.query.key === "k" || unauthorized("who?")) @Get closed() { return "in"; }
  @Guard(async () => { await null; return false; }) @Get shut() { return "in"; }
  @Http any(req) { return req.method; }
  @Websocket talk(ws) { ws.onMessage((text) => { if (text === "go") this.#waiting.forEach((go) => go()); }); ws.send("hello"); }
  @Get wait(req) { return new Promise((go) => { this.#waiting.push(() => go("waited")); req.signal.onabort = () => this.broadcast("gone"); this.broadcast("waits"); }); }
}`

// exchanges are sent as they are over one connection each; every answer must be the same whoever serves.
var exchanges = []string{
	"GET /kiosk/text", "HEAD /kiosk/text", "GET /kiosk/page", "GET /kiosk/object?q=a%20b", "GET /kiosk/later", "GET /kiosk/nothing", "HEAD /kiosk/nothing",
	"GET /kiosk/empty", "GET /kiosk/long", "GET /kiosk/long\nAccept-Encoding: gzip", "HEAD /kiosk/long\nAccept-Encoding: gzip", "GET /kiosk/longer\nAccept-Encoding: gzip",
	"GET /kiosk/longer", "GET /kiosk/text\nAccept-Encoding: identity;q=0, gzip", "GET /kiosk/image", "GET /kiosk/typeless", "GET /kiosk/tagged", "GET /kiosk/tagged\nIf-None-Match: \"t\"",
	"GET /kiosk/dated", "GET /kiosk/dated\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT", "GET /kiosk/teapot", "GET /kiosk/strange", "GET /kiosk/reset", "GET /kiosk/moved",
	"GET /kiosk/missing", "GET /kiosk/broken", "GET /kiosk/broken\nAccept: text/html", "GET /kiosk/stream", "HEAD /kiosk/stream", "HEAD /kiosk/asked", "GET /kiosk/text\nOrigin: https://friend.example",
	"GET /kiosk/missing\nOrigin: https://foe.example", "OPTIONS /kiosk/text\nOrigin: https://friend.example\nAccess-Control-Request-Method: GET", "OPTIONS /kiosk/text",
	"POST /kiosk/echo\n\nbody", "POST /kiosk/echo", "POST /kiosk/echo\nExpect: 100-continue\n\nbody", "POST /kiosk/json\n\n{\"a\":1}", "POST /kiosk/json\n\n{", "PUT /kiosk/checked\nContent-Type: application/json\n\n{\"n\":1}",
	"PUT /kiosk/checked\nContent-Type: application/json\n\n{}", "PUT /kiosk/checked\n\n{}", "PATCH /kiosk/ignore\n\nunread", "DELETE /kiosk/things/7", "DELETE /kiosk/things/a%2Fb", "GET /kiosk/closed", "GET /kiosk/closed?key=k",
	"GET /kiosk/shut", "GET /kiosk/any", "POST /kiosk/any", "GET /kiosk/talk", "GET /kiosk/none", "PUT /kiosk/text", "GET /none/text", "GET /kiosk", "GET /kiosk/", "GET /kiosk/api.json", "GET /", "GET /sigil.js",
	"GET /kiosk/text\nConnection: close", "GET /kiosk/text\nConnection: keep-alive", "GET /kiosk/text\nConnection: Keep-Alive", "GET /kiosk/text\nUpgrade: h2c", "GET /kiosk/../kiosk/text", "GET /kiosk//text", "GET /kiosk/te%78t",
	"GET /kiosk/text\nX-Big: " + strings.Repeat("x", 6<<10), "GET /kiosk/text\nX-Big: " + strings.Repeat("x", 20<<10), "GET /kiosk/text\n" + strings.Repeat("X-Many: 1\n", 120) + "X: 1",
	"GET /kiosk/text\nTransfer-Encoding: chunked", "GET /kiosk/text\nContent-Length: 1\nContent-Length: 2", "GET /kiosk/text\nX: \x01", "GET /kiosk/text\nHost: other", "GET /kiosk/text\n folded: 1", "POST /kiosk/echo\n\n" + strings.Repeat("x", 70<<10),
	"POST /kiosk/echo\n\n" + strings.Repeat("x", 6<<10), "GET /kiosk/text\n\nwith a body",
}

// exchangeText is the request of one of the exchanges.
func exchangeText(host, text string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	line, fields, _ := strings.Cut(head, "\n")
	out := line + " HTTP/1.1\r\nHost: " + host + "\r\n"
	for field := range strings.SplitSeq(fields, "\n") {
		if field != "" {
			out += field + "\r\n"
		}
	}
	if body != "" {
		out += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return out + "\r\n" + body
}

var changing = regexp.MustCompile(`(?m)^(Date: [^\r]*GMT|.*\(id [a-z0-9]*\).*)|id [a-z0-9]{10}|127\.0\.0\.1:\d+`)

// answersOf sends a request twice over one connection, the second time with an end, and returns all that comes, but for what
// always differs. net/http sends what it has not the end of yet in chunks, so bodies are compared after those.
func answersOf(t *testing.T, addr, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(clientPatience))
	request := exchangeText("kiosk.example", text)
	in := bufio.NewReader(conn)
	var all strings.Builder // but for the bodies
	var bodies []byte
	for range 2 {
		if _, err := io.WriteString(conn, request); err != nil {
			fmt.Fprint(&all, "cut\n")
			break
		}
		method, _, _ := strings.Cut(text, " ")
		res, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			fmt.Fprint(&all, "cut\n")
			break
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Header.Write(&all)
		if len(body) < 4096 { // pages of errors; to look through long ones takes seconds with the race detector
			body = changing.ReplaceAll(body, nil)
		}
		fmt.Fprintf(&all, "%s length %d %v close %v err %v\n", res.Status, res.ContentLength, res.TransferEncoding, res.Close, err)
		bodies = append(bodies, body...)
		if res.Close {
			break
		}
	}
	return changing.ReplaceAllString(all.String(), "") + string(bodies)
}

// TestDirectAnswersAsNetHTTP compares the two ways in which a request may be served, answer by answer and byte by byte.
func TestDirectAnswersAsNetHTTP(t *testing.T) {
	direct := startSite(t, files{"kiosk.js": kiosk})
	indirect := startSite(t, files{"kiosk.js": kiosk}, func(o *Options) { o.indirect = true })
	for _, text := range exchanges {
		got, want := answersOf(t, direct.addr(), text), answersOf(t, indirect.addr(), text)
		if got != want {
			t.Errorf("%.200q is answered with\n%.3000q\nand by net/http with\n%.3000q", text, got, want)
		}
	}
}

// directConns is how many HTTP connections the loops hold.
func (s *site) directConns() int64 {
	var n int64
	for _, a := range s.server.table.all() {
		n += a.busy()
	}
	return n
}

// busy is what all workers have to do.
func (a *app) busy() (n int64) {
	for _, w := range a.all() {
		n += w.load.Load()
	}
	return n
}

func TestDirectConnections(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk, "other.js": kiosk})
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" }
	for _, c := range []struct {
		name, first, second string
		direct              int64 // connections on loops after both
	}{
		{"stays", get("/kiosk/text"), get("/kiosk/object"), 1},
		{"another app", get("/kiosk/text"), get("/other/text"), 0},
		{"a page of the server", get("/kiosk/text"), get("/kiosk/api"), 0},
		{"begins with one", get("/kiosk/api"), get("/kiosk/text"), 0},
		{"a stream", get("/kiosk/text"), get("/kiosk/stream"), 0},
		{"a wrong verb", get("/kiosk/text"), "PUT /kiosk/text HTTP/1.1\r\nHost: x\r\n\r\n", 0},
		{"HTTP/1.1 without a host", get("/kiosk/text"), "GET /kiosk/text HTTP/1.1\r\n\r\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := s.raw(c.first)
			client.body()
			client.write(c.second)
			client.response("GET")
			client.body()
			eventually(t, func() bool { return s.directConns() == c.direct }) // who answers may be quicker than who hands over
			_ = client.conn.Close()
			eventually(t, func() bool { return s.directConns() == 0 && s.server.slots.http.Load() == 0 })
		})
	}
}

// write sends bytes.
func (c *client) write(text string) {
	c.t.Helper()
	_ = c.conn.SetDeadline(time.Now().Add(clientPatience))
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// response reads the head of the next answer.
func (c *client) response(method string) *http.Response {
	c.t.Helper()
	_ = c.conn.SetDeadline(time.Now().Add(clientPatience))
	res, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		c.t.Fatal(err)
	}
	c.res = res
	return res
}

// eventually waits for what other goroutines bring about.
func eventually(t testing.TB, is func() bool) {
	t.Helper()
	for end := time.Now().Add(clientPatience); !is(); {
		if time.Now().After(end) {
			t.Fatal("it never came to be")
		}
		<-time.After(time.Millisecond) // somebody else may run
	}
}

func TestPipelining(t *testing.T) { bothWays(t, pipelining) }

func pipelining(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	post := func(text string) string {
		return fmt.Sprintf("POST /kiosk/echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
	}
	var all string
	for i := range 40 {
		all += post(fmt.Sprint("first ", i))
	}
	c := s.raw(all + "GET /kiosk/later HTTP/1.1\r\nHost: x\r\n\r\n" + post("last") + "GET /kiosk/api.json HTTP/1.1\r\nHost: x\r\n\r\n")
	for i := range 40 {
		if i > 0 {
			c.response("POST")
		}
		if got, want := c.body(), fmt.Sprint("first ", i); got != want {
			t.Fatalf("answer %d is %q", i, got)
		}
	}
	for i, want := range []string{"later", "last", "openapi"} {
		c.response("GET")
		if got := c.body(); !strings.Contains(got, want) {
			t.Errorf("answer %d behind is %.100q, want %q", i, got, want)
		}
	}
}

// A long answer is net/http's to send, from where it is: on the loop it would be copied twice, and kept until it is read.
func TestLongAnswersArePassedOn(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	get := func(bytes int) string {
		return fmt.Sprintf("GET /kiosk/much?bytes=%d HTTP/1.1\r\nHost: x\r\n\r\n", bytes)
	}
	c := s.raw(get(maxDirectBody))
	if got := c.body(); len(got) != maxDirectBody {
		t.Fatalf("%d bytes", len(got))
	}
	if n := s.directConns(); n != 1 {
		t.Fatalf("%d connections are on loops, want 1", n)
	}
	for _, size := range []int{maxDirectBody + 1, 1 << 20, 3} {
		c.write(get(size))
		c.response("GET")
		if got := c.body(); len(got) != size {
			t.Fatalf("%d bytes, want %d", len(got), size)
		}
		eventually(t, func() bool { return s.directConns() == 0 })
	}
}

func TestRequestsInPieces(t *testing.T) { bothWays(t, requestsInPieces) }

func requestsInPieces(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	request := "POST /kiosk/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\npiece"
	for at := 1; at < len(request); at += 7 {
		c := s.raw(request)
		c.body()
		c.write(request[:at])
		s.get("/kiosk/text") // meanwhile the loop has read it, most likely
		c.write(request[at:])
		c.response("POST")
		if got := c.body(); got != "piece" {
			t.Errorf("in two at %d: %q", at, got)
		}
		_ = c.conn.Close()
	}
	c := s.raw(request)
	c.body()
	for i := range len(request) {
		c.write(request[i : i+1])
	}
	c.response("POST")
	if got := c.body(); got != "piece" {
		t.Errorf("byte by byte: %q", got)
	}
}

func TestGoneWhileWaiting(t *testing.T) { bothWays(t, goneWhileWaiting) }

func goneWhileWaiting(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	ws := s.dial("/kiosk/talk")
	ws.want("hello")
	for range 3 {
		conn, err := net.Dial("tcp", s.addr())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET /kiosk/wait HTTP/1.1\r\nHost: x\r\n\r\n")
		ws.want("waits")
		_ = conn.Close()
		ws.want("gone")
	}
	ws.send(opText, "go")
	if got := s.get("/kiosk/text"); got != "text" {
		t.Error(got)
	}
	ws.leave()
	eventually(t, func() bool { return s.directConns() == 0 })
}

// A reload between two requests of a connection is not seen but in the answers; an app that goes away gives it to net/http.
func TestReloadUnderDirectConnections(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	get := "GET /kiosk/text HTTP/1.1\r\nHost: x\r\n\r\n"
	c := s.raw(get)
	c.body()
	s.save(files{"kiosk.js": strings.ReplaceAll(kiosk, `return "text"`, `return "new text"`)})
	s.next()
	c.write(get)
	c.response("GET")
	if got := c.body(); got != "new text" {
		t.Errorf("after the reload: %q", got)
	}
}

// Connections that came before the second worker was there move to it.
func TestDirectConnectionsMove(t *testing.T) {
	s := startSite(t, files{"wide.js": `@Api({ workers: 2 }) export default class Wide extends AppBase { @Get text() { return "text"; } }`})
	get := "GET /wide/text HTTP/1.1\r\nHost: x\r\n\r\n"
	var clients []*client
	for range 6 {
		c := s.raw(get)
		c.body()
		clients = append(clients, c)
	}
	a := s.server.table.find("wide")
	eventually(t, func() bool { return a.size() == 2 })
	for range 3 * moveEvery {
		for _, c := range clients {
			c.write(get)
			c.response("GET")
			if got := c.body(); got != "text" {
				t.Fatal(got)
			}
		}
	}
	for i, w := range a.all() {
		if load := w.load.Load(); load < 2 {
			t.Errorf("worker %d has %d of %d connections", i, load, len(clients))
		}
	}
	if got := s.directConns(); got != int64(len(clients)) {
		t.Errorf("%d connections are counted, of %d", got, len(clients))
	}
}

// What is sent of a stream behind a direct connection is the app's, until the client goes.
func TestStreamsBehindDirectConnections(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	c := s.raw("GET /kiosk/fails HTTP/1.1\r\nHost: x\r\n\r\n")
	if body, err := io.ReadAll(c.res.Body); err == nil || !bytes.Equal(body, []byte("a")) {
		t.Errorf("a stream that fails gave %q, %v", body, err)
	}
	eventually(t, func() bool { return s.directConns() == 0 })
}

// What nobody takes over leaves nothing behind.
func TestLostHandover(t *testing.T) {
	s := startSite(t, files{"kiosk.js": kiosk})
	a := s.server.table.find("kiosk")
	if !s.server.gate.enter() {
		t.Fatal("the gate is closed")
	}
	w := a.place()
	p := &handover{server: s.server, call: call{app: a}, x: &exchange{worker: w, req: s.server.request(&http.Request{Host: "x", URL: &url.URL{Path: "/kiosk/text"}, Header: http.Header{}}, call{app: a, route: a.current.Load().routes.All()[0]})}}
	p.Lost()
	p.Lost()
	if !p.opened.Load() {
		t.Error("it could still be opened")
	}
	if load := w.load.Load(); load != 0 {
		t.Errorf("the worker is counted %d times", load)
	}
	s.server.stopHTTP(t)
}
