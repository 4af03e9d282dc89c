package fetch

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/klauspost/compress/zstd"
)

// chunkBytes is the most that one read of a stream gives.
const chunkBytes = 64 << 10

// download is the body of an answer. One read runs at a time.
type download struct {
	x     *exchange
	body  io.ReadCloser
	timer *time.Timer // ends a body that stalls or that nobody reads
	once  sync.Once
}

func newDownload(x *exchange, body io.ReadCloser) *download {
	d := &download{x: x, body: body}
	d.timer = time.AfterFunc(x.client.o.StallTime, func() {
		x.cancel(errStalled)
		d.finish()
	})
	if body == http.NoBody {
		d.finish()
	}
	return d
}

// finish closes the body, once.
func (d *download) finish() {
	d.once.Do(func() {
		d.timer.Stop()
		_ = d.body.Close()
		d.x.over()
	})
}

func (d *download) progress() { d.timer.Reset(d.x.client.o.StallTime) }

// read() is a promise of the next bytes as a Uint8Array; undefined at the end.
func (d *download) read(goja.FunctionCall) goja.Value {
	promise, settle := d.x.client.rt.NewPromise()
	d.progress()
	go func() {
		chunk := make([]byte, chunkBytes)
		n, err := readSome(d.body, chunk)
		if n > 0 {
			d.progress()
			settle(func() (goja.Value, error) { return d.view(chunk[:n:n]) })
			return
		}
		cause := d.x.cause(err)
		d.finish()
		settle(func() (goja.Value, error) {
			if errors.Is(cause, io.EOF) {
				return goja.Undefined(), nil
			}
			return nil, cause
		})
	}()
	return promise
}

// readSome gives bytes or an error; a reader may give neither for a while.
func readSome(r io.Reader, p []byte) (int, error) {
	for range 100 {
		if n, err := r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

func (d *download) view(chunk []byte) (goja.Value, error) {
	vm := d.x.client.rt.VM()
	return vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(chunk)))
}

// all() is a promise of the whole body as an ArrayBuffer.
func (d *download) all(goja.FunctionCall) goja.Value {
	promise, settle := d.x.client.rt.NewPromise()
	d.progress()
	go func() {
		data, err := d.readAll()
		cause := err
		if err != nil {
			cause = d.x.cause(err)
		}
		d.finish()
		settle(func() (goja.Value, error) {
			if cause != nil {
				return nil, cause
			}
			vm := d.x.client.rt.VM()
			return vm.ToValue(vm.NewArrayBuffer(data)), nil
		})
	}()
	return promise
}

func (d *download) readAll() ([]byte, error) {
	var data []byte
	chunk := make([]byte, chunkBytes)
	for {
		n, err := readSome(d.body, chunk)
		data = append(data, chunk[:n]...)
		switch {
		case len(data) > d.x.client.o.MaxBodyBytes:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
		d.progress()
	}
}

// stop() gives the rest up.
func (d *download) stop(goja.FunctionCall) goja.Value {
	d.x.cancel(errAborted)
	go d.finish() // closing may wait for the network
	return goja.Undefined()
}

// decode undoes the codings of an answer's body, of which at most three are taken (RFC 9110, 8.4).
func decode(response *http.Response) error {
	codings := strings.Split(response.Header.Get("Content-Encoding"), ",")
	if response.Body == http.NoBody || response.Request.Method == http.MethodHead || len(codings) > 3 {
		return nil
	}
	for i := len(codings) - 1; i >= 0; i-- {
		decoded, err := decoder(strings.ToLower(strings.TrimSpace(codings[i])), response.Body)
		if err != nil {
			_ = response.Body.Close()
			return fmt.Errorf("the body cannot be decompressed: %w", err)
		}
		response.Body = decoded
	}
	return nil
}

func decoder(coding string, body io.ReadCloser) (io.ReadCloser, error) {
	switch coding {
	case "gzip", "x-gzip":
		return &decoding{body: body, open: func() (io.Reader, error) { return gzip.NewReader(body) }}, nil
	case "deflate":
		return &decoding{body: body, open: func() (io.Reader, error) { return zlib.NewReader(body) }}, nil
	case "zstd":
		return &decoding{body: body, open: func() (io.Reader, error) {
			return zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(64<<20))
		}}, nil
	}
	return body, nil
}

// decoding opens its reader at the first read: the header of a coding may be long in coming.
type decoding struct {
	body io.ReadCloser
	open func() (io.Reader, error)
	r    io.Reader
}

// Read gives decompressed bytes.
func (d *decoding) Read(p []byte) (int, error) {
	if d.r == nil {
		r, err := d.open()
		if errors.Is(err, io.EOF) {
			return 0, io.EOF // an empty body has no coding
		}
		if err != nil {
			return 0, fmt.Errorf("the body cannot be decompressed: %w", err)
		}
		d.r = r
	}
	return d.r.Read(p)
}

// Close closes the body below.
func (d *decoding) Close() error { return d.body.Close() }
