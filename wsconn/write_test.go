package wsconn

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// Messages of every size and kind come in the order of the calls.
func TestSendOrder(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 64 << 20}
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		shared, data := EncodeText("shared"), []byte{1}
		big := EncodeBinary([]byte(megabyte[:20000]))
		var want []string
		r.do(func() {
			for i := range 300 {
				text := fmt.Sprint(i, megabyte[:i*i])
				ok := h.conn.Send(text) && h.conn.SendFrame(shared) && h.conn.SendBytes(data)
				if i%50 == 0 {
					ok = ok && h.conn.SendFrame(big)
				}
				if data[0]++; !ok {
					t.Errorf("send %d was refused", i)
					return
				}
			}
		})
		for i := range 300 {
			want = append(want, fmt.Sprint("text ", i, megabyte[:i*i]), "text shared", fmt.Sprintf("binary %02x", byte(i+1)))
			if i%50 == 0 {
				want = append(want, fmt.Sprintf("binary %x", megabyte[:20000]))
			}
		}
		c.expect(want...)
	})
}

func TestFrame(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		f := EncodeText(megabyte[:n])
		if f.Len() != n || !bytes.HasSuffix(f.wire, []byte(megabyte[:n])) || f.head != headerSize(n) {
			t.Errorf("frame of %d: length %d, header %d", n, f.Len(), f.head)
		}
		in := bytes.NewReader(f.wire)
		got, err := ws.ReadHeader(in)
		if err != nil || got.Length != int64(n) || got.OpCode != ws.OpText || !got.Fin {
			t.Errorf("frame of %d reads as %+v, %v", n, got, err)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(in, payload); err != nil || string(payload) != megabyte[:n] || in.Len() != 0 {
			t.Errorf("the payload of %d does not read: %v, %d bytes too many", n, err, in.Len())
		}
	}
}

// deaf returns a rig with one connection whose client does not read, its
// recorder, and the client. The queue has much more room than the kernel. No
// time passes but what the test lets pass: on a slow machine the client would
// be cut for reading nothing.
func deaf(t *testing.T, o rigOptions) (*rig, *client, *recorder) {
	if o.limits.MaxQueueBytes == 0 {
		o.limits.MaxQueueBytes = 16 << 20
	}
	if o.clock == nil {
		o.clock = newFakeClock()
	}
	r := newRig(t, o)
	c := r.dial()
	if tcp, ok := bottom(c.Conn).(*net.TCPConn); ok { // whatever the system would take by default
		if err := tcp.SetReadBuffer(64 << 10); err != nil {
			t.Fatal(err)
		}
	}
	return r, c, r.next()
}

// stuffing is more than the kernels of both ends take.
const stuffing = 4 << 20

// fill sends messages of 100 kB, a turn of the loop each, until more is queued
// than the kernel can still take, and returns how many.
func fill(r *rig, h *recorder) (sent int) {
	for buffered := 0; buffered < stuffing; sent++ {
		r.do(func() {
			if !h.conn.Send(megabyte[:100000]) {
				r.t.Error("a message was refused before the queue was full")
			}
		})
		r.turns()
		r.do(func() { buffered = h.conn.BufferedAmount() })
		if sent > 1000 {
			r.t.Fatal("the transport is never full")
		}
	}
	return sent
}

// A queue that is full closes the connection with 1013, dropping what is queued,
// and a peer that reads at last sees whole messages and that code.
func TestOverflowClose(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 100000}
		r, c, h := deaf(t, o)
		r.do(func() {
			accepted := true
			for accepted {
				accepted = h.conn.Send(megabyte[:10000])
				if n := h.conn.BufferedAmount(); n > 100000 {
					t.Errorf("%d bytes are queued", n)
				}
			}
			if h.conn.Send("") || h.conn.SendBytes(nil) || h.conn.SendFrame(EncodeText("")) {
				t.Error("a message was accepted after the overflow")
			}
			if s := h.conn.State(); s != StateClosing {
				t.Errorf("state %d", s)
			}
			if n := h.conn.BufferedAmount(); n > 10000 {
				t.Errorf("%d bytes are still queued", n)
			}
		})
		for {
			got, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			if got == "close 1013 the outgoing queue is full" {
				break
			}
			if got != "text "+megabyte[:10000] {
				t.Fatalf("read %q", short(got))
			}
		}
		c.send(frame(fin|clos, closing(1013, "")))
		h.expect(t, "closed 1013 ")
		c.expect("eof")
	})
}

