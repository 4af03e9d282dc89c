// Package attack is what hostile clients do to a WebSocket server, and what it costs the server: attacks over raw
// sockets, readings of the server's process, and a well-behaved client that measures how it fares meanwhile.
package attack

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// First bytes of frames (RFC 6455 5.2).
const (
	Fin          = 0x80
	RSV1         = 0x40
	Continuation = 0x0
	Text         = 0x1
	Binary       = 0x2
	Close        = 0x8
	Ping         = 0x9
	Pong         = 0xA
)

// patience bounds every wait for the server.
const patience = 90 * time.Second

// Target is the server under attack.
type Target struct {
	Address string      // host:port
	Path    string      // of an echo route
	TLS     *tls.Config // nil: plain
}

// Conn is a connection, by TLS or not, and what only its socket can do.
type Conn struct {
	net.Conn
	socket *net.TCPConn
}

// SetLinger is the socket's: with 0 closing resets.
func (c *Conn) SetLinger(seconds int) error { return c.socket.SetLinger(seconds) }

// SetReadBuffer is the socket's.
func (c *Conn) SetReadBuffer(bytes int) error { return c.socket.SetReadBuffer(bytes) }

// CloseWrite ends this side.
func (c *Conn) CloseWrite() (err error) {
	if secure, ok := c.Conn.(*tls.Conn); ok {
		err = secure.CloseWrite()
	}
	return errors.Join(err, c.socket.CloseWrite())
}

// Close closes the socket, without the farewell of TLS.
func (c *Conn) Close() error { return c.socket.Close() }

// Dial connects, and sends nothing. The connection has a deadline far away. By TLS the first byte that is written, or waited
// for, brings its handshake.
func (t Target) Dial(ctx context.Context) (*Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.Address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c := &Conn{conn, conn.(*net.TCPConn)}
	if t.TLS != nil {
		c.Conn = tls.Client(conn, t.TLS)
	}
	return c, nil
}

// Peer is an open WebSocket, as raw as can be. It is for one goroutine that reads and one that writes.
type Peer struct {
	*Conn
	in *bufio.Reader
}

// Open completes a handshake, with more header lines if given, each ended by CR LF.
func (t Target) Open(ctx context.Context, lines string) (*Peer, error) {
	conn, err := t.Dial(ctx)
	if err != nil {
		return nil, err
	}
	p := &Peer{conn, bufio.NewReaderSize(conn, 512)}
	if err := p.handshake(t.request(lines)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return p, nil
}

func (t Target) request(lines string) string {
	return "GET " + t.Path + " HTTP/1.1\r\nHost: " + t.Address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + lines + "\r\n"
}

func (p *Peer) handshake(request string) error {
	if _, err := io.WriteString(p, request); err != nil {
		return err
	}
	res, err := http.ReadResponse(p.in, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the handshake was answered %s", res.Status)
	}
	return nil
}

// Header is that of a frame of n bytes with a mask of zeros, which changes nothing; the payload may follow or not.
func Header(first byte, n int) []byte {
	switch {
	case n < 126:
		return []byte{first, 0x80 | byte(n), 0, 0, 0, 0}
	case n < 1<<16:
		return append(binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(n)), 0, 0, 0, 0)
	default:
		return append(binary.BigEndian.AppendUint64([]byte{first, 0x80 | 127}, uint64(n)), 0, 0, 0, 0)
	}
}

// Frame is a whole frame.
func Frame(first byte, payload string) []byte { return append(Header(first, len(payload)), payload...) }

// Read returns the next frame.
func (p *Peer) Read() (first byte, payload []byte, err error) {
	var head [10]byte
	if _, err := io.ReadFull(p.in, head[:2]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	switch n {
	case 126:
		_, err = io.ReadFull(p.in, head[2:4])
		n = uint64(binary.BigEndian.Uint16(head[2:]))
	case 127:
		_, err = io.ReadFull(p.in, head[2:])
		n = binary.BigEndian.Uint64(head[2:])
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(p.in, payload)
	return head[0], payload, err
}

// WaitClose reads until the server's Close and returns its code.
func (p *Peer) WaitClose() (code int, err error) {
	for {
		first, payload, err := p.Read()
		switch {
		case err != nil:
			return 0, fmt.Errorf("waiting for a close: %w", err)
		case first == Fin|Close && len(payload) >= 2:
			return int(binary.BigEndian.Uint16(payload)), nil
		case first == Fin|Close:
			return 1005, nil
		}
	}
}

// WaitEnd reads until the connection has ended, in order or not.
func (p *Peer) WaitEnd() error { return waitEnd(p.in) }

func waitEnd(in io.Reader) error {
	_, err := io.Copy(io.Discard, in)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return errors.New("the server did not end the connection")
	}
	return nil
}
