package blob

import (
	"fmt"
)

// maxBytes is what one Blob may hold in memory, and what is read at once.
const maxBytes = 256 << 20

// contents are the bytes of a Blob. They never change.
type contents struct {
	parts []part
	size  int64
}

// part is in memory, or some of a source.
type part struct {
	data   []byte
	source Source
	offset int64 // in source
	size   int64
}

func (p part) slice(from, to int64) part {
	p.size = to - from
	if p.source == nil {
		p.data = p.data[from:to:to]
		return p
	}
	p.offset += from
	return p
}

// slice is the part [from, to), which must lie inside.
func (c *contents) slice(from, to int64) *contents {
	out := &contents{size: to - from}
	at := int64(0)
	for _, p := range c.parts {
		begin, end := max(from-at, 0), min(to-at, p.size)
		if begin < end {
			out.parts = append(out.parts, p.slice(begin, end))
		}
		at += p.size
	}
	return out
}

// inMemory says whether all of it can be read at once, without a Source.
func (c *contents) inMemory() bool {
	for _, p := range c.parts {
		if p.source != nil {
			return false
		}
	}
	return true
}

// bytes are all of what is in memory, in a slice of the caller's.
func (c *contents) bytes() []byte {
	data := make([]byte, 0, c.size)
	for _, p := range c.parts {
		data = append(data, p.data...)
	}
	return data
}

// read reads all of it, part after part; done is called once, on any goroutine.
func (c *contents) read(done func([]byte, error)) { c.readFrom(0, make([]byte, 0, c.size), done) }

func (c *contents) readFrom(i int, data []byte, done func([]byte, error)) {
	for ; i < len(c.parts); i++ {
		p := c.parts[i]
		if p.source == nil {
			data = append(data, p.data...)
			continue
		}
		p.source.Read(p.offset, int(p.size), func(more []byte, err error) {
			if err == nil && int64(len(more)) != p.size {
				err = fmt.Errorf("%d of %d bytes are left", len(more), p.size)
			}
			if err != nil {
				done(nil, err)
				return
			}
			c.readFrom(i+1, append(data, more...), done)
		})
		return
	}
	done(data, nil)
}

// builder collects the parts of contents.
type builder struct {
	contents
	memory int64
	room   []byte // small parts are put together here
}

// add adds a copy of data; false when there is too much.
func (b *builder) add(data []byte) bool {
	if b.memory += int64(len(data)); b.memory > maxBytes {
		return false
	}
	b.room = append(b.room, data...)
	b.size += int64(len(data))
	return true
}

func (b *builder) join(c *contents) bool {
	b.flush()
	for _, p := range c.parts {
		if p.source == nil {
			b.memory += p.size
		}
	}
	b.parts = append(b.parts, c.parts...)
	b.size += c.size
	return b.memory <= maxBytes && len(b.parts) <= maxParts
}

// maxParts bounds what is joined of other blobs' parts.
const maxParts = 100_000

func (b *builder) flush() {
	if len(b.room) > 0 {
		b.parts = append(b.parts, part{data: b.room, size: int64(len(b.room))})
		b.room = nil
	}
}

func (b *builder) done() *contents {
	b.flush()
	return &contents{parts: b.parts, size: b.size}
}
