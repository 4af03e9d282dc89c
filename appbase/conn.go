package appbase

import (
	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/sigil-server/sigil/scripting"
)

// maxInterrupts is how many handlers in a row may run into the watchdog before the connection is closed.
const maxInterrupts = 3

// Close codes of RFC 6455 7.4.1 and its registry that an app's side of a connection uses.
const (
	statusLost           = 1006 // never on the wire
	statusInternalError  = 1011
	statusUnsupported    = 1003
	statusServiceRestart = 1012
	statusTryAgainLater  = 1013
	statusReplaced       = 4409 // the realtime protocol's own
)

// Conn is the script's side of one WebSocket: it outlives generations and hands what arrives to the code that is current.
// It is the handler of its socket: Text, Binary, Drain and Closed are called on the worker's goroutine, one at a time.
// While an asynchronous callback is under way the socket is held, so the next message waits for its promise.
type Conn struct {
	*connMore  // what most connections have no use for, to read; to write: own
	worker     *Worker
	socket     Socket
	inst       *instance // the generation it is attached to; nil before the first and after the last
	route      *Route    // of that generation
	handle     *handle   // the WsConn of that generation; of a style nil until the script asks for it
	style      style     // nil: the callbacks of the handle
	hs         handshake
	index      int32 // in worker.conns
	busy       int32 // promises that the next message waits for
	interrupts uint8 // handlers in a row that ran into the watchdog
	next       bool  // held until the newest generation takes it over
	reattached bool
	touched    bool // its state may have changed since it was noted in the directory
	opened     bool // its style was told of it
	ended      bool // Closed has been called
}

// connMore is what most connections have no use for. Those share an empty one, which is never written to.
type connMore struct {
	id      string // "" until it is asked for
	live    *live  // of the style that speaks the realtime protocol
	user    string // JSON; "" none
	who     *identity
	state   string // ws.state as JSON, as of the last reattachment; "" none
	topics  map[string]struct{}
	entry   *entry           // in the directory; nil: it is not there
	present map[string]place // topics on which it counts as somebody
	kept    func()           // what woke an app that was unloaded
}

// own is the connection's own connMore, to write.
func (c *Conn) own() *connMore {
	if c.connMore == &c.worker.noMore {
		c.connMore = new(connMore)
	}
	return c.connMore
}

// object is the WsConn of the generation the connection is attached to.
func (c *Conn) object() *goja.Object {
	if c.handle == nil {
		c.handle = newHandle(c, c.inst)
	}
	return c.handle.object
}

// ID is the connection's UUID, made when it is asked for first.
func (c *Conn) ID() string {
	if c.id == "" {
		c.own().id = uuid.NewString()
	}
	return c.id
}

// Text delivers a text message.
func (c *Conn) Text(text string) {
	if c.style != nil {
		c.style.text(c, text)
		return
	}
	if h := c.handle; h != nil && (h.onMessage != nil || h.rest().events != nil) {
		c.deliver(h.onMessage, c.inst.vm.ToValue(text))
	}
}

// Binary delivers a binary message; data is the script's from now on.
func (c *Conn) Binary(data []byte) {
	if c.style != nil {
		c.style.binary(c, data)
		return
	}
	if h := c.handle; h != nil && (h.rest().onBinary != nil || h.rest().events != nil) {
		c.deliver(h.rest().onBinary, c.inst.vm.ToValue(c.inst.vm.NewArrayBuffer(data)))
	}
}

func (c *Conn) deliver(callback goja.Callable, data goja.Value) {
	if callback != nil {
		c.call(callback, data)
	}
	if c.handle.rest().events != nil {
		c.emit("message", "data", data)
	}
}

// Drain tells that the outgoing queue, which was more than half full, is empty again.
func (c *Conn) Drain() {
	if c.handle == nil {
		return
	}
	if c.handle.rest().onDrain != nil {
		c.call(c.handle.rest().onDrain)
	}
	c.emit("drain")
}

