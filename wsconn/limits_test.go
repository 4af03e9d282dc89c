package wsconn

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"
)

// counted waits until the loop has counted what is expected.
func (r *rig) counted(what string, cond func(c Counters) bool) {
	r.t.Helper()
	r.until(what, func() bool { return cond(r.loop.Counters()) })
}

// With OverflowDropNewest what is queued stays, in order, and what does not fit
// is refused without an end of the connection.
func TestOverflowDropNewest(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 100000, Overflow: OverflowDropNewest}
		r, c, h := deaf(t, o)
		const sent = 10000
		var accepted []string
		r.do(func() {
			for i := range sent {
				message := fmt.Sprintf("%05d%s", i, megabyte[:995])
				if h.conn.Send(message) {
					accepted = append(accepted, "text "+message)
				}
			}
		})
		if len(accepted) == 0 || len(accepted) == sent {
			t.Fatalf("%d of %d messages were accepted", len(accepted), sent)
		}
		c.expect(accepted...)
		h.expect(t, "drain")
		r.counted("the dropped ones", func(c Counters) bool {
			dropped := uint64(sent - len(accepted))
			return c.Dropped == dropped && c.Limited[LimitQueue] == dropped && c.MessagesOut == uint64(len(accepted))
		})
		r.do(func() { h.conn.Send("on") })
		c.expect("text on")
	})
}

// With CloseOnRate the first message beyond the rate ends the connection.
func TestCloseOnRate(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits, o.clock = Limits{MaxMessagesPerSecond: 3, CloseOnRate: true}, newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|text, "3"))
		h.expect(t, "text 1", "text 2", "text 3")
		r.advance(time.Second)
		c.send(frame(fin|text, "4"), frame(fin|text, "5"), frame(fin|text, "6"))
		h.expect(t, "text 4", "text 5", "text 6")
		c.send(frame(fin|text, "7"))
		c.expect("close 1008 too many messages", "eof")
		h.expect(t, "closed 1006 too many messages")
		r.counted("the limit", func(c Counters) bool { return c.Limited[LimitRate] == 1 && c.Closed[1008] == 1 && c.Violations == 0 })
	})
}

// A connection without messages is closed, whatever its heartbeat; one that is
// only sent to is not idle.
func TestMaxIdle(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits, o.clock = Limits{MaxIdle: 5 * time.Second, PingAfter: -1}, newFakeClock()
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.advance(3 * time.Second)
		c.send(frame(fin|text, "here"))
		h.expect(t, "text here")
		r.advance(3 * time.Second)
		r.do(func() { h.conn.Send("you too?") })
		c.expect("text you too?")
		r.advance(3 * time.Second)
		c.send(frame(fin|ping, "p"))
		c.expect("pong p")
		h.quiet(t)
		r.advance(3 * time.Second)
		c.expect("close 1001 no message for too long")
		c.send(frame(fin|clos, closing(1001, "")))
		h.expect(t, "closed 1001 ")
		r.counted("the limit", func(c Counters) bool { return c.Limited[LimitIdle] == 1 && c.Closed[1001] == 1 })
	})
}

// What many clients send in part is bounded together: whose message would pass
// the bound is closed, the others and small messages are not; what arrives
// wholly, or never will, is given back.
func TestBudget(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		const budget = 1800000 // for three times 300,000 and what their buffers have ready
		o.partial, o.clock = NewBudget(budget), newFakeClock()
		r := newRig(t, o)
		var clients []*client
		part := append(frame(fin|bin, megabyte)[:300000:300000], nil...) // of an announced megabyte
		for range 3 {
			c := r.dial()
			c.send(part)
			clients = append(clients, c)
		}
		r.counted("three thirds", func(c Counters) bool { return c.BytesIn >= 3*300000 })
		if n := o.partial.Used(); n < 3*(300000-partialFree-20) || n > budget {
			t.Errorf("%d bytes are taken", n)
		}
		fourth := r.dial()
		_, _ = fourth.Write(frame(fin|bin, megabyte)[:900000]) // may be cut
		fourth.expect("close 1013 the server holds too much of unfinished messages")
		small := r.dial()
		small.send(frame(text, "he"), frame(fin|cont, "llo"))
		for range 5 {
			if h := r.next(); h.conn.RemoteAddr().String() == small.LocalAddr().String() {
				h.expect(t, "text hello")
			}
		}
		_ = clients[1].Close()
		r.counted("the end of the second", func(c Counters) bool { return c.Closed[1006]+c.Closed[1013] == 2 })
		clients[0].send(frame(fin|bin, megabyte)[300000:])
		clients[2].send(frame(fin|text, "inside the payload"))
		r.counted("one whole message", func(c Counters) bool {
			return c.MessagesIn == 2 && c.Limited[LimitPartial] == 1
		})
		r.stop()
		if n := o.partial.Used(); n != 0 {
			t.Errorf("%d bytes are still taken", n)
		}
	})
}

