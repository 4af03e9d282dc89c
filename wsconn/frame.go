package wsconn

import (
	"encoding/binary"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// Frame is one message in its wire form, made once and sent to many
// connections. It is immutable and may be shared between goroutines.
type Frame struct {
	wire   []byte
	head   int                         // bytes of the header
	shared atomic.Pointer[packedFrame] // made when a connection wants it compressed
}

// EncodeText makes the frame of a text message. text must be valid UTF-8, as
// every text a Handler was given is; RFC 6455 5.6 makes the peer close the
// connection otherwise.
func EncodeText(text string) *Frame {
	wire := appendHeader(make([]byte, 0, headerRoom+len(text)), ws.OpText, len(text))
	return &Frame{head: len(wire), wire: append(wire, text...)}
}

// EncodeBinary makes the frame of a binary message. It copies data.
func EncodeBinary(data []byte) *Frame {
	wire := appendHeader(make([]byte, 0, headerRoom+len(data)), ws.OpBinary, len(data))
	return &Frame{head: len(wire), wire: append(wire, data...)}
}

// Len returns the number of payload bytes.
func (f *Frame) Len() int { return len(f.wire) - f.head }

// entry is f in a queue.
func (f *Frame) entry() entry {
	return entry{op: ws.OpCode(f.wire[0] & 0x0F), head: uint8(f.head), data: f.wire}
}

// headerRoom is the largest header of a frame to a client, which has no mask.
const headerRoom = ws.MaxHeaderSize - 4

// appendHeader appends the header of a final, unmasked frame (RFC 6455 5.2).
func appendHeader(dst []byte, op ws.OpCode, length int) []byte {
	first := 0x80 | byte(op)
	switch {
	case length < 126:
		return append(dst, first, byte(length))
	case length < 1<<16:
		return append(dst, first, 126, byte(length>>8), byte(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(length))
	}
}

// headerSize is the size of the header appendHeader makes.
func headerSize(length int) int {
	return ws.HeaderSize(ws.Header{Length: int64(length)})
}
