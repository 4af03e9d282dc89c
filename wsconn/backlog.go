package wsconn

// backlog is what has arrived and cannot be delivered yet.
type backlog struct {
	items []arrived
	first int    // items before it are delivered
	bytes int    // payload of the rest
	rest  []byte // bytes that are not parsed yet; none while the socket is read
}

// arrived is one message.
type arrived struct {
	text   string
	data   []byte
	binary bool
}

func (m *arrived) size() int { return len(m.text) + len(m.data) }

// len returns the number of messages; a nil backlog has none.
func (b *backlog) len() int {
	if b == nil {
		return 0
	}
	return len(b.items) - b.first
}

// pop takes the oldest message.
func (b *backlog) pop() arrived {
	m := b.items[b.first]
	b.items[b.first] = arrived{}
	b.first++
	b.bytes -= m.size()
	return m
}

// backlog returns c's backlog, making it if need be.
func (c *Conn) backlog() *backlog {
	if c.kept == nil {
		c.kept = take(&c.loop.free.backlogs)
	}
	return c.kept
}

// keep adds a message to the backlog and stops reading at its bounds.
func (c *Conn) keep(m arrived) {
	b := c.backlog()
	b.items = append(b.items, m)
	b.bytes += m.size()
	if b.len() >= c.limits.MaxBacklogMessages || b.bytes >= c.limits.MaxBacklogBytes {
		if c.stops&stopBacklog == 0 {
			c.limited(LimitBacklog)
		}
		c.stop(stopBacklog)
	}
}

// dropKept forgets the messages of the backlog, not its unparsed rest.
func (c *Conn) dropKept() {
	if b := c.kept; b != nil {
		clear(b.items)
		b.items, b.first, b.bytes = b.items[:0], 0, 0
	}
}

// freeBacklog gives an empty backlog back.
func (c *Conn) freeBacklog() {
	if c.kept.len() > 0 || c.kept == nil || c.kept.rest != nil {
		return
	}
	*c.kept = backlog{items: recycle(c.kept.items)}
	give(&c.loop.free.backlogs, c.kept)
	c.kept = nil
}

// Hold keeps complete messages, and the end, from the handler until Release.
// Drain is still told, pings are still answered. At MaxBacklogMessages or
// MaxBacklogBytes the socket is not read any further.
func (c *Conn) Hold() { c.hold = true }

// Release ends Hold. What was kept is delivered in order on the loop once the
// handler, task or timer that runs now has returned, in the same turn, and stops
// when Hold is called again.
func (c *Conn) Release() {
	c.hold = false
	if c.kept.len() > 0 || c.stops&stopBacklog != 0 || c.ending != nil {
		c.resume()
	}
}

// resume has the loop call deliver when no handler runs.
func (c *Conn) resume() {
	if !c.resumed && !c.finished {
		c.resumed = true
		c.loop.resumed = append(c.loop.resumed, c)
	}
}

// deliver hands what was kept to the handler as long as it does not hold, goes
// on reading if the backlog had stopped that, and tells the end behind it all.
// What a turn has no time for is delivered in the next.
func (c *Conn) deliver(first bool) {
	for ; !c.hold && c.kept.len() > 0; first = false {
		if !first && c.loop.late() {
			c.loop.postpone(c)
			return
		}
		m := c.kept.pop()
		if m.binary {
			c.callBinary(m.data)
		} else {
			c.callText(m.text)
		}
	}
	if c.phase == phaseClosing { // what comes is dropped, but the peer's Close counts
		c.unstop(stopBacklog | stopRate)
	} else if c.kept.len() == 0 {
		c.unstop(stopBacklog)
	}
	c.freeBacklog()
	if c.ending != nil && !c.hold && c.kept.len() == 0 {
		c.finish()
	}
}
