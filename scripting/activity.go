package scripting

// Entries counts the entries into the runtime: one that has not moved for a
// while has been idle for as long. Loop goroutine only.
func (rt *Runtime) Entries() uint64 { return rt.guard.seq }

// Outstanding is how many promises of [Runtime.NewPromise] are not settled.
// Loop goroutine only.
func (rt *Runtime) Outstanding() int { return rt.outstanding }

// Pending reports whether the script waits for something that will come by
// itself: a timer, or a promise of [Runtime.NewPromise]. Loop goroutine only.
func (rt *Runtime) Pending() bool { return len(rt.timers.pending) > 0 || rt.outstanding > 0 }
