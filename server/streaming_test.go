package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const streamer = `
const encoder = new TextEncoder();
const gates = new Map(); // name -> resolve
const gate = (name) => new Promise((resolve) => gates.set(name, resolve));
export default class Streamer extends AppBase {
  version = "one";
  @Get open(req) { gates.get(req.query.name)?.(); return gates.delete(req.query.name); }
  @Get async *words() { yield "one "; yield encoder.encode("two "); yield ""; yield "three"; }
  @Get async *page() { yield "<!doctype html>"; yield "<p>x"; }
  @Get *plain() { yield "a"; yield "b"; }
  @Get async *empty() {}
  @Get response() { return new Response(this.words(), { status: 201, headers: { "content-type": "text/x" } }); }
  @Get readable() {
    let n = 0;
    return new Response(new ReadableStream({ pull(c) { if (n++ < 3) c.enqueue(encoder.encode("n" + n)); else c.close(); } }));
  }
  @Get async *early() { throw new Error("before all"); }
  @Get async *late() { yield "begun"; await gate("late"); throw new Error("in the middle"); }
  @Get async *objects() { yield "begun"; yield { a: 1 }; }
  @Get texts() { return new Response(new ReadableStream({ start(c) { c.enqueue("text"); c.close(); } })); }
  @Get async *gated(req) {
    try {
      for (let i = 0; ; i++) {
        yield this.version + i + "\n";
        await gate("go");
      }
    } finally { this.log.info("generator returned " + req.signal.aborted + " " + req.signal.reason); }
  }
  @Get async *finite() { yield this.version + "\n"; await gate("end"); yield "end " + this.version; }
  @Get endless(req) {
    req.signal.addEventListener("abort", () => this.log.info("signal " + req.signal.reason.name));
    const log = this.log;
    return new Response(new ReadableStream({
      pull(c) { c.enqueue(new Uint8Array(65536)); },
      cancel(reason) { log.info("canceled: " + reason); },
    }));
  }
  @Get waits(req) { return new Promise((resolve) => { req.signal.onabort = () => { this.log.info("gave up"); resolve(this.gated(req)); }; this.log.info("waiting"); }); }
  @Post async echo(req) { return new Response(req.body); }
  @Post async upper(req) { return new Response(req.body.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()); } })).pipeThrough(new TextEncoderStream())); }
  @Post async count(req) { let n = 0; for await (const chunk of req.body) n += chunk.length; return String(n); }
  @Post ignore() { return "ignored"; }
  @Post async caught(req) { try { await req.text(); } catch (e) { return e.name + ": " + e.message; } }
  @Post async twice(req) { await req.text(); return await req.text(); }
}`

func TestStreamedAnswers(t *testing.T) { bothWays(t, testStreamedAnswers) }

func testStreamedAnswers(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	for path, want := range map[string]string{
		"words": "200 text/plain;charset=UTF-8 one two three", "page": "200 text/html;charset=UTF-8 <!doctype html><p>x",
		"plain": "200 text/plain;charset=UTF-8 ab", "empty": "200 text/plain;charset=UTF-8 ", "response": "201 text/x one two three",
		"readable": "200  n1n2n3",
	} {
		res, body := s.do("GET", "/s/"+path, "")
		if got := res.Status[:4] + res.Header.Get("Content-Type") + " " + body; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	res, body := s.do("HEAD", "/s/words", "")
	if res.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: %s %q", res.Status, body)
	}
}

// An error before the first chunk is a 500; one after it cuts the connection, and the log knows where it was.
func TestStreamErrors(t *testing.T) { bothWays(t, testStreamErrors) }

func testStreamErrors(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	if res, _ := s.do("GET", "/s/early", ""); res.StatusCode != 500 {
		t.Errorf("an early error: %s", res.Status)
	}
	for path, logged := range map[string]string{
		"objects": "a stream of an answer gives texts and bytes, not an object of class Object: yield JSON.stringify(value)",
		"texts":   "and not a Uint8Array: pipe it through a TextEncoderStream",
		"late":    "s.js:18:65: Error: in the middle",
	} {
		res := s.begin("GET", "/s/"+path, nil)
		if path == "late" {
			s.open("late")
		}
		if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: the body ends with %v", path, err)
		}
		_ = res.Body.Close()
		s.log.wait(t, logged)
	}
}

