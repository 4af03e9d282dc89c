package server

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/sigil-server/sigil/wsconn"
)

// httpServerSlack is what net/http reads beyond its MaxHeaderBytes.
const httpServerSlack = 4 << 10

// httpServer makes the server of a port, whose requests go to serve.
func (s *Server) httpServer(p *port, serve func(*port, http.ResponseWriter, *http.Request)) *http.Server {
	l := s.options.Limits
	server := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { heard(r); serve(p, w, r) }),
		ReadHeaderTimeout: l.HeaderTime,
		IdleTimeout:       l.IdleTime,
		MaxHeaderBytes:    max(l.MaxHeaderBytes-httpServerSlack, 1),
		ConnContext:       s.meet,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ConnState: func(conn net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				lose(conn)
			}
			s.farewell(s.silent.public.watch(conn, state))
			if s.slots.watch(conn, state) {
				s.notices.note(limitHTTPConnections, "remote", conn.RemoteAddr())
			}
		},
	}
	if p.secure {
		return s.secureServer(server)
	}
	return server
}

// serveHTTP is the way in of every request for apps.
func (s *Server) serveHTTP(p *port, plain http.ResponseWriter, r *http.Request) {
	began := time.Now()
	w := newSteadyWriter(plain, r, s.codings, s.options.Limits.WriteStall)
	defer func() { s.answered(w, r, time.Since(began)) }()
	defer w.finish()
	ready := carried(r)
	if ready == nil && !s.gate.enter() {
		s.shut(w, r)
		return
	}
	defer s.gate.leave()
	defer s.rescue(w, r)
	if ready != nil {
		ready.send(w, r)
		return
	}
	if r.ContentLength != 0 && r.ProtoMajor == 1 {
		// Until it is read (readBody): net/http is to answer before it skips the body, and not to wait for it for ever.
		w.Header().Set("Connection", "close")
		_ = w.control.SetReadDeadline(time.Now().Add(s.options.Limits.BodyStall))
		defer w.linger(plain, r)
	}
	if !validHost(r.Host) {
		s.fail(w, r, http.StatusBadRequest, "the Host header names no host")
		return
	}
	if fields(r) > s.options.Limits.MaxHeaderFields {
		s.notices.note(limitHeaderFields, "remote", r.RemoteAddr)
		s.fail(w, r, http.StatusRequestHeaderFieldsTooLarge, "too many header fields")
		return
	}
	path, ok := parsePath(rawPath(r))
	var t target
	if ok {
		t = p.locate(&s.table, path)
	} else {
		t, ok = p.locateOdd(&s.table, rawPath(r))
	}
	if wsconn.IsUpgrade(r) {
		s.upgrade(w, r, t, ok)
		return
	}
	s.common(w.Header(), r)
	if isTunnel(r) {
		s.overHTTP(w, r, t, ok)
		return
	}
	if s.script(w, r) {
		return
	}
	if ok && t == (target{rest: "/"}) && !p.own() {
		s.home(w, r)
		return
	}
	s.route(w, r, t)
}

// common sets the headers that all answers have, whoever serves them.
func (s *Server) common(header http.Header, r *http.Request) {
	s.headers.set(header)
	s.headers.setHSTS(header, r)
}

// shut answers when nobody is let in any more.
func (s *Server) shut(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // of HTTP/2: no more requests on it
	s.unavailable(w, r, "the server is stopping")
}

// answered counts an answer.
func (s *Server) answered(w *steadyWriter, r *http.Request, took time.Duration) {
	s.options.metrics.request(w.app, cmp.Or(w.answer.status, w.status), took)
	if w.stalled {
		s.notices.note(limitHTTPWriteStall, "path", short(r.URL.Path), "remote", r.RemoteAddr)
	}
}

// rawPath is the path as the client wrote it. (URL.EscapedPath is not when the path has characters that should have been
// escaped: it then encodes the decoded path anew, and an encoded slash comes out as a slash.)
func rawPath(r *http.Request) string {
	if r.URL.RawPath != "" {
		return r.URL.RawPath
	}
	return r.URL.EscapedPath()
}

