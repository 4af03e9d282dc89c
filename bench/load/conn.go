package load

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

type state int

const (
	handshaking state = iota
	open
	closed
)

// maxHeadBytes bounds the answer to a handshake.
const maxHeadBytes = 8 << 10

// handshakeKey and handshakeAccept are the pair of RFC 6455, section 1.3.
const (
	handshakeKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	handshakeAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

func handshakeRequest(port int, path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", path, port, handshakeKey)
}

// conn is one connection of a loop. What it sends comes from a pattern that is repeated without end: owed counts the bytes of it
// that are due, and offset is the position reached.
type conn struct {
	fd       int
	slot     int32
	state    state
	head     []byte
	scan     Scanner
	pattern  []byte
	offset   int
	owed     int
	watching uint32

	// For the measurements: messages received, and when those in flight were sent (a ring).
	received int64
	sent     []int64
	next     int
}

// repeat sets the pattern.
func (c *conn) repeat(pattern []byte) { c.pattern, c.offset, c.owed = pattern, 0, 0 }

// flush writes what is due, as far as the socket takes it.
func (c *conn) flush() error {
	for c.owed > 0 {
		part := c.pattern[c.offset:min(len(c.pattern), c.offset+c.owed)]
		n, err := unix.Write(c.fd, part)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("writing: %w", err)
		}
		c.owed -= n
		c.offset += n
		if c.offset == len(c.pattern) {
			c.offset = 0
		}
	}
	return nil
}

// answer takes bytes of the handshake's answer and returns those after it, once it is whole.
func (c *conn) answer(data []byte) (rest []byte, err error) {
	c.head = append(c.head, data...)
	end := bytes.Index(c.head, []byte("\r\n\r\n"))
	if end < 0 {
		if len(c.head) > maxHeadBytes {
			return nil, errors.New("handshake: the answer has no end")
		}
		return nil, nil
	}
	head, rest := c.head[:end], c.head[end+4:]
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) || !bytes.Contains(head, []byte(handshakeAccept)) {
		return nil, fmt.Errorf("handshake refused: %.120q", head)
	}
	c.head, c.state = nil, open
	return rest, nil
}