// begin sends a request and returns once the header of the answer is there.
func (s *site) begin(method, path string, body io.Reader) *http.Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), clientPatience)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr()+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return res
}

// open opens a gate of the streamer's, once it is there.
func (s *site) open(name string) {
	s.t.Helper()
	eventually(s.t, func() bool { return s.get("/s/open?name="+name) == "true" })
}

// When the client goes away, the signal is aborted and the generator returns.
func TestClientGone(t *testing.T) { bothWays(t, testClientGone) }

func testClientGone(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	res := s.begin("GET", "/s/gated", nil)
	in := bufio.NewReader(res.Body)
	for _, want := range []string{"one0\n", "one1\n"} {
		if line, err := in.ReadString('\n'); line != want || err != nil {
			t.Fatalf("%q, %v", line, err)
		}
		if want == "one0\n" {
			s.open("go")
		}
	}
	_ = res.Body.Close()
	s.open("go") // a generator returns at its next yield
	s.log.wait(t, "generator returned true AbortError: the client has gone")

	res = s.begin("GET", "/s/endless", nil)
	_ = res.Body.Close()
	s.log.wait(t, "canceled: the client has gone")
	s.log.wait(t, "signal AbortError")
}

// A client that leaves before the answer aborts the signal; the answer that comes all the same is given up.
func TestClientGoneBefore(t *testing.T) { bothWays(t, testClientGoneBefore) }

