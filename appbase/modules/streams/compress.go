package streams

import (
	"bytes"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// level is that of zlib's default, about.
const level = 6

// slots bounds how many of something are open. It may be used from any goroutine.
type slots struct {
	max  int64
	open atomic.Int64
}

func newSlots(limit int64) *slots { return &slots{max: limit} }

// take makes place for one.
func (s *slots) take() bool {
	if s.open.Add(1) <= s.max {
		return true
	}
	s.open.Add(-1)
	return false
}

func (s *slots) free() { s.open.Add(-1) }

// compressor writes one format. It belongs to the loop's goroutine.
type compressor struct {
	out    *bytes.Buffer
	writer io.WriteCloser // nil once it has ended
	freed  func()
}

func newCompressor(format string, open *slots) (*compressor, error) {
	if !open.take() {
		return nil, errTooMany
	}
	c := &compressor{out: &bytes.Buffer{}, freed: open.free}
	switch format {
	case "gzip":
		c.writer, _ = gzip.NewWriterLevel(c.out, level) // the level is valid
	case "deflate":
		c.writer, _ = zlib.NewWriterLevel(c.out, level)
	default:
		c.writer, _ = flate.NewWriter(c.out, level)
	}
	runtime.AddCleanup(c, func(last *last) { last.run() }, c.release())
	return c, nil
}

// release makes the freeing of the slot something that runs once, whether the compressor ends or is forgotten.
func (c *compressor) release() *last {
	l := &last{fn: c.freed}
	c.freed = l.run
	return l
}

// last is a function that runs once. It may be used from any goroutine.
type last struct {
	done atomic.Bool
	fn   func()
}

func (l *last) run() {
	if !l.done.Swap(true) {
		l.fn()
	}
}

// write returns what came out, which is the caller's.
func (c *compressor) write(data []byte) []byte {
	if c.writer == nil {
		return nil
	}
	_, _ = c.writer.Write(data) // into memory
	return c.take()
}

func (c *compressor) finish() []byte {
	if c.writer == nil {
		return nil
	}
	_ = c.writer.Close()
	out := c.take()
	c.drop()
	return out
}

func (c *compressor) take() []byte {
	out := bytes.Clone(c.out.Bytes())
	c.out.Reset()
	return out
}

func (c *compressor) drop() {
	c.writer = nil
	c.freed()
}
