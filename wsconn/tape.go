package wsconn

// Bounds of a tape.
const (
	tapeBytes  = 64 << 10
	tapeFrames = 1024
)

// tape holds frames that were sent since the loop has last written, one behind
// the other in their wire form. A connection that was sent some of them in a
// row and nothing else has only to note which: it owns no output. Those who were
// sent the same are written the same bytes, which nobody collects for each of
// them anew.
//
// A connection that has something on the tape has no output, is open and not
// full, and is in Loop.touched.
type tape struct {
	wire   []byte
	frames []taped
}

// taped is a frame on the tape.
type taped struct {
	frame   *Frame
	wire    int32 // bytes up to its end
	payload int32 // of the messages up to this one
}

// span is frames from:to of the tape.
type span struct{ from, to uint16 }

// len is the number of frames.
func (s span) len() int { return int(s.to - s.from) }

// follows reports whether s is old with one frame more.
func (s span) follows(old span) bool {
	return old.len() == 0 && s.len() == 1 || s == span{old.from, old.to + 1}
}

// place returns where f is for a connection that has s already: at the end,
// where it is put if it is not there. False: there is no room.
func (t *tape) place(f *Frame, s span) (at uint16, ok bool) {
	n := len(t.frames)
	if n > int(s.to) && t.frames[n-1].frame == f {
		return uint16(n - 1), true
	}
	if len(t.wire)+len(f.wire) > tapeBytes || n == tapeFrames {
		return 0, false
	}
	if t.wire == nil {
		t.wire = make([]byte, 0, tapeBytes)
	}
	t.wire = append(t.wire, f.wire...)
	payload := t.before(uint16(n)).payload + int32(f.Len())
	t.frames = append(t.frames, taped{frame: f, wire: int32(len(t.wire)), payload: payload})
	return uint16(n), true
}

// before returns the sums in front of frame i.
func (t *tape) before(i uint16) taped {
	if i == 0 {
		return taped{}
	}
	return t.frames[i-1]
}

// bytes are those of s on the wire, valid until the tape is rewound.
func (t *tape) bytes(s span) []byte { return t.wire[t.before(s.from).wire:t.before(s.to).wire] }

// payload is the number of payload bytes in s.
func (t *tape) payload(s span) int { return int(t.before(s.to).payload - t.before(s.from).payload) }

// rewind empties the tape, of which no connection has anything.
func (t *tape) rewind() {
	clear(t.frames)
	t.wire, t.frames = t.wire[:0], t.frames[:0]
}

// makeRoom writes to those who have something on the tape, and empties it.
func (l *Loop) makeRoom() {
	for i := 0; i < len(l.touched); i++ {
		if c := l.touched[i]; c.taped.len() > 0 {
			c.flush()
		}
	}
	l.tape.rewind()
}

// queueFrame queues a message that was admitted: on the tape as long as the
// connection has nothing else.
func (c *Conn) queueFrame(f *Frame) {
	if c.out != nil || len(f.wire) > inlineBytes || !c.tape(f) {
		c.queue(f.entry())
	}
}

// tape is queueFrame for a connection that has nothing but what is on the tape.
// False: f cannot be noted there.
func (c *Conn) tape(f *Frame) bool {
	t := &c.loop.tape
	at, ok := t.place(f, c.taped)
	if !ok {
		c.loop.makeRoom()
		if at, ok = t.place(f, c.taped); !ok || c.out != nil {
			return false
		}
	}
	switch {
	case c.taped.len() == 0:
		c.taped.from = at
	case c.taped.to != at: // something is between that is not for c
		return false
	}
	c.taped.to = at + 1
	c.touch()
	c.countOut()
	return true
}

// untape moves what is noted to the queue.
func (c *Conn) untape() {
	for _, f := range c.loop.tape.frames[c.taped.from:c.taped.to] {
		c.out.push(f.frame.entry())
	}
	c.taped = span{}
}

// fits reports whether a message of n bytes may be queued.
func (c *Conn) fits(n int) bool {
	if c.out != nil || c.taped.len() == 0 {
		return c.out.fits(n, c.limits)
	}
	return c.BufferedAmount()+n <= c.limits.MaxQueueBytes && c.taped.len() < c.limits.maxQueueMessages()
}

// collect fills g from the front of what is queued, and returns how many bytes.
func (c *Conn) collect(g *gather) int {
	if c.out != nil {
		return g.fill(c.out)
	}
	wire := c.loop.tape.bytes(c.taped)
	g.vec = append(g.vec[:0], wire)
	return len(wire)
}

// advance takes what was written off the front: n of the bytes that were
// collected.
func (c *Conn) advance(n, collected int) {
	if c.out == nil && n == collected {
		c.taped = span{}
		return
	}
	c.output().advance(n)
}
