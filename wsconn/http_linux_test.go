package wsconn

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// httpRecorder answers with what its test says, and tells of everything.
type httpRecorder struct {
	conn    *HTTPConn
	answer  func(h *httpRecorder, r *http.Request) bool
	happens chan string
}

func (h *httpRecorder) Request(r *http.Request) bool {
	body, _ := io.ReadAll(r.Body)
	h.happens <- r.Method + " " + r.URL.Path + " " + string(body)
	return h.answer(h, r)
}

func (h *httpRecorder) Sent(err error) {
	switch {
	case err == nil:
		h.happens <- "sent"
	case errors.Is(err, os.ErrDeadlineExceeded):
		h.happens <- "stalled"
	default:
		h.happens <- "not sent"
	}
}
func (h *httpRecorder) Gone() { h.happens <- "gone" }
func (h *httpRecorder) Left() { h.happens <- "left" }

func (h *httpRecorder) want(t *testing.T, events ...string) {
	t.Helper()
	for _, want := range events {
		select {
		case got := <-h.happens:
			if got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("nothing, want %q", want)
		}
	}
}

func hello(h *httpRecorder, r *http.Request) bool {
	h.conn.Answer([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), r.Close)
	return true
}

// startHTTP runs a door whose plain requests are answered on a loop.
func startHTTP(t *testing.T, limits HTTPLimits, answer func(*httpRecorder, *http.Request) bool) (*Door, *httpRecorder, *rig) {
	t.Helper()
	return startHTTPOn(t, newRig(t, rigOptions{}), limits, answer)
}

func startHTTPOn(t *testing.T, r *rig, limits HTTPLimits, answer func(*httpRecorder, *http.Request) bool) (*Door, *httpRecorder, *rig) {
	t.Helper()
	limits = limits.withDefaults()
	h := &httpRecorder{answer: answer, happens: make(chan string, 10000)}
	d := startDoor(t, DoorOptions{Knock: func(_ *http.Request, k *Knocking) {
		r.loop.AdoptHTTP(k, &limits, func(c *HTTPConn) HTTPHandler {
			h.conn = c
			return h
		})
	}})
	return d, h, r
}

const aGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

// reads reads the answers of hello.
func reads(t *testing.T, conn net.Conn, times int) {
	t.Helper()
	in := bufio.NewReader(conn)
	for range times {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(res.Body); string(body) != "hello" || err != nil {
			t.Fatalf("%q, %v", body, err)
		}
	}
}

func TestHTTPKeepsTheConnection(t *testing.T) {
	d, h, _ := startHTTP(t, HTTPLimits{}, hello)
	conn := visit(t, d, aGet)
	for range 3 {
		reads(t, conn, 1)
		h.want(t, "GET /a ", "sent")
		_, _ = io.WriteString(conn, aGet)
	}
	_ = conn.Close()
	h.want(t, "GET /a ", "sent", "left")
}

func TestHTTPEndsAfterTheLastAnswer(t *testing.T) {
	d, h, _ := startHTTP(t, HTTPLimits{}, hello)
	conn := visit(t, d, strings.Replace(aGet, "Host", "Connection: close\r\nHost", 1)+"more that nobody reads")
	if all, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(all), "hello") {
		t.Fatalf("%q, %v", all, err)
	}
	h.want(t, "GET /a ", "sent")
	_ = conn.Close()
	h.want(t, "left")
}

// A client that sends its header byte by byte is not waited for anew with each: it
// is passed on, to where the time of a header is counted.
func TestHTTPPassesOnWhatDrips(t *testing.T) {
	d, h, _ := startHTTP(t, HTTPLimits{}, hello)
	conn := visit(t, d, aGet)
	reads(t, conn, 1)
	h.want(t, "GET /a ", "sent")
	_, _ = io.WriteString(conn, "GET /a HTTP/1.1\r\nX: ")
	for end := time.Now().Add(patience); time.Now().Before(end); {
		_, _ = io.WriteString(conn, "x")
		select {
		case got := <-h.happens:
			if got != "left" {
				t.Fatalf("%q, want it to be passed on", got)
			}
			return
		case <-time.After(httpPatience / 10):
		}
	}
	t.Fatal("it is still waited for")
}

func TestHTTPClosesWhatIsIdle(t *testing.T) {
	d, h, _ := startHTTP(t, HTTPLimits{IdleTime: time.Millisecond}, hello)
	conn := visit(t, d, aGet)
	reads(t, conn, 1)
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	h.want(t, "GET /a ", "sent", "left")
}

