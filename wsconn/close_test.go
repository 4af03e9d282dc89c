package wsconn

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// The server's Close goes behind what is queued; what arrives then is dropped;
// the peer's answer is what the handler is told, once, and not inside Close.
func TestServerCloses(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() {
			h.conn.Send("before")
			h.conn.Close(4001, "session timeout")
			h.conn.Close(4002, "again")
			if h.conn.Send("after") || h.conn.State() != StateClosing {
				t.Error("a message was accepted behind Close")
			}
			h.quiet(t)
		})
		c.expect("text before", "close 4001 session timeout")
		c.send(frame(fin|text, "late"), frame(fin|ping, "late"), frame(fin|clos, closing(4001, "fine")))
		h.expect(t, "closed 4001 fine")
		c.expect("eof")
		r.do(func() {
			h.conn.Close(1000, "")
			h.conn.Hold()
			h.conn.Release()
			if h.conn.Send("x") || h.conn.State() != StateClosed || h.conn.BufferedAmount() != 0 {
				t.Error("the connection is not closed")
			}
			if h.conn.RemoteAddr().String() != c.LocalAddr().String() {
				t.Errorf("remote address %v, not %v", h.conn.RemoteAddr(), c.LocalAddr())
			}
		})
		h.quiet(t)
	})
}

// Both ends close at the same time.
func TestBothClose(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() { h.conn.Close(1000, "") })
		c.send(frame(fin|clos, closing(3000, "mine")))
		h.expect(t, "closed 3000 mine")
		c.expect("close 1000", "eof")
	})
}

// Close inside a handler drops the messages behind it, in the same read too.
func TestCloseInsideHandler(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() { h.do = func(string) { h.conn.Close(1001, "") } })
		c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|clos, closing(1001, "")))
		h.expect(t, "text 1", "closed 1001 ")
		c.expect("close 1001", "eof")
	})
}

// A peer that is lost is 1006.
func TestPeerLost(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		c.send(frame(fin|text, "last"), frame(text, "unfinished"))
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		h.expect(t, "text last", "closed 1006 ")
		r.do(func() {
			if h.conn.State() != StateClosed || h.conn.Send("x") {
				t.Error("the connection is not closed")
			}
		})
	})
}

// A Close that is not answered is cut, and so is a peer that keeps its socket
// open after the handshake.
func TestUnansweredClose(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() { h.conn.Close(1000, "") })
		c.expect("close 1000")
		r.until("the Close to be written", func() bool { return !h.conn.transport.busy() })
		r.turns()
		r.advance(4500 * time.Millisecond)
		h.quiet(t)
		r.advance(time.Second)
		h.expect(t, "closed 1006 the closing handshake was not finished in time")
	})
}

func TestPeerStaysAfterClose(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		c.send(frame(fin|clos, ""))
		h.expect(t, "closed 1005 ")
		c.expect("close", "eof")
		r.do(func() {
			if h.conn.phase != phaseDraining {
				t.Error("the socket is closed before the peer has read to the end")
			}
		})
		r.advance(6 * time.Second)
		r.do(func() {
			if h.conn.phase != phaseGone || len(r.loop.conns.free) != len(r.loop.conns.slots) {
				t.Error("the socket is still open")
			}
		})
	})
}

// Queued messages cannot delay a Close beyond WriteStall.
func TestCloseBehindFullQueue(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r, _, h := deaf(t, o)
		fill(r, h)
		r.do(func() { h.conn.Close(1000, "") })
		r.advance(9500 * time.Millisecond)
		h.quiet(t)
		r.advance(time.Second)
		h.expect(t, "closed 1006 the closing handshake was not finished in time")
	})
}

// The frame that says what was wrong is not lost to a reset although the peer
// goes on sending.
func TestErrorReachesBusyPeer(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock() // however long the peer takes
		r := newRig(t, o)
		for range 5 {
			c := r.dial()
			c.send(frame(fin|3, ""))
			for range 20 {
				c.send(frame(fin|text, megabyte[:50000]))
			}
			c.expect("close 1002...", "eof")
		}
	})
}

func TestCloseBody(t *testing.T) {
	long := strings.Repeat("é", 100)
	tests := []struct {
		code         int
		reason, want string
	}{
		{1000, "", closing(1000, "")},
		{1005, "ignored", ""},
		{1006, "x", closing(1011, "x")},
		{1015, "", closing(1011, "")},
		{0, "", closing(1011, "")},
		{-1, "", closing(1011, "")},
		{66536, "", closing(1011, "")},
		{2999, "", closing(1011, "")},
		{5000, "", closing(1011, "")},
		{4999, "bye", closing(4999, "bye")},
		{1000, long, closing(1000, long[:122])},
		{1000, "a\xff", closing(1000, "a\uFFFD")},
	}
	for _, tt := range tests {
		if got := closeBody(tt.code, tt.reason); string(got) != tt.want || len(got) > 125 || len(got) > 2 && !utf8.Valid(got[2:]) {
			t.Errorf("code %d, reason %q: %q", tt.code, tt.reason, got)
		}
	}
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// A handler that panics closes its connection with 1011 and harms no other one.
func TestHandlerPanics(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		var log syncBuffer
		o.log = slog.NewTextHandler(&log, nil)
		r := newRig(t, o)
		c, other := r.dial(), r.dial()
		h, h2 := r.next(), r.next()
		for _, rec := range []*recorder{h, h2} {
			r.do(func() {
				rec.do = func(event string) {
					if event == "text boom" || event == "closed 1011 boom" {
						panic("the handler's fault")
					}
				}
			})
		}
		c.send(frame(fin|text, "boom"), frame(fin|text, "dropped"))
		c.expect("close 1011 internal error")
		c.send(frame(fin|clos, closing(1011, "boom")))
		c.expect("eof")
		other.send(frame(fin|text, "fine"))
		settled(other)
		if s := log.String(); strings.Count(s, "the handler's fault") != 2 || !strings.Contains(s, "close_test.go") {
			t.Errorf("log: %s", s)
		}
		other.send(frame(fin|clos, ""))
		other.expect("close", "eof")
	})
}

// open that panics, or returns nothing, closes with 1011.
func TestOpenFails(t *testing.T) {
	opens := []func(*Conn) Handler{
		func(*Conn) Handler { return nil },
		func(*Conn) Handler { panic("in open") },
	}
	for _, open := range opens {
		r := newRig(t, rigOptions{open: open})
		c := r.dial()
		c.expect("close 1011 internal error")
	}
}

// open may close, hold and send before the handler is known.
func TestCloseInOpen(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		told := make(chan string, 10)
		o.open = func(c *Conn) Handler {
			c.Send("welcome")
			c.Close(4000, "no")
			return &recorder{conn: c, events: told}
		}
		r := newRig(t, o)
		c := r.dial(frame(fin|text, "dropped"))
		c.expect("text welcome", "close 4000 no")
		c.send(frame(fin|clos, closing(4000, "")))
		c.expect("eof")
		if got := await(t, told, "the end"); got != "closed 4000 " {
			t.Errorf("told %q", got)
		}
	})
}
