package wsconn

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// listeners are connections of a loop whose transports take a little at a time.
type listeners struct {
	loop  *Loop
	conns []*Conn
	wires []*scarce
}

func listen(t testing.TB, n int, limits Limits, deflated func(i int) *deflate) *listeners {
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.poller.close)
	all := &listeners{loop: l}
	for i := range n {
		a, wire := &Accepted{}, &scarce{room: 1 << 30}
		if deflated != nil {
			a.deflate = deflated(i)
		}
		l.open(wire, a, limits, func(c *Conn) Handler {
			all.conns = append(all.conns, c)
			return &drains{}
		})
		all.wires = append(all.wires, wire)
	}
	return all
}

// drains counts how often it was told that the queue is empty.
type drains struct {
	noHandler
	n int
}

func (d *drains) Drain() { d.n++ }

// finish writes everything that is queued.
func (all *listeners) finish(t testing.TB) {
	for i, c := range all.conns {
		all.wires[i].room = 1 << 30
		fuzzTurn(all.loop, c)
	}
	for i, c := range all.conns {
		if c.pending() || c.out != nil || c.BufferedAmount() != 0 || c.touched {
			t.Fatalf("connection %d has something left", i)
		}
	}
	tape := &all.loop.tape
	for _, f := range tape.frames[:cap(tape.frames)] {
		if f.frame != nil || len(tape.wire) > 0 {
			t.Fatal("the tape has frames that are written")
		}
	}
}

// texts are the payloads of the data frames on a wire.
func texts(t testing.TB, wire []byte) (list []string) {
	for in := bytes.NewReader(wire); in.Len() > 0; {
		h, err := ws.ReadHeader(in)
		if err != nil || h.Length > int64(in.Len()) {
			t.Fatalf("half a frame: %+v, %v", h, err)
		}
		payload := make([]byte, h.Length)
		_, _ = in.Read(payload)
		if h.Rsv != 0 {
			payload = []byte(stdInflate(t, string(payload), nil))
		}
		if h.OpCode.IsData() {
			list = append(list, string(payload))
		}
	}
	return list
}

// Whatever is sent to whom, one by one or to many at once, and however little is
// taken of it at a time: everyone gets what was accepted, in order.
func FuzzTape(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, uint16(seed*97), uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, room uint16, kind uint8) {
		limits := Limits{MaxQueueBytes: 64 << 20}
		if kind%3 == 1 {
			limits.MaxMessagesPerSecond = 1000 // owns a record of when it said something
		}
		all := listen(t, 5, limits.WithDefaults(), func(i int) *deflate {
			if kind%2 == 0 || i%2 == 0 {
				return nil
			}
			return &deflate{level: 1, minBytes: 100}
		})
		m := model{listeners: all, random: rand.New(rand.NewPCG(seed, 1)), sent: make([][]string, 5)}
		for range 30 {
			for range m.random.IntN(40) {
				m.say(t)
			}
			for i, c := range all.conns {
				all.wires[i].room = 1 + m.random.IntN(int(room)+1)
				fuzzTurn(all.loop, c)
			}
		}
		all.finish(t)
		for i, wire := range all.wires {
			if got := texts(t, wire.wrote); strings.Join(got, "\n") != strings.Join(m.sent[i], "\n") {
				t.Fatalf("connection %d got %d messages of %d, or others", i, len(got), len(m.sent[i]))
			}
		}
	})
}

// model sends at random and notes what everyone is to get.
type model struct {
	*listeners
	random *rand.Rand
	sent   [][]string
	n      int
}

// say sends one message to one or more.
func (m *model) say(t testing.TB) {
	m.n++
	text := fmt.Sprint(m.n, strings.Repeat(" x", m.random.IntN(100)))
	if m.random.IntN(20) == 0 {
		text += strings.Repeat("y", m.random.IntN(20000))
	}
	one := m.random.IntN(len(m.conns))
	switch m.random.IntN(8) {
	case 0:
		m.note(t, one, text, m.conns[one].Send(text))
	case 1:
		m.note(t, one, text, m.conns[one].SendBytes([]byte(text)))
	case 2:
		m.note(t, one, text, m.conns[one].SendFrame(EncodeText(text)))
	case 3:
		m.conns[one].pong([]byte("p"))
	default:
		m.toSome(t, EncodeText(text), text)
	}
	for _, c := range m.conns {
		if c.BufferedAmount() < 0 || c.taped.len() > 0 && c.out != nil {
			t.Fatalf("%d bytes are buffered, %d frames on the tape", c.BufferedAmount(), c.taped.len())
		}
	}
}

