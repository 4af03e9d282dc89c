package wsconn

import (
	"net"
	"runtime/debug"
)

// State is a connection's ready state, numbered as in the browser's WebSocket.
type State int

// The states of a connection. The handshake is done before there is a Conn, so
// that 0 (connecting) does not occur.
const (
	StateOpen    State = 1
	StateClosing State = 2 // a Close was sent or received, or the peer is lost
	StateClosed  State = 3 // Handler.Closed was called
)

// Handler is told of what arrives on one connection. Every method runs on the
// loop goroutine, strictly one at a time over all connections of a loop; none is
// entered again before it has returned, whatever it calls. A panic is logged and
// closes the connection with 1011.
type Handler interface {
	// Text is given a complete message of valid UTF-8.
	Text(text string)
	// Binary is given a complete message, which the handler may keep.
	Binary(data []byte)
	// Drain is called when the outgoing queue has become empty after more than
	// half of MaxQueueBytes was in it when it was written, or a message was
	// refused or dropped. WhenDrained tells of a queue however little is in it.
	Drain()
	// Closed is called exactly once, after everything else, with the code and
	// reason of the peer's Close: 1005 when it gave none; 1006 when there was no
	// Close, the reason then says why this side cut the connection, if it did.
	Closed(code int, reason string)
}

// noHandler stands in before a handler is known and after it was told the end.
type noHandler struct{}

func (noHandler) Text(string)        {}
func (noHandler) Binary([]byte)      {}
func (noHandler) Drain()             {}
func (noHandler) Closed(int, string) {}

// phase is how far a connection's end has come.
type phase uint8

const (
	phaseOpen     phase = iota
	phaseClosing        // our Close is queued or sent, the peer's is awaited
	phaseDraining       // the peer has nothing more to say: flush, shut down, read to the end
	phaseGone           // the transport is closed
)

// Conn is one WebSocket connection on a loop. All methods are for the loop
// goroutine only; none of them blocks or calls the handler.
type Conn struct {
	loop      *Loop
	handler   Handler
	transport transport
	limits    *Limits

	// Buffers and records owned only while they are needed.
	in     *parser  // a frame or message has begun
	out    *output  // something is queued
	kept   *backlog // something arrived that cannot be delivered yet
	rate   *rate    // MaxMessagesPerSecond or MaxIdle is set
	ending *ending  // what Closed gets

	deflate *deflate // nil: not agreed

	// Times on the loop's clock; 0: not so.
	wheel   wheelLink
	heard   int64 // when the peer last sent something
	pinged  int64 // when the ping that is unanswered was sent
	stalled int64 // when the peer last took something of what it does not take now
	expires int64 // when the closing is cut short

	slot     int32 // in the loop's table
	taped    span  // what is queued, on the loop's tape; else out has it
	phase    phase
	stops    stops  // why the socket is not read
	hold     bool   // between Hold and Release
	resumed  bool   // in Loop.resumed
	touched  bool   // in Loop.touched
	full     bool   // the transport takes nothing at the moment
	broken   bool   // the transport takes nothing ever again
	shut     bool   // the writing side has ended
	hungry   bool   // Drain is owed once the queue is empty
	drained  bool   // Drain is due
	awaited  bool   // in Loop.awaiting
	finished bool   // Closed was called
	closed   uint16 // code of the Close we began with; 0: none
}

// ending is how a connection ended.
type ending struct {
	code   int
	reason string
}

// Adopt makes the loop own an accepted connection. Any goroutine may call it.
// open runs on the loop, once, and returns the connection's handler; it may
// already send, hold or close. Adopt returns false when the loop has ended or
// its tasks are MaxTasks already: then a is closed and open never runs.
func (l *Loop) Adopt(a *Accepted, limits Limits, open func(*Conn) Handler) bool {
	limits = limits.WithDefaults()
	t := l.newTransport(a, limits.SendBufferBytes)
	if l.Post(func() { l.open(t, a, limits, open) }) {
		return true
	}
	t.close()
	return false
}

// open begins the life of a connection on the loop.
func (l *Loop) open(t transport, a *Accepted, limits Limits, open func(*Conn) Handler) {
	c := &Conn{loop: l, transport: t, limits: l.share(limits), handler: noHandler{}, heard: l.now, deflate: a.deflate}
	if limits.Overflow == OverflowDropOldest && c.deflate != nil {
		c.deflate.keepSent = false // what refers to a dropped message could not be read
	}
	if limits.MaxMessagesPerSecond > 0 || limits.MaxIdle > 0 {
		c.rate = &rate{said: l.now}
	}
	l.conns.add(c)
	l.counts.Opened++
	if err := t.start(c); err != nil {
		l.log.Error("cannot watch a connection", "error", err)
		defer c.lost()
	}
	c.callOpen(open)
	l.wheel.sooner(c, c.deadline())
	if len(a.early) > 0 {
		c.receive(a.early)
	}
}

// share returns a Limits equal to l that connections have in common.
func (l *Loop) share(limits Limits) *Limits {
	for _, s := range l.shared {
		if *s == limits {
			return s
		}
	}
	if len(l.shared) >= 64 {
		l.shared = nil // routes come and go with reloads
	}
	l.shared = append(l.shared, &limits)
	return &limits
}

// State tells whether the connection is open.
func (c *Conn) State() State {
	switch {
	case c.finished:
		return StateClosed
	case c.phase == phaseOpen && c.ending == nil:
		return StateOpen
	default:
		return StateClosing
	}
}

// RemoteAddr returns the address of the peer, also after the connection has
// ended. Behind a proxy it is the proxy's.
func (c *Conn) RemoteAddr() net.Addr { return c.transport.remoteAddr() }

func (c *Conn) callOpen(open func(*Conn) Handler) {
	defer c.rescue()
	h := open(c)
	if h == nil {
		panic("wsconn: open returned no handler")
	}
	c.handler = h
}

func (c *Conn) callText(text string) {
	defer c.rescue()
	c.handler.Text(text)
}

func (c *Conn) callBinary(data []byte) {
	defer c.rescue()
	c.handler.Binary(data)
}

func (c *Conn) callDrain() {
	defer c.rescue()
	c.handler.Drain()
}

func (c *Conn) callClosed(h Handler, e *ending) {
	defer c.rescue()
	h.Closed(e.code, e.reason)
}

// rescue is deferred round every call of a handler.
func (c *Conn) rescue() {
	if r := recover(); r != nil {
		c.loop.counts.Panics++
		c.loop.log.Error("a connection's handler panicked",
			"remote", c.RemoteAddr().String(), "panic", r, "stack", string(debug.Stack()))
		c.Close(1011, "internal error")
	}
}