func TestHTTPPassesOn(t *testing.T) {
	for name, c := range map[string]struct{ more, passed string }{
		"what is unusual":       {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
		"what comes in part":    {"GET /a HTTP/1.1\r\nHo", ""},
		"what is no HTTP":       {"\x16\x03\x01\r\n\r\n", ""},
		"a long body":           {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\nx", ""},
		"what the handler says": {"GET /no HTTP/1.1\r\nHost: a\r\n\r\nrest", ""},
		"a flood":               {strings.Repeat(aGet, httpAtOnce+2), aGet + aGet},
	} {
		t.Run(name, func(t *testing.T) {
			d, h, _ := startHTTP(t, HTTPLimits{}, func(h *httpRecorder, r *http.Request) bool { return r.URL.Path != "/no" && hello(h, r) })
			conn := visit(t, d, aGet)
			reads(t, conn, 1)
			if c.passed == "" {
				c.passed = c.more
			}
			_, _ = io.WriteString(conn, c.more)
			accepted(t, d, c.passed)
			for await(t, h.happens, "left") != "left" {
			}
		})
	}
}

// The rest of a request that comes in time is no reason.
func TestHTTPWaitsForTheRest(t *testing.T) {
	d, h, _ := startHTTPOn(t, newRig(t, rigOptions{clock: newFakeClock()}), HTTPLimits{}, hello) // it comes in time, whatever happens
	conn := visit(t, d, aGet)
	h.want(t, "GET /a ", "sent")
	first, second := "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo", "dy"+aGet
	_, _ = io.WriteString(conn, first)
	_, _ = io.WriteString(conn, second)
	h.want(t, "POST /b body", "sent", "GET /a ", "sent")
	reads(t, conn, 3)
}

func TestHTTPAnswersLater(t *testing.T) {
	d, h, r := startHTTP(t, HTTPLimits{}, func(h *httpRecorder, r *http.Request) bool {
		h.happens <- "wait"
		return true
	})
	conn := visit(t, d, aGet+aGet)
	for range 2 {
		h.want(t, "GET /a ", "wait")
		r.loop.Post(func() { hello(h, &http.Request{}) })
		h.want(t, "sent")
	}
	reads(t, conn, 2)
	_, _ = io.WriteString(conn, aGet)
	h.want(t, "GET /a ", "wait")
	_ = conn.Close()
	h.want(t, "gone", "left")
	r.loop.Post(func() { hello(h, &http.Request{}) }) // has no effect
}

func TestHTTPLongAnswers(t *testing.T) {
	size := 8 << 20
	long := func(h *httpRecorder, r *http.Request) bool {
		h.conn.Answer(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size)), false)
		return true
	}
	t.Run("read", func(t *testing.T) {
		d, h, _ := startHTTP(t, HTTPLimits{}, long)
		conn := visit(t, d, aGet)
		h.want(t, "GET /a ")
		_, _ = io.WriteString(conn, aGet)
		in := bufio.NewReader(conn)
		for range 2 {
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, res.Body); n != int64(size) || err != nil {
				t.Fatalf("%d bytes, %v", n, err)
			}
		}
		h.want(t, "sent", "GET /a ", "sent")
	})
	t.Run("not read", func(t *testing.T) {
		d, h, _ := startHTTP(t, HTTPLimits{WriteStall: time.Millisecond}, long)
		visit(t, d, aGet)
		h.want(t, "GET /a ", "stalled", "left")
	})
	t.Run("cut", func(t *testing.T) {
		d, h, r := startHTTP(t, HTTPLimits{}, long)
		visit(t, d, aGet)
		h.want(t, "GET /a ")
		r.stop()
		h.want(t, "not sent", "left")
	})
}

func TestHTTPMoves(t *testing.T) {
	other := newRig(t, rigOptions{})
	there := &httpRecorder{answer: hello, happens: make(chan string, 100)}
	d, h, _ := startHTTP(t, HTTPLimits{}, func(h *httpRecorder, r *http.Request) bool {
		return h.conn.MoveTo(other.loop, func(c *HTTPConn) HTTPHandler {
			there.conn = c
			return there
		})
	})
	conn := visit(t, d, aGet+aGet)
	reads(t, conn, 2)
	h.want(t, "GET /a ", "left")
	there.want(t, "GET /a ", "sent", "GET /a ", "sent")
	other.stop()
	there.want(t, "left")
	// To a loop that has ended nothing moves: it is as if the handler had not wanted it.
	conn = visit(t, d, aGet)
	accepted(t, d, aGet)
	h.want(t, "GET /a ", "left")
	_ = conn.Close()
}

type testParcel chan struct{}

func (p testParcel) Lost() { close(p) }

func TestHTTPParcels(t *testing.T) {
	parcel := make(testParcel)
	d, h, _ := startHTTP(t, HTTPLimits{}, func(h *httpRecorder, r *http.Request) bool {
		h.conn.PassOn(parcel)
		return true
	})
	visit(t, d, aGet)
	conn := accepted(t, d, aGet)
	if ParcelOf(conn) != parcel {
		t.Error("the parcel did not come along")
	}
	h.want(t, "GET /a ", "left")
	_ = conn.Close()
}

// A door that has closed takes nothing more: what went along is told.
func TestHTTPParcelIsLost(t *testing.T) {
	parcel, wait := make(testParcel), make(chan struct{})
	d, h, r := startHTTP(t, HTTPLimits{}, func(h *httpRecorder, _ *http.Request) bool {
		close(wait)
		return true
	})
	visit(t, d, aGet)
	await(t, wait, "the request")
	_ = d.Close()
	r.loop.Post(func() { h.conn.PassOn(parcel) })
	select {
	case <-parcel:
	case <-time.After(patience):
		t.Error("nobody was told")
	}
	h.want(t, "GET /a ", "left")
}

func TestHTTPHandlerPanics(t *testing.T) {
	d, h, _ := startHTTP(t, HTTPLimits{}, func(*httpRecorder, *http.Request) bool { panic("boom") })
	conn := visit(t, d, aGet)
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("there was an answer")
	}
	h.want(t, "GET /a ", "gone", "left")
}
