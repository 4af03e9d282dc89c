package wsconn

// One read can hold ten thousand frames, or a hundred messages of a megabyte
// when they are compressed. So that those who share the loop need not wait for
// all of them, a connection goes on in the next turn once it has spent its share.
const (
	// turnShare is what a connection may spend in one turn, in bytes inflated.
	turnShare = 256 << 10
	// frameCost is what a frame costs besides: a thousand of them are a share.
	frameCost = 256
)

// yield leaves the rest of what was read to the next turn.
func (c *Conn) yield() {
	c.stop(stopTurn)
	c.loop.yielded = append(c.loop.yielded, c)
}

// runYielded goes on with those that have yielded before.
func (l *Loop) runYielded() {
	n := len(l.yielded)
	for i := range n {
		c := l.yielded[i]
		c.unstop(stopTurn)
		c.freeBacklog()
		l.settle()
	}
	rest := copy(l.yielded, l.yielded[n:])
	clear(l.yielded[rest:])
	l.yielded = l.yielded[:rest]
}
