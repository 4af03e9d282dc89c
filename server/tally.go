package server

import (
	"sync"
	"time"

	"github.com/sigil-server/sigil/wsconn"
)

// scrapeWithin is how long a scrape waits for loops that are busy. Then it gets what they told the last time.
const scrapeWithin = 500 * time.Millisecond

// loopReading is what one loop, or all of an app, had counted at one moment.
type loopReading struct {
	wsconn.Counters
	lag     time.Duration // from the question to the answer, of the slowest
	stalled bool          // one has not answered
}

// tally adds up what the loops of an app count, those that have ended included. It may be used from any goroutine.
type tally struct {
	mu   sync.Mutex
	live map[*worker]struct{}
	past wsconn.Counters // of those that have ended
}

// add takes a worker in before it runs.
func (t *tally) add(w *worker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = map[*worker]struct{}{}
	}
	t.live[w] = struct{}{}
}

// close keeps the counters of a worker whose loop has ended; it is called on the loop's goroutine.
func (t *tally) close(w *worker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.past.Add(w.loop.Counters())
	delete(t.live, w)
}

// read asks all loops at once and waits for their answers until the deadline.
func (t *tally) read(deadline <-chan struct{}) loopReading {
	asked := time.Now()
	var all sync.WaitGroup
	for _, w := range t.workers() {
		answers := make(chan loopReading, 1)
		if !w.loop.Post(func() { answers <- loopReading{Counters: w.loop.Counters(), lag: time.Since(asked)} }) {
			t.keep(w, nil, asked)
			continue
		}
		all.Go(func() {
			select {
			case got := <-answers:
				t.keep(w, &got, asked)
			case <-deadline:
				t.keep(w, nil, asked)
			}
		})
	}
	all.Wait()
	return t.sum()
}

func (t *tally) workers() (list []*worker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for w := range t.live {
		list = append(list, w)
	}
	return list
}

// keep remembers a worker's answer, or that there was none.
func (t *tally) keep(w *worker, got *loopReading, asked time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if got == nil {
		w.last.lag, w.last.stalled = time.Since(asked), true
		return
	}
	w.last = *got
}

// sum is the last answer of every worker together.
func (t *tally) sum() (all loopReading) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all.Counters.Add(t.past)
	for w := range t.live {
		all.Counters.Add(w.last.Counters)
		all.lag = max(all.lag, w.last.lag)
		all.stalled = all.stalled || w.last.stalled
	}
	return all
}
