package testrun

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase/modules/suite"
)

// maxInput bounds what a client may have sent that the server has not read.
const maxInput = 64 << 20

// conn is both ends of a connection without a socket: the server has it as a [net.Conn], the test as a [suite.Conn]. What the
// server writes is taken apart at once, on the goroutine that writes.
type conn struct {
	peer    netip.AddrPort
	decoder decoder

	mu      sync.Mutex
	change  sync.Cond
	input   []byte // for the server to read
	eof     bool   // after input there is nothing
	closed  bool   // by the server
	reading bool   // the server waits for input
	until   time.Time
	wake    *time.Timer
	sent    uint64 // pieces of input so far
}

func newConn(peer netip.AddrPort, opened func(*head), receive func(suite.Frame)) *conn {
	c := &conn{peer: peer}
	c.change.L = &c.mu
	c.decoder = decoder{opened: opened, receive: receive, pong: c.pong, goodbye: c.goodbye}
	return c
}

// --- the server's end ---

// Read implements [net.Conn].
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.input) == 0 {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case c.eof:
			return 0, io.EOF
		case !c.until.IsZero() && !time.Now().Before(c.until):
			return 0, os.ErrDeadlineExceeded
		}
		c.reading = true
		c.change.Wait()
		c.reading = false
	}
	n := copy(p, c.input)
	if c.input = c.input[n:]; len(c.input) == 0 {
		c.input = nil
	}
	return n, nil
}

// Write implements [net.Conn].
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return 0, net.ErrClosed
	}
	if err := c.decoder.take(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// CloseWrite is the server's end of what it writes.
func (c *conn) CloseWrite() error {
	c.decoder.lost()
	c.end()
	return nil
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	c.mu.Lock()
	c.closed = true
	if c.wake != nil {
		c.wake.Stop()
	}
	c.mu.Unlock()
	c.change.Broadcast()
	c.decoder.lost()
	return nil
}

// LocalAddr implements [net.Conn].
func (c *conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(netip.AddrPort{}) }

// RemoteAddr implements [net.Conn].
func (c *conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.peer) }

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetWriteDeadline implements [net.Conn]; nothing that is written waits.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline implements [net.Conn].
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	if c.wake != nil {
		c.wake.Stop()
	}
	if !t.IsZero() && !c.closed {
		c.wake = time.AfterFunc(time.Until(t)+time.Millisecond, c.change.Broadcast)
	}
	return nil
}

// --- the test's end ---

func (c *conn) give(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.eof || c.closed || len(c.input)+len(p) > maxInput {
		return
	}
	c.sent++
	c.input = append(c.input, p...)
	c.change.Broadcast()
}

// end is the end of what the client sends.
func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent++
	c.eof = true
	c.change.Broadcast()
}

// Send implements [suite.Conn].
func (c *conn) Send(text string) { c.give(encode(opText, []byte(text))) }

// SendBytes implements [suite.Conn].
func (c *conn) SendBytes(data []byte) { c.give(encode(opBinary, data)) }

// Close of the test's end is closing; it is another method, as [net.Conn] has that name.
func (c *conn) startClose(code int, reason string) {
	if !c.decoder.closing() {
		return
	}
	c.give(encode(opClose, closeBody(code, reason)))
}

// Drop implements [suite.Conn].
func (c *conn) Drop() {
	c.end()
	c.decoder.lost()
}

func (c *conn) pong(payload []byte) { c.give(encode(opPong, payload)) }

// goodbye answers the server's close frame, unless that was the answer.
func (c *conn) goodbye(code int, answer bool) {
	if answer {
		c.give(encode(opClose, closeBody(code, "")))
	}
	c.end()
}

// work is how much the client has sent, and whether the server has yet to take some of it.
func (c *conn) work() (total uint64, busy, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent, !c.closed && (!c.reading || len(c.input) > 0 || c.eof), c.closed
}

// client is the test's end as a [suite.Conn].
type client struct{ *conn }

// Close implements [suite.Conn].
func (c client) Close(code int, reason string) { c.startClose(code, reason) }

var errMalformed = errors.New("what the server wrote is no WebSocket")
