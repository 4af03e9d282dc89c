package wsconn

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// DoorOptions sets up a [Door].
type DoorOptions struct {
	// Knock is offered every WebSocket handshake that was read whole, on the
	// door's goroutine; it must not block. It takes it with k.Accept. Otherwise
	// the handshake goes the way of every other request, as if nobody had looked
	// at it.
	Knock func(r *http.Request, k *Knocking)
	// Room reports whether one more connection may be taken while this many have
	// not sent anything yet; nil: always. A connection for which there is no room
	// is closed.
	Room func(waiting int) bool
	// HeaderTime is how long a connection may take to send its first request's
	// header; default 5 s. Then it is closed.
	HeaderTime time.Duration
	// MaxHeaderBytes is the largest handshake that is read here; default 4 KiB,
	// which is also the most. Larger ones go the way of every other request.
	MaxHeaderBytes int
	// Log receives what goes wrong with the listening socket. Default: nothing is
	// logged.
	Log *slog.Logger
}

// maxKnockBytes bounds the handshakes that a Door reads.
const maxKnockBytes = 4 << 10

func (o DoorOptions) withDefaults() DoorOptions {
	if o.HeaderTime <= 0 {
		o.HeaderTime = 5 * time.Second
	}
	if o.MaxHeaderBytes <= 0 || o.MaxHeaderBytes > maxKnockBytes {
		o.MaxHeaderBytes = maxKnockBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Room == nil {
		o.Room = func(int) bool { return true }
	}
	return o
}

// Knocking is a handshake at a [Door] that has not been answered, for as long as
// Knock runs.
type Knocking struct {
	fd    int
	peer  netip.AddrPort
	early []byte // what came behind the handshake
	taken bool
}

// visitor is a connection that a Door hands on: what was read comes first, and
// the first deadline for reading is no later than what is left of HeaderTime.
type visitor struct {
	*net.TCPConn
	read []byte
	by   time.Time // zero once the first deadline is set
}

// NetConn is the socket.
func (v *visitor) NetConn() net.Conn { return v.TCPConn }

// Read reads what the door has read, then the socket.
func (v *visitor) Read(p []byte) (int, error) {
	if len(v.read) == 0 {
		return v.TCPConn.Read(p)
	}
	n := copy(p, v.read)
	if v.read = v.read[n:]; len(v.read) == 0 {
		v.read = nil
	}
	return n, nil
}

// SetReadDeadline sets the deadline, the first one at most to when the header's
// time is over.
func (v *visitor) SetReadDeadline(t time.Time) error {
	if !v.by.IsZero() {
		if t.IsZero() || t.After(v.by) {
			t = v.by
		}
		v.by = time.Time{}
	}
	return v.TCPConn.SetReadDeadline(t)
}

// tcpOf returns the socket under conn; ok is false when it has none, or when
// something is between them that would be lost.
func tcpOf(conn net.Conn) (tcp *net.TCPConn, ok bool) {
	switch c := conn.(type) {
	case *net.TCPConn:
		return c, true
	case *visitor:
		return c.TCPConn, len(c.read) == 0
	}
	return nil, false
}
