package server

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// clientPatience bounds every wait of a test for the network.
const clientPatience = time.Minute

// Opcodes of RFC 6455 5.2.
const (
	opText   = 1
	opBinary = 2
	opClose  = 8
	opPing   = 9
	opPong   = 10
)

// client is a WebSocket client of a test, as raw as it can be.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
	res  *http.Response // the answer to the handshake
}

// frame is one frame from the server.
type frame struct {
	op   byte
	data []byte
}

// handshake sends an upgrade request for a raw path, with extra header lines, and reads the answer.
func (s *site) handshake(path string, headers ...string) *client {
	s.t.Helper()
	lines := append([]string{
		"GET " + path + " HTTP/1.1", "Host: " + s.addr(), "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
	}, headers...)
	return s.raw(strings.Join(lines, "\r\n") + "\r\n\r\n")
}

// raw sends bytes and reads the head of one answer.
func (s *site) raw(request string) *client {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr())
	if err != nil {
		s.t.Fatal(err)
	}
	if s.tls != nil {
		conn = tls.Client(conn, s.tls)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	c := &client{t: s.t, conn: conn, in: bufio.NewReader(conn)}
	_ = conn.SetDeadline(time.Now().Add(clientPatience))
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	if c.res, err = http.ReadResponse(c.in, &http.Request{Method: method}); err != nil {
		s.t.Fatalf("%q: %v", strings.SplitN(request, "\r\n", 2)[0], err)
	}
	return c
}

// dial opens a WebSocket.
func (s *site) dial(path string, headers ...string) *client {
	s.t.Helper()
	c := s.handshake(path, headers...)
	if c.res.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("%s: %s: %s", path, c.res.Status, c.body())
	}
	return c
}

// body reads the body of an answer that is no upgrade.
func (c *client) body() string {
	c.t.Helper()
	text, err := io.ReadAll(c.res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// send writes one masked frame.
func (c *client) send(op byte, data string) {
	c.t.Helper()
	head := []byte{0x80 | op}
	switch n := len(data); {
	case n < 126:
		head = append(head, 0x80|byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(n))
	}
	head = append(head, 0, 0, 0, 0) // a mask that changes nothing
	c.write(string(append(head, data...)))
}

// read returns the next frame that is no ping.
func (c *client) read() (frame, error) {
	for {
		_ = c.conn.SetDeadline(time.Now().Add(clientPatience))
		f, err := c.readFrame()
		if err != nil || f.op != opPing {
			return f, err
		}
		c.send(opPong, string(f.data))
	}
}

func (c *client) readFrame() (frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return frame{}, err
	}
	n := uint64(head[1] & 0x7f)
	if n >= 126 {
		wide := make([]byte, map[uint64]int{126: 2, 127: 8}[n])
		if _, err := io.ReadFull(c.in, wide); err != nil {
			return frame{}, err
		}
		n = 0
		for _, b := range wide {
			n = n<<8 | uint64(b)
		}
	}
	data := make([]byte, n)
	_, err := io.ReadFull(c.in, data)
	return frame{op: head[0] & 0x0f, data: data}, err
}

// want reads one text and compares.
func (c *client) want(text string) {
	c.t.Helper()
	f, err := c.read()
	if err != nil || f.op != opText || string(f.data) != text {
		c.t.Fatalf("got frame %d %q, %v; want text %q", f.op, f.data, err, text)
	}
}

// ended reads to the closing handshake, answers it, and returns "code reason".
func (c *client) ended() string {
	c.t.Helper()
	for {
		f, err := c.read()
		if err != nil {
			c.t.Fatalf("waiting for a close: %v", err)
		}
		if f.op != opClose {
			continue
		}
		c.send(opClose, string(f.data))
		_ = c.conn.Close()
		if len(f.data) < 2 {
			return "1005 "
		}
		return fmt.Sprintf("%d %s", binary.BigEndian.Uint16(f.data), f.data[2:])
	}
}

// wantEnd checks code and reason of the close.
func (c *client) wantEnd(want string) {
	c.t.Helper()
	if got := c.ended(); got != want {
		c.t.Fatalf("closed with %q, want %q", got, want)
	}
}

// leave closes from this side and waits for the answer.
func (c *client) leave() {
	c.t.Helper()
	c.send(opClose, "\x03\xe8")
	for {
		if f, err := c.read(); err != nil || f.op == opClose {
			break
		}
	}
	_ = c.conn.Close()
}