// What is announced and does not come takes nothing.
func TestBudgetOfAnnouncements(t *testing.T) {
	budget := NewBudget(1 << 20)
	r := newRig(t, rigOptions{partial: budget})
	for range 50 {
		r.dial(frame(fin|bin, megabyte)[:20])
	}
	for range 50 {
		r.next()
	}
	r.counted("all headers", func(c Counters) bool { return c.BytesIn >= 50*20 })
	if n := budget.Used(); n != 0 {
		t.Errorf("%d bytes are taken", n)
	}
}

// Everything that happens is counted, and limits are told as they act.
func TestCounters(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		told := make(chan string, 100)
		o.limits = Limits{MaxMessageBytes: 100, MaxFragments: 2, MaxBacklogMessages: 1}
		o.limited = func(c *Conn, l Limit) { told <- l.String() + " " + fmt.Sprint(c.RemoteAddr() != nil) }
		r := newRig(t, o)
		end := func(c *client, sent []byte, want string) {
			c.send(sent)
			c.expect(want)
			_ = c.Close()
			await(t, r.next().events, "the end")
		}
		end(r.dial(), frame(fin|text, megabyte[:101]), "close 1009 the message is too big")
		end(r.dial(), append(append(frame(text, "a"), frame(cont, "b")...), frame(cont, "c")...), "close 1008 the message has too many fragments")
		end(r.dial(), frame(fin|3, ""), "close 1002...")
		end(r.dial(), frame(fin|clos, closing(4000, "")), "close 4000")
		c := r.dial()
		h := r.next()
		r.do(func() { h.conn.Hold() })
		c.send(frame(fin|text, "12345"))
		r.until("the backlog", func() bool { return h.conn.stops != 0 })
		r.do(func() { h.conn.Release(); h.conn.Send("abc") })
		c.expect("text abc")
		for _, want := range []string{"message_bytes true", "fragments true", "backlog true"} {
			if got := await(t, told, want); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		var got Counters
		r.do(func() { got = r.loop.Counters() })
		want := map[int]uint64{1009: 1, 1008: 1, 1002: 1, 4000: 1}
		if got.Opened != 5 || !maps.Equal(got.Closed, want) || got.Violations != 1 || got.MessagesIn != 1 || got.MessagesOut != 1 ||
			got.BytesIn < 100 || got.BytesOut < 5 || got.Limited[LimitMessageBytes] != 1 || got.Limited[LimitFragments] != 1 || got.Limited[LimitBacklog] != 1 {
			t.Errorf("counted %+v", got)
		}
		turns := uint64(0)
		for _, n := range got.Turns {
			turns += n
		}
		if turns == 0 || got.TurnTime <= 0 {
			t.Errorf("%d turns in %v", turns, got.TurnTime)
		}
	})
}

func TestLimitNames(t *testing.T) {
	seen := map[string]bool{}
	for l := range LimitCount + 1 {
		if name := l.String(); name == "" || seen[name] || strings.ContainsAny(name, " -") {
			t.Errorf("limit %d is named %q", l, name)
		}
		seen[l.String()] = true
	}
}

// The sum has every field, and shares nothing with what was added.
func TestCountersAdd(t *testing.T) {
	one := Counters{Opened: 1, Closed: map[int]uint64{1000: 1}, MessagesIn: 2, MessagesOut: 3, BytesIn: 4, BytesOut: 5, Dropped: 6, Violations: 7,
		Limited: [LimitCount]uint64{8, 9}, Panics: 10, Turns: [len(turnBounds) + 1]uint64{11}, TurnTime: 12}
	var sum Counters
	sum.Add(one)
	if !reflect.DeepEqual(sum, one) {
		t.Errorf("0 + x is %+v", sum)
	}
	sum.Add(one)
	if sum.Closed[1000] != 2 || one.Closed[1000] != 1 || sum.Turns[0] != 22 || sum.BytesOut != 10 || sum.Limited[1] != 18 {
		t.Errorf("x + x is %+v", sum)
	}
}
