package wsconn

import (
	"runtime"
	"time"
)

// Go's monitor takes what runs on a processor for one piece of work until the
// scheduler is entered, which a loop never does by itself. After 10 ms of that
// it stops the loop with a signal wherever it is; and whenever the monitor finds
// it in the kernel from then on, it takes its processor away, which keeps the
// monitor itself awake at intervals of 20 µs. A loop that is busy therefore
// enters the scheduler itself, often enough, when it has nothing to do anyhow.
const (
	// cedeEvery is how often at most: twice in the 10 ms.
	cedeEvery = 5 * time.Millisecond
	// cedeWork is what a loop has worked since: one that has little to do is
	// left alone, as the monitor sleeps, too.
	cedeWork = time.Millisecond
)

// ceded is when the loop last entered the scheduler, and Counters.TurnTime then.
type ceded struct {
	at   int64
	work time.Duration
}

// cede enters the scheduler when it is time. Goroutines that wait for a
// processor run first.
func (l *Loop) cede(now int64) {
	if now-l.ceded.at < int64(cedeEvery) || l.counts.TurnTime-l.ceded.work < cedeWork {
		return
	}
	l.ceded = ceded{now, l.counts.TurnTime}
	runtime.Gosched()
}