// toSome sends to a random half of all.
func (m *model) toSome(t testing.TB, f *Frame, text string) {
	list := make([]*Conn, len(m.conns))
	n := 0
	for i, c := range m.conns {
		if m.random.IntN(2) == 0 {
			list[i] = c
			n++
			m.note(t, i, text, true)
		}
	}
	if taken := SendEach(list, f); taken != n {
		t.Fatalf("%d of %d took it", taken, n)
	}
}

func (m *model) note(t testing.TB, i int, text string, taken bool) {
	if !taken {
		t.Fatal("a message was refused")
	}
	m.sent[i] = append(m.sent[i], text)
}

// A write that takes a part of what is on the tape, cut anywhere, leaves the rest
// to later writes.
func TestTapeCutAnywhere(t *testing.T) {
	frames := []*Frame{EncodeText("one"), EncodeText(letters[:200]), EncodeText(""), EncodeText("four")}
	var want []byte
	for _, f := range frames {
		want = append(want, f.wire...)
	}
	for room := range len(want) + 1 {
		all := listen(t, 2, Limits{}.WithDefaults(), nil)
		all.wires[0].room = room
		for _, f := range frames {
			SendEach(all.conns, f)
		}
		if all.conns[0].out != nil || all.conns[0].BufferedAmount() != 207 {
			t.Fatalf("%d bytes are buffered", all.conns[0].BufferedAmount())
		}
		all.loop.flush()
		if !bytes.Equal(all.wires[1].wrote, want) || !bytes.Equal(all.wires[0].wrote, want[:room]) {
			t.Fatalf("room for %d: wrote %q and %q", room, all.wires[0].wrote, all.wires[1].wrote)
		}
		SendEach(all.conns, frames[0])
		all.wires[0].room = 1 << 20
		all.conns[0].writable()
		all.finish(t)
		if again := append(want[:len(want):len(want)], frames[0].wire...); !bytes.Equal(all.wires[0].wrote, again) || !bytes.Equal(all.wires[1].wrote, again) {
			t.Fatalf("room for %d: wrote %q in the end", room, all.wires[0].wrote)
		}
	}
}

// The overflow rule acts on each connection alone, whatever the others do, and
// on what is on the tape as on what is queued.
func TestTapeOverflow(t *testing.T) {
	for _, tt := range []struct {
		overflow Overflow
		want     string // of the one that takes half a frame at first
		state    State
	}{
		{OverflowClose, "0", StateClosing},
		{OverflowDropOldest, "0 7 8 9", StateOpen},
		{OverflowDropNewest, "0 1 2 3", StateOpen},
	} {
		all := listen(t, 3, Limits{MaxQueueBytes: 400, Overflow: tt.overflow}.WithDefaults(), nil)
		all.wires[1].room = 50
		for i := range 10 {
			taken := SendEach(all.conns, EncodeText(fmt.Sprint(i, strings.Repeat(" ", 99))))
			if wanted := 3; i > 3 && tt.overflow != OverflowDropOldest {
				if wanted--; taken != wanted {
					t.Errorf("overflow %d: %d took message %d", tt.overflow, taken, i)
				}
			}
			all.loop.flush()
		}
		if c := all.conns[1]; c.State() != tt.state || c.BufferedAmount() > 400 {
			t.Errorf("overflow %d: state %d, %d bytes", tt.overflow, c.State(), c.BufferedAmount())
		}
		all.wires[1].room = 1 << 20
		all.conns[1].writable()
		all.finish(t)
		for i, want := range []string{"0 1 2 3 4 5 6 7 8 9", tt.want, "0 1 2 3 4 5 6 7 8 9"} {
			if got := strings.Join(strings.Fields(strings.Join(texts(t, all.wires[i].wrote), " ")), " "); got != want {
				t.Errorf("overflow %d: connection %d got %q, not %q", tt.overflow, i, got, want)
			}
		}
	}
}

