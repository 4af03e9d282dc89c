package scripting

// Entries counts the entries into the runtime: one that has not moved for a
// while has been idle for as long. Loop goroutine only.
func (rt *Runtime) Entries() uint64 { return rt.guard.seq }

// outstanding counts promises that are not settled.
type outstanding struct {
	outside int // of NewPromise
	work    int // of NewWork
}

// Outstanding is how many promises of [Runtime.NewPromise] and of
// [Runtime.NewWork] are not settled. Loop goroutine only.
func (rt *Runtime) Outstanding() (outside, work int) {
	return rt.outstanding.outside, rt.outstanding.work
}

// Pending reports whether the script waits for something that will come by
// itself: a timer, or a promise of [Runtime.NewPromise] or [Runtime.NewWork].
// Loop goroutine only.
func (rt *Runtime) Pending() bool {
	return len(rt.timers.pending) > 0 || rt.outstanding != outstanding{}
}
