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
	// Knock is offered every plain request that was read whole, WebSocket
	// handshakes among them, on the door's goroutine; it must not block. It takes
	// a handshake with k.Accept, and the connection of another request with
	// [Loop.AdoptHTTP]. Otherwise the request goes the way of all that are not
	// plain, as if nobody had looked at it. Its body is valid while Knock runs.
	Knock func(r *http.Request, k *Knocking)
	// Room reports whether one more connection may be taken while this many have
	// not sent anything yet, or are on their way to Accept; nil: always. A connection for which there is no room
	// is closed.
	Room func(waiting int) bool
	// Silent is told of each connection that is closed because it has sent nothing
	// for HeaderTime, on the door's goroutine; it must not block. Nil: nobody is.
	Silent func(peer netip.AddrPort)
	// HeaderTime is how long a connection may take to send its first request's
	// header; default 5 s. Then it is closed.
	HeaderTime time.Duration
	// MaxHeaderBytes is the largest request that is read here; default 4 KiB,
	// which is also the most. Larger ones are not plain.
	MaxHeaderBytes int
	// Log receives what goes wrong with the listening socket. Default: nothing is
	// logged.
	Log *slog.Logger
}

// maxKnockBytes bounds the requests that a Door reads.
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
	if o.Silent == nil {
		o.Silent = func(netip.AddrPort) {}
	}
	if o.Room == nil {
		o.Room = func(int) bool { return true }
	}
	return o
}

// Knocking is a request at a [Door] that has not been answered, for as long as
// Knock runs.
type Knocking struct {
	door  *Door
	fd    int
	peer  netip.AddrPort
	data  []byte // what was read
	early []byte // what of it came behind the request
	taken bool
}

// Parcel is what goes with a connection from a loop to whoever accepts it from
// the [Door]: what is known of its first request already.
type Parcel interface {
	// Lost is called when nobody accepts the connection, on any goroutine.
	Lost()
}

// ParcelOf is what came with a connection that a [Door] has accepted; nil when
// nothing did.
func ParcelOf(conn net.Conn) Parcel {
	if v, ok := conn.(*visitor); ok {
		return v.parcel
	}
	return nil
}

// HeaderBy is when the header of the first request must be there, for a
// connection that a [Door] has accepted and no deadline was set for yet.
func HeaderBy(conn net.Conn) (by time.Time, ok bool) {
	if v, ok := conn.(*visitor); ok {
		return v.by, !v.by.IsZero()
	}
	return time.Time{}, false
}

// visitor is a connection that a Door hands on: what was read comes first, and
// the first deadline for reading is no later than what is left of HeaderTime.
type visitor struct {
	*net.TCPConn
	read   []byte
	by     time.Time // zero once the first deadline is set
	parcel Parcel
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
