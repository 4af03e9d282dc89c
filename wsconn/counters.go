package wsconn

import (
	"maps"
	"slices"
	"time"
)

// Limit names one of the bounds of [Limits] and [LoopOptions].
type Limit uint8

// The limits, by what they bound.
const (
	LimitMessageBytes Limit = iota // MaxMessageBytes: closed with 1009
	LimitFragments                 // MaxFragments: closed with 1008
	LimitPartial                   // LoopOptions.Partial: closed with 1013
	LimitQueue                     // MaxQueueBytes: as Overflow says
	LimitBacklog                   // MaxBacklogMessages, MaxBacklogBytes: not read for a while
	LimitRate                      // MaxMessagesPerSecond: not read for a while, or closed with 1008
	LimitPong                      // PongWithin: cut
	LimitWriteStall                // WriteStall: cut
	LimitClose                     // CloseWithin: cut
	LimitIdle                      // MaxIdle: closed with 1001
	LimitCount                     // how many there are
)

// String is the name for logs and metrics.
func (l Limit) String() string {
	return [LimitCount + 1]string{
		"message_bytes", "fragments", "partial_bytes", "queue", "backlog", "message_rate", "pong_within", "write_stall",
		"close_within", "idle", "none",
	}[min(l, LimitCount)]
}

// turnBounds are what TurnBounds returns; nothing changes them.
var turnBounds = [...]time.Duration{
	100 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond,
	100 * time.Millisecond, 500 * time.Millisecond, time.Second, 5 * time.Second,
}

// TurnBounds returns the upper bounds of the classes of Counters.Turns but the
// last, which has none.
func TurnBounds() []time.Duration { return slices.Clone(turnBounds[:]) }

// Counters is what a loop has counted since it was made.
type Counters struct {
	Opened uint64 // connections
	// Closed are connections by the code of the first Close frame: ours if we
	// began to close or had to, else the peer's; 1005 without a code, 1006 when
	// there was none.
	Closed map[int]uint64

	MessagesIn, MessagesOut uint64 // arrived wholly; accepted for sending
	BytesIn, BytesOut       uint64 // read and written, with frame headers
	Dropped                 uint64 // messages refused by, or dropped from, a full queue
	Violations              uint64 // connections closed because the peer broke the protocol
	Limited                 [LimitCount]uint64
	Panics                  uint64 // of tasks and handlers

	// Turns are the loop's turns by how long they took, which is how long
	// something that had become ready could wait. TurnTime is the sum.
	Turns    [len(turnBounds) + 1]uint64
	TurnTime time.Duration
}

// Counters returns what has been counted. It is for the loop goroutine, or for
// any after Run has returned.
func (l *Loop) Counters() Counters {
	c := l.counts
	c.Closed = maps.Clone(c.Closed)
	return c
}

// Add adds what another loop has counted.
func (c *Counters) Add(o Counters) {
	closed := maps.Clone(c.Closed)
	if closed == nil {
		closed = make(map[int]uint64, len(o.Closed))
	}
	for code, n := range o.Closed {
		closed[code] += n
	}
	c.Closed = closed
	for _, pair := range []struct {
		sum *uint64
		n   uint64
	}{
		{&c.Opened, o.Opened}, {&c.MessagesIn, o.MessagesIn}, {&c.MessagesOut, o.MessagesOut}, {&c.BytesIn, o.BytesIn},
		{&c.BytesOut, o.BytesOut}, {&c.Dropped, o.Dropped}, {&c.Violations, o.Violations}, {&c.Panics, o.Panics},
	} {
		*pair.sum += pair.n
	}
	for i, n := range o.Limited {
		c.Limited[i] += n
	}
	for i, n := range o.Turns {
		c.Turns[i] += n
	}
	c.TurnTime += o.TurnTime
}

// limited counts that a limit acted on c, and tells LoopOptions.Limited.
func (c *Conn) limited(limit Limit) {
	c.loop.counts.Limited[limit]++
	if c.loop.onLimit != nil {
		c.loop.onLimit(c, limit)
	}
}

// countEnd counts a connection that has ended.
func (c *Conn) countEnd() {
	code := int(c.closed)
	if code == 0 {
		code = c.ending.code
	}
	if c.loop.counts.Closed == nil {
		c.loop.counts.Closed = make(map[int]uint64)
	}
	c.loop.counts.Closed[code]++
}

// countTurn counts the turn that began at l.now and is over now.
func (l *Loop) countTurn(now int64) {
	took := time.Duration(now - l.now)
	l.counts.TurnTime += took
	i := 0
	for i < len(turnBounds) && took > turnBounds[i] {
		i++
	}
	l.counts.Turns[i]++
}

// countViolation counts what a connection is closed for.
func (c *Conn) countViolation(v *violation) {
	switch v {
	case &errTooBig:
		c.limited(LimitMessageBytes)
	case &errFragments:
		c.limited(LimitFragments)
	case &errPartial:
		c.limited(LimitPartial)
	case &errRate:
		c.limited(LimitRate)
	default:
		c.loop.counts.Violations++
	}
}
