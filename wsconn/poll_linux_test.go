package wsconn

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"unsafe"
)

// reset makes the client's kernel reset the connection.
func (c *client) reset() {
	c.t.Helper()
	tcp, _ := c.Conn.(*net.TCPConn)
	if err := tcp.SetLinger(0); err != nil {
		c.t.Fatal(err)
	}
	if err := tcp.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// A reset while the socket is not to be read is not reported over and over; what
// was read before is delivered, and sending is refused once the kernel says so.
func TestResetWhileStopped(t *testing.T) {
	r := heldRig(t, rigOptions{limits: Limits{MaxBacklogMessages: 2}})
	c := r.dial()
	h := r.next()
	c.send(frame(fin|text, "1"), frame(fin|text, "2"), frame(fin|text, "3"))
	r.until("stop", func() bool { return h.conn.stops != 0 })
	c.reset()
	r.until("a silent poller", func() bool { return !h.conn.transport.(*polled).registered })
	r.do(func() { h.conn.Send("into the void") })
	r.until("a refusal", func() bool { return !h.conn.Send("more") })
	h.quiet(t)
	r.do(h.conn.Release)
	h.expect(t, "text 1", "text 2", "text 3", "closed 1006 ")
}

// A peer that resets after our Close does not keep the connection.
func TestResetWhileDraining(t *testing.T) {
	r := newRig(t, rigOptions{})
	c := r.dial()
	h := r.next()
	c.send(frame(fin|clos, ""))
	h.expect(t, "closed 1005 ")
	c.reset()
	r.until("the end", func() bool { return h.conn.phase == phaseGone })
}

// What a peer takes from the kernel is seen as progress, once.
func TestProgress(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, c, h := deaf(t, o)
		r.do(func() { h.conn.Send(megabyte[:200000]) }) // less than both kernels hold, more than the peer's
		r.until("the kernel to take it", func() bool { return h.conn.out == nil && !h.conn.transport.busy() })
		r.until("no progress", func() bool { return !h.conn.transport.progress() })
		c.expect("text " + megabyte[:200000])
		r.until("progress", func() bool { return h.conn.transport.progress() })
		r.until("no progress", func() bool { return !h.conn.transport.progress() })
	})
}

// What an idle connection costs besides its handler.
func TestSizeOfAnIdleConnection(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}) + unsafe.Sizeof(polled{}) + unsafe.Sizeof(tableSlot{}); n > 360 {
		t.Errorf("%d bytes", n)
	} else {
		t.Logf("Conn %d, polled %d", unsafe.Sizeof(Conn{}), unsafe.Sizeof(polled{}))
	}
}

// A wake-up is one event, however many there were before.
func TestPollerSurvivesManyWakes(t *testing.T) {
	p, err := newPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for range 1000 {
		p.wake()
		if n, err := p.poll(-1); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
}

// BenchmarkBroadcast sends shared frames to 200 connections, a number of them in
// one turn; loop-s/Mmsg counts deliveries.
func BenchmarkBroadcast(b *testing.B) {
	for _, burst := range []int{1, 32} {
		b.Run(fmt.Sprintf("burst=%d", burst), func(b *testing.B) { benchBroadcast(b, 200, burst) })
	}
}

func benchBroadcast(b *testing.B, n, burst int) {
	var conns []*Conn
	r := newRig(b, rigOptions{open: func(c *Conn) Handler { conns = append(conns, c); return newEcho(c) }})
	peers := newPeers(b, r, n)
	text := strings.Repeat("x", 128)
	publish := func() {
		for range burst {
			f := EncodeText(text)
			for _, c := range conns {
				c.SendFrame(f)
			}
		}
	}
	b.ReportAllocs()
	before := threadTime(r)
	b.ResetTimer()
	for b.Loop() {
		r.loop.Post(publish)
		peers.gather(b, burst*len(EncodeText(text).wire))
	}
	b.StopTimer()
	b.ReportMetric((threadTime(r)-before).Seconds()*1e6/float64(b.N*n*burst), "loop-s/Mmsg")
}
