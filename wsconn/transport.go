package wsconn

import "net"

// transport moves bytes between a Conn and its peer without ever blocking the
// loop, whose goroutine calls all of it. What it reads it gives to Conn.receive;
// Conn.lost follows the last byte.
type transport interface {
	// start begins reading for c.
	start(c *Conn) error
	// reading stops reading or goes on with it. It is on after start.
	reading(on bool)
	// write takes the bytes of vec from the front, as many as it can, and
	// returns how many. It does not keep vec. After an error it takes no more.
	write(vec [][]byte) (int, error)
	// full says that write took less than it was given: Conn.writable is to be
	// called when there is room. full(false) ends that.
	full(on bool)
	// busy reports whether bytes that write took are still on their way to the
	// kernel. Conn.writable is called when they are there.
	busy() bool
	// progress reports whether the peer has taken some of what is with the
	// kernel since the last call. It is false where that cannot be known.
	progress() bool
	// shutdown ends the writing side, when it is not busy; reading goes on.
	shutdown()
	// hurry says that the loop is about to wait for what write has taken.
	hurry()
	// close lets go of the connection at once. Later calls do nothing.
	close()
	// remoteAddr is the peer's address, also after close.
	remoteAddr() net.Addr
}

// newTransport chooses the transport for an accepted connection, whose socket
// belongs to it from then on. sendBuffer is Limits.SendBufferBytes.
func (l *Loop) newTransport(a *Accepted, sendBuffer int) transport {
	if a.conn == nil {
		return l.fromDoor(a, sendBuffer)
	}
	if !l.portable {
		if p, ok := newPolled(l.poller, a.conn, sendBuffer); ok {
			return p
		}
	}
	return newPortable(l, a.conn, sendBuffer)
}
