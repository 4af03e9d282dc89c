package wsconn

import (
	"unsafe"

	"github.com/gobwas/ws"
)

// Send queues a text message, which must be valid UTF-8. It returns false when
// the connection is closing or closed, or the queue is full, in which case
// Limits.Overflow acts first. The wire order is the order of the calls.
func (c *Conn) Send(text string) bool {
	if c.packs(len(text)) {
		return c.sendPacked(ws.OpText, unsafe.Slice(unsafe.StringData(text), len(text)))
	}
	// Nothing ever writes to the bytes of an entry.
	return c.send(entry{op: ws.OpText, data: unsafe.Slice(unsafe.StringData(text), len(text))})
}

// SendBytes is Send for a binary message. It copies data.
func (c *Conn) SendBytes(data []byte) bool {
	if c.packs(len(data)) {
		return c.sendPacked(ws.OpBinary, data)
	}
	if !c.admit(len(data)) {
		return false
	}
	c.queue(entry{op: ws.OpBinary, data: c.output().copy(data)})
	return true
}

// SendFrame is Send for a message that is encoded already, which the queue
// refers to without copying it.
func (c *Conn) SendFrame(f *Frame) bool {
	if c.packs(f.Len()) {
		return c.sendPackedFrame(f)
	}
	if !c.admit(f.Len()) {
		return false
	}
	c.queueFrame(f)
	return true
}

// SendEach is SendFrame to each of conns, which belong to one loop, and returns
// how many took f. A nil is left out.
func SendEach(conns []*Conn, f *Frame) (taken int) {
	var was, is span // what the last one had on the tape, before f and with it
	var limits *Limits
	for _, c := range conns {
		if c == nil {
			continue
		}
		if c.taped == was && c.limits == limits && c.sendsPlain() {
			c.taped = is // it would come to the same
			c.touch()
			c.loop.counts.MessagesOut++
			taken++
			continue
		}
		was, limits = c.taped, nil
		if c.SendFrame(f) {
			taken++
		}
		if is = c.taped; is.follows(was) {
			limits = c.limits
		}
	}
	return taken
}

// sendsPlain reports whether all that can keep a message from the tape is its
// size.
func (c *Conn) sendsPlain() bool {
	return c.out == nil && c.deflate == nil && c.rate == nil && c.phase == phaseOpen && !c.broken
}

// BufferedAmount returns the payload bytes of messages that were accepted and
// not yet taken by the kernel, or by the goroutine that writes to a connection
// that cannot be polled. A compressed message counts with its compressed size.
func (c *Conn) BufferedAmount() int {
	if c.out == nil {
		return c.loop.tape.payload(c.taped)
	}
	return c.out.buffered()
}

// pending reports whether anything is queued.
func (c *Conn) pending() bool { return c.out.len() > 0 || c.taped.len() > 0 }

// MaxQueueBytes is the limit of BufferedAmount.
func (c *Conn) MaxQueueBytes() int { return c.limits.MaxQueueBytes }

func (c *Conn) send(e entry) bool {
	if !c.admit(e.payload()) {
		return false
	}
	c.queue(e)
	return true
}

// admit decides whether a message of n bytes may be queued.
func (c *Conn) admit(n int) bool {
	if c.phase != phaseOpen || c.broken {
		return false
	}
	if c.fits(n) {
		return true
	}
	c.flush() // the kernel may have room
	if c.fits(n) {
		return !c.broken
	}
	return c.overflow(n)
}

// overflow acts on a message of n bytes that does not fit.
func (c *Conn) overflow(n int) (admitted bool) {
	c.hungry = true
	dropped := &c.loop.counts.Dropped
	switch c.limits.Overflow {
	case OverflowDropOldest:
		*dropped += uint64(c.out.dropFor(n, c.limits))
		if admitted = c.out.fits(n, c.limits); !admitted {
			*dropped++
		}
		c.limited(LimitQueue)
	case OverflowDropNewest:
		*dropped++
		c.limited(LimitQueue)
	default:
		*dropped += uint64(c.out.dropAll()) + 1
		c.limited(LimitQueue)
		c.Close(1013, "the outgoing queue is full")
	}
	return admitted
}

