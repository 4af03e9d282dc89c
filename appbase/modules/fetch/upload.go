package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/dop251/goja"
)

// upload is the body of a request that the script writes while it is sent: one chunk at a time, and the next when that
// was taken. Read is the transport's.
type upload struct {
	ctx context.Context

	mu    sync.Mutex
	chunk []byte
	taken func() // tells the script that chunk is gone
	err   error  // io.EOF at the end
	wake  chan struct{}
}

func newUpload(ctx context.Context) *upload {
	return &upload{ctx: ctx, wake: make(chan struct{}, 1)}
}

var errUpload = errors.New("the stream of the body failed")

func (u *upload) put(chunk []byte, taken func()) {
	u.mu.Lock()
	u.chunk, u.taken = chunk, taken
	u.mu.Unlock()
	u.ring()
}

func (u *upload) end(err error) {
	u.mu.Lock()
	u.err = err
	u.mu.Unlock()
	u.ring()
}

func (u *upload) ring() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// Read blocks until the script has written or ended, or the exchange is over.
func (u *upload) Read(p []byte) (int, error) {
	for {
		if n, err := u.take(p); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		select {
		case <-u.wake:
		case <-u.ctx.Done():
			return 0, context.Cause(u.ctx)
		}
	}
}

func (u *upload) take(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := copy(p, u.chunk)
	u.chunk = u.chunk[n:]
	if len(u.chunk) > 0 {
		return n, nil
	}
	if u.taken != nil {
		u.taken()
		u.taken = nil
	}
	if n > 0 {
		return n, nil
	}
	return 0, u.err
}

// Close is called when no more of the body is wanted. The script's writes are answered all the same.
func (u *upload) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.taken != nil {
		u.taken()
		u.taken = nil
	}
	u.chunk, u.err = nil, io.ErrClosedPipe
	return nil
}

func (u *upload) closed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return errors.Is(u.err, io.ErrClosedPipe)
}

// write(bytes) is a promise that the chunk was taken: true, or false when no more is wanted.
func (x *exchange) write(call goja.FunctionCall) goja.Value {
	promise, settle := x.client.rt.NewPromise()
	u := x.upload
	done := func() {
		settle(func() (goja.Value, error) { return x.client.rt.VM().ToValue(x.ctx.Err() == nil && !u.closed()), nil })
	}
	if u == nil || u.closed() || x.ctx.Err() != nil {
		settle(func() (goja.Value, error) { return x.client.rt.VM().ToValue(false), nil })
		return promise
	}
	buffer, ok := call.Argument(0).Export().(goja.ArrayBuffer)
	if !ok {
		done()
		return promise
	}
	stop := context.AfterFunc(x.ctx, done)
	u.put(bytes.Clone(buffer.Bytes()), func() { stop(); done() })
	return promise
}

// end(failed) is the end of the body that the script writes.
func (x *exchange) end(call goja.FunctionCall) goja.Value {
	if x.upload == nil {
		return goja.Undefined()
	}
	if call.Argument(0).ToBoolean() {
		x.cancel(errUpload)
		return goja.Undefined()
	}
	x.upload.end(io.EOF)
	return goja.Undefined()
}
