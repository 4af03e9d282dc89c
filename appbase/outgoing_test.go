package appbase

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const rows = `
export default class Rows extends AppBase {
  @Get async *endless(req) { try { for (let n = 0; ; n++) { yield "row " + n; await null; } } finally { this.log.info("returned"); } }
  @Get async *stuck() { yield "one"; await new Promise(() => {}); }
  @Get fails() { return new Response(new ReadableStream({ cancel() { throw new Error("in cancel"); } })); }
  @Get blob() { return new Blob(["bytes"], { type: "text/x" }); }
  @Get params() { return new URLSearchParams({ a: "b c" }); }
  @Get same() { return this.kept ??= new Response("kept"); }
  @Get read() { const r = new Response("x"); r.text(); return r; }
  @Get error() { return Response.error(); }
  @Post is(req) { return [req instanceof Request, req instanceof HttpReq, req.signal.aborted, req.duplex, req.clone() instanceof Request, String(req)].join(); }
  @Post async twice(req) { const copy = req.clone(); return (await req.text()) + (await copy.text()) + req.bodyUsed; }
  @Post async chunks(req) { let text = ""; for await (const c of req.body) text += new TextDecoder().decode(c); return text; }
  @Post async moved(req) { const next = new Request("http://h/", req); return next.method + (await next.text()) + req.bodyUsed + next.headers.get("x-a"); }
  @Post async form(req) { return [...await req.form()].join("|"); }
}`

// stream asks for an answer that is one.
func (w *world) stream(path string) *Stream {
	w.t.Helper()
	m := w.routes.HTTP("GET", path)
	var stream *Stream
	w.worker.Serve(m.Route, request("GET", path, "", nil, nil), func(r *Response, err error) {
		if err != nil || r.Stream == nil {
			w.t.Fatalf("%s: %+v, %v", path, r, err)
		}
		stream = r.Stream
	})
	w.loop.RunPosted()
	return stream
}

// next is the next chunk of a stream, or what it ended with; "pending" while there is none.
func (w *world) next(s *Stream) func() string {
	got := "pending"
	s.Next(func(chunk []byte, err error) {
		if got = string(chunk); err != nil {
			got = "error " + err.Error()
		}
	})
	w.loop.RunPosted()
	return func() string { return got }
}

