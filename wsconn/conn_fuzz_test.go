package wsconn

import (
	"bytes"
	"net"
	"testing"

	"github.com/gobwas/ws"
)

// scarce is a transport that takes a few bytes at a time and keeps them.
type scarce struct {
	room   int // bytes that one write takes
	wrote  []byte
	paused bool
	shut   bool
	closed bool
}

func (s *scarce) start(*Conn) error    { return nil }
func (s *scarce) reading(on bool)      { s.paused = !on }
func (s *scarce) full(bool)            {}
func (s *scarce) busy() bool           { return false }
func (s *scarce) progress() bool       { return true }
func (s *scarce) hurry()               {}
func (s *scarce) shutdown()            { s.shut = true }
func (s *scarce) close()               { s.closed = true }
func (s *scarce) remoteAddr() net.Addr { return &net.TCPAddr{} }

func (s *scarce) write(vec [][]byte) (n int, err error) {
	for _, piece := range vec {
		k := min(len(piece), s.room-n)
		s.wrote = append(s.wrote, piece[:k]...)
		n += k
	}
	return n, nil
}

// Whatever arrives, in whatever pieces, over however narrow a way back: nothing
// panics, every bound is kept, and what goes back are whole, legal frames with
// nothing behind a Close.
func FuzzConn(f *testing.F) {
	for _, tt := range conformance {
		if all := bytes.Join(tt.send, nil); len(all) < 2048 {
			f.Add(all, uint8(5), uint8(3), false)
			f.Add(all, uint8(200), uint8(1), true)
		}
	}
	hello := packed(f, "hello, hello, hello")
	f.Add(append(frame(rsv1|text, hello[:4]), frame(fin|cont, hello[4:])...), uint8(9), uint8(2), true)
	f.Add(bytes.Repeat(frame(fin|rsv1|bin, packed(f, megabyte[:60000])), 9), uint8(255), uint8(9), true)
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(l.poller.close)
	limits := Limits{MaxMessageBytes: 70000, MaxFragments: 9, MaxQueueBytes: 5000, MaxBacklogMessages: 4, MaxBacklogBytes: 300}.WithDefaults()
	f.Fuzz(func(t *testing.T, data []byte, size, room uint8, deflated bool) {
		tr := &scarce{room: 1 + int(room)}
		a := &Accepted{}
		if deflated {
			a.deflate = &deflate{level: 1, minBytes: 10, keepSent: true, keepReceived: true}
		}
		var c *Conn
		l.open(tr, a, limits, func(made *Conn) Handler { c = made; return newEcho(made) })
		for i, chunk := range cut(data, 1+int(size), 3) {
			for n := 0; tr.paused && n < 100; n++ { // as a transport would, it waits
				fuzzTurn(l, c)
			}
			if tr.closed || tr.paused {
				break
			}
			if i%5 == 4 {
				c.Hold()
			}
			c.receive(bytes.Clone(chunk))
			if i%7 == 6 {
				c.Release()
			}
			fuzzTurn(l, c)
			if c.BufferedAmount() > limits.MaxQueueBytes+limits.MaxMessageBytes {
				t.Fatalf("%d bytes are queued", c.BufferedAmount())
			}
		}
		c.Release()
		for range len(data) + 200_000/tr.room { // all of it is written
			fuzzTurn(l, c)
			if c.out.len() == 0 && len(l.yielded) == 0 {
				break
			}
		}
		checkWire(t, tr.wrote)
		c.cut(LimitClose, "the end")
		l.settle()
		fuzzTurn(l, c)
		if !tr.closed || !c.finished || len(l.conns.free) != len(l.conns.slots) {
			t.Fatal("something is left of the connection")
		}
	})
}

// fuzzTurn is a turn of a loop that only has c.
func fuzzTurn(l *Loop, c *Conn) {
	l.runYielded()
	l.settle()
	l.flush()
	if c.full {
		c.writable()
	}
}

// checkWire wants whole frames of a server.
func checkWire(t *testing.T, wire []byte) {
	for in := bytes.NewReader(wire); in.Len() > 0; {
		h, err := ws.ReadHeader(in)
		if err != nil || h.Length > int64(in.Len()) {
			t.Fatalf("half a frame: %+v, %v", h, err)
		}
		if !h.Fin || h.Masked || h.OpCode.IsReserved() || h.OpCode == ws.OpContinuation || h.Rsv&3 != 0 || h.Rsv != 0 && h.OpCode.IsControl() {
			t.Fatalf("an illegal frame: %+v", h)
		}
		_, _ = in.Seek(h.Length, 1)
		if h.OpCode == ws.OpClose && in.Len() > 0 {
			t.Fatalf("%d bytes behind a Close", in.Len())
		}
	}
}

// The same bytes are the same messages however they are cut, compressed ones too.
func FuzzPackedFrames(f *testing.F) {
	hello := packed(f, "hello")
	f.Add(append(frame(rsv1|text, hello[:2]), frame(fin|cont, hello[2:])...), uint8(1), uint8(2))
	f.Add(append(frame(fin|rsv1|bin, ""), frame(fin|text, "plain")...), uint8(3), uint8(1))
	limits := Limits{MaxMessageBytes: 300, MaxFragments: 5}.WithDefaults()
	f.Fuzz(func(t *testing.T, data []byte, a, b uint8) {
		whole, pieces := packedEvents([][]byte{data}, &limits), packedEvents(cut(data, int(a), int(b)), &limits)
		if len(whole) != len(pieces) {
			t.Fatalf("cut: %d, whole: %d", len(pieces), len(whole))
		}
		for i := range whole {
			if whole[i].op != pieces[i].op || whole[i].packed != pieces[i].packed || !bytes.Equal(whole[i].data, pieces[i].data) {
				t.Fatalf("event %d: cut %+v, whole %+v", i, pieces[i], whole[i])
			}
		}
	})
}

// packedEvents are the events of a connection that has agreed to compression; a
// violation is the last one.
func packedEvents(chunks [][]byte, limits *Limits) (events []event) {
	p := &parser{deflate: true}
	for _, chunk := range chunks {
		for data := bytes.Clone(chunk); len(data) > 0; {
			n, ev, bad := p.next(data, limits)
			if bad != nil {
				return append(events, event{op: ws.OpCode(bad.code & 15), data: []byte(bad.reason)})
			}
			if ev.op != 0 {
				ev.data = bytes.Clone(ev.data)
				events = append(events, ev)
			}
			data = data[n:]
		}
	}
	return events
}
