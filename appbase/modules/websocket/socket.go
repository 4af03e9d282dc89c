package websocket

import (
	"context"
	"errors"
	"net/http"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/dop251/goja"
)

// socket is one connection. Its goroutine run reads; another, write, sends and closes.
type socket struct {
	client    *client
	ctx       context.Context // ends when the script closes before the connection is open, when it fails, or with the runtime
	cancel    context.CancelCauseFunc
	url       string
	protocols []string
	header    http.Header
	incoming  *incoming
	outgoing  *outgoing
}

// closing is how a connection ended.
type closing struct {
	code   int // 1006 when no close frame came
	reason string
	clean  bool
	err    error // what made it fail, nil when nothing did
}

// finish tells the script how it ended, after the messages that came before.
func (s *socket) finish(c closing) {
	if !c.clean {
		c.code = int(websocket.StatusAbnormalClosure)
	}
	s.cancel(nil)
	s.incoming.end(c)
}

// run is the connection from the handshake to its end.
func (s *socket) run() {
	defer s.client.sockets.Add(-1)
	conn, response, err := s.dial() //nolint:bodyclose // the connection owns what follows a 101
	if err != nil {
		s.finish(closing{err: s.cause(err)})
		return
	}
	conn.SetReadLimit(int64(s.client.o.MaxMessageBytes))
	s.incoming.put(s.ctx, event{kind: opened, text: conn.Subprotocol(), data: []byte(response.Header.Get("Sec-WebSocket-Extensions"))})
	written := make(chan error, 1)
	go func() { written <- s.write(conn) }()
	err = s.read(conn)
	s.outgoing.end()
	_ = conn.CloseNow()
	s.finish(s.ended(err, <-written))
}

func (s *socket) dial() (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.client.o.OpenTime)
	defer cancel()
	return websocket.Dial(ctx, s.url, &websocket.DialOptions{
		HTTPClient: s.client.http, HTTPHeader: s.header, Subprotocols: s.protocols, CompressionMode: websocket.CompressionNoContextTakeover,
	})
}

// read takes messages until the connection ends. It waits while the script is behind.
func (s *socket) read(conn *websocket.Conn) error {
	for {
		kind, data, err := conn.Read(context.Background()) // ended by closing the connection
		if err != nil {
			return err
		}
		if s.outgoing.closing() {
			continue // what arrives after close was called is dropped
		}
		if kind == websocket.MessageText && !utf8.Valid(data) {
			s.outgoing.close(websocket.CloseError{Code: websocket.StatusInvalidFramePayloadData})
			s.cancel(errUTF8)
			continue
		}
		e := event{kind: message, data: data}
		if kind == websocket.MessageText {
			e = event{kind: message, text: string(data), isText: true}
		}
		s.incoming.put(s.ctx, e)
	}
}

// write sends what the script gives, in its order, and the close frame. When the runtime ends, so does the connection.
func (s *socket) write(conn *websocket.Conn) error {
	for {
		select {
		case <-s.outgoing.wake:
		case <-s.outgoing.stop:
			return errEnded
		case <-s.ctx.Done():
			return s.leave(conn)
		}
		for m, ok := s.outgoing.take(); ok; m, ok = s.outgoing.take() {
			if err := s.writeOne(conn, m); err != nil {
				_ = conn.CloseNow()
				return err
			}
		}
		if words, last := s.outgoing.lastWords(); last {
			return conn.Close(words.Code, words.Reason)
		}
	}
}

// leave ends a connection that failed, or whose runtime is gone.
func (s *socket) leave(conn *websocket.Conn) error {
	if s.client.ctx.Err() != nil {
		return conn.Close(websocket.StatusGoingAway, "")
	}
	if words, last := s.outgoing.lastWords(); last {
		return conn.Close(words.Code, words.Reason)
	}
	return conn.CloseNow()
}

func (s *socket) writeOne(conn *websocket.Conn, m outMessage) error {
	ctx, cancel := context.WithTimeout(s.ctx, s.client.o.StallTime)
	defer cancel()
	err := conn.Write(ctx, m.kind, m.data)
	if err == nil {
		s.outgoing.sent(len(m.data))
	}
	return err
}

// ended makes of the ends of both goroutines what the script is told.
func (s *socket) ended(read, written error) closing {
	if cause := context.Cause(s.ctx); cause != nil {
		return closing{err: cause}
	}
	for _, err := range []error{read, written} {
		var frame websocket.CloseError
		if errors.As(err, &frame) && !utf8.ValidString(frame.Reason) {
			return closing{err: errReason}
		}
		if errors.As(err, &frame) {
			return closing{code: int(frame.Code), reason: frame.Reason, clean: true}
		}
	}
	if words, last := s.outgoing.lastWords(); last && !errors.Is(written, errEnded) {
		if written != nil { // the peer's frame never came
			return closing{code: int(words.Code)}
		}
		// The peer's frame had the code of ours and was seen by Close only; who answers with the code does so with the reason.
		return closing{code: int(words.Code), reason: words.Reason, clean: true}
	}
	if written != nil && !errors.Is(written, errEnded) {
		return closing{err: written}
	}
	return closing{err: read}
}

// cause prefers what ended the socket to what the library makes of it.
func (s *socket) cause(err error) error {
	if cause := context.Cause(s.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// next() is a promise of the next event.
func (s *socket) next(goja.FunctionCall) goja.Value { return s.incoming.next() }

// send(data) queues a text, or an ArrayBuffer's bytes from an offset and of a length.
func (s *socket) send(call goja.FunctionCall) goja.Value {
	m := outMessage{kind: websocket.MessageText}
	if buffer, ok := call.Argument(0).Export().(goja.ArrayBuffer); ok {
		from, n := int(call.Argument(1).ToInteger()), int(call.Argument(2).ToInteger())
		all := buffer.Bytes()
		from = min(max(from, 0), len(all))
		m = outMessage{kind: websocket.MessageBinary, data: append([]byte{}, all[from:min(from+max(n, 0), len(all))]...)}
	} else {
		m.data = []byte(call.Argument(0).String())
	}
	if !s.outgoing.put(m) {
		s.cancel(errTooSlow)
	}
	return goja.Undefined()
}

// close(code, reason) begins the closing handshake after what is queued; before the connection is open it ends at once.
func (s *socket) close(call goja.FunctionCall) goja.Value {
	if call.Argument(2).ToBoolean() {
		s.cancel(errGone)
		return goja.Undefined()
	}
	words := websocket.CloseError{Code: websocket.StatusNoStatusRcvd}
	if code := call.Argument(0); !goja.IsUndefined(code) {
		words = websocket.CloseError{Code: websocket.StatusCode(code.ToInteger()), Reason: call.Argument(1).String()}
	}
	s.outgoing.close(words)
	return goja.Undefined()
}

// buffered() is how many bytes of messages wait to be sent.
func (s *socket) buffered(goja.FunctionCall) goja.Value {
	return s.client.rt.VM().ToValue(s.outgoing.waiting())
}