// fields counts the header fields of a request, the ones net/http keeps apart included.
func fields(r *http.Request) int {
	n := 0
	if r.Host != "" {
		n++
	}
	for _, values := range r.Header {
		n += len(values)
	}
	return n
}

// rescue turns a panic of the server's own into a 500 with an id.
func (s *Server) rescue(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	id := newErrorID()
	s.log.Error("a request panicked", "path", r.URL.Path, "id", id, "panic", p, "stack", string(debug.Stack()))
	s.internalError(w, r, id, nil)
}

// meet says which app answers.
func (w *steadyWriter) meet(a *app) {
	w.app = a.name
	setFixed(w.Header(), a.headers)
}

// steadyWriter gives every piece of an answer its own deadline, so that a client that does not read holds nothing for
// ever, however large the answer.
type steadyWriter struct {
	http.ResponseWriter // answer
	control             *http.ResponseController
	stall               time.Duration // 0: what is written is kept, not sent
	app                 string        // that the answer is counted for; "": none
	status              int           // of the answer; 0: none yet
	framed              bool          // by HTTP/2, where a deadline acts when it passes, whether somebody writes or not
	stalled             bool          // the client has taken nothing for too long
	answer              answerWriter
}

func newSteadyWriter(plain http.ResponseWriter, r *http.Request, c *codings, stall time.Duration) *steadyWriter {
	w := &steadyWriter{stall: stall, framed: r.ProtoMajor > 1, answer: answerWriter{ResponseWriter: plain, request: r, codings: c}}
	w.ResponseWriter, w.control = &w.answer, http.NewResponseController(&w.answer)
	if !w.framed && stall > 0 {
		_ = w.control.SetWriteDeadline(time.Time{}) // what an answer before this one left
	}
	return w
}

// pieceBytes is how much of an answer has to be taken within one deadline.
const pieceBytes = 64 << 10

// Write writes in pieces.
func (w *steadyWriter) Write(p []byte) (n int, err error) {
	for first := true; first || len(p) > 0; first = false {
		piece := p[:min(len(p), pieceBytes)]
		p = p[len(piece):]
		w.renew()
		written, err := w.ResponseWriter.Write(piece)
		w.rest()
		n += written
		if err != nil {
			w.stalled = w.stalled || errors.Is(err, os.ErrDeadlineExceeded)
			return n, err
		}
	}
	return n, nil
}

// WriteHeader sends the header with the answer's first piece, or at the end.
func (w *steadyWriter) WriteHeader(status int) {
	if !w.framed {
		w.renew()
	}
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *steadyWriter) renew() {
	if w.stall > 0 {
		_ = w.control.SetWriteDeadline(time.Now().Add(w.stall))
	}
}

// rest is called when nobody writes.
func (w *steadyWriter) rest() {
	if w.framed {
		_ = w.control.SetWriteDeadline(time.Time{})
	}
}

// flush sends what was written so far.
func (w *steadyWriter) flush() error {
	if w.framed {
		w.renew()
		defer w.rest()
	}
	return w.control.Flush()
}

// finish ends the answer. What net/http still holds back it writes within a deadline, too.
func (w *steadyWriter) finish() {
	w.answer.finish()
	if w.framed {
		w.renew()
	}
}

// linger has net/http shut the connection down and wait for a moment before it closes it when the body was not read. Else what the
// client still sends is answered with a reset, for which many drop the answer. net/http does so by itself, but not for a
// client that has asked for the end of the connection; then its one other reason is given to it.
func (w *steadyWriter) linger(plain http.ResponseWriter, r *http.Request) {
	if r.Close && w.Header().Get("Connection") == "close" {
		_, _ = http.MaxBytesReader(plain, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
	}
}

// Unwrap is for [http.ResponseController].
func (w *steadyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
