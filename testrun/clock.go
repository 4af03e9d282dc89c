package testrun

import (
	"container/heap"
	"sync"
	"time"
)

// clock is the time of the apps of one test file. It stands still until it is moved, or set free. It may be used from any
// goroutine; the functions of its timers are called by who moves it.
type clock struct {
	mu      sync.Mutex
	base    time.Time     // what it shows, less what has passed
	passed  time.Duration // by moving
	timers  alarmHeap
	last    uint64
	watched map[uint64]func()
	free    time.Time // since when it goes by itself; zero: it does not
}

// alarm is one AfterFunc.
type alarm struct {
	due   time.Duration // on the scale of passed
	seq   uint64
	index int // in the heap; -1 once it is over
	fn    func()
	real  *time.Timer // of a free clock
}

func newClock(now time.Time) *clock { return &clock{base: now, watched: map[uint64]func(){}} }

// Now implements appbase.Clock.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.free.IsZero() {
		return c.base.Add(c.passed + time.Since(c.free))
	}
	return c.base.Add(c.passed)
}

// AfterFunc implements appbase.Clock.
func (c *clock) AfterFunc(d time.Duration, fn func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.free.IsZero() {
		return time.AfterFunc(d, fn).Stop
	}
	c.last++
	a := &alarm{due: c.passed + max(d, 0), seq: c.last, fn: fn}
	heap.Push(&c.timers, a)
	return func() bool { return c.stop(a) }
}

func (c *clock) stop(a *alarm) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.real != nil {
		return a.real.Stop()
	}
	if a.index < 0 {
		return false
	}
	heap.Remove(&c.timers, a.index)
	return true
}

// OnSet implements appbase.Settable.
func (c *clock) OnSet(fn func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	id := c.last
	c.watched[id] = fn
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, was := c.watched[id]
		delete(c.watched, id)
		return was
	}
}

// set has it show another time; nothing is due by that.
func (c *clock) set(now time.Time) {
	c.mu.Lock()
	c.base = now.Add(-c.passed)
	watched := make([]func(), 0, len(c.watched))
	for _, fn := range c.watched {
		watched = append(watched, fn)
	}
	c.mu.Unlock()
	for _, fn := range watched {
		fn()
	}
}

// elapsed is how much has passed.
func (c *clock) elapsed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed
}

// next is when the earliest timer is due, as far as elapsed goes.
func (c *clock) next() (due time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 {
		return 0, false
	}
	return c.timers[0].due, true
}

// moveTo moves it on and calls what is due then, in order. What that adds waits for the next move.
func (c *clock) moveTo(elapsed time.Duration) {
	c.mu.Lock()
	c.passed = max(c.passed, elapsed)
	var due []*alarm
	for len(c.timers) > 0 && c.timers[0].due <= c.passed {
		due = append(due, heap.Pop(&c.timers).(*alarm))
	}
	c.mu.Unlock()
	for _, a := range due {
		a.fn()
	}
}

// release has it go on by itself, at the pace of the machine's.
func (c *clock) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.free.IsZero() {
		return
	}
	c.free = time.Now()
	for _, a := range c.timers {
		a.index = -1
		a.real = time.AfterFunc(max(a.due-c.passed, 0), a.fn)
	}
	c.timers = nil
}

// alarmHeap has the earliest first.
type alarmHeap []*alarm

func (h alarmHeap) Len() int { return len(h) }

func (h alarmHeap) Less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].seq < h[j].seq
}

func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *alarmHeap) Push(x any) {
	a := x.(*alarm)
	a.index = len(*h)
	*h = append(*h, a)
}

func (h *alarmHeap) Pop() any {
	old := *h
	a := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	a.index = -1
	return a
}
