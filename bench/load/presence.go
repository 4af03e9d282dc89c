package load

import (
	"fmt"
	"time"
)

// Presence is the load of people who come to a topic and go, in the realtime protocol of Sigil (docs/protocol.md): Members
// connections of which AtOnce subscribe and unsubscribe, one after the other, before Watchers who are told of each. The
// target serves the protocol at /presence/live, with a topic "room" that has presence.
//
// Result.Messages counts changes, and latency is that of their answers. With EachTold it counts what watchers are told
// instead, and the next change is made when the last has been told to all: AtOnce must be 1.
type Presence struct {
	Members, Watchers, AtOnce int
	EachTold                  bool
}

const livePath = "/presence/live"

// request is the frame of a call that takes only a topic.
func request(method, params string) []byte {
	return AppendFrame(nil, opText, fmt.Appendf(nil, `{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params))
}

// Run measures one server.
func (p Presence) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	run := presenceRun{loop: l, Presence: p, join: request("$/subscribe", `{"topic":"room"}`), leave: request("$/unsubscribe", `{"topic":"room"}`)}
	if err := run.start(); err != nil {
		return Result{}, err
	}
	return l.measure(t.Process, times, &run.count, &run.latency)
}

type presenceRun struct {
	Presence
	loop        *loop
	join, leave []byte
	next        int  // the member that comes next
	in          bool // EachTold: the one member is there
	sent        []time.Time
	told        int // of the last change
	count       int64
	latency     Histogram
}

func (r *presenceRun) start() error {
	if err := r.loop.openAll(r.Watchers, livePath+"?user=watcher"); err != nil { // one user: they do not tell each other of themselves
		return err
	}
	if err := r.watch(); err != nil {
		return err
	}
	if err := r.loop.openAll(r.Members, livePath); err != nil {
		return err
	}
	if err := r.loop.runFor(joinWithin); err != nil {
		return err
	}
	for _, c := range r.loop.conns[r.Watchers:] {
		c.received = 0
		c.repeat(append(append([]byte(nil), r.join...), r.leave...))
	}
	r.sent = make([]time.Time, len(r.loop.conns))
	r.loop.on.messages = r.arrived
	for range r.AtOnce {
		if err := r.begin(); err != nil {
			return err
		}
	}
	return nil
}

// watch subscribes the watchers and waits for the answers.
func (r *presenceRun) watch() error {
	frame, waiting := request("$/subscribe", `{"topic":"room","presence":true}`), r.Watchers
	r.loop.on.messages = func(_ *conn, count int) error {
		waiting -= count
		return nil
	}
	for _, c := range r.loop.conns {
		c.repeat(frame)
		if err := r.loop.send(c, len(frame)); err != nil {
			return err
		}
	}
	for limit := time.Now().Add(openWithin); waiting > 0; {
		if err := r.loop.step(10 * time.Millisecond); err != nil {
			return err
		}
		if time.Now().After(limit) {
			return fmt.Errorf("%d of %d watchers were not answered after %v", waiting, r.Watchers, openWithin)
		}
	}
	return nil
}

// begin has the next member come.
func (r *presenceRun) begin() error {
	c := r.loop.conns[r.Watchers+r.next%r.Members]
	r.next++
	return r.ask(c, r.join)
}

func (r *presenceRun) ask(c *conn, frame []byte) error {
	r.sent[c.slot] = time.Now()
	return r.loop.send(c, len(frame))
}

func (r *presenceRun) arrived(c *conn, count int) error {
	switch watches := int(c.slot) < r.Watchers; {
	case watches && r.EachTold:
		return r.toldTo(count)
	case watches || r.EachTold:
		return nil
	}
	r.count += int64(count)
	r.latency.Add(time.Since(r.sent[c.slot]), 1)
	if c.received%2 == 1 { // it came
		return r.ask(c, r.leave)
	}
	return r.begin()
}

// toldTo counts what watchers were told; when all were, the member goes, or comes again.
func (r *presenceRun) toldTo(count int) error {
	member := r.loop.conns[r.Watchers]
	r.count += int64(count)
	r.latency.Add(time.Since(r.sent[member.slot]), 1)
	if r.told += count; r.told < r.Watchers {
		return nil
	}
	r.told, r.in = 0, !r.in
	if r.in {
		return r.ask(member, r.leave)
	}
	return r.ask(member, r.join)
}
