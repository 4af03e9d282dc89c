package wsconn

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// counter counts messages.
type counter struct {
	conn *Conn
	n    int
}

func (h *counter) Text(string)        { h.n++ }
func (h *counter) Binary([]byte)      { h.n++ }
func (h *counter) Drain()             {}
func (h *counter) Closed(int, string) {}

// A connection that brings very much at once gets a share of each turn, and in
// the end all of it is told, in order and with the end behind it.
func TestShareOfATurn(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		const share = turnShare / frameCost
		o.clock = newFakeClock() // which stands still: no turn gets late
		opened := make(chan *counter, 1)
		o.open = func(c *Conn) Handler {
			h := &counter{conn: c}
			opened <- h
			return h
		}
		r := newRig(t, o)
		c := r.dial()
		h := await(t, opened, "a connection")
		r.do(func() {
			h.conn.receive(bytes.Repeat(frame(fin|text, "x"), 3*share+10))
			if h.n != share {
				t.Errorf("%d messages in one turn, not %d", h.n, share)
			}
		})
		r.until("all of them", func() bool { return h.n == 3*share+10 })
		r.do(func() {
			if h.conn.stops != 0 || h.conn.kept != nil {
				t.Error("the socket is not read any more")
			}
			h.conn.receive(bytes.Repeat(frame(fin|text, "x"), 2*share))
		})
		c.send(frame(fin|clos, closing(1000, "")))
		c.expect("close 1000", "eof")
		r.do(func() {
			if h.n != 5*share+10 {
				t.Errorf("%d messages", h.n)
			}
		})
	})
}

// Of messages that are large when inflated, each turn takes one.
func TestShareOfInflating(t *testing.T) {
	opened := make(chan *counter, 1)
	r := newRig(t, rigOptions{deflate: Deflate{Enabled: true}, open: func(c *Conn) Handler {
		h := &counter{conn: c}
		opened <- h
		return h
	}})
	r.dialWith(offerDeflate)
	h := await(t, opened, "a connection")
	message := frame(fin|rsv1|text, packed(t, megabyte))
	r.do(func() {
		h.conn.receive(bytes.Repeat(message, 5))
		if h.n != 1 {
			t.Errorf("%d messages in one turn", h.n)
		}
	})
	r.until("all of them", func() bool { return h.n == 5 })
}

// A connection that ends while it waits for its next turn is let go of.
func TestGoneWhileYielding(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		r.dial()
		h := r.next()
		r.do(func() {
			h.do = func(string) { h.conn.cut(LimitPong, "now") }
			h.conn.receive(bytes.Repeat(frame(fin|ping, "x"), 2*turnShare/frameCost))
			h.conn.cut(LimitPong, "now")
		})
		h.expect(t, "closed 1006 now")
		r.do(func() {
			if len(r.loop.yielded) != 0 || len(r.loop.conns.free) != len(r.loop.conns.slots) {
				t.Error("something is left of the connection")
			}
		})
	})
}

// slow is a handler whose messages take a millisecond each.
type slow struct {
	counter
	clock *fakeClock
	turns []int64 // when the turns began in which there were some
	after func()
	ended bool
}

func (h *slow) Text(string) {
	h.n++
	h.clock.now.Add(int64(time.Millisecond))
	if now := h.conn.loop.now; !slices.Contains(h.turns, now) {
		h.turns = append(h.turns, now)
	}
	if h.after != nil {
		h.after()
	}
}

func (h *slow) Closed(int, string) { h.ended = true }

// slowRig opens connections with such a handler.
func slowRig(t *testing.T, o rigOptions) (*rig, chan *slow) {
	opened := make(chan *slow, 8)
	o.clock = newFakeClock()
	o.open = func(c *Conn) Handler {
		h := &slow{counter: counter{conn: c}, clock: o.clock}
		opened <- h
		return h
	}
	return newRig(t, o), opened
}

// However long handlers take, floods delay the others by some frames of each of
// them and no more.
func TestShareOfTime(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, opened := slowRig(t, o)
		var floods [3]*slow
		for i := range floods {
			r.dial()
			floods[i] = await(t, opened, "a connection")
		}
		r.do(func() {
			for _, h := range floods {
				h.conn.receive(bytes.Repeat(frame(fin|text, "x"), 100))
				if h.n != lateFrames {
					t.Errorf("%d messages in one turn", h.n)
				}
			}
		})
		for _, h := range floods {
			r.until("all of them", func() bool { return h.n == 100 && h.conn.stops == 0 && h.conn.kept == nil })
			r.do(func() {
				if len(h.turns) < 100/lateFrames {
					t.Errorf("in %d turns", len(h.turns))
				}
			})
		}
	})
}

// So do handlers that hold, as those do that return a promise.
func TestShareOfDelivery(t *testing.T) {
	for _, again := range []bool{false, true} {
		overTransports(t, func(t *testing.T, o rigOptions) {
			r, opened := slowRig(t, o)
			c := r.dial()
			h := await(t, opened, "a connection")
			r.do(func() {
				h.conn.Hold()
				if again {
					h.after = func() { h.conn.Hold(); h.conn.Release() }
				}
				h.conn.receive(bytes.Repeat(frame(fin|text, "x"), 200))
				h.conn.Release()
			})
			c.send(frame(fin|clos, closing(1000, "")))
			c.expect("close 1000", "eof")
			r.until("the end", func() bool { return h.ended })
			r.do(func() {
				if h.n != 200 || len(h.turns) < 200/lateFrames {
					t.Errorf("%d messages in %d turns", h.n, len(h.turns))
				}
			})
		})
	}
}

// A loop that ends leaves nothing to another turn.
func TestEndWhileLate(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, opened := slowRig(t, o)
		r.dial()
		h := await(t, opened, "a connection")
		r.do(func() {
			h.conn.Hold()
			h.conn.receive(bytes.Repeat(frame(fin|text, "x"), 200))
			h.conn.Release()
		})
		r.stop()
		if !h.ended || len(r.loop.postponed) != 0 {
			t.Error("the end was not told")
		}
	})
}
