package load

import (
	"bytes"
	"time"
)

// Echo is the load of many who each keep InFlight messages of Bytes on their way.
type Echo struct {
	Connections, InFlight, Bytes int
}

// Run measures one server. Each receipt is answered at once by as many sends.
func (e Echo) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	if err := l.openAll(e.Connections, "/bench/echo"); err != nil {
		return Result{}, err
	}
	run := echoRun{loop: l, frame: AppendFrame(nil, opText, bytes.Repeat([]byte("x"), e.Bytes)), epoch: time.Now()}
	l.on.messages = run.again
	if err := run.start(e); err != nil {
		return Result{}, err
	}
	return l.measure(t.Process, times, &run.messages, &run.latency)
}

type echoRun struct {
	loop     *loop
	frame    []byte
	epoch    time.Time
	messages int64
	latency  Histogram
}

func (r *echoRun) start(e Echo) error {
	pattern := bytes.Repeat(r.frame, e.InFlight)
	for _, c := range r.loop.conns {
		c.repeat(pattern)
		c.scan.WantBytes = e.Bytes
		c.sent = make([]int64, e.InFlight)
		now := int64(time.Since(r.epoch))
		for i := range c.sent {
			c.sent[i] = now
		}
		if err := r.loop.send(c, len(pattern)); err != nil {
			return err
		}
	}
	return nil
}

func (r *echoRun) again(c *conn, count int) error {
	now := int64(time.Since(r.epoch))
	for range count {
		r.latency.Add(time.Duration(now-c.sent[c.next]), 1)
		c.sent[c.next] = now
		if c.next++; c.next == len(c.sent) {
			c.next = 0
		}
	}
	r.messages += int64(count)
	return r.loop.send(c, count*len(r.frame))
}
