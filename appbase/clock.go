package appbase

import (
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// Clock is the time that an app lives in. Where one may be given, nil is the machine's. Any goroutine may use it.
type Clock interface {
	Now() time.Time
	// AfterFunc calls fn once d has passed, on another goroutine or in whatever moves the clock on; never inside the call.
	// stop reports whether it prevented that.
	AfterFunc(d time.Duration, fn func()) (stop func() bool)
}

// Settable is a [Clock] that may be set to another time of day, without any passing.
type Settable interface {
	Clock
	// OnSet calls fn after every time that it was set, on any goroutine, until stop.
	OnSet(fn func()) (stop func() bool)
}

// onSet is OnSet of a clock that may be set; of others it does nothing.
func onSet(c Clock, fn func()) (stop func() bool) {
	if s, ok := c.(Settable); ok {
		return s.OnSet(fn)
	}
	return func() bool { return false }
}

func nowOf(c Clock) func() time.Time {
	if c == nil {
		return time.Now
	}
	return c.Now
}

func afterFunc(c Clock, d time.Duration, fn func()) (stop func() bool) {
	if c == nil {
		return time.AfterFunc(d, fn).Stop
	}
	return c.AfterFunc(d, fn)
}

// clocked is an executor whose timers go by a clock of their own.
type clocked struct {
	scripting.Executor
	clock Clock
}

// OnClock is e with timers that go by a clock; nil: e itself.
func OnClock(e scripting.Executor, c Clock) scripting.Executor {
	if c == nil {
		return e
	}
	return clocked{e, c}
}

// AfterFunc implements [scripting.Executor]: fn runs as a task of the loop, unless it is stopped before that.
func (c clocked) AfterFunc(d time.Duration, fn func()) (stop func() bool) {
	over := false // on the loop only
	cancel := c.clock.AfterFunc(d, func() {
		c.Post(func() {
			if !over {
				over = true
				fn()
			}
		})
	})
	return func() bool {
		if over {
			return false
		}
		over = true
		cancel()
		return true
	}
}
