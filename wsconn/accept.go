package wsconn

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gobwas/ws"
)

// handshakeWithin bounds the writing of the 101.
const handshakeWithin = 5 * time.Second

// refuseWithin bounds the closing handshake of Refuse.
const refuseWithin = 5 * time.Second

// Accepted is a connection whose opening handshake is done and that no loop has
// adopted yet: the socket and the bytes that arrived behind the request. It
// belongs to whoever holds it, who either gives it to [Loop.Adopt] or closes it.
type Accepted struct {
	conn    net.Conn // nil: it came through a Door, and has
	fd      int      // a descriptor
	peer    netip.AddrPort
	early   []byte   // the first frames, read together with the request
	deflate *deflate // nil: not agreed
}

// Close closes the socket without a closing handshake. It is for connections
// that are never adopted.
func (a *Accepted) Close() error {
	if a.conn == nil {
		return closeSocket(a.fd)
	}
	return a.conn.Close()
}

// Accept takes the connection over from the HTTP server and answers 101, with
// the headers set in w besides those of the handshake. It blocks for at most
// five seconds. After an error the connection is closed, or, if it could not
// be taken over, still the HTTP server's.
func (u *Upgrade) Accept(w http.ResponseWriter) (*Accepted, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("take over the connection: %w", err)
	}
	early, err := u.answer(conn, rw.Reader, w.Header())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("answer the websocket handshake: %w", err), conn.Close())
	}
	return &Accepted{conn: conn, early: early, deflate: u.deflate}, nil
}

// answer writes the 101, clears the HTTP server's deadlines and returns what the
// HTTP server had read ahead.
func (u *Upgrade) answer(conn net.Conn, ahead *bufio.Reader, extra http.Header) ([]byte, error) {
	if err := conn.SetDeadline(time.Now().Add(handshakeWithin)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(u.response(extra)); err != nil {
		return nil, err
	}
	if ahead.Buffered() == 0 {
		return nil, conn.SetDeadline(time.Time{})
	}
	early, err := ahead.Peek(ahead.Buffered())
	if err != nil {
		return nil, err
	}
	return bytes.Clone(early), conn.SetDeadline(time.Time{})
}

// Refuse accepts the handshake only to close the connection with code and
// reason, which a browser can read where it could not read an HTTP status. It
// blocks the HTTP handler until the peer has closed its side, at most ten
// seconds. Illegal codes are sent as by [Conn.Close].
func (u *Upgrade) Refuse(w http.ResponseWriter, code int, reason string) error {
	a, err := u.Accept(w)
	if err != nil {
		return err
	}
	body := closeBody(code, reason)
	frame := append(appendHeader(nil, ws.OpClose, len(body)), body...)
	return errors.Join(sayGoodbye(a.conn, frame), a.Close())
}

// sayGoodbye writes the last frame, ends the writing side, and reads until the
// peer does the same: closing with unread input would make the kernel reset the
// connection and drop the frame.
func sayGoodbye(conn net.Conn, frame []byte) error {
	if err := conn.SetDeadline(time.Now().Add(refuseWithin)); err != nil {
		return err
	}
	if _, err := conn.Write(frame); err != nil {
		return fmt.Errorf("refuse a websocket: %w", err)
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("refuse a websocket: %w", err)
		}
	}
	_, _ = io.Copy(io.Discard, conn) // however the peer ends it, it is over
	return nil
}
