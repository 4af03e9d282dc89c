package wsconn

import "time"

// One read can hold ten thousand frames, or a hundred messages of a megabyte
// when they are compressed. So that those who share the loop need not wait for
// all of them, a connection goes on in the next turn once it has spent its share.
const (
	// turnShare is what a connection may spend in one turn, in bytes inflated.
	turnShare = 256 << 10
	// frameCost is what a frame costs besides: a thousand of them are a share.
	frameCost = 256
	// turnTime is how old a turn may become while connections go on with more than
	// a few frames: what their handlers cost is not known before.
	turnTime = int64(5 * time.Millisecond)
	// lateFrames is how many frames each may bring in a turn that is older.
	lateFrames = 16
)

// late reports whether the turn has taken its time already.
func (l *Loop) late() bool { return l.clock()-l.now > turnTime && !l.over }

// yield leaves the rest of what was read to the next turn.
func (c *Conn) yield() {
	c.stop(stopTurn)
	c.loop.yielded = append(c.loop.yielded, c)
}

// runYielded goes on with those that have yielded before, who waits longest first
// and at least with that one.
func (l *Loop) runYielded() {
	n, i := len(l.yielded), 0
	for ; i < n && (i == 0 || !l.late()); i++ {
		c := l.yielded[i]
		c.unstop(stopTurn)
		c.freeBacklog()
		l.settle()
	}
	l.yielded = forget(l.yielded, i)
}

// postpone leaves what was kept for c to the next turn.
func (l *Loop) postpone(c *Conn) {
	c.resumed = true
	l.postponed = append(l.postponed, c)
}

// runPostponed delivers what was left by the turn before, to one at least.
func (l *Loop) runPostponed() {
	if len(l.postponed) == 0 {
		return
	}
	l.resumed, l.postponed = append(l.resumed, l.postponed...), recycle(l.postponed)
	l.settle()
}

// forget takes the first n off list.
func forget(list []*Conn, n int) []*Conn {
	rest := copy(list, list[n:])
	clear(list[rest:])
	return list[:rest]
}
