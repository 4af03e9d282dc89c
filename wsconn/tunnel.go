package wsconn

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// Tunnel is the far end of a connection whose messages travel by other means
// than a WebSocket of the client's: whoever holds it plays the peer. To the loop
// that adopts the near end it is a connection like every other, with the same
// limits, queues, heartbeat and closing handshake.
//
// Read is called from one goroutine, the other methods from any.
type Tunnel struct {
	conn     net.Conn
	in       *bufio.Reader
	room     chan struct{} // holds a token while nothing waits to be written
	done     chan struct{} // closed by Close
	writers  sync.WaitGroup
	sent     atomic.Bool // a Close
	received atomic.Bool // a Close

	mu     sync.Mutex
	closed bool
}

// PacketKind tells what a [Packet] is.
type PacketKind int

// The kinds of packets.
const (
	PacketText PacketKind = iota
	PacketBinary
	PacketPing
	PacketPong
	PacketClose
)

// Packet is one message, or one of the engine's own, as it goes through a
// [Tunnel].
type Packet struct {
	Kind   PacketKind
	Data   []byte // of all but PacketClose; a ping's and a pong's at most 125 bytes
	Code   int    // of PacketClose; 1005 none
	Reason string // of PacketClose
}

// ErrTunnelClosed is what Offer answers when the connection has ended.
var ErrTunnelClosed = errors.New("the connection has ended")

// NewTunnel makes a connection: the near end is for [Loop.Adopt] or to be
// closed, the tunnel is to be closed by whoever plays the peer.
func NewTunnel() (*Tunnel, *Accepted) {
	near, far := net.Pipe()
	end := &tunnelEnd{Conn: near}
	t := &Tunnel{conn: far, room: make(chan struct{}, 1), done: make(chan struct{})}
	t.in = bufio.NewReader(&countedReader{far, &end.taken})
	t.room <- struct{}{}
	return t, &Accepted{conn: end}
}

// tunnelEnd is the end that a loop adopts. It knows how much of what was written
// has been taken.
type tunnelEnd struct {
	net.Conn
	taken atomic.Int64
	seen  int64
}

func (e *tunnelEnd) progress() bool {
	before := e.seen
	e.seen = e.taken.Load()
	return e.seen > before
}

type countedReader struct {
	from io.Reader
	n    *atomic.Int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.n.Add(int64(n))
	return n, err
}

// Read waits for the next packet from the loop's side. After a PacketClose, which it
// answers itself, and after an end without one, the error is io.EOF; with it the
// connection is over.
func (t *Tunnel) Read() (Packet, error) {
	if t.received.Load() {
		<-t.done // the loop waits for the answer no longer than Limits.CloseWithin
		return Packet{}, io.EOF
	}
	h, err := ws.ReadHeader(t.in)
	if err != nil {
		return Packet{}, io.EOF
	}
	data := make([]byte, h.Length)
	if _, err := io.ReadFull(t.in, data); err != nil {
		return Packet{}, io.EOF
	}
	if h.OpCode == ws.OpClose {
		return t.readClose(data), nil
	}
	return Packet{Kind: packetKinds[h.OpCode], Data: data}, nil
}

var packetKinds = map[ws.OpCode]PacketKind{
	ws.OpText: PacketText, ws.OpBinary: PacketBinary, ws.OpPing: PacketPing, ws.OpPong: PacketPong,
}

// readClose answers a Close, or ends the connection when this was the answer.
func (t *Tunnel) readClose(body []byte) Packet {
	code, reason, _ := parseClose(body)
	t.received.Store(true)
	if t.sent.Load() {
		t.Close()
		return Packet{Kind: PacketClose, Code: code, Reason: reason}
	}
	t.start(func() {
		_, _ = t.conn.Write(maskedFrame(nil, ws.OpClose, body)) // between frames: a pipe's writes do not mix
		t.Close()
	})
	return Packet{Kind: PacketClose, Code: code, Reason: reason}
}

// Buffered reports whether a packet, or a part of one, can be read without waiting.
func (t *Tunnel) Buffered() bool { return t.in.Buffered() > 0 }

// Offer hands packets to the loop's side, all or none: when those offered before
// have been taken it returns nil, and they follow in order. It waits for that
// until ctx is done, whose error it then returns, or until the connection has
// ended. It does not keep packets.
func (t *Tunnel) Offer(ctx context.Context, packets []Packet) error {
	select {
	case <-t.room:
	case <-t.done:
		return ErrTunnelClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	var wire []byte
	last := false
	for _, p := range packets {
		if last {
			break // nothing comes behind a Close
		}
		wire = p.appendTo(wire)
		last = p.Kind == PacketClose
	}
	if !t.start(func() { t.write(wire, last) }) {
		return ErrTunnelClosed
	}
	return nil
}

// start runs fn on a goroutine that Wait waits for; false: it is too late.
func (t *Tunnel) start(fn func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.writers.Go(fn)
	}
	return !t.closed
}

// write is the writer goroutine. It ends with the connection.
func (t *Tunnel) write(wire []byte, last bool) {
	_, err := t.conn.Write(wire)
	if last {
		if t.sent.Store(true); t.received.Load() {
			t.Close()
		}
		return // the room is never free again
	}
	if err == nil {
		t.room <- struct{}{}
	}
}

func (p *Packet) appendTo(wire []byte) []byte {
	switch p.Kind {
	case PacketClose:
		if p.Code == 1005 {
			return maskedFrame(wire, ws.OpClose, nil)
		}
		return maskedFrame(wire, ws.OpClose, closeBody(p.Code, p.Reason))
	case PacketBinary:
		return maskedFrame(wire, ws.OpBinary, p.Data)
	case PacketPing:
		return maskedFrame(wire, ws.OpPing, p.Data)
	case PacketPong:
		return maskedFrame(wire, ws.OpPong, p.Data)
	}
	return maskedFrame(wire, ws.OpText, p.Data)
}

// maskedFrame appends a client's frame, whose mask changes nothing: there is no
// network to keep it from (RFC 6455 10.3).
func maskedFrame(wire []byte, op ws.OpCode, data []byte) []byte {
	at := len(wire)
	wire = appendHeader(wire, op, len(data))
	wire[at+1] |= 0x80
	wire = binary.BigEndian.AppendUint32(wire, 0)
	return append(wire, data...)
}

// Close ends the connection, without a closing handshake unless that is over.
// Repeated calls do nothing.
func (t *Tunnel) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	close(t.done)
	_ = t.conn.Close() // a pipe's never fails
}

// Wait returns when no goroutine of the tunnel is left, which is soon after
// Close.
func (t *Tunnel) Wait() { t.writers.Wait() }

// SelectProtocol is [Upgrade.SelectProtocol] for the peer of a tunnel, whose
// handshake is not a WebSocket's but has the same header.
func SelectProtocol(header http.Header, supported []string) string {
	offered, _ := parseProtocols(header["Sec-Websocket-Protocol"])
	return (&Upgrade{offered: offered}).SelectProtocol(supported)
}
