package wsconn

import (
	"context"
	"errors"
	"testing"
)

// tunnelTo opens a tunnel to a recorder on a loop.
func tunnelTo(t *testing.T, limits Limits) (*Tunnel, *recorder, *rig) {
	t.Helper()
	l, _ := runLoop(t, LoopOptions{})
	far, near := NewTunnel()
	t.Cleanup(func() {
		far.Close()
		far.Wait()
	})
	opened := make(chan *recorder, 1)
	l.Adopt(near, limits, func(c *Conn) Handler {
		h := &recorder{conn: c, events: make(chan string, 10)}
		opened <- h
		return h
	})
	return far, await(t, opened, "open"), &rig{t: t, loop: l}
}

func (t *Tunnel) expect(tb testing.TB, want ...Packet) {
	tb.Helper()
	for _, w := range want {
		got, err := t.Read()
		if err != nil || got.Kind != w.Kind || string(got.Data) != string(w.Data) || got.Code != w.Code || got.Reason != w.Reason {
			tb.Fatalf("read %+v %v, want %+v", got, err, w)
		}
	}
}

// Messages go both ways, and whoever closes first gets the other's answer.
func TestTunnel(t *testing.T) {
	for name, byPeer := range map[string]bool{"closed by the peer": true, "closed by the handler": false} {
		t.Run(name, func(t *testing.T) {
			far, h, r := tunnelTo(t, Limits{})
			if err := far.Offer(t.Context(), []Packet{{Data: []byte("hello")}, {Kind: PacketBinary, Data: []byte{1}}, {Kind: PacketPing, Data: []byte("p")}}); err != nil {
				t.Fatal(err)
			}
			h.expect(t, "text hello", "binary 01")
			far.expect(t, Packet{Kind: PacketPong, Data: []byte("p")})
			r.do(func() { h.conn.Send("answer"); h.conn.SendBytes([]byte{2}) })
			far.expect(t, Packet{Data: []byte("answer")}, Packet{Kind: PacketBinary, Data: []byte{2}})
			if byPeer {
				if err := far.Offer(t.Context(), []Packet{{Kind: PacketClose, Code: 4000, Reason: "bye"}, {Data: []byte("late")}}); err != nil {
					t.Fatal(err)
				}
				far.expect(t, Packet{Kind: PacketClose, Code: 4000})
			} else {
				r.do(func() { h.conn.Close(4000, "bye") })
				far.expect(t, Packet{Kind: PacketClose, Code: 4000, Reason: "bye"})
			}
			h.expect(t, "closed 4000 bye")
			if p, err := far.Read(); err == nil {
				t.Errorf("behind the Close comes %+v", p)
			}
			far.Wait()
			if err := far.Offer(t.Context(), []Packet{{}}); !errors.Is(err, ErrTunnelClosed) {
				t.Errorf("offered behind the end: %v", err)
			}
		})
	}
}

// What the loop does not take is not offered twice, and the wait for it ends.
func TestTunnelHasNoRoom(t *testing.T) {
	far, h, r := tunnelTo(t, Limits{MaxBacklogMessages: 1})
	r.do(h.conn.Hold)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	many := make([]Packet, 64)
	for i := range many {
		many[i] = Packet{Kind: PacketBinary, Data: make([]byte, 2*idleReadBytes)}
	}
	if err := far.Offer(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	if err := far.Offer(ctx, many); !errors.Is(err, context.Canceled) {
		t.Fatalf("offered more than is taken: %v", err)
	}
	far.Close()
	if _, err := far.Read(); err == nil {
		t.Error("a closed tunnel can be read")
	}
	r.do(h.conn.Release)
}
