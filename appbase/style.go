package appbase

import "github.com/dop251/goja"

// style is how a route's connections reach the script other than through callbacks of their WsConn. It keeps nothing of
// a connection in the script, so the runtime may go while the connection stays.
type style interface {
	// open is called when the connection comes to a generation, the first time or (c.opened) again.
	open(c *Conn)
	text(c *Conn, text string)
	binary(c *Conn, data []byte)
	// closed is called once, when the app cannot find the connection any more.
	closed(c *Conn, code int, reason string)
}

// style reads the style of a route's note; nil for @Websocket.
func (in *instance) style(route *Route, note *goja.Object) style {
	switch route.Style {
	case StyleEvents:
		return in.eventStyle(note.Get("handlers").ToObject(in.vm))
	case StyleLive:
		return liveStyle{}
	}
	return nil
}

// eventStyle calls the app's methods for each event, all of them, in the order of declaration.
type eventStyle struct {
	connect, message, binaries, disconnect []goja.Callable
}

func (in *instance) eventStyle(handlers *goja.Object) *eventStyle {
	list := func(event string) []goja.Callable { return in.callables(handlers.Get(event)) }
	return &eventStyle{connect: list("connect"), message: list("message"), binaries: list("binary"), disconnect: list("disconnect")}
}

// open tells of a new connection. A handler that throws closes it with 1011, as a route function does.
func (s *eventStyle) open(c *Conn) {
	if c.opened || len(s.connect) == 0 {
		return
	}
	in := c.inst
	event := c.event("connect",
		"id", in.vm.ToValue(c.ID()), "remoteAddress", in.vm.ToValue(c.hs.remoteAddress()), "protocol", in.vm.ToValue(c.hs.protocol()),
		"params", in.textObject(c.hs.params), "query", in.textObject(parseQuery(c.hs.rawQuery())), "headers", c.headers())
	for _, handler := range s.connect {
		value, err := in.rt.Call(handler, in.app, event)
		if err != nil {
			c.failRoute(err)
			continue
		}
		c.await(value, c.failRoute)
	}
}

func (s *eventStyle) text(c *Conn, text string) {
	if len(s.message) > 0 {
		c.run(s.message, c.event("message", "message", c.inst.vm.ToValue(text)))
	}
}

func (s *eventStyle) binary(c *Conn, data []byte) {
	if len(s.binaries) > 0 {
		c.run(s.binaries, c.event("binary", "message", c.inst.vm.ToValue(c.inst.vm.NewArrayBuffer(data))))
	}
}

func (s *eventStyle) closed(c *Conn, code int, reason string) {
	if len(s.disconnect) > 0 {
		vm := c.inst.vm
		c.run(s.disconnect, c.event("disconnect", "code", vm.ToValue(code), "reason", vm.ToValue(reason), "wasClean", vm.ToValue(code != statusLost)))
	}
}

// run calls event handlers; the next message waits for their promises.
func (c *Conn) run(handlers []goja.Callable, event goja.Value) {
	for _, handler := range handlers {
		if c.inst == nil {
			return
		}
		c.callOn(c.inst.app, handler, event)
	}
}

// event makes the object that event handlers get: what all have, and the given names and values.
func (c *Conn) event(kind string, fields ...any) goja.Value {
	vm := c.inst.vm
	event := vm.CreateObject(c.inst.eventPrototype())
	_ = event.Set("type", kind)
	_ = event.Set("connectionId", c.ID())
	_ = event.Set("path", c.hs.path())
	_ = event.Set("user", c.inst.parseJSON(c.user))
	for i := 0; i < len(fields); i += 2 {
		_ = event.Set(fields[i].(string), fields[i+1])
	}
	return event
}

// headers are those of the handshake, as an object.
func (c *Conn) headers() goja.Value {
	headers := map[string]string{}
	c.hs.eachHeader(func(name, value string) { headers[name] = value })
	return c.inst.textObject(headers)
}
