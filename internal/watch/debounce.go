package watch

import "time"

// debouncer decides when a burst of changes is over: after a quiet time, and at the latest a given time after the first
// change. One goroutine uses it.
type debouncer struct {
	quiet, most time.Duration
	timer       *time.Timer // running while armed
	armed       bool
	first       time.Time // of the changes of this burst; valid while armed
}

func newDebouncer(quiet, most time.Duration) *debouncer {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &debouncer{quiet: quiet, most: most, timer: timer}
}

// touch notes a change.
func (d *debouncer) touch() {
	if !d.armed {
		d.armed, d.first = true, time.Now()
	}
	d.timer.Reset(min(d.quiet, d.left()))
}

// extend asks for more quiet before the burst ends; false when it has waited as long as it may, or is over.
func (d *debouncer) extend() bool {
	if !d.armed || d.left() <= 0 {
		return false
	}
	d.timer.Reset(min(d.quiet, d.left()))
	return true
}

// left is how long the burst may still last.
func (d *debouncer) left() time.Duration { return max(0, d.most-time.Since(d.first)) }

// over is received from when the burst is over; reset must be called then, or extend.
func (d *debouncer) over() <-chan time.Time { return d.timer.C }

// reset makes the next change the first of a new burst.
func (d *debouncer) reset() {
	d.armed = false
	d.timer.Stop()
}
