package websocket

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

// maxHeaderBytes bounds the header of a server's answer to the handshake.
const maxHeaderBytes = 64 << 10

// client is what the sockets of one runtime have in common.
type client struct {
	rt      *scripting.Runtime
	o       Options
	http    *http.Client
	ctx     context.Context // ends with the runtime
	cancel  context.CancelFunc
	sockets atomic.Int64 // those that have not ended
}

func newClient(rt *scripting.Runtime, dialer *outbound.Dialer, o Options) *client {
	c := &client{rt: rt, o: o}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, // a connection is no longer HTTP's after its handshake
			TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: maxHeaderBytes,
		},
		// The standard knows no redirects of a handshake.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

var (
	errTooMany = errors.New("too many WebSockets are open")
	errTooSlow = errors.New("more waits to be sent than is allowed: look at bufferedAmount")
	errGone    = errors.New("the WebSocket was closed before it was open")
	errEnded   = errors.New("the connection has ended")
	errUTF8    = errors.New("a text message is not valid UTF-8")
	errReason  = errors.New("the reason of the close is not valid UTF-8")
)

// open(url, protocols, headers) begins to connect: protocols an array, headers a flat array. It returns the socket's functions:
// next(), send(data), close(code, reason), buffered().
func (c *client) open(call goja.FunctionCall) goja.Value {
	s := &socket{client: c, incoming: newIncoming(c.rt), outgoing: newOutgoing(c.o.MaxQueuedBytes)}
	s.ctx, s.cancel = context.WithCancelCause(c.ctx)
	_ = c.rt.VM().ExportTo(call.Argument(1), &s.protocols)
	var pairs []string
	_ = c.rt.VM().ExportTo(call.Argument(2), &pairs)
	s.url, s.header = call.Argument(0).String(), c.headers(pairs)
	if c.sockets.Add(1) > int64(c.o.MaxSockets) {
		c.sockets.Add(-1)
		s.finish(closing{err: errTooMany})
	} else {
		go s.run()
	}
	return s.object()
}

// ours are headers that the handshake decides about.
var ours = map[string]bool{
	"Connection": true, "Content-Length": true, "Host": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Sec-Websocket-Accept": true, "Sec-Websocket-Extensions": true, "Sec-Websocket-Key": true, "Sec-Websocket-Protocol": true,
	"Sec-Websocket-Version": true,
}

func (c *client) headers(pairs []string) http.Header {
	header := http.Header{"User-Agent": {c.o.UserAgent}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name := http.CanonicalHeaderKey(pairs[i]); !ours[name] {
			header.Set(name, pairs[i+1])
		}
	}
	return header
}

// object is a socket as the module's script sees it.
func (s *socket) object() goja.Value {
	object := s.client.rt.VM().NewObject()
	for name, fn := range map[string]func(goja.FunctionCall) goja.Value{
		"next": s.next, "send": s.send, "close": s.close, "buffered": s.buffered,
	} {
		_ = object.Set(name, s.client.rt.Native(name, 0, fn))
	}
	return object
}
