package server

import (
	"net/netip"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// connection is one open WebSocket of an app: to the app it is the socket that it sends on, to the engine the handler
// that it tells of messages. It belongs to the app's loop.
type connection struct {
	*wsconn.Conn
	handler *appbase.Conn // nil when the app was stopping before it came
	worker  *worker
	lease   *lease
	topics  map[string]*membership
	index   int32 // in the hub
	gone    bool
	live    bool // speaks the realtime protocol
	waiting bool // hub.later has been asked for
}

var (
	_ appbase.Socket = (*connection)(nil)
	_ wsconn.Handler = (*connection)(nil)
)

// arrival is an admitted handshake on its way to the loop.
type arrival struct {
	route     *appbase.Route
	api       *appbase.AppLimits // what the app says of all its routes
	request   *appbase.Request
	admission appbase.Admission
	protocol  string
	id        string // "": one is made when it is asked for
	address   netip.Addr
}

// adopt gives an accepted socket to the worker. The slot of its address, and the worker's place for it, are released when the
// connection has ended. False: the worker takes no more; the socket is closed and both are still the caller's.
func (w *worker) adopt(accepted *wsconn.Accepted, slots *slots, in arrival) bool {
	return w.loop.Adopt(accepted, w.app.socketLimits(in.api, in.route), func(socket *wsconn.Conn) wsconn.Handler {
		c := &connection{Conn: socket, worker: w, lease: slots.lease(in.address), live: in.route.Style == appbase.StyleLive}
		w.hub.add(c)
		w.app.open.Add(1)
		if w.closing != nil {
			c.Close(w.closing.code, w.closing.reason)
			return c
		}
		c.handler = w.script.Open(c, in.route, in.request, in.admission, in.protocol, in.id)
		return c
	})
}

// ReadyState is the state in the numbers of the WebSockets standard (3.1).
func (c *connection) ReadyState() int { return int(c.State()) }

// Text hands a message on.
func (c *connection) Text(text string) {
	if c.handler != nil {
		c.handler.Text(text)
	}
}

// Binary hands a message on.
func (c *connection) Binary(data []byte) {
	if c.handler != nil {
		c.handler.Binary(data)
	}
}

// Drain sends what had no room, or tells the app that the queue is empty.
func (c *connection) Drain() {
	if c.live {
		c.worker.hub.catchUp(c)
	}
	if c.handler != nil {
		c.handler.Drain()
	}
}

// Closed takes the connection out of every table, then tells the app, then lets its slot go.
func (c *connection) Closed(code int, reason string) {
	c.gone = true
	w := c.worker
	w.hub.remove(c)
	w.app.open.Add(-1)
	defer func() {
		c.lease.end()
		w.release()
		w.app.taken.Add(-1)
		if w.closing != nil && len(w.hub.connections) == 0 {
			w.closing.empty()
		}
	}()
	if c.handler != nil {
		c.handler.Closed(code, reason)
	}
}
