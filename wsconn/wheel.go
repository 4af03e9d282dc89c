package wsconn

import (
	"math/bits"
	"time"
)

// wheelSlots is the number of slots; deadlines beyond the last one are looked at
// early and put back.
const wheelSlots = 256

// wheel holds every connection's next deadline (heartbeat, pong, stalled write,
// closing) in coarse slots. A connection is linked into at most one slot by its
// own fields, so that a deadline costs no allocation. Activity does not move a
// connection: it is looked at when its slot comes up and put back for what is
// left.
type wheel struct {
	slot  time.Duration
	tick  int64 // number of the last slot that was looked at
	heads [wheelSlots]*Conn
	used  [wheelSlots / 64]uint64 // bit set: the slot is not empty
}

// wheelLink is a connection's place in the wheel.
type wheelLink struct {
	next, prev *Conn
	tick       int64 // 0: in no slot
}

// schedule puts c into the slot that begins at or after at, moving it if it is
// in another one.
func (w *wheel) schedule(c *Conn, at int64) {
	w.cancel(c)
	tick := w.tickOf(at)
	i := tick % wheelSlots
	c.wheel = wheelLink{next: w.heads[i], tick: tick}
	if c.wheel.next != nil {
		c.wheel.next.wheel.prev = c
	}
	w.heads[i] = c
	w.used[i/64] |= 1 << (i % 64)
}

// sooner is schedule unless c is to be looked at by then already.
func (w *wheel) sooner(c *Conn, at int64) {
	if c.wheel.tick == 0 || w.tickOf(at) < c.wheel.tick {
		w.schedule(c, at)
	}
}

// tickOf is the slot number for a deadline: never early, and within the wheel.
func (w *wheel) tickOf(at int64) int64 {
	tick := (at + int64(w.slot) - 1) / int64(w.slot)
	return min(max(tick, w.tick+1), w.tick+wheelSlots-1)
}

// cancel takes c out of its slot, if it is in one.
func (w *wheel) cancel(c *Conn) {
	if c.wheel.tick == 0 {
		return
	}
	i := c.wheel.tick % wheelSlots
	if c.wheel.prev != nil {
		c.wheel.prev.wheel.next = c.wheel.next
	} else {
		w.heads[i] = c.wheel.next
	}
	if c.wheel.next != nil {
		c.wheel.next.wheel.prev = c.wheel.prev
	}
	if w.heads[i] == nil {
		w.used[i/64] &^= 1 << (i % 64)
	}
	c.wheel = wheelLink{}
}

// next returns when the first slot that is not empty is due.
func (w *wheel) next() (at int64, ok bool) {
	from := (w.tick + 1) % wheelSlots
	for n := int64(0); n < wheelSlots; {
		i := (from + n) % wheelSlots
		word := w.used[i/64] >> (i % 64)
		if word != 0 {
			n += int64(bits.TrailingZeros64(word))
			return (w.tick + 1 + n) * int64(w.slot), true
		}
		n += 64 - i%64
	}
	return 0, false
}

// expire calls fire for every connection whose slot has come up; fire may
// schedule it again.
func (w *wheel) expire(now int64, fire func(*Conn)) {
	target := now / int64(w.slot)
	w.tick = max(w.tick, target-wheelSlots)
	for w.tick < target {
		w.tick++
		i := w.tick % wheelSlots
		for c := w.heads[i]; c != nil; c = w.heads[i] {
			w.cancel(c)
			fire(c)
		}
	}
}
