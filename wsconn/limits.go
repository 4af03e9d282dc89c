package wsconn

import "time"

// Overflow says what happens to a message that does not fit into a
// connection's outgoing queue.
type Overflow uint8

const (
	// OverflowClose refuses the message, drops what is queued and closes the
	// connection with 1013 (try again later).
	OverflowClose Overflow = iota
	// OverflowDropOldest drops the oldest queued messages that are not yet
	// partly on the wire until the new one fits.
	OverflowDropOldest
	// OverflowDropNewest refuses the message; what is queued and the connection
	// stay.
	OverflowDropNewest
)

// Limits bounds what one connection may cost. The zero value means the
// defaults; a negative duration switches that wait off.
type Limits struct {
	// MaxMessageBytes is the largest message taken, over all its fragments;
	// default 1 MiB. Beyond it the connection is closed with 1009.
	MaxMessageBytes int
	// MaxFragments is the largest number of frames of one message; default
	// 16384. Beyond it the connection is closed with 1008.
	MaxFragments int

	// MaxQueueBytes bounds the payload bytes queued for the peer; default
	// 1 MiB. One message is always taken when nothing is queued, whatever its
	// size. Beyond it Overflow acts.
	MaxQueueBytes int
	// Overflow is what happens then; default OverflowClose.
	Overflow Overflow

	// MaxBacklogMessages and MaxBacklogBytes bound what is kept between Hold
	// and Release; defaults 256 and 1 MiB. At either bound the socket is not
	// read until the backlog is empty again.
	MaxBacklogMessages int
	MaxBacklogBytes    int

	// MaxMessagesPerSecond is how many messages are read in one second;
	// default none. Beyond it the socket is not read for the rest of the second,
	// or, if CloseOnRate is set, the connection is closed with 1008.
	MaxMessagesPerSecond int
	CloseOnRate          bool

	// SendBufferBytes bounds what the kernel takes for a peer that does not read;
	// default 128 KiB, of which Linux reserves twice as much. Left alone the
	// kernel would take 4 MiB per connection.
	SendBufferBytes int

	// PingAfter is the silence after which the peer is pinged; default 25 s.
	PingAfter time.Duration
	// PongWithin is how long a pinged peer may stay silent before the
	// connection is cut (Closed gets 1006), unless it still takes what was sent
	// before the ping; default 10 s.
	PongWithin time.Duration
	// MaxIdle is how long there may be no message either way before the
	// connection is closed with 1001; default, and if negative: for ever.
	MaxIdle time.Duration
	// WriteStall is how long the peer may take nothing of what is queued
	// before the connection is cut; default 10 s. It also bounds how long
	// queued messages may delay a Close.
	WriteStall time.Duration
	// CloseWithin is how long a Close may stay unanswered, and how long the
	// peer may keep the socket open after the closing handshake, before the
	// connection is cut; default 5 s.
	CloseWithin time.Duration
}

// never is far enough away for a wait that is switched off.
const never = 1 << 62 * time.Nanosecond

// WithDefaults returns l with every zero field replaced by its default, and what
// is switched off by a time that never comes.
func (l Limits) WithDefaults() Limits {
	setSize(&l.MaxMessageBytes, 1<<20)
	setSize(&l.MaxFragments, 16384)
	setSize(&l.MaxQueueBytes, 1<<20)
	setSize(&l.SendBufferBytes, 128<<10)
	setSize(&l.MaxBacklogMessages, 256)
	setSize(&l.MaxBacklogBytes, 1<<20)
	setWait(&l.PingAfter, 25*time.Second)
	setWait(&l.PongWithin, 10*time.Second)
	setWait(&l.WriteStall, 10*time.Second)
	setWait(&l.CloseWithin, 5*time.Second)
	return l
}

func setSize(field *int, def int) {
	if *field <= 0 {
		*field = def
	}
}

func setWait(field *time.Duration, def time.Duration) {
	switch {
	case *field == 0:
		*field = def
	case *field < 0:
		*field = never
	}
}

// maxQueueMessages bounds the number of queued messages, so that many tiny ones
// cannot cost far more than the bytes they carry.
func (l *Limits) maxQueueMessages() int { return 1024 + l.MaxQueueBytes/64 }
