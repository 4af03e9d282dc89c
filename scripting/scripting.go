// Package scripting compiles apps written in JavaScript or TypeScript and runs
// them: one [Runtime] a worker, on the worker's own loop.
//
// Compile bundles an app's entry file and what it imports, repairs what the
// engine is known to get wrong, and yields a [Program] that any number of
// runtimes share. A Runtime runs it. Every way into script code goes through
// an entry ([Runtime.Call], [Runtime.Do], [Runtime.Run]): an entry is watched
// so that no script keeps the thread for longer than [Options.CallTime],
// drains the microtasks it caused, and turns what went wrong into an [Error]
// that names the author's file, line and column.
package scripting

import (
	"errors"
	"time"
)

// Executor runs functions on the one goroutine that owns a Runtime. It is best locked to its thread: see [Options.CallTime].
type Executor interface {
	// Post queues fn for the loop, from any goroutine, in order. It reports
	// false, without keeping fn, when the queue is full or the loop has ended.
	Post(fn func()) bool
	// AfterFunc runs fn on the loop once d has passed, never inside the call.
	// It is called on the loop only; stop reports whether it prevented fn.
	AfterFunc(d time.Duration, fn func()) (stop func() bool)
}

// ErrClosed is what every entry returns once [Runtime.Close] was called.
var ErrClosed = errors.New("the runtime is closed")

// Defaults of [Options].
const (
	defaultCallTime     = time.Second
	defaultMaxCallDepth = 2000
	defaultMaxTimers    = 10000
)

// Options are the settings of a Runtime. Only Executor is required.
type Options struct {
	// Executor runs what a Runtime does later, on the goroutine that owns it.
	Executor Executor
	// CallTime is the longest that one entry, its microtasks included, may
	// keep the thread; default one second. An entry that takes longer is
	// interrupted between CallTime and half as much more, and fails with an
	// Error whose Interrupted is set. Where the system tells (Linux), time in
	// which the thread waited for a processor does not count, up to four
	// times CallTime. Native functions of the engine are not interrupted
	// before they return.
	CallTime time.Duration
	// MaxCallDepth is how many script functions may be active at once;
	// default 2000. One more is a RangeError.
	MaxCallDepth int
	// Now tells the time that Date shows and intervals go by; default
	// time.Now. It should be the time by which Executor counts.
	Now func() time.Time
	// MaxTimers is how many timeouts and intervals may be pending at once;
	// default 10000. One more is a RangeError.
	MaxTimers int
	// OnError hears what no caller receives: an exception in a timer or a
	// microtask, a rejection that nobody handled. It is called on the loop,
	// outside of any entry, and may enter the Runtime. Nil drops them.
	OnError func(*Error)
}

func (o Options) withDefaults() Options {
	if o.CallTime <= 0 {
		o.CallTime = defaultCallTime
	}
	if o.MaxCallDepth <= 0 {
		o.MaxCallDepth = defaultMaxCallDepth
	}
	if o.MaxTimers <= 0 {
		o.MaxTimers = defaultMaxTimers
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnError == nil {
		o.OnError = func(*Error) {}
	}
	return o
}
