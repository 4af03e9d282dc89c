package wsconn

import "github.com/gobwas/ws"

// deadline is when the connection must be looked at next.
func (c *Conn) deadline() int64 {
	at := int64(never)
	if c.listens() {
		if c.pinged != 0 {
			at = c.pinged + int64(c.limits.PongWithin)
		} else {
			at = c.heard + int64(c.limits.PingAfter)
		}
	}
	if c.stalled != 0 {
		at = min(at, c.stalled+int64(c.limits.WriteStall))
	}
	if c.expires != 0 {
		at = min(at, c.expires)
	}
	return min(at, c.idleAt())
}

// tick looks whether a deadline of the connection has passed, and puts it back
// into the wheel.
func (c *Conn) tick() {
	now := c.loop.now
	switch {
	case c.expires != 0 && now >= c.expires && c.phase == phaseOpen:
		c.cut(LimitWriteStall, "the peer is gone")
	case c.expires != 0 && now >= c.expires:
		c.cut(LimitClose, "the closing handshake was not finished in time")
	case c.stalled != 0 && now-c.stalled >= int64(c.limits.WriteStall):
		// The kernel tells of room only when there is plenty.
		if c.stalled = now; !c.transport.progress() {
			c.cut(LimitWriteStall, "the peer stopped reading")
		}
	case now >= c.idleAt():
		c.limited(LimitIdle)
		c.Close(1001, "no message for too long")
	case !c.listens():
	case c.pinged != 0 && now-c.pinged >= int64(c.limits.PongWithin):
		// The ping is behind what the peer is still taking.
		if c.pinged = now; !c.transport.progress() {
			c.cut(LimitPong, "the peer did not answer a ping")
		}
	case c.pinged == 0 && now-c.heard >= int64(c.limits.PingAfter):
		c.ping(now)
	}
	if c.phase != phaseGone {
		c.loop.wheel.schedule(c, c.deadline())
	}
}

// listens reports whether the connection has a heartbeat at the moment. It has
// none while the socket is not read, since an answer could not be seen, and
// while the peer has not taken what is queued: that is left to WriteStall.
func (c *Conn) listens() bool {
	return c.phase == phaseOpen && c.stops == 0 && !c.full && !c.broken
}

// ping asks the peer for a sign of life.
func (c *Conn) ping(now int64) {
	c.pinged = now
	c.transport.progress() // from here on
	c.control(ws.OpPing, nil)
}
