package server

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
)

// isGone tells the end of a request's context from other reasons.
func isGone(err error) bool { return errors.Is(err, context.Canceled) }

// send writes an app's answer, until client ends.
func (s *Server) send(client context.Context, w *steadyWriter, r *http.Request, c call, res *appbase.Response, x *exchange) {
	if res.Stream == nil {
		respond(w, r, res)
		return
	}
	header := w.Header()
	permit(header, res)
	if untyped(header) {
		header["Content-Type"] = nil // net/http is not to guess
	}
	if !x.bodyRead() {
		_ = w.control.EnableFullDuplex() // the app may read on while it answers
	}
	w.WriteHeader(res.Status)
	if bodiless(res.Status) || r.Method == http.MethodHead {
		x.abandon(errNoBody)
		return
	}
	s.pump(client, w, c, res.Stream, x)
}

var errNoBody = errors.New("an answer to this request has no body")

// pump moves a stream to the client, one chunk at a time: the script is asked for the next once the socket has taken the
// last. A stream that fails cuts the connection, so that the client does not take what it has for the whole.
func (s *Server) pump(client context.Context, w *steadyWriter, c call, stream *appbase.Stream, x *exchange) {
	if w.flush() != nil {
		x.abandon(nil)
		return
	}
	for {
		chunk, err := ask(client, x.worker, func(done func([]byte, error)) { stream.Next(done) })
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			s.streamFailed(c, x, err)
		}
		if len(chunk) == 0 {
			continue
		}
		if _, err = w.Write(chunk); err == nil {
			err = w.flush()
		}
		if err != nil {
			x.abandon(nil)
			return
		}
	}
}

// streamFailed cuts the connection; it does not return.
func (s *Server) streamFailed(c call, x *exchange, err error) {
	var script *scripting.Error
	switch {
	case errors.As(err, &script):
		s.logScript(c, "a stream failed after its headers were sent", err)
	case isGone(err):
	default:
		c.app.log.Warn("a stream was cut", "route", c.route.String(), "error", err)
	}
	x.abandon(err)
	panic(http.ErrAbortHandler)
}
