package wsconn

import (
	"fmt"
	"testing"
	"time"
)

// holding opens connections that hold at once.
func holding(r *rig) func(*Conn) Handler {
	return func(c *Conn) Handler {
		c.Hold()
		rec := &recorder{conn: c, events: make(chan string, 1<<16)}
		r.opened <- rec
		return rec
	}
}

// adoptHeld returns a rig whose connections begin with a Hold.
func heldRig(t *testing.T, o rigOptions) *rig {
	var r *rig
	o.open = func(c *Conn) Handler { return holding(r)(c) }
	r = newRig(t, o)
	return r
}

// settled waits until everything the client has sent was read: a ping that is
// answered, though messages are held.
func settled(c *client) {
	c.t.Helper()
	c.send(frame(fin|ping, "?"))
	c.expect("pong ?")
}

// Messages and the end wait for Release and come in order.
func TestHoldAndRelease(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := heldRig(t, o)
		c := r.dial(frame(fin|text, "early"))
		h := r.next()
		c.send(frame(fin|text, "a"), frame(text, "b"), frame(fin|cont, "c"), frame(fin|bin, "d"))
		settled(c)
		c.send(frame(fin|clos, closing(1000, "bye")))
		c.expect("close 1000", "eof")
		h.quiet(t)
		r.do(func() {
			if s := h.conn.State(); s != StateClosing {
				t.Errorf("state %d while the end is held", s)
			}
			h.conn.Release()
		})
		h.expect(t, "text early", "text a", "text bc", "binary 64", "closed 1000 bye")
		r.do(func() {
			if s := h.conn.State(); s != StateClosed {
				t.Errorf("state %d after the end", s)
			}
		})
	})
}

// Hold inside a handler stops delivery behind it, also in the middle of a
// delivery; Release inside a handler never enters it again.
func TestHoldInsideHandler(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() { h.do = func(string) { h.conn.Hold() } })
		c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|text, "3"), frame(fin|text, "4"))
		settled(c)
		h.expect(t, "text 1")
		h.quiet(t)
		r.do(func() { h.conn.Release() })
		h.expect(t, "text 2")
		r.turns()
		h.quiet(t)
		r.do(func() {
			h.do = func(string) { h.conn.Hold(); h.conn.Release() }
			h.conn.Release()
		})
		h.expect(t, "text 3", "text 4")
		c.send(frame(fin|text, "5"))
		h.expect(t, "text 5")
	})
}

// A connection released by another one's handler is served after that handler.
func TestReleaseFromAnotherHandler(t *testing.T) {
	r := newRig(t, rigOptions{})
	c1, c2 := r.dial(), r.dial()
	a, b := r.next(), r.next()
	r.do(func() {
		b.conn.Hold()
		a.do = func(string) { b.conn.Release(); a.events <- "released" }
	})
	for _, c := range []*client{c1, c2} {
		c.send(frame(fin|text, "x"))
		settled(c)
	}
	// Which client belongs to a is up to the server; both got the same.
	a.expect(t, "text x", "released")
	b.expect(t, "text x")
}

// At the bounds of the backlog the socket is not read, nothing is lost, and
// reading goes on after Release.
func TestBacklogBounds(t *testing.T) {
	bounds := map[string]Limits{
		"messages": {MaxBacklogMessages: 10},
		"bytes":    {MaxBacklogBytes: 100},
	}
	for name, limits := range bounds {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, o rigOptions) {
				o.limits = limits
				checkBacklogBound(t, heldRig(t, o))
			})
		})
	}
}

func checkBacklogBound(t *testing.T, r *rig) {
	const n = 800
	c := r.dial()
	h := r.next()
	go func() { // blocks when the server stops reading
		for i := range n {
			if _, err := c.Write(frame(fin|text, fmt.Sprintf("%010d%s", i, megabyte[:2000]))); err != nil {
				return
			}
		}
	}()
	for i := 0; i < n; {
		held := 0
		r.until("a full backlog", func() bool {
			held = h.conn.kept.len()
			return held > 0 && (h.conn.stops != 0 || i+held == n)
		})
		if held > 10 {
			t.Fatalf("%d messages are kept", held)
		}
		r.do(func() {
			if k := h.conn.kept; k != nil && len(k.rest) > readBytes {
				t.Errorf("%d bytes are kept unparsed", len(k.rest))
			}
			h.do = func(string) { h.conn.Hold() }
			h.conn.Release()
		})
		h.expect(t, fmt.Sprintf("text %010d%s", i, megabyte[:2000]))
		i++
	}
}

// A peer that goes away while its socket is not read is noticed, costs no
// processor time, and its messages are delivered before the end.
func TestPeerGoneWhileStopped(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxBacklogMessages: 2}
		r := heldRig(t, o)
		c := r.dial()
		h := r.next()
		c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|text, "3"), frame(fin|text, "4"))
		r.until("stop", func() bool { return h.conn.stops != 0 })
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		h.quiet(t)
		r.do(h.conn.Release)
		h.expect(t, "text 1", "text 2", "text 3", "text 4", "closed 1006 ")
	})
}

// Close drops what is held; the peer's answer is still seen although the backlog
// was full.
func TestCloseDropsBacklog(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxBacklogMessages: 2}
		r := heldRig(t, o)
		c := r.dial()
		h := r.next()
		c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|text, "3"))
		r.until("stop", func() bool { return h.conn.stops != 0 })
		r.do(func() { h.conn.Close(4000, "enough") })
		c.expect("close 4000 enough")
		c.send(frame(fin|text, "4"), frame(fin|clos, closing(4000, "")))
		c.expect("eof")
		h.quiet(t)
		r.do(h.conn.Release)
		h.expect(t, "closed 4000 ")
	})
}

// Beyond MaxMessagesPerSecond reading waits for the next second.
func TestMessagesPerSecond(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxMessagesPerSecond: 3}
		o.clock = newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		for i := range 8 {
			c.send(frame(fin|text, itoa(i)))
		}
		c.send(frame(fin|ping, "end"))
		h.expect(t, "text 0", "text 1", "text 2")
		r.advance(900 * time.Millisecond)
		h.quiet(t)
		r.advance(100 * time.Millisecond)
		h.expect(t, "text 3", "text 4", "text 5")
		r.turns()
		h.quiet(t)
		r.advance(time.Second)
		h.expect(t, "text 6", "text 7")
		c.expect("pong end")
	})
}
