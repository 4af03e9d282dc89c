package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// direct is an HTTP connection whose requests are answered on the loop of the app that its first one was for: without
// net/http, a goroutine, or a switch between threads. It takes what a method of that app answers and nothing is unusual
// about; the rest goes to net/http, as does the connection from then on. All of it but the wire is what every request meets:
// the same tables, checks, headers and errors.
type direct struct {
	server  *Server
	port    *port
	worker  *worker
	conn    *wsconn.HTTPConn
	served  uint
	present *directCall // until its answer is sent; nil: none
	reply   reply
}

// directCall is one request on its way through the app.
type directCall struct {
	of      *direct
	request *http.Request
	call    call
	x       *exchange
	w       *steadyWriter
	began   time.Time
	over    bool
	slow    func() bool // stops the timer; nil: there is none
}

// eligible finds the method that answers a request, if all there is to do can be done on the app's loop.
func (s *Server) eligible(p *port, r *http.Request) (call, bool) {
	path, ok := parsePath(rawPath(r))
	if !ok || path == scriptPath || isTunnel(r) || fields(r) > s.options.Limits.MaxHeaderFields {
		return call{}, false
	}
	t := p.locate(&s.table, path)
	a := s.table.find(t.app)
	if a == nil || t.rest == "" {
		return call{}, false
	}
	c := call{app: a, now: a.current.Load(), target: t}
	if c.now.routes == nil {
		return c, false
	}
	m := c.routes().HTTP(r.Method, t.rest)
	if m.Outcome != appbase.Found || m.Route.Events || m.Route.CatchesAll() && t.listener == "" || r.ContentLength > c.maxBody() {
		return c, false
	}
	c.route, c.params = m.Route, m.Params
	return c, true
}

// knockHTTP takes a connection whose first request is plain. What it does not take is net/http's.
func (s *Server) knockHTTP(p *port, r *http.Request, k *wsconn.Knocking) {
	c, ok := s.eligible(p, r)
	if !ok || s.options.indirect {
		return
	}
	worker := c.app.placeDirect()
	s.slots.http.Add(1)
	if !worker.loop.AdoptHTTP(k, s.direct, s.directOn(p, worker)) {
		s.slots.http.Add(-1)
		worker.release()
	}
}

// directOn makes the handler of a connection that worker has a place for.
func (s *Server) directOn(p *port, worker *worker) func(*wsconn.HTTPConn) wsconn.HTTPHandler {
	return func(conn *wsconn.HTTPConn) wsconn.HTTPHandler {
		return &direct{server: s, port: p, worker: worker, conn: conn}
	}
}

// Request implements [wsconn.HTTPHandler].
func (d *direct) Request(r *http.Request) bool {
	s := d.server
	c, ok := s.eligible(d.port, r)
	if !ok || c.app != d.worker.app || d.worker.closing != nil {
		return false
	}
	if d.move() {
		return true
	}
	now := &directCall{of: d, request: r, call: c, began: time.Now()}
	d.reply.reset()
	now.w = newSteadyWriter(&d.reply, r, s.codings, 0)
	if d.present = now; !s.gate.enter() {
		s.shut(now.w, r)
		now.send()
		return true
	}
	now.begin()
	return true
}

// begin asks the app.
func (n *directCall) begin() {
	s, d := n.of.server, n.of
	s.common(n.w.Header(), n.request)
	n.w.meet(n.call.app)
	s.cors(n.w, n.request, n.call, appbase.Match{Outcome: appbase.Found, Route: n.call.route})
	n.x = &exchange{worker: d.worker, req: s.request(n.request, n.call)}
	if n.request.ContentLength > 0 {
		n.x.req.Body, _ = io.ReadAll(n.request.Body) // it is in memory
	}
	n.call.hold(n.x.req)
	d.worker.used.Store(true)
	d.worker.script.Serve(n.call.route, n.x.req, n.x.deliver(n.answer))
	if !n.over {
		n.slow = d.worker.loop.AfterFunc(n.call.responseTime(), n.late)
	}
}

// answer is called with what the app has answered.
func (n *directCall) answer(res *appbase.Response, err error) {
	d := n.of
	if err == nil && !n.over {
		d.server.checkAnswer(n.request, n.call, res)
	}
	switch {
	case n.over:
	case err != nil:
		d.server.scriptFailed(n.w, n.request, n.call, err)
		n.finish()
	case n.heavy(res):
		n.end()
		d.present = nil
		d.conn.PassOn(newHandover(n, res))
	default:
		respond(n.w, n.request, res)
		n.finish()
	}
}

// maxDirectCoding is the longest answer that is compressed on the loop, and maxDirectBody the longest that is put together and
// written there: longer ones would keep the others waiting, and be in memory several times while their client does not read.
const (
	maxDirectCoding = 64 << 10
	maxDirectBody   = 256 << 10
)

// heavy reports whether an answer takes its time: net/http's goroutine sends it.
func (n *directCall) heavy(res *appbase.Response) bool {
	return res.Stream != nil || len(res.Body) > maxDirectBody || len(res.Body) > maxDirectCoding && n.w.answer.codings != nil && n.request.Header["Accept-Encoding"] != nil
}

// late answers for an app that takes too long.
func (n *directCall) late() {
	if n.over {
		return
	}
	n.x.drop(errSlow)
	n.of.server.scriptFailed(n.w, n.request, n.call, errSlow)
	n.finish()
}

// finish sends what there is.
func (n *directCall) finish() {
	n.end()
	n.send()
}

func (n *directCall) end() {
	n.over = true
	if n.slow != nil {
		n.slow()
	}
}

func (n *directCall) send() {
	d := n.of
	n.w.answer.finish()
	last := n.request.Close || n.w.Header().Get("Connection") == "close"
	d.conn.Answer(d.reply.wire(n.request, last), last)
	d.reply.shrink()
}

// Sent implements [wsconn.HTTPHandler]: the request is over.
func (d *direct) Sent(err error) {
	n := d.present
	d.present = nil
	n.w.stalled = errors.Is(err, os.ErrDeadlineExceeded)
	d.server.answered(n.w, n.request, time.Since(n.began))
	if n.x != nil {
		d.server.gate.leave()
	}
}

// Gone implements [wsconn.HTTPHandler].
func (d *direct) Gone() {
	n := d.present
	if n == nil || n.over {
		return
	}
	n.end()
	n.x.drop(context.Canceled)
	d.Sent(net.ErrClosed)
}

// Left implements [wsconn.HTTPHandler].
func (d *direct) Left() {
	d.server.slots.http.Add(-1)
	d.worker.release()
}

// moveEvery is after how many requests it is looked whether another worker of the app has less to do.
const moveEvery = 64

// move gives the connection, with the present request, to a worker that has much less to do.
func (d *direct) move() bool {
	if d.served++; d.served%moveEvery != 0 {
		return false
	}
	calm := d.worker.app.calmer(d.worker)
	if calm == nil {
		return false
	}
	d.server.slots.http.Add(1)
	if d.conn.MoveTo(calm.loop, d.server.directOn(d.port, calm)) {
		return true
	}
	d.server.slots.http.Add(-1)
	calm.release()
	return false
}
