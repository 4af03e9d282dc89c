package wsconn

import (
	"testing"
	"time"
)

// Whoever waits for the queue is told however little was in it, also when the
// kernel took all of it at once.
func TestWhenDrained(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		told := make(chan int, 10)
		r.do(func() {
			if h.conn.WhenDrained(func() { t.Error("nothing was queued") }) {
				t.Error("something is queued before anything was sent")
			}
			h.conn.Send("one")
			for range 2 {
				if !h.conn.WhenDrained(func() { told <- h.conn.BufferedAmount() }) {
					t.Error("nothing is queued")
				}
			}
		})
		for range 2 {
			if n := await(t, told, "the empty queue"); n != 0 {
				t.Errorf("%d bytes are queued", n)
			}
		}
		r.do(func() { h.conn.Send("two") })
		c.expect("text one", "text two")
		h.quiet(t) // Drain is for queues that were half full
	})
}

// A queue that is filled again before anyone was told is not empty.
func TestWhenDrainedFilledAgain(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, c, h := deaf(t, o)
		told := make(chan int, 10)
		var n int
		r.do(func() {
			h.conn.Send("one")
			h.conn.WhenDrained(func() { told <- h.conn.BufferedAmount() })
		})
		if left := await(t, told, "the first"); left != 0 {
			t.Errorf("%d bytes are queued", left)
		}
		n = fill(r, h)
		r.do(func() { h.conn.WhenDrained(func() { told <- h.conn.BufferedAmount() }) })
		r.turns()
		if len(told) > 0 {
			t.Error("told while the peer had not read")
		}
		c.expect("text one")
		for range n {
			c.expect("text " + megabyte[:100000])
		}
		if left := await(t, told, "the empty queue"); left != 0 {
			t.Errorf("%d bytes are queued", left)
		}
	})
}

// The end of a connection ends the wait for its queue.
func TestWhenDrainedAtTheEnd(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r, _, h := deaf(t, o)
		fill(r, h)
		told := make(chan struct{}, 1)
		r.do(func() { h.conn.WhenDrained(func() { told <- struct{}{} }) })
		r.advance(22 * time.Second)
		h.expect(t, "closed 1006 the peer stopped reading")
		await(t, told, "the end of the queue")
		r.do(func() {
			if n := len(r.loop.awaiting); n > 0 || h.conn.WhenDrained(func() {}) {
				t.Errorf("%d connections are still waited for", n)
			}
		})
	})
}

// Drain is told when more than half of the queue was in use when it was
// written, though the kernel took all of it in one go.
func TestDrainOfWhatTheKernelTakes(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 20000}
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() { h.conn.Send(megabyte[:10001]) })
		h.expect(t, "drain")
		r.do(func() { h.conn.Send(megabyte[:10000]) })
		c.expect("text "+megabyte[:10001], "text "+megabyte[:10000])
		r.turns()
		h.quiet(t)
	})
}
