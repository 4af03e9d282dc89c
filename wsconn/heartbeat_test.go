package wsconn

import (
	"testing"
	"time"
)

// A silent peer is pinged after 25 seconds and cut when 10 more bring nothing.
func TestHeartbeatCutsTheDead(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.advance(24500 * time.Millisecond)
		r.do(func() {
			if h.conn.pinged != 0 {
				t.Error("pinged too early")
			}
		})
		r.advance(time.Second)
		c.expect("ping ")
		r.advance(9 * time.Second)
		h.quiet(t)
		r.advance(13 * time.Second) // once more if the kernel still waited for an acknowledgement
		h.expect(t, "closed 1006 the peer did not answer a ping")
	})
}

// Anything the peer sends is a sign of life.
func TestHeartbeatSparesTheLiving(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		for _, sign := range [][]byte{frame(fin|pong, ""), frame(fin|text, "x"), frame(fin|ping, "y")} {
			r.advance(25500 * time.Millisecond)
			c.expect("ping ")
			c.send(sign)
			r.until("a sign of life", func() bool { return h.conn.pinged == 0 })
		}
		h.expect(t, "text x")
		c.expect("pong y")
		h.quiet(t)
	})
}

// A socket that is not read on purpose has no heartbeat; afterwards it goes on.
func TestHeartbeatWhileStopped(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		o.limits = Limits{MaxBacklogMessages: 1}
		r := heldRig(t, o)
		c := r.dial(frame(fin|text, "1"))
		h := r.next()
		r.until("stop", func() bool { return h.conn.stops != 0 })
		r.advance(100 * time.Second)
		r.do(h.conn.Release)
		h.expect(t, "text 1")
		r.advance(20 * time.Second)
		h.quiet(t)
		r.advance(6 * time.Second)
		c.expect("ping ")
	})
}

// A negative PingAfter switches the heartbeat off.
func TestNoHeartbeat(t *testing.T) {
	o := rigOptions{clock: newFakeClock(), limits: Limits{PingAfter: -1}}
	r := newRig(t, o)
	r.dial()
	h := r.next()
	r.advance(200 * time.Second)
	h.quiet(t)
	r.do(func() {
		if h.conn.pinged != 0 || h.conn.State() != StateOpen {
			t.Error("the heart beats")
		}
	})
}

// The real clock and wheel work too.
func TestHeartbeatOnRealTime(t *testing.T) {
	r := newRig(t, rigOptions{limits: Limits{PingAfter: time.Millisecond, PongWithin: time.Millisecond}})
	c := r.dial()
	c.expect("ping ")
	r.next().expect(t, "closed 1006 the peer did not answer a ping")
}