// A handler that sends a great deal at once has it written in pieces of about
// this size, so that the queue need not hold it all.
const (
	flushBytes    = 256 << 10
	flushMessages = 1024
)

// queue adds an entry that was admitted.
func (c *Conn) queue(e entry) {
	o := c.output()
	o.push(e)
	c.touch()
	if e.op.IsData() {
		c.countOut()
	}
	if c.full {
		c.hungry = c.hungry || c.overHalf()
		return
	}
	if o.bytes >= flushBytes || o.len() >= flushMessages {
		c.flush()
	}
}

// countOut counts a message that was queued.
func (c *Conn) countOut() {
	c.loop.counts.MessagesOut++
	if c.rate != nil {
		c.rate.said = c.loop.now
	}
}

// output is the queue, with what was only noted on the tape in it.
func (c *Conn) output() *output {
	if c.out == nil {
		c.out = take(&c.loop.free.outputs)
		c.untape()
	}
	return c.out
}

// touch has the loop flush c at the end of the turn.
func (c *Conn) touch() {
	if !c.touched {
		c.touched = true
		c.loop.touched = append(c.loop.touched, c)
	}
}

// writable is called by the transport when it has room again.
func (c *Conn) writable() {
	c.full = false
	if c.pinged != 0 {
		c.pinged = c.loop.now // it takes what is in front of the ping
	}
	c.flush()
	if !c.full {
		c.transport.full(false)
	}
	if c.drained || c.awaited {
		c.touch()
	}
}

// flush writes what is queued, as far as the transport takes it.
func (c *Conn) flush() {
	if c.full || c.phase == phaseGone {
		return
	}
	c.hungry = c.hungry || c.overHalf()
	for c.pending() {
		if !c.writeSome() {
			return
		}
	}
	c.freeOutput()
	c.drained = c.drained || c.hungry
	c.hungry = false
	if c.transport.busy() {
		c.loop.wheel.sooner(c, c.deadline())
		return
	}
	c.stalled = 0
	c.flushed()
}

// writeSome makes one write and reports whether all of it was taken.
func (c *Conn) writeSome() bool {
	g := &c.loop.gather
	want := c.collect(g)
	n, err := c.transport.write(g.vec)
	clear(g.vec)
	if err != nil {
		c.writeFailed()
		return false
	}
	c.loop.counts.BytesOut += uint64(n)
	c.advance(n, want)
	if n > 0 || c.stalled == 0 {
		c.stalled = c.loop.now
	}
	if n == want {
		return true
	}
	c.full = true
	c.transport.full(true)
	c.transport.progress() // from here on
	c.loop.wheel.sooner(c, c.deadline())
	return false
}

// writeFailed is called when the peer takes nothing any more. What it sent
// before may still be unread: the reading side finds the end, unless it takes
// longer than a peer that stalls is given.
func (c *Conn) writeFailed() {
	c.broken = true
	c.stalled = 0
	c.out.dropAll()
	c.freeOutput()
	c.touchAwaited()
	switch c.phase {
	case phaseOpen:
		c.expireAt(c.loop.now + int64(c.limits.WriteStall))
	case phaseDraining:
		c.gone()
	}
}

func (c *Conn) freeOutput() {
	c.taped = span{}
	if c.out != nil {
		c.out.reset()
		give(&c.loop.free.outputs, c.out)
		c.out = nil
	}
}

// Bounds of the pongs that wait: in all, and while the transport takes nothing.
// The latter leaves a transport that is only slow its time.
const (
	maxPongs        = 1024
	maxStalledPongs = 128
)

// pong answers a ping (RFC 6455 5.5.3). To a peer that pings without reading,
// only the last of many is answered.
func (c *Conn) pong(payload []byte) {
	if c.phase != phaseOpen || c.broken {
		return
	}
	o := c.output()
	if o.pongs >= maxPongs || c.full && o.pongs >= maxStalledPongs {
		o.latePong = append([]byte{}, payload...)
		return
	}
	c.control(ws.OpPong, payload)
}

// control queues a control frame.
func (c *Conn) control(op ws.OpCode, payload []byte) {
	c.queue(entry{op: op, data: c.output().copy(payload)})
}
