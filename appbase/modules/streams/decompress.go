package streams

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// inflatedBytes is how much comes out of a decompressor at once.
const inflatedBytes = 64 << 10

var (
	errDropped  = errors.New("the decompression was given up")
	errTrailing = errors.New("there is data after the end of the compressed stream")
	errCut      = errors.New("the compressed stream ends too early")
)

// decompressor is what a script holds. When nobody can reach it any more, its state is dropped.
type decompressor struct{ state *inflater }

func newDecompressor(format string, open *slots) (*decompressor, error) {
	if !open.take() {
		return nil, errTooMany
	}
	in := &inflater{format: format, freed: (&last{fn: open.free}).run}
	in.next, in.stop = iter.Pull2(in.run)
	d := &decompressor{state: in}
	runtime.AddCleanup(d, (*inflater).drop, in)
	return d, nil
}

func (d *decompressor) feed(data []byte) error { return d.state.feed(data) }
func (d *decompressor) end()                   { d.state.over = true }
func (d *decompressor) drop()                  { d.state.drop() }

// next is the next piece, which is the caller's; nil when more input is needed, and after the end.
func (d *decompressor) next() ([]byte, error) { return d.state.pull() }

// inflater reads one format. The readers of the library pull their input, so they run as a coroutine, which hands back
// each piece, and nothing when its input is used up. It belongs to one goroutine at a time.
type inflater struct {
	format  string
	input   bytes.Buffer
	over    bool // there will be no more input
	ended   bool // the end of the compressed stream was read
	failed  error
	next    func() ([]byte, error, bool)
	stop    func()
	freed   func()
	dropped func() // once dropped, nobody else has to
	once    sync.Once
}

func (in *inflater) feed(data []byte) error {
	if in.failed != nil {
		return in.failed
	}
	if in.ended && len(data) > 0 {
		return errTrailing
	}
	in.input.Write(data)
	return nil
}

func (in *inflater) pull() ([]byte, error) {
	if in.failed != nil {
		return nil, in.failed
	}
	if in.ended {
		return nil, nil
	}
	piece, err, more := in.next()
	if !more && err == nil {
		err = errDropped
	}
	if errors.Is(err, io.EOF) {
		in.ended = true
		if err = nil; in.input.Len() > 0 {
			err = errTrailing
		}
	}
	if err != nil {
		in.failed = err
	}
	if err != nil || in.ended {
		in.drop()
	}
	return piece, err
}

// drop ends the coroutine. It may be called more than once, by the loop and by the collector.
func (in *inflater) drop() {
	in.once.Do(func() {
		in.stop()
		in.freed()
		if in.dropped != nil {
			in.dropped()
		}
	})
}

// run is the coroutine: it yields pieces, nil for more input, and last io.EOF or what is wrong.
func (in *inflater) run(yield func([]byte, error) bool) {
	source := &feeding{in: in, yield: yield}
	reader, err := in.open(source)
	for err == nil {
		buffer := make([]byte, inflatedBytes)
		var n int
		if n, err = reader.Read(buffer); n > 0 && !yield(buffer[:n], nil) {
			return
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCut
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, errCut) {
		err = fmt.Errorf("the data is not valid %s: %w", in.format, err)
	}
	if !source.gone {
		yield(nil, err)
	}
}

func (in *inflater) open(source *feeding) (io.Reader, error) {
	switch in.format {
	case "gzip":
		r, err := gzip.NewReader(source)
		if err != nil {
			return nil, noEOF(err)
		}
		r.Multistream(false)
		return r, nil
	case "deflate":
		r, err := zlib.NewReader(source)
		return r, noEOF(err)
	default:
		return flate.NewReader(source), nil
	}
}

// noEOF tells an input that ends before its header has from one that has ended as it should.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// feeding is the input of a reader. It is a ByteReader, so that no reader takes more than it needs.
type feeding struct {
	in    *inflater
	yield func([]byte, error) bool
	gone  bool
}

// wait returns when there is input.
func (f *feeding) wait() error {
	for f.in.input.Len() == 0 {
		if f.in.over {
			return io.ErrUnexpectedEOF
		}
		if !f.yield(nil, nil) {
			f.gone = true
			return errDropped
		}
	}
	return nil
}

func (f *feeding) Read(p []byte) (int, error) {
	if err := f.wait(); err != nil {
		return 0, err
	}
	return f.in.input.Read(p)
}

func (f *feeding) ReadByte() (byte, error) {
	if err := f.wait(); err != nil {
		return 0, err
	}
	return f.in.input.ReadByte()
}
