package wsconn

// WhenDrained has the loop call fn once nothing is queued any more, however
// little it is now: all of it was taken as BufferedAmount says, or the
// connection has ended. It returns false, and fn is never called, when nothing
// is queued. fn runs like a handler; when the loop ends before, it does not run.
func (c *Conn) WhenDrained(fn func()) bool {
	if !c.pending() || c.phase == phaseGone {
		return false
	}
	l := c.loop
	if l.awaiting == nil {
		l.awaiting = make(map[*Conn][]func())
	}
	l.awaiting[c] = append(l.awaiting[c], fn)
	c.awaited = true
	c.touch()
	return true
}

// overHalf reports whether more than half of what the queue may hold is in it.
func (c *Conn) overHalf() bool {
	return c.BufferedAmount() > c.limits.MaxQueueBytes/2
}

// touchAwaited has the loop look at a connection whose queue somebody waits for.
func (c *Conn) touchAwaited() {
	if c.awaited {
		c.touch()
	}
}

// tellDrained tells the handler, and whoever waits for it, of a queue that has
// become empty. One that is filled again already is left for later.
func (c *Conn) tellDrained() {
	if c.pending() {
		c.hungry = c.hungry || c.drained
		c.drained = false
		return
	}
	if c.awaited {
		c.awaited = false
		waiting := c.loop.awaiting[c]
		delete(c.loop.awaiting, c)
		for _, fn := range waiting {
			c.loop.guard(fn)
		}
	}
	if c.drained && c.phase == phaseOpen {
		c.drained = false
		c.callDrain()
	}
}
