package load

import (
	"bytes"
	"time"
)

// joinWithin is how long a server may take, after a handshake, to make the connection a member of the room.
const joinWithin = 200 * time.Millisecond

// Fanout is the load of a room with this many subscribers and one who publishes, who keeps InFlight messages of Bytes on their
// way: the next is sent when the oldest has reached everyone.
type Fanout struct {
	Subscribers, InFlight, Bytes int
}

// Run measures one server. Result.Messages counts deliveries.
func (f Fanout) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	run := fanoutRun{loop: l, Fanout: f, frame: AppendFrame(nil, opText, bytes.Repeat([]byte("x"), f.Bytes)), epoch: time.Now()}
	if err := run.start(); err != nil {
		return Result{}, err
	}
	return l.measure(t.Process, times, &run.deliveries, &run.latency)
}

type fanoutRun struct {
	Fanout
	loop       *loop
	publisher  *conn
	frame      []byte
	epoch      time.Time
	sent       []int64 // when message i, modulo InFlight, was published
	reached    []int   // and how many have it
	oldest     int64   // the first message that has not reached everyone
	deliveries int64
	latency    Histogram
}

func (r *fanoutRun) start() error {
	if err := r.loop.openAll(r.Subscribers, "/bench/room"); err != nil {
		return err
	}
	if err := r.loop.openAll(1, "/bench/publish"); err != nil {
		return err
	}
	for _, c := range r.loop.conns {
		c.scan.WantBytes = r.Bytes
	}
	r.publisher = r.loop.conns[r.Subscribers]
	r.publisher.repeat(bytes.Repeat(r.frame, r.InFlight))
	r.sent, r.reached = make([]int64, r.InFlight), make([]int, r.InFlight)
	r.loop.on.messages = r.arrived
	if err := r.loop.runFor(joinWithin); err != nil {
		return err
	}
	return r.publish(r.InFlight)
}

// publish sends n messages; the oldest n slots of the rings are free for them.
func (r *fanoutRun) publish(n int) error {
	now := int64(time.Since(r.epoch))
	for i := range int64(n) {
		slot := (r.oldest + i) % int64(r.InFlight)
		r.sent[slot], r.reached[slot] = now, 0
	}
	return r.loop.send(r.publisher, n*len(r.frame))
}

func (r *fanoutRun) arrived(c *conn, count int) error {
	now := int64(time.Since(r.epoch))
	for i := c.received - int64(count); i < c.received; i++ {
		slot := i % int64(r.InFlight)
		r.latency.Add(time.Duration(now-r.sent[slot]), 1)
		r.reached[slot]++
	}
	r.deliveries += int64(count)
	done := 0
	for done < r.InFlight && r.reached[(r.oldest+int64(done))%int64(r.InFlight)] == r.Subscribers {
		done++
	}
	if done == 0 {
		return nil
	}
	err := r.publish(done)
	r.oldest += int64(done)
	return err
}
