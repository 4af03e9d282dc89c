package server

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const newsJS = `
let finished = 0;
export default class News extends AppBase {
  streams = new Set();
  @Sse async *count(req, stream) {
    try {
      for (let i = Number(stream.lastEventId || 0) + 1; i <= 3; i++) yield { id: i, event: "tick", data: { i } };
      await stream.closed;
    } finally { finished++; }
  }
  @Sse *plain() { yield "one\ntwo\r\nthree"; yield { a: 1 }; yield { data: null, retry: 50 }; yield { id: 1, data: 2, more: 3 }; }
  @Sse("/rooms/:name") room(req, stream) {
    this.streams.add(stream);
    stream.closed.then(() => this.streams.delete(stream));
    stream.send("welcome to " + req.params.name, { event: "hi", id: "a1" });
  }
  @Get say(req) { for (const s of this.streams) s.send(req.query.text); return this.streams.size; }
  @Get leave() { for (const s of this.streams) s.close(); }
  @Get finished() { return finished; }
  @Sse refuses() { return notFound("no such stream"); }
  @Sse async refusesLater() { await null; throw forbidden("not you"); }
  @Sse async *refusesInside() { throw conflict("not now"); }
  @Sse broken() { null.x; }
  @Sse async *brokenLater() { yield 1; null.x; }
  @Guard((req) => req.query.key === "1") @Sse guarded(req, stream) { stream.send("in"); }
  @Sse({ limits: { queueBytes: 4096 } }) flood(req, stream) { let n = 0; while (stream.send("x".repeat(1000))) n++; this.flooded = [n, stream.send("y")]; }
  @Get flooded() { return this.flooded; }
  @Sse async *firehose() { for (;;) yield "x".repeat(10000); }
  @Sse async *drizzle() { for (;;) yield "x"; }
  @Get async later() { await null; return "later"; }
  @Sse bytes(req, stream) { stream.send(new Uint8Array(1)); }
  @Sse line(req, stream) { stream.send("x", { event: "a\nb" }); }
}`

// events is a client of a stream.
type events struct {
	*client
	lines *bufio.Scanner
}

func (s *site) events(path string, headers ...string) *events {
	s.t.Helper()
	c := s.raw(strings.Join(append([]string{"GET " + path + " HTTP/1.1", "Host: " + s.addr(), "Accept: text/event-stream"}, headers...), "\r\n") + "\r\n\r\n")
	if kind := c.res.Header.Get("Content-Type"); c.res.StatusCode != 200 || kind != typeEvents {
		s.t.Fatalf("%s: %s %s: %s", path, c.res.Status, kind, c.body())
	}
	e := &events{client: c, lines: bufio.NewScanner(c.res.Body)}
	e.want("retry: 3000")
	return e
}

// want reads one event, without its empty line, and compares.
func (e *events) want(want string) {
	e.t.Helper()
	if got := e.next(); got != want {
		e.t.Fatalf("got event %q, want %q", got, want)
	}
}

// next is the next event; "" at the end.
func (e *events) next() string {
	var lines []string
	for e.lines.Scan() {
		if e.lines.Text() == "" {
			break
		}
		lines = append(lines, e.lines.Text())
	}
	return strings.Join(lines, "|")
}

func TestEvents(t *testing.T) {
	s := startSite(t, files{"news.js": newsJS})
	e := s.events("/news/count", "Last-Event-ID: 1")
	e.want(`event: tick|id: 2|data: {"i":2}`)
	e.want(`event: tick|id: 3|data: {"i":3}`)
	_ = e.conn.Close()
	eventually(t, func() bool { return s.get("/news/finished") == "1" }) // its client is gone, and its finally ran
	e = s.events("/news/plain")
	e.want("data: one|data: two|data: three")
	e.want(`data: {"a":1}`)
	e.want("retry: 50|data: null")
	e.want(`data: {"id":1,"data":2,"more":3}`)
	e.want("")

	e = s.events("/news/rooms/a%20b")
	e.want("event: hi|id: a1|data: welcome to a b")
	if n := s.get("/news/say?text=hello"); n != "1" {
		t.Errorf("%s streams", n)
	}
	e.want("data: hello")
	s.do("GET", "/news/leave", "")
	e.want("")
	eventually(t, func() bool { return s.get("/news/say") == "0" })
}