func TestStreamIsPulled(t *testing.T) {
	w := newWorld(t, rows)
	s := w.stream("/endless")
	for _, want := range []string{"row 0", "row 1", "row 2"} {
		if got := w.next(s)(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	s.Cancel("enough")
	s.Cancel("enough")
	w.loop.RunPosted()
	if got := w.next(s)(); got != "error the stream was given up" || strings.Count(w.log.String(), "returned") != 1 {
		t.Errorf("after the end: %q\n%s", got, w.log)
	}
}

// A generation that was replaced is kept while a stream of it goes on, for as long as calls in flight are.
func TestStreamOutlivesItsGeneration(t *testing.T) {
	w := newWorld(t, rows)
	going, stuck := w.stream("/endless"), w.stream("/stuck")
	if got := w.next(stuck)(); got != "one" {
		t.Error(got)
	}
	waiting := w.next(stuck)
	w.load(strings.ReplaceAll(rows, `"row `, `"new row `))
	if got := w.next(going)(); got != "row 0" {
		t.Errorf("the old stream gives %q", got)
	}
	if got := w.next(w.stream("/endless"))(); got != "new row 0" {
		t.Errorf("a new stream gives %q", got)
	}
	w.loop.Advance(retireTime + time.Second)
	for _, got := range []string{waiting(), w.next(going)()} {
		if !strings.Contains(got, errReloaded.Error()) {
			t.Errorf("after the time of a generation: %q", got)
		}
	}
}

func TestCancelThatFails(t *testing.T) {
	w := newWorld(t, rows)
	w.stream("/fails").Cancel("x")
	w.loop.RunPosted()
	if log := w.log.String(); !strings.Contains(log, "app.ts:5:76: Error: in cancel") {
		t.Errorf("logged %s", log)
	}
}

func TestAnswersOfTheWeb(t *testing.T) {
	w := newWorld(t, rows)
	for path, want := range map[string]string{
		"/blob": "200 text/x bytes", "/params": "200 application/x-www-form-urlencoded;charset=UTF-8 a=b+c",
		"/read":  "error app.ts:9:8: TypeError: the body of the Response was read already, or is being read: return a clone(), or a new Response",
		"/error": "error app.ts:10:8: TypeError: Response.error() cannot be sent",
		"/same":  "200 text/plain;charset=UTF-8 kept",
	} {
		for range 2 { // a Response whose body is no stream may be sent again
			if got := w.request("GET", path, ""); got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
	}
}

func TestRequestsOfTheWeb(t *testing.T) {
	w := newWorld(t, rows)
	for path, want := range map[string]string{
		"/is": "true,true,false,half,true,[object HttpReq]", "/twice": "bodybodytrue", "/chunks": "body", "/moved": "POSTbodytrue1",
	} {
		if got := w.request("POST", path, "body", "X-A", "1"); got != "200 text/plain;charset=UTF-8 "+want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := w.request("POST", "/form", "a=1&b=%C3%A9", "Content-Type", "application/x-www-form-urlencoded"); got != "200 text/plain;charset=UTF-8 a,1|b,é" {
		t.Error(got)
	}
	if got := w.request("POST", "/form", "body"); got != `400 text/plain;charset=UTF-8 a body of type null is not a form` {
		t.Error(got)
	}
}

// slowUpload is a body that is read when the test says so.
type slowUpload struct {
	work []func(io.Reader)
	body io.Reader
}

func (u *slowUpload) Do(work func(io.Reader)) bool {
	u.work = append(u.work, work)
	return true
}
func (u *slowUpload) OnEnd(func())   {}
func (u *slowUpload) Folder() string { return "" }

func (u *slowUpload) run() {
	for _, work := range u.work {
		work(u.body)
	}
	u.work = nil
}

// The loop never waits for a body, and what is wrong with it is the client's mistake.
func TestUploadIsReadElsewhere(t *testing.T) {
	w := newWorld(t, rows)
	for _, tt := range []struct {
		body io.Reader
		want string
	}{
		{strings.NewReader("late"), "200 latelatetrue"},
		{failingReader{&BodyError{Status: http.StatusRequestEntityTooLarge, Message: "too much"}}, "413 too much"},
		{failingReader{errors.New("disk on fire")}, "app.ts:12:9: TypeError: disk on fire"},
	} {
		upload, answer := &slowUpload{body: tt.body}, "pending"
		req := request("POST", "/twice", "", nil, nil)
		req.Upload = upload
		w.worker.Serve(w.routes.HTTP("POST", "/twice").Route, req, func(r *Response, err error) {
			if answer = ""; err != nil {
				answer = err.Error()
				return
			}
			answer = http.StatusText(r.Status) + " " + string(r.Body)
			answer = strings.NewReplacer("OK", "200", "Request Entity Too Large", "413").Replace(answer)
		})
		w.loop.RunPosted()
		if answer != "pending" || len(upload.work) != 1 {
			t.Errorf("before it was read: %q, %d reads", answer, len(upload.work))
		}
		for range 3 {
			upload.run()
			w.loop.RunPosted()
		}
		if answer != tt.want {
			t.Errorf("%q, want %q", answer, tt.want)
		}
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// BenchmarkStreamChunk is one chunk of a generator.
func BenchmarkStreamChunk(b *testing.B) {
	w := newWorld(b, rows)
	s := w.stream("/endless")
	b.ReportAllocs()
	for b.Loop() {
		s.Next(func([]byte, error) {})
		w.loop.RunPosted()
	}
	s.Cancel("end")
}
