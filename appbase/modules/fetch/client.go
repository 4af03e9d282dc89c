package fetch

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/outbound"
	"github.com/sigil-server/sigil/scripting"
)

// maxHeaderBytes bounds the header of an answer.
const maxHeaderBytes = 256 << 10

// client is what one runtime sends its requests with.
type client struct {
	rt        *scripting.Runtime
	o         Options
	transport *http.Transport
	via       http.RoundTripper
	ctx       context.Context // ends with the runtime
	cancel    context.CancelFunc
	slots     chan struct{} // a place in it for each request that runs
	pending   atomic.Int64  // requests and bodies that have not ended
}

func newClient(rt *scripting.Runtime, dialer *outbound.Dialer, o Options) *client {
	c := &client{rt: rt, o: o, slots: make(chan struct{}, o.MaxRequests)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.transport = &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true, // see decode
		TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 60 * time.Second, MaxIdleConns: 64, MaxIdleConnsPerHost: 16,
		MaxResponseHeaderBytes: maxHeaderBytes, ExpectContinueTimeout: time.Second,
	}
	if c.via = c.transport; o.Via != nil {
		c.via = o.Via(c.transport)
	}
	return c
}

func (c *client) close() {
	c.cancel()
	c.transport.CloseIdleConnections()
}

// start(method, url, headers, body, redirect) sends a request: headers a flat array, body undefined, a text, an ArrayBuffer or
// true for a stream. It returns the exchange: its promise, abort() and write(bytes), end(), fail() for the stream.
func (c *client) start(call goja.FunctionCall) goja.Value {
	x := &exchange{client: c, redirect: call.Argument(4).String()}
	promise, settle := c.rt.NewPromise()
	x.ctx, x.cancel = context.WithCancelCause(c.ctx)
	request, err := x.newRequest(call)
	switch {
	case err != nil:
		x.cancel(err)
		settle(func() (goja.Value, error) { return nil, err })
	case c.pending.Add(1) > int64(16*c.o.MaxRequests):
		c.pending.Add(-1)
		x.cancel(errTooMany)
		settle(func() (goja.Value, error) { return nil, errTooMany })
	default:
		go x.run(request, settle)
	}
	return x.object(promise)
}

var (
	errTooMany   = errors.New("too many requests are under way, or answers whose body is neither read nor cancelled")
	errAborted   = errors.New("the request was aborted")
	errNoHeader  = errors.New("the server did not answer in time")
	errStalled   = errors.New("the body made no progress in time, or nobody read it")
	errTooLarge  = errors.New("the body is too large to be read at once: read it as a stream")
	errRedirects = errors.New("redirected more than 20 times")
	errRedirect  = errors.New("the server redirects, and redirect is \"error\"")
	errUpgrade   = errors.New("the server switches to another protocol, which was not asked for")
	errReplay    = errors.New("redirected with a body that was a stream, which cannot be sent again")
)

// object is an exchange as the script sees it.
func (x *exchange) object(promise goja.Value) goja.Value {
	object := x.client.rt.VM().NewObject()
	_ = object.Set("promise", promise)
	for name, fn := range map[string]func(goja.FunctionCall) goja.Value{
		"abort": func(goja.FunctionCall) goja.Value { x.cancel(errAborted); return goja.Undefined() },
		"write": x.write, "end": x.end,
	} {
		_ = object.Set(name, x.client.rt.Native(name, 0, fn))
	}
	return object
}