// With OverflowDropOldest the newest messages arrive, whole and in order, and
// Drain is told.
func TestOverflowDropOldest(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 100000, Overflow: OverflowDropOldest}
		r, c, h := deaf(t, o)
		const sent = 10000
		r.do(func() {
			for i := range sent {
				if !h.conn.Send(fmt.Sprintf("%05d%s", i, megabyte[:995])) {
					t.Errorf("message %d was refused", i)
				}
				if n := h.conn.BufferedAmount(); n > 100000 {
					t.Errorf("%d bytes are queued", n)
				}
			}
		})
		r.do(func() { h.conn.Send("last") })
		var got []string
		for len(got) == 0 || got[len(got)-1] != "text last" {
			f, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f)
		}
		h.expect(t, "drain")
		for i, f := range got {
			if i > 0 && !strings.HasPrefix(f, "text x") && f != "text last" && f <= got[i-1] {
				t.Fatalf("%q behind %q", short(f), short(got[i-1]))
			}
		}
		if len(got) > sent/2 {
			t.Errorf("%d messages arrived, nothing was dropped", len(got))
		}
	})
}

// One message is taken whatever its size when nothing is queued.
func TestOneBigMessage(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxQueueBytes: 1000}
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		r.do(func() {
			if !h.conn.Send(megabyte) {
				t.Error("refused")
			}
		})
		c.expect("text " + megabyte)
		h.expect(t, "drain")
	})
}

// BufferedAmount counts payload, and falls to 0 before Drain is told.
func TestBufferedAmountAndDrain(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, c, h := deaf(t, o)
		n := fill(r, h)
		r.do(func() {
			before := h.conn.BufferedAmount()
			for range 8 { // over half of the queue
				h.conn.Send(megabyte)
			}
			h.conn.SendBytes([]byte("12345"))
			if got := h.conn.BufferedAmount(); got != before+8<<20+5 {
				t.Errorf("%d bytes are buffered, not %d", got, before+8<<20+5)
			}
			h.do = func(event string) {
				if left := h.conn.BufferedAmount(); event == "drain" && left != 0 {
					t.Errorf("drained with %d bytes buffered", left)
				}
			}
		})
		for range n {
			c.expect("text " + megabyte[:100000])
		}
		for range 8 {
			c.expect("text " + megabyte)
		}
		c.expect("binary 3132333435")
		h.expect(t, "drain")
		r.turns()
		h.quiet(t)
	})
}

// A peer that never reads costs the queue and what the kernel was allowed, not
// more, and is cut after WriteStall.
func TestSlowReader(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.clock = newFakeClock()
		r, _, h := deaf(t, o)
		n := fill(r, h) * 100000
		r.do(func() { n -= h.conn.BufferedAmount() })
		if n > 1<<20 {
			t.Errorf("the kernel took %d bytes", n)
		}
		r.advance(9 * time.Second)
		h.quiet(t)
		for i := 0; i < 10 && len(h.events) == 0; i++ {
			r.advance(13 * time.Second) // again if the kernel still waited for an acknowledgement
		}
		h.expect(t, "closed 1006 the peer stopped reading")
	})
}

// A peer that reads slowly is not cut, though it makes no room in the kernel for
// longer than WriteStall and sends nothing for longer than PongWithin.
func TestSlowReaderThatReads(t *testing.T) {
	clock := newFakeClock()
	r := newRig(t, rigOptions{clock: clock})
	tr := &stuckTransport{}
	var h *recorder
	r.do(func() {
		r.loop.open(tr, &Accepted{}, Limits{}.WithDefaults(), func(c *Conn) Handler {
			h = &recorder{conn: c, events: make(chan string, 10)}
			return h
		})
		tr.moving = true
		h.conn.Send("stuck")
	})
	r.advance(100 * time.Second)
	h.quiet(t)
	r.do(func() { tr.room = true; h.conn.writable() })
	r.advance(100 * time.Second)
	h.quiet(t)
	r.do(func() {
		if h.conn.pinged == 0 || h.conn.State() != StateOpen {
			t.Error("the peer was not pinged")
		}
		tr.moving = false
	})
	r.advance(11 * time.Second)
	h.expect(t, "closed 1006 the peer did not answer a ping")
}

