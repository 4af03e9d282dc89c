package wsconn

import "github.com/gobwas/ws"

// stops are the reasons for which a socket is not read.
type stops uint8

const (
	stopBacklog stops = 1 << iota // the backlog is full
	stopRate                      // the second's messages have been read
	stopTurn                      // it has had its share of the turn
)

// receive takes what the transport has read. It may change data and does not
// keep it.
func (c *Conn) receive(data []byte) {
	c.heard, c.pinged = c.loop.now, 0
	c.loop.counts.BytesIn += uint64(len(data))
	if rest := c.parse(data); len(rest) > 0 {
		b := c.backlog()
		b.rest = append(b.rest, rest...)
	}
}

// parse serves every frame that data completes. It returns what must wait
// because the connection is not to be read any further.
func (c *Conn) parse(data []byte) (rest []byte) {
	c.loop.spent = 0
	for frames := 0; len(data) > 0 && c.phase < phaseDraining; frames++ {
		if c.loop.spent >= turnShare || frames >= lateFrames && frames%lateFrames == 0 && c.loop.late() {
			c.yield()
		}
		if c.stops != 0 {
			return data
		}
		n, ev, bad := c.nextEvent(data)
		data = data[n:]
		c.loop.spent += frameCost
		if bad != nil {
			c.fail(bad)
			return nil
		}
		c.serve(&ev)
		if c.in != nil && c.in.idle() {
			c.freeParser()
		}
	}
	return nil
}

// nextEvent takes the next bytes of data, with a parser only if they are not one
// whole frame.
func (c *Conn) nextEvent(data []byte) (int, event, *violation) {
	if c.in == nil {
		if c.deflate == nil {
			n, ev, bad := wholeFrame(data, c.limits)
			if n > 0 || bad != nil {
				return n, ev, bad
			}
		}
		c.in = take(&c.loop.free.parsers)
		c.in.deflate, c.in.budget = c.deflate != nil, c.loop.partial
	}
	return c.in.next(data, c.limits)
}

func (c *Conn) freeParser() {
	if c.in != nil {
		c.in.reset()
		give(&c.loop.free.parsers, c.in)
		c.in = nil
	}
}

// serve acts on one event.
func (c *Conn) serve(ev *event) {
	switch ev.op {
	case ws.OpText, ws.OpBinary:
		if c.phase == phaseOpen { // after Close messages are dropped
			if c.count() && (!ev.packed || c.inflate(ev)) {
				c.message(ev)
			}
		}
	case ws.OpPing:
		c.pong(ev.data)
	case ws.OpClose:
		c.peerClosed(ev.data)
	}
}

// message hands a complete message to the handler, or keeps it.
func (c *Conn) message(ev *event) {
	keep := c.hold || c.kept.len() > 0
	switch {
	case ev.op == ws.OpText && keep:
		c.keep(arrived{text: ev.text()})
	case ev.op == ws.OpText:
		c.callText(ev.text())
	case keep:
		c.keep(arrived{data: ev.bytes(), binary: true})
	default:
		c.callBinary(ev.bytes())
	}
}

// stop makes the transport stop reading.
func (c *Conn) stop(why stops) {
	if c.stops == 0 {
		c.transport.reading(false)
	}
	c.stops |= why
}

// unstop goes on where stop interrupted, once no reason is left. It may call the
// handler.
func (c *Conn) unstop(why stops) {
	if c.stops&why == 0 {
		return
	}
	if c.stops &^= why; c.stops != 0 || c.phase == phaseGone {
		return
	}
	c.heard, c.pinged = c.loop.now, 0
	if c.kept != nil {
		rest := c.kept.rest
		c.kept.rest = nil
		if rest = c.parse(rest); len(rest) > 0 {
			c.backlog().rest = rest
		}
	}
	if c.stops == 0 && c.phase != phaseGone {
		c.transport.reading(true)
		c.loop.wheel.sooner(c, c.deadline())
	}
}