// A generator that waits for nothing keeps nobody else from anything, neither while its client reads as fast as it yields nor
// when that has gone.
func TestEventsWithoutAnEnd(t *testing.T) {
	for _, path := range []string{"/news/drizzle", "/news/firehose"} {
		t.Run(path, func(t *testing.T) {
			s := startSite(t, files{"news.js": newsJS}, func(o *Options) { o.Limits.CallTime = time.Hour })
			e := s.events(path)
			e.next()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = io.Copy(io.Discard, e.res.Body)
			}()
			for range 20 {
				if got := s.get("/news/later"); got != "later" {
					t.Fatalf("while it is read: %q", got)
				}
			}
			_ = e.conn.Close()
			await(t, ended, "the end of the stream")
			for range 20 {
				if got := s.get("/news/later"); got != "later" {
					t.Fatalf("when its client has gone: %q", got)
				}
			}
		})
	}
}

// What a stream is answered with that does not come to be, or goes wrong.
func TestEventsRefused(t *testing.T) {
	s := startSite(t, files{"news.js": newsJS})
	for _, c := range []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/news/refuses", 404, "no such stream"}, {"GET", "/news/refusesLater", 403, "not you"}, {"GET", "/news/refusesInside", 409, "not now"},
		{"GET", "/news/broken", 500, "internal server error"}, {"GET", "/news/guarded", 403, ""}, {"POST", "/news/count", 405, "allowed: GET, HEAD, OPTIONS"},
		{"GET", "/news/bytes", 500, ""}, {"GET", "/news/line", 500, ""}, {"HEAD", "/news/guarded", 403, ""}, {"HEAD", "/news/count", 200, ""},
	} {
		if res, body := s.do(c.method, c.path, ""); res.StatusCode != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s %s: %s %q", c.method, c.path, res.Status, body)
		}
	}
	e := s.events("/news/brokenLater")
	e.want("data: 1")
	e.want("")
	s.log.wait(t, "news.js:24:")
	e = s.events("/news/guarded?key=1")
	e.want("data: in")
}

// A client that does not read is cut once its queue is full; a generator waits for it instead.
func TestEventsSlowReader(t *testing.T) {
	s := startSite(t, files{"news.js": newsJS}, func(o *Options) { o.Limits.WriteStall = time.Second / 2 })
	e := s.events("/news/flood")
	for e.next() != "" {
	}
	if got := s.get("/news/flooded"); got != "[4,false]" {
		t.Errorf("flooded: %s", got)
	}
	e = startSite(t, files{"news.js": newsJS}).events("/news/firehose")
	for range 1000 {
		if e.next() == "" {
			t.Fatal("a generator was cut though its client reads")
		}
	}
	_ = s.events("/news/firehose")
	eventually(t, func() bool { return s.server.slots.inUse() == 0 }) // it reads no more
}

// A reload ends streams soon after one another, so that their clients meet the new code; so does the end of the server.
func TestEventsReload(t *testing.T) {
	s := startSite(t, files{"news.js": newsJS}, func(o *Options) { o.Limits.StopWithin = time.Hour })
	e := s.events("/news/rooms/a")
	e.want("event: hi|id: a1|data: welcome to a")
	s.save(files{"news.js": strings.ReplaceAll(newsJS, "welcome", "back")})
	if got := e.next(); !strings.HasPrefix(got, "retry: ") || len(got) != len("retry: 123") {
		t.Errorf("got %q", got)
	}
	e.want("")
	s.next()
	e = s.events("/news/rooms/a")
	e.want("event: hi|id: a1|data: back to a")
	if err := s.stop(); err != nil { // it does not wait for the stream
		t.Fatal(err)
	}
	e.next()
}

// Streams count as connections, and silence is filled.
func TestEventsBounds(t *testing.T) {
	s := startSite(t, files{"news.js": newsJS}, func(o *Options) {
		o.Limits.MaxConnectionsPerAddress, o.Limits.EventPing = 1, 20*time.Millisecond
	})
	e := s.events("/news/guarded?key=1")
	e.want("data: in")
	e.want(":")
	e.want(":")
	if res, _ := s.do("GET", "/news/count", ""); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("one more: %s", res.Status)
	}
	_ = e.conn.Close()
	eventually(t, func() bool { return s.server.slots.inUse() == 0 })
}