// More than the tape or the queue has room for is written within the turn.
func TestTapeMakesRoom(t *testing.T) {
	for _, tt := range []struct{ size, count, queue int }{{4000, 100, 1 << 20}, {1, 3000, 1 << 20}, {100, 500, 1000}} {
		all := listen(t, 3, Limits{MaxQueueBytes: tt.queue}.WithDefaults(), nil)
		for i := range tt.count {
			if n := SendEach(all.conns, EncodeText(strings.Repeat("x", tt.size))); n != 3 {
				t.Fatalf("%d took message %d", n, i)
			}
			if n := all.conns[2].BufferedAmount(); n > tt.queue || n > tapeBytes {
				t.Fatalf("%d bytes are buffered", n)
			}
		}
		all.finish(t)
		for i, wire := range all.wires {
			if n := len(texts(t, wire.wrote)); n != tt.count {
				t.Errorf("connection %d got %d messages", i, n)
			}
		}
		if n := all.loop.counts.MessagesOut; n != uint64(3*tt.count) {
			t.Errorf("counted %d", n)
		}
	}
}

// Who waits for a queue that is on the tape is told once it is written, and who
// had much in it too.
func TestTapeDrains(t *testing.T) {
	all := listen(t, 2, Limits{MaxQueueBytes: 1000}.WithDefaults(), nil)
	told := 0
	for range 6 {
		SendEach(all.conns, EncodeText(strings.Repeat("x", 100)))
	}
	if !all.conns[0].WhenDrained(func() { told++ }) {
		t.Error("nothing is queued")
	}
	all.finish(t)
	if told != 1 || all.conns[0].handler.(*drains).n != 1 || all.conns[1].handler.(*drains).n != 1 {
		t.Errorf("told %d times", told)
	}
	if all.conns[0].WhenDrained(func() {}) {
		t.Error("something is queued")
	}
}

// What is on the tape comes before a Close, and is not for those who are closed,
// broken or gone.
func TestTapeAndTheEnd(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		var clients []*client
		var conns []*Conn
		for range 3 {
			clients = append(clients, r.dial())
			conns = append(conns, r.next().conn)
		}
		r.do(func() {
			SendEach(conns, EncodeText("a"))
			SendEach(conns, EncodeText("b"))
			conns[1].Close(1000, "bye")
			conns[2].abort()
			if n := SendEach(append(conns, nil), EncodeText("c")); n != 1 {
				t.Errorf("%d took it", n)
			}
			if conns[2].pending() || conns[2].BufferedAmount() != 0 {
				t.Error("something is queued for one that is gone")
			}
		})
		clients[0].expect("text a", "text b", "text c")
		clients[1].expect("text a", "text b", "close 1000 bye")
		r.do(func() { SendEach(conns, EncodeText("d")) })
		clients[0].expect("text d")
	})
}

// A reader that stops hurts only itself, over real sockets.
func TestTapeBesideOneThatStops(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, deafOne, h := deaf(t, o)
		other := r.dial()
		conns := []*Conn{h.conn, r.next().conn}
		const turns, burst = 300, 10
		text := megabyte[:4000]
		for i := range turns {
			r.do(func() {
				for k := range burst {
					if n := SendEach(conns, EncodeText(fmt.Sprint(i*burst+k, text))); n != 2 {
						t.Errorf("%d took it", n)
					}
				}
			})
			for k := range burst {
				other.expect(fmt.Sprint("text ", i*burst+k, text))
			}
		}
		r.do(func() {
			if h.conn.BufferedAmount() == 0 {
				t.Error("the kernel takes everything")
			}
		})
		for i := range turns * burst {
			deafOne.expect(fmt.Sprint("text ", i, text))
		}
	})
}
