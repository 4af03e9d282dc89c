package wsconn

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The wheel against the obvious: no deadline comes early, none more than a slot
// late, and next says when to look.
func TestWheel(t *testing.T) {
	const slot = int64(250 * time.Millisecond)
	rng := rand.New(rand.NewPCG(1, 2))
	w := wheel{slot: time.Duration(slot)}
	due := map[*Conn]int64{}
	for now := int64(0); now < 400*slot; now += rng.Int64N(3 * slot) {
		w.expire(now, func(c *Conn) {
			if at := due[c]; at > now {
				w.schedule(c, at) // beyond the wheel: looked at early
				return
			}
			if late := now - due[c]; late > 4*slot {
				t.Fatalf("%d slots late", late/slot)
			}
			delete(due, c)
		})
		for range rng.IntN(4) {
			c := &Conn{}
			due[c] = now + rng.Int64N(600*slot)
			w.schedule(c, due[c])
		}
		for c := range due {
			switch rng.IntN(40) {
			case 0:
				w.cancel(c)
				delete(due, c)
			case 1:
				due[c] = now + rng.Int64N(10*slot)
				w.schedule(c, due[c])
			case 2:
				at := now + rng.Int64N(10*slot)
				due[c] = min(due[c], at)
				w.sooner(c, at)
			}
		}
		checkNext(t, &w, due, slot)
	}
	if len(due) == 0 {
		t.Error("nothing was pending")
	}
}

func checkNext(t *testing.T, w *wheel, due map[*Conn]int64, slot int64) {
	t.Helper()
	at, ok := w.next()
	if ok != (len(due) > 0) {
		t.Fatalf("next says %v with %d pending", ok, len(due))
	}
	if !ok {
		return
	}
	var ticks []int64
	for c := range due {
		ticks = append(ticks, c.wheel.tick)
	}
	if want := slices.Min(ticks) * slot; at != want {
		t.Fatalf("next says %d, not %d", at, want)
	}
}

// A clock that jumps ahead finds every connection once.
func TestWheelJump(t *testing.T) {
	w := wheel{slot: time.Second}
	conns := map[*Conn]bool{}
	for i := range 100 {
		c := &Conn{}
		conns[c] = true
		w.schedule(c, int64(i)*int64(time.Second))
	}
	w.expire(int64(10000*time.Second), func(c *Conn) { delete(conns, c) })
	if _, ok := w.next(); ok || len(conns) != 0 {
		t.Errorf("%d connections are left", len(conns))
	}
}