func testClientGoneBefore(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", "http://"+s.addr()+"/s/waits", nil)
	done := make(chan error, 1)
	go func() {
		_, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		done <- err
	}()
	s.log.wait(t, "msg=waiting")
	cancel()
	s.log.wait(t, "gave up")
	if err := await(t, done, "the end of the request"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The script is asked for more only as fast as the client takes it; one that takes nothing is cut.
func TestSlowReader(t *testing.T) { bothWays(t, testSlowReader) }

func testSlowReader(t *testing.T) {
	s := startSite(t, files{"s.js": streamer}, func(o *Options) { o.Limits.WriteStall = time.Second / 2 })
	c := s.raw("GET /s/endless HTTP/1.1\r\nHost: x\r\n\r\n")
	s.log.wait(t, "canceled: the client has gone")
	_ = c.conn.Close()
}

// A stream goes on with the code it began with.
func TestReloadWhileStreaming(t *testing.T) { bothWays(t, testReloadWhileStreaming) }

func testReloadWhileStreaming(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	res := s.begin("GET", "/s/finite", nil)
	in := bufio.NewReader(res.Body)
	if line, err := in.ReadString('\n'); line != "one\n" || err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	changed := strings.Replace(streamer, `version = "one"`, `version = "two"`, 1)
	s.save(files{"s.js": strings.Replace(changed, `yield this.version + "\n"; await gate("end");`, `yield this.version + "\n";`, 1)})
	s.next()
	if got := s.get("/s/finite"); got != "two\nend two" {
		t.Errorf("the new code says %q", got)
	}
	_ = res.Body.Close()
}

func TestStreamedBodies(t *testing.T) { bothWays(t, testStreamedBodies) }

func testStreamedBodies(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	large := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	ignored := large[:100<<10]                         // the client can send all of it before it sees the answer
	for _, tt := range []struct{ path, body, want string }{
		{"count", large, "1048576"}, {"echo", large, large}, {"echo", "small", "small"}, {"echo", "", ""},
		{"upper", large, strings.ToUpper(large)}, {"ignore", ignored, "ignored"}, {"ignore", "x", "ignored"},
	} {
		if _, got := s.do("POST", "/s/"+tt.path, tt.body); got != tt.want {
			t.Errorf("%s of %d bytes: %d bytes that begin %.40q", tt.path, len(tt.body), len(got), got)
		}
	}
	if res, _ := s.do("POST", "/s/twice", large); res.StatusCode != 500 {
		t.Errorf("read twice: %s", res.Status)
	}
}

// The app may answer piece by piece while it reads.
func TestFullDuplex(t *testing.T) { bothWays(t, testFullDuplex) }

func testFullDuplex(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	in, out := io.Pipe()
	go func() { _, _ = io.WriteString(out, "first\n") }()
	res := s.begin("POST", "/s/upper", in)
	answer := bufio.NewReader(res.Body)
	for _, next := range []string{"second\n", "third\n", ""} {
		line, err := answer.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{"second\n": "FIRST\n", "third\n": "SECOND\n", "": "THIRD\n"}[next]; line != want {
			t.Errorf("%q, want %q", line, want)
		}
		if next != "" {
			_, _ = io.WriteString(out, next)
		}
	}
	_ = out.Close()
	if _, err := answer.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the end: %v", err)
	}
	_ = res.Body.Close()
}

// What is wrong with a body that the app reads is an error there, and an answer if it is not caught.
func TestStreamedBodyLimits(t *testing.T) { bothWays(t, testStreamedBodyLimits) }

func testStreamedBodyLimits(t *testing.T) {
	s := startSite(t, files{"s.js": streamer}, func(o *Options) { o.Limits.MaxBodyBytes = 100_000 })
	hasty := startSite(t, files{"s.js": streamer}, func(o *Options) { o.Limits.BodyStall = 50 * time.Millisecond })
	chunk := "10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n"
	post := func(s *site, path, rest string) *client {
		return s.raw("POST /s/" + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + rest)
	}
	for _, tt := range []struct {
		path, rest string
		status     int
		body       string
	}{
		{"count", chunk + "0\r\n\r\n", 200, "65536"},
		{"count", chunk + chunk + "0\r\n\r\n", 413, "the body is too large"},
		{"caught", chunk + chunk, 200, "TypeError: the body is too large"},
		{"count", chunk, 408, "the body did not arrive in time"},
		{"caught", chunk, 200, "TypeError: the body did not arrive in time"},
		{"count", "nonsense\r\n", 400, "the body cannot be read"},
		{"ignore", chunk, 200, "ignored"},
	} {
		site := s
		if strings.Contains(tt.body, "in time") { // nothing else is asked of who has so little patience
			site = hasty
		}
		c := post(site, tt.path, tt.rest)
		if body := c.body(); c.res.StatusCode != tt.status || body != tt.body {
			t.Errorf("%s: %s %q, want %d %q", tt.path, c.res.Status, body, tt.status, tt.body)
		}
		_ = c.conn.Close()
	}
}

// The time a client takes for its body is not the handler's.
func TestResponseTimeWhileReading(t *testing.T) {
	t.Parallel()
	bothWays(t, testResponseTimeWhileReading)
}

func testResponseTimeWhileReading(t *testing.T) {
	t.Parallel()
	s := startSite(t, files{"s.js": streamer}, func(o *Options) { o.Limits.ResponseTime = 5 * time.Second })
	in, out := io.Pipe()
	go func() {
		for range 20 {
			_, _ = io.WriteString(out, "piece")
			<-time.After(300 * time.Millisecond) // more than the handler's time in all
		}
		_ = out.Close()
	}()
	res := s.begin("POST", "/s/count", in)
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || string(body) != "100" {
		t.Errorf("%s %q, %v", res.Status, body, err)
	}
	_ = res.Body.Close()
	if res, body := s.do("GET", "/s/waits", ""); res.StatusCode != 503 {
		t.Errorf("a handler that waits: %s %q", res.Status, body)
	}
	s.log.wait(t, "gave up")
}

// A body with nothing in it is an empty stream, not a mistake of the handler that reads it.
func TestEmptyBodiesAreStreams(t *testing.T) { bothWays(t, testEmptyBodiesAreStreams) }

func testEmptyBodiesAreStreams(t *testing.T) {
	s := startSite(t, files{"s.js": streamer})
	for path, want := range map[string]string{"count": "0", "echo": "", "upper": ""} {
		if res, body := s.do("POST", "/s/"+path, ""); res.StatusCode != 200 || body != want {
			t.Errorf("%s: %s %q", path, res.Status, body)
		}
	}
}
