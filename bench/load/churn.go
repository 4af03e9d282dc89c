package load

import (
	"bytes"
	"time"
)

// Churn is the load of some who connect, send one message of Bytes, take the echo, close, and begin again.
type Churn struct {
	AtOnce, Bytes int
}

// Run measures one server. Result.Messages counts whole connections: until the server has answered the close and has closed the
// TCP connection, as RFC 6455, section 7.1.1, wants it.
func (ch Churn) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	run := churnRun{loop: l, epoch: time.Now()}
	run.text = AppendFrame(nil, opText, bytes.Repeat([]byte("x"), ch.Bytes))
	run.bye = AppendFrame(nil, opClose, []byte{0x03, 0xe8}) // 1000
	l.on = events{opened: run.opened, messages: run.echoed, ended: run.ended}
	for range ch.AtOnce {
		if err := run.add(); err != nil {
			return Result{}, err
		}
	}
	return l.measure(t.Process, times, &run.done, &run.latency)
}

type churnRun struct {
	loop      *loop
	text, bye []byte
	epoch     time.Time
	done      int64
	latency   Histogram
}

func (r *churnRun) add() error {
	c, err := r.loop.add("/bench/echo")
	c.sent = []int64{int64(time.Since(r.epoch))}
	return err
}

func (r *churnRun) opened(c *conn) error {
	c.repeat(r.text)
	return r.loop.send(c, len(r.text))
}

func (r *churnRun) echoed(c *conn, _ int) error {
	c.repeat(r.bye)
	return r.loop.send(c, len(r.bye))
}

func (r *churnRun) ended(c *conn) error {
	if !c.scan.Closed() || c.received != 1 {
		return errLost
	}
	now := int64(time.Since(r.epoch))
	r.latency.Add(time.Duration(now-c.sent[0]), 1)
	r.done++
	c.sent[0], c.received = now, 0
	return r.loop.dial(c, "/bench/echo")
}
