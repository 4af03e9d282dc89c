package appbase

// How a connection comes to a generation, and from one to the next. A connection that waits for newer code is held
// (next): what arrives meanwhile is kept by its socket, so nothing is lost, doubled or reordered.

// attach gives the connection to a generation and runs the route function. An exception there closes with 1011.
func (c *Conn) attach(inst *instance, route *Route) {
	inst.retain()
	c.inst, c.route, c.busy, c.interrupts = inst, route, 0, 0
	b := inst.bound[route]
	if c.style = b.style; c.style != nil {
		c.handle = nil
		c.style.open(c)
		c.opened = true
		return
	}
	c.handle = newHandle(c, inst)
	value, err := inst.rt.Call(b.call, inst.app, c.handle.object, c.worker.takeUpgrade(c, inst))
	if err != nil {
		c.failRoute(err)
		return
	}
	c.await(value, c.failRoute)
	c.emit("open")
}

func (c *Conn) failRoute(err error) {
	c.report(c.inst.rt.Error(err))
	c.socket.Close(statusInternalError, "the route function failed")
}

// renew marks the connection for the generation that is starting.
func (c *Conn) renew() {
	if c.next || c.inst != nil && c.inst.draining(c) {
		return
	}
	c.next = true
	if c.busy == 0 {
		c.socket.Hold()
	}
}

// takeOver brings an idle, held connection to the worker's current generation, by the reload policy of its route there.
// Nothing happens while that generation is still starting: it takes all of them over when it has started.
func (c *Conn) takeOver() {
	if c.worker.starting || c.busy > 0 {
		return
	}
	c.next = false
	inst := c.worker.current
	switch route := inst.sameRoute(c.route); {
	case c.ended:
	case c.inst == nil && route != nil: // it arrived while the generation was starting, or the app was unloaded
		c.reattached = c.opened
		c.attach(inst, route)
	case route == nil:
		c.leave("the route is gone")
	case route.Reload == Restart:
		c.leave("the app was reloaded")
	case route.Reload == Drain:
		c.inst.drain(c)
	case c.saveState():
		c.detach()
		c.reattached = true
		c.attach(inst, route)
	}
	c.deliverKept()
	if c.busy == 0 {
		c.socket.Release()
	}
}

// leave closes the connection for a reload; its onClose still runs on the code it is attached to.
func (c *Conn) leave(why string) { c.socket.Close(statusServiceRestart, why) }

// saveState keeps ws.state as JSON for the next generation. State that cannot be kept closes the connection: going on
// without it would lose it silently.
func (c *Conn) saveState() bool {
	if c.handle == nil {
		return true
	}
	state, err := c.handle.stateJSON()
	if err != nil {
		c.report(c.inst.rt.Error(err))
		c.socket.Close(statusInternalError, "ws.state cannot be kept")
		return false
	}
	c.own().state = state
	return true
}
