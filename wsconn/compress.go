package wsconn

import (
	"sync"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

const (
	// sentWindow is how far back what we send refers with context takeover. All
	// of it is read again for each message, so that it is less than it may be.
	sentWindow = 8 << 10
	// packKeep is the most a loop keeps for the next message to compress into.
	packKeep = 256 << 10
)

// packer compresses the messages of a loop, one after the other. The zero value
// is ready.
type packer struct {
	writers [10]*flate.Writer // by level; each takes up to about a megabyte
	buf     []byte
}

// Write takes what the compressor makes.
func (p *packer) Write(data []byte) (int, error) {
	p.buf = append(p.buf, data...)
	return len(data), nil
}

// pack makes a compressed frame, which is valid until the next call, and the
// size of its header (RFC 7692 7.2.1). window is what the peer has from earlier
// messages, as far as it shall be used.
func (p *packer) pack(op ws.OpCode, data, window []byte, level int) (wire []byte, head int, err error) {
	if cap(p.buf) > packKeep {
		p.buf = nil
	}
	p.buf = append(p.buf[:0], make([]byte, headerRoom)...)
	w := p.writers[level]
	if w == nil {
		if w, err = flate.NewWriter(p, level); err != nil {
			return nil, 0, err
		}
		p.writers[level] = w
	}
	w.ResetDict(p, window) // also without one: Reset would take up the last one there was, another connection's
	if _, err := w.Write(data); err != nil {
		return nil, 0, err
	}
	if err := w.Flush(); err != nil {
		return nil, 0, err
	}
	size := len(p.buf) - headerRoom - 4 // without the 00 00 ff ff of the flush
	head = headerSize(size)
	wire = p.buf[headerRoom-head : headerRoom+size]
	appendHeader(wire[:0], op, size)
	wire[0] |= packedBit
	return wire, head, nil
}

// packedBit is RSV1 in the first byte of a frame.
const packedBit = 0x40

// packedFrame is the compressed form of a Frame, for all levels asked for.
type packedFrame struct {
	mu    sync.Mutex // held while it is made, which no one would do faster
	forms [10]*Frame // by level; the Frame itself where that is smaller
}

// packed returns the compressed form of f, which is made once.
func (f *Frame) packed(p *packer, level int) (*Frame, error) {
	s := f.shared.Load()
	if s == nil {
		f.shared.CompareAndSwap(nil, new(packedFrame))
		s = f.shared.Load()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forms[level] == nil {
		wire, head, err := p.pack(ws.OpCode(f.wire[0]&0x0F), f.wire[f.head:], nil, level)
		if err != nil {
			return nil, err
		}
		s.forms[level] = f
		if len(wire) < len(f.wire) {
			s.forms[level] = &Frame{wire: append(make([]byte, 0, len(wire)), wire...), head: head}
		}
	}
	return s.forms[level], nil
}

// sendPacked queues a message compressed. It is admitted by its full size, before
// anything is done that the peer would have to know of.
func (c *Conn) sendPacked(op ws.OpCode, data []byte) bool {
	if !c.admit(len(data)) {
		return false
	}
	d := c.deflate
	wire, head, err := c.loop.packer.pack(op, data, d.sent, d.level)
	switch {
	case err != nil:
		c.loop.log.Error("cannot compress a message", "error", err) // a bug: the buffer takes everything
		c.queue(entry{op: op, data: c.output().copy(data)})
	case len(wire) >= headerSize(len(data))+len(data):
		c.queue(entry{op: op, data: c.output().copy(data)})
	default:
		d.note(data)
		c.queue(entry{op: op, head: uint8(head), data: c.output().copy(wire)})
	}
	return true
}

// sendPackedFrame is sendPacked for a frame that many connections share. It
// refers to nothing before it, whatever was agreed, so that one form serves all.
func (c *Conn) sendPackedFrame(f *Frame) bool {
	if !c.admit(f.Len()) {
		return false
	}
	form, err := f.packed(&c.loop.packer, c.deflate.level)
	switch {
	case err != nil:
		c.loop.log.Error("cannot compress a frame", "error", err)
		form = f
	case form != f:
		c.deflate.note(f.wire[f.head:])
	}
	c.queueFrame(form)
	return true
}

// note keeps what the peer keeps of a message that was sent compressed.
func (d *deflate) note(data []byte) {
	if d.keepSent {
		d.sent = keepEnd(d.sent, data, sentWindow)
	}
}

// packs reports whether a message of n bytes is sent compressed.
func (c *Conn) packs(n int) bool { return c.deflate != nil && n >= c.deflate.minBytes }
