package appbase

import (
	"time"

	"github.com/dop251/goja"
)

// SocketLimits are what an app or a route says of the limits of its connections, to be narrower than the server's. Zero
// fields say nothing.
type SocketLimits struct {
	MessageBytes      int    // largest message, after inflating
	Fragments         int    // frames of one message
	QueueBytes        int    // largest outgoing queue
	Overflow          string // beyond it: "close", "drop-oldest" or "drop-newest"
	BacklogMessages   int    // messages kept while a handler is busy
	BacklogBytes      int    // bytes of them
	MessagesPerSecond int    // messages a connection may send per second
	RateExceeded      string // beyond it: "wait" or "close"
	SendBufferBytes   int    // what the kernel takes for a peer that does not read

	PingAfter, PongWithin, WriteStall, CloseWithin time.Duration // heartbeat, a peer that reads nothing, a close not answered
	MessageIdle                                    time.Duration // no message either way
}

// AppLimits are what @Api({limits}) says. Zero fields say nothing.
type AppLimits struct {
	Socket       SocketLimits  // of all routes
	Connections  int           // open at once
	BodyBytes    int           // of a request
	ResponseTime time.Duration // until a handler answers
}

// Bounds of a time in limits.
const (
	minLimitTime = 10 * time.Millisecond
	maxLimitTime = 24 * time.Hour
)

// limitTime reads a time of limits, a text such as "30s" or milliseconds, as nanoseconds; undefined when it is none.
func (in *instance) limitTime(value goja.Value) goja.Value {
	var d time.Duration
	switch v := value.Export().(type) {
	case string:
		parsed, err := time.ParseDuration(v)
		if err != nil {
			return goja.Undefined()
		}
		d = parsed
	case int64, float64:
		if ms := value.ToFloat(); ms >= 0 && ms <= float64(maxLimitTime/time.Millisecond) {
			d = time.Duration(ms * float64(time.Millisecond))
		}
	}
	if d < minLimitTime || d > maxLimitTime {
		return goja.Undefined()
	}
	return in.vm.ToValue(int64(d))
}
