package wsconn

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// client is the peer: a socket, and frames as raw as a test wants them.
type client struct {
	net.Conn
	t  testing.TB
	in *bufio.Reader
}

const request = "GET /x HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"

// dial opens a WebSocket, sending early right behind the request.
func (r *rig) dial(early ...[]byte) *client { return r.dialWith("", early...) }

func (r *rig) dialWith(headers string, early ...[]byte) *client {
	r.t.Helper()
	c := r.dialRaw()
	c.send(append([]byte(fmt.Sprintf(request, r.server.Listener.Addr(), headers)), bytes.Join(early, nil)...))
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		r.t.Fatal(err)
	}
	if got := resp.Header.Get("Sec-WebSocket-Accept"); resp.StatusCode != 101 || got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		r.t.Fatalf("handshake answered %s, accept %q", resp.Status, got)
	}
	return c
}

func (r *rig) dialRaw() *client {
	r.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(r.t.Context(), "tcp", r.server.Listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	if r.o.tls {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	return &client{Conn: conn, t: r.t, in: bufio.NewReader(conn)}
}

func (c *client) send(parts ...[]byte) {
	c.t.Helper()
	if _, err := c.Write(bytes.Join(parts, nil)); err != nil {
		c.t.Fatal(err)
	}
}

// read returns the next frame, written as "fin opcode payload".
func (c *client) read() (string, error) {
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return "", err
	}
	if head[1]&0x80 != 0 {
		return "", errors.New("the server masks")
	}
	size := int(head[1])
	switch size {
	case 126:
		var more [2]byte
		if _, err := io.ReadFull(c.in, more[:]); err != nil {
			return "", err
		}
		size = int(binary.BigEndian.Uint16(more[:]))
	case 127:
		var more [8]byte
		if _, err := io.ReadFull(c.in, more[:]); err != nil {
			return "", err
		}
		size = int(binary.BigEndian.Uint64(more[:]))
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(c.in, payload); err != nil {
		return "", err
	}
	return describe(head[0], payload), nil
}

// describe writes a frame the way tests expect it.
func describe(first byte, payload []byte) string {
	switch first {
	case 0x81:
		return "text " + string(payload)
	case 0x82:
		return fmt.Sprintf("binary %x", payload)
	case 0x88:
		if len(payload) == 0 {
			return "close"
		}
		return strings.TrimSpace(fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:]))
	case 0x89:
		return "ping " + string(payload)
	case 0x8A:
		return "pong " + string(payload)
	}
	return fmt.Sprintf("frame %#x %q", first, payload)
}

// expect reads exactly these frames; "eof" is the end of the stream, without a
// reset.
func (c *client) expect(frames ...string) {
	c.t.Helper()
	for _, want := range frames {
		got, err := c.read()
		if want == "eof" {
			if !errors.Is(err, io.EOF) {
				c.t.Fatalf("read %q, %v instead of the end", short(got), err)
			}
			continue
		}
		if err != nil {
			c.t.Fatalf("read %v instead of %q", err, short(want))
		}
		if got != want && !(strings.HasSuffix(want, "...") && strings.HasPrefix(got, strings.TrimSuffix(want, "..."))) {
			c.t.Fatalf("read %q instead of %q", short(got), short(want))
		}
	}
}

// First bytes of frames.
const (
	fin  = 0x80
	cont = 0x0
	text = 0x1
	bin  = 0x2
	clos = 0x8
	ping = 0x9
	pong = 0xA
	rsv1 = 0x40
	rsv2 = 0x20
	rsv3 = 0x10
)

var testMask = [4]byte{0x37, 0xFA, 0x21, 0x3D}

// frame makes a masked frame.
func frame(first byte, payload string) []byte {
	head := appendHeader(nil, 0, len(payload))
	head[0] = first
	head[1] |= 0x80
	return append(append(head, testMask[:]...), mask(payload)...)
}

func mask(payload string) []byte {
	out := []byte(payload)
	for i := range out {
		out[i] ^= testMask[i%4]
	}
	return out
}

// closing makes the payload of a Close.
func closing(code int, reason string) string {
	return string([]byte{byte(code >> 8), byte(code)}) + reason
}
