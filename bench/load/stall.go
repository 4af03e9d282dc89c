package load

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

// Stall is a room in which some read and, after a while, as many others have come and do not read at all. One publishes at a
// steady rate, whatever the others do.
type Stall struct {
	Readers, Stalled, Bytes int
	PerSecond               int
}

// stalledReceiveBytes is the receive buffer of those that do not read: small, so that the server's side is what is measured.
const stalledReceiveBytes = 16 << 10

// stallRing is how many publications may be on their way to the slowest reader.
const stallRing = 1 << 14

// Run measures one server: the readers' latency alone for half of the time, then beside the stalled; and how far the server's
// memory rises meanwhile.
func (s Stall) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	run := stallRun{loop: l, Stall: s, epoch: time.Now(), sent: make([]int64, stallRing)}
	if err := run.start(); err != nil {
		return Result{}, err
	}
	if _, err := run.phase(times.Warm, t.Process); err != nil {
		return Result{}, err
	}
	if _, err := run.phase(times.Measure/2, t.Process); err != nil {
		return Result{}, err
	}
	alone := run.latency.Percentile(99)
	if err := run.stall(); err != nil {
		return Result{}, err
	}
	m, err := startMeter(t.Process)
	if err != nil {
		return Result{}, err
	}
	growth, err := run.phase(2*times.Measure, t.Process)
	if err != nil {
		return Result{}, err
	}
	result, err := m.stop(run.deliveries, &run.latency)
	result.AloneP99, result.MemoryGrowth = alone, growth
	return result, err
}

type stallRun struct {
	Stall
	loop       *loop
	publisher  *conn
	frame      []byte
	epoch      time.Time
	published  int64
	sent       []int64
	deliveries int64
	latency    Histogram
}

func (r *stallRun) start() error {
	if err := r.loop.openAll(r.Readers, "/bench/room"); err != nil {
		return err
	}
	if err := r.loop.openAll(1, "/bench/publish"); err != nil {
		return err
	}
	r.frame = AppendFrame(nil, opText, bytes.Repeat([]byte("x"), r.Bytes))
	r.publisher = r.loop.conns[r.Readers]
	r.publisher.repeat(r.frame)
	r.loop.on.messages = r.arrived
	return r.loop.runFor(joinWithin)
}

// stall opens those that do not read. What is published until then they take.
func (r *stallRun) stall() error {
	first := len(r.loop.conns)
	if err := r.loop.openAll(r.Stalled, "/bench/room"); err != nil {
		return err
	}
	for _, c := range r.loop.conns[first:] {
		_ = unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, stalledReceiveBytes)
		if err := r.loop.watch(c, 0); err != nil {
			return err
		}
	}
	return nil
}

// phase publishes for a time and returns how far the server's memory rose.
func (r *stallRun) phase(d time.Duration, p Process) (growth int64, err error) {
	before, err := p.ResidentBytes()
	if err != nil {
		return 0, err
	}
	r.deliveries, r.latency = 0, Histogram{}
	begin, first, sampled := time.Now(), r.published, time.Now()
	for time.Since(begin) < d {
		due := first + int64(time.Since(begin).Seconds()*float64(r.PerSecond))
		if err := r.publish(due - r.published); err != nil {
			return 0, err
		}
		if err := r.loop.step(time.Millisecond); err != nil {
			return 0, err
		}
		if time.Since(sampled) > 100*time.Millisecond {
			sampled = time.Now()
			now, err := p.ResidentBytes()
			if err != nil {
				return 0, err
			}
			growth = max(growth, now-before)
		}
	}
	return growth, nil
}

func (r *stallRun) publish(n int64) error {
	now := int64(time.Since(r.epoch))
	for range n {
		r.sent[r.published%stallRing] = now
		r.published++
	}
	return r.loop.send(r.publisher, int(n)*len(r.frame))
}

func (r *stallRun) arrived(c *conn, count int) error {
	now := int64(time.Since(r.epoch))
	for i := c.received - int64(count); i < c.received; i++ {
		r.latency.Add(time.Duration(now-r.sent[i%stallRing]), 1)
	}
	r.deliveries += int64(count)
	return nil
}
