package server

import (
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// handover is an app's answer to the first request of a connection that a loop has passed on: net/http's goroutine is to send
// it. It is inside the gate, and counts at the worker, until it is opened and sent, or lost.
type handover struct {
	server *Server
	call   call
	x      *exchange
	res    *appbase.Response
	opened atomic.Bool
}

var _ wsconn.Parcel = (*handover)(nil)

func newHandover(n *directCall, res *appbase.Response) *handover {
	n.of.worker.load.Add(1)
	return &handover{server: n.of.server, call: n.call, x: n.x, res: res}
}

// send writes the answer.
func (p *handover) send(w *steadyWriter, r *http.Request) {
	s := p.server
	defer p.x.worker.release()
	s.common(w.Header(), r)
	w.meet(p.call.app)
	s.cors(w, r, p.call, appbase.Match{Outcome: appbase.Found, Route: p.call.route})
	_, _ = io.Copy(io.Discard, r.Body) // the app has had it, and it is in memory
	p.x.control = w.control
	s.send(r.Context(), w, r, p.call, p.res, p.x)
}

// Lost implements [wsconn.Parcel].
func (p *handover) Lost() {
	if p.opened.Swap(true) {
		return
	}
	p.x.abandon(nil)
	p.x.worker.release()
	p.server.gate.leave()
}

// carried is the answer to a request that an app has given already; nil when it is to be asked.
func carried(r *http.Request) *handover {
	p, ok := wsconn.ParcelOf(connOf(r)).(*handover)
	if !ok || p.opened.Swap(true) {
		return nil
	}
	return p
}

// lose gives up what came with a connection that has ended before it was opened.
func lose(conn net.Conn) {
	if p := wsconn.ParcelOf(conn); p != nil {
		p.Lost()
	}
}
