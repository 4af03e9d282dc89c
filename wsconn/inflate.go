package wsconn

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

const (
	// inflateWindow is how far back a peer may refer (15 bits).
	inflateWindow = 32 << 10
	// inflateKeep is the most a loop keeps for the next message to inflate into:
	// what a message beyond the default limit needs.
	inflateKeep = 1<<20 + 1
	// maxStreams bounds the final blocks in one message, each of which begins
	// the decompressor anew.
	maxStreams = 256
)

// deflateTail is what a sender leaves out (RFC 7692 7.2.2), and a final block so
// that the decompressor ends.
const deflateTail = "\x00\x00\xff\xff" + "\x01\x00\x00\xff\xff"

// errDeflate is 1007, as from other servers: the RFCs only say that the
// connection fails, and the data is not what its type says.
var errDeflate = violation{1007, "the compressed data is corrupt"}

// packedLimit bounds a compressed message on the wire. No sensible compressor
// makes a message larger by more than an eighth.
func packedLimit(limit int) int { return limit + limit/8 + 64 }

// inflater decompresses the messages of a loop, one after the other. The zero
// value is ready.
type inflater struct {
	reader io.ReadCloser // also a flate.Resetter; nil before the first message
	source bytes.Reader
	buf    []byte
}

// inflate decompresses a message of at most limit bytes. What it returns is
// valid until the next call, or for good if own.
func (f *inflater) inflate(packed, window []byte, limit int) (data []byte, own bool, bad *violation) {
	if len(packed) == 0 { // some peers send nothing for nothing
		return nil, false, nil
	}
	if f.reader == nil {
		f.reader = flate.NewReader(&f.source)
	}
	f.source.Reset(append(packed, deflateTail...))
	f.buf = f.buf[:0]
	bad = f.streams(window, limit)
	f.source.Reset(nil)
	data = f.buf
	if cap(f.buf) > inflateKeep {
		f.buf, own = nil, true
	}
	return data, own, bad
}

// streams inflates to the end. A final block may be followed by others (RFC 7692
// 7.2.3.4), which do not refer to what is before it.
func (f *inflater) streams(window []byte, limit int) *violation {
	for range maxStreams {
		if err := f.reader.(flate.Resetter).Reset(&f.source, window); err != nil {
			return &errDeflate
		}
		if bad := f.stream(limit); bad != nil {
			return bad
		}
		if n := f.source.Len(); n == 0 || n == len(deflateTail) {
			return nil
		}
		window = nil
	}
	return &errDeflate
}

// stream inflates up to a final block.
func (f *inflater) stream(limit int) *violation {
	for {
		if len(f.buf) == cap(f.buf) {
			f.grow(limit)
		}
		n, err := f.reader.Read(f.buf[len(f.buf):cap(f.buf)])
		f.buf = f.buf[:len(f.buf)+n]
		switch {
		case len(f.buf) > limit:
			return &errTooBig
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &errDeflate
		}
	}
}

// grow doubles the buffer, up to the first byte beyond the limit.
func (f *inflater) grow(limit int) {
	size := max(4<<10, 2*cap(f.buf))
	if limit >= len(f.buf) {
		size = min(size, limit+1)
	}
	f.buf = append(make([]byte, 0, max(size, len(f.buf)+1)), f.buf...)
}

// inflate decompresses the message of ev, or ends the connection.
func (c *Conn) inflate(ev *event) bool {
	d := c.deflate
	data, own, bad := c.loop.inflater.inflate(ev.data, d.received, c.limits.MaxMessageBytes)
	c.loop.spent += len(data)
	if bad == nil && ev.op == ws.OpText && !utf8.Valid(data) {
		bad = &errUTF8
	}
	if bad != nil {
		c.fail(bad)
		return false
	}
	if d.keepReceived {
		d.received = keepEnd(d.received, data, inflateWindow)
	}
	if own && cap(data) > len(data)+len(data)/4 {
		own = false // a copy is the smaller one
	}
	ev.data, ev.own, ev.packed = data, own, false
	return true
}