// stuckTransport takes bytes only when it has room.
type stuckTransport struct {
	transport
	room, moving, reset bool
}

func (s *stuckTransport) start(*Conn) error { return nil }
func (s *stuckTransport) full(bool)         {}
func (s *stuckTransport) busy() bool        { return false }
func (s *stuckTransport) progress() bool    { return s.moving }
func (s *stuckTransport) hurry()            {}
func (s *stuckTransport) close()            {}

func (s *stuckTransport) write(vec [][]byte) (int, error) {
	if s.reset {
		return 0, io.ErrClosedPipe
	}
	if s.room {
		return total(vec), nil
	}
	return 0, nil
}

// A peer that takes nothing any more does not keep its connection for as long as
// a slow handler needs for what it has sent.
func TestPeerGoneWithMuchUnread(t *testing.T) {
	r := newRig(t, rigOptions{clock: newFakeClock()})
	var h *recorder
	r.do(func() {
		r.loop.open(&stuckTransport{reset: true}, &Accepted{}, Limits{}.WithDefaults(), func(c *Conn) Handler {
			h = &recorder{conn: c, events: make(chan string, 10)}
			return h
		})
		h.conn.receive(frame(fin|text, "1"))
		h.conn.Send("answer")
	})
	r.advance(9 * time.Second)
	r.do(func() { h.conn.receive(frame(fin|text, "2")) })
	h.expect(t, "text 1", "text 2")
	r.advance(2 * time.Second)
	h.expect(t, "closed 1006 the peer is gone")
}

// Pings of a peer that does not read do not pile up; the last one is answered.
func TestPingFlood(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, c, h := deaf(t, o)
		n := fill(r, h)
		for i := range 1000 {
			c.send(frame(fin|ping, itoa(i)))
		}
		c.send(frame(fin|text, "sent"))
		h.expect(t, "text sent")
		r.do(func() {
			if o := h.conn.out; o.pongs > maxStalledPongs+1 {
				t.Errorf("%d pongs are queued", o.pongs)
			}
		})
		for range n {
			c.expect("text " + megabyte[:100000])
		}
		for got := ""; got != "pong 999"; {
			var err error
			if got, err = c.read(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// An idle connection owns no buffers.
func TestIdleOwnsNothing(t *testing.T) {
	r := newRig(t, rigOptions{open: nil})
	c := r.dial()
	h := r.next()
	c.send(frame(text, "a"), frame(fin|ping, ""), frame(fin|cont, "b"))
	h.expect(t, "text ab")
	c.expect("pong ")
	r.do(func() { h.conn.Hold() })
	c.send(frame(fin|text, "kept"))
	settled(c)
	r.do(func() { h.conn.Release(); h.conn.SendBytes([]byte("x")) })
	h.expect(t, "text kept")
	c.expect("binary 78")
	r.turns()
	r.do(func() {
		if k := h.conn; k.in != nil || k.out != nil || k.kept != nil || k.rate != nil || k.ending != nil {
			t.Errorf("owned: parser %v, output %v, backlog %v, rate %v, ending %v", k.in, k.out, k.kept, k.rate, k.ending)
		}
	})
}

// An echo over the polled transport costs the string of the handler and nothing
// else.
func TestAllocationsPerMessage(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	r := newRig(t, rigOptions{open: newEcho})
	if r.loop.portable {
		t.Skip("not the polled transport")
	}
	c := r.dial()
	out, in := frame(fin|text, "hello, hello"), make([]byte, 14)
	got := testing.AllocsPerRun(2000, func() {
		if _, err := c.Write(out); err != nil {
			t.Fatal(err)
		}
		if _, err := c.in.Read(in); err != nil {
			t.Fatal(err)
		}
	})
	if got > 1 {
		t.Errorf("%v allocations for an echo", got)
	}
}