// Closed ends the connection: the worker forgets it, then its onClose runs, once.
func (c *Conn) Closed(code int, reason string) {
	if c.ended {
		return
	}
	c.ended = true
	c.worker.forget(c)
	c.exitAll()
	if c.style != nil {
		c.style.closed(c, code, reason)
		if c.busy == 0 {
			c.detach()
		}
		return
	}
	if c.inst == nil {
		return
	}
	vm, h := c.inst.vm, c.handle
	h.resolveDrained()
	if h.rest().onClose != nil {
		c.call(h.rest().onClose, vm.ToValue(code), vm.ToValue(reason))
	}
	c.emit("close", "code", vm.ToValue(code), "reason", vm.ToValue(reason), "wasClean", vm.ToValue(code != statusLost))
	if c.busy == 0 {
		c.detach()
	}
}

// emit runs the listeners of an event with an object of the given names and values.
func (c *Conn) emit(event string, fields ...any) {
	for _, listener := range c.handle.listeners(event) {
		c.call(listener, c.handle.event(event, fields))
	}
}

// call is the way into the script: an exception is logged and told to onError, a promise is waited for.
func (c *Conn) call(fn goja.Callable, args ...goja.Value) {
	c.callOn(goja.Undefined(), fn, args...)
}

// callOn is call of a method.
func (c *Conn) callOn(this goja.Value, fn goja.Callable, args ...goja.Value) {
	c.inst.calling = c.handle
	value, err := c.inst.rt.Call(fn, this, args...)
	if err != nil {
		c.fail(err)
		return
	}
	c.interrupts = 0
	if c.entry != nil {
		c.noteState()
	}
	if _, object := value.(*goja.Object); object { // a promise, perhaps
		c.await(value, c.fail)
	}
}

// await keeps the next message waiting while value is an unsettled promise. failed gets what it was rejected with.
func (c *Conn) await(value goja.Value, failed func(error)) {
	inst, waiting := c.inst, false
	waiting = inst.rt.Await(value, func(_ goja.Value, err error) {
		if err != nil && c.inst == inst {
			failed(err)
		}
		if waiting {
			c.idle(inst)
		}
	})
	if !waiting {
		return
	}
	c.occupy()
}

// occupy keeps the next message waiting until idle is called.
func (c *Conn) occupy() {
	c.inst.retain()
	if c.busy++; c.busy == 1 && !c.next {
		c.socket.Hold()
	}
}

// idle undoes one occupy. After the last the connection ends, moves to newer code, or takes its next message.
func (c *Conn) idle(inst *instance) {
	defer inst.release()
	if c.inst != inst { // taken over by force: the new generation has its own count
		return
	}
	c.busy--
	if c.entry != nil {
		c.noteState()
	}
	switch {
	case c.busy > 0:
	case c.ended:
		c.detach()
	case c.next:
		c.takeOver()
	default:
		c.socket.Release()
	}
}

// detach lets go of the generation.
func (c *Conn) detach() {
	if inst := c.inst; inst != nil {
		delete(inst.drainers, c)
		inst.calling = nil
		c.handle, c.inst, c.busy = nil, nil, 0
		inst.release()
	}
}

// fail reports an exception of a callback: to the log, and to the script's own onError.
func (c *Conn) fail(err error) {
	e := c.inst.rt.Error(err)
	c.report(e)
	c.tell(e.Message)
	if !e.Interrupted {
		c.interrupts = 0
		return
	}
	if c.interrupts++; c.interrupts >= maxInterrupts {
		c.socket.Close(statusInternalError, "handlers ran too long")
	}
}

// tell runs onError and the error listeners. What those throw is only logged.
func (c *Conn) tell(message string) {
	if c.handle == nil {
		return
	}
	text := c.inst.vm.ToValue(message)
	if c.handle.rest().onError != nil {
		c.tellOne(c.handle.rest().onError, text)
	}
	for _, listener := range c.handle.listeners("error") {
		c.tellOne(listener, c.handle.event("error", []any{"message", text}))
	}
}

func (c *Conn) tellOne(fn goja.Callable, arg goja.Value) {
	rt := c.inst.rt
	logged := func(_ goja.Value, err error) {
		if err != nil {
			c.report(rt.Error(err))
		}
	}
	value, err := rt.Call(fn, goja.Undefined(), arg)
	if err != nil {
		logged(nil, err)
		return
	}
	rt.Await(value, logged)
}

func (c *Conn) report(e *scripting.Error) {
	c.worker.report(e, "route", c.route.Path, "connection", c.ID())
}
