package wsconn

import (
	"container/heap"
	"time"
)

// timer is one AfterFunc that has not run yet. Times are nanoseconds on the
// loop's clock.
type timer struct {
	when  int64
	seq   uint64 // order among equals, and the bound of one pass
	index int    // place in the heap, -1 once it left
	fn    func()
}

// timers is a heap of timers, the next one first.
type timers struct {
	heap timerHeap
	seq  uint64
}

// add puts a timer on the heap.
func (t *timers) add(when int64, fn func()) *timer {
	t.seq++
	tm := &timer{when: when, seq: t.seq, fn: fn}
	heap.Push(&t.heap, tm)
	return tm
}

// stop takes tm off the heap and reports whether it was still there.
func (t *timers) stop(tm *timer) bool {
	if tm.index < 0 {
		return false
	}
	heap.Remove(&t.heap, tm.index)
	tm.fn = nil
	return true
}

// next returns when the earliest timer is due.
func (t *timers) next() (when int64, ok bool) {
	if len(t.heap) == 0 {
		return 0, false
	}
	return t.heap[0].when, true
}

// due takes off and returns the earliest timer that is due at now and was added
// no later than the timer numbered last; nil when there is none.
func (t *timers) due(now int64, last uint64) func() {
	if len(t.heap) == 0 || t.heap[0].when > now || t.heap[0].seq > last {
		return nil
	}
	tm := heap.Pop(&t.heap).(*timer)
	fn := tm.fn
	tm.fn = nil
	return fn
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].when != h[j].when {
		return h[i].when < h[j].when
	}
	return h[i].seq < h[j].seq
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	tm := x.(*timer)
	tm.index = len(*h)
	*h = append(*h, tm)
}

func (h *timerHeap) Pop() any {
	old := *h
	tm := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	tm.index = -1
	return tm
}

// AfterFunc runs fn on the loop once d has passed, rounded up to a millisecond,
// never inside AfterFunc itself. The function it returns stops the timer and
// reports whether it did so before fn ran. Both are for the loop goroutine only.
// Timers that are not due when the loop ends never run.
func (l *Loop) AfterFunc(d time.Duration, fn func()) (stop func() bool) {
	tm := l.timers.add(l.clock()+int64(max(d, 0)), fn)
	return func() bool { return l.timers.stop(tm) }
}

// runTimers runs what is due. A timer that is added meanwhile waits for the next
// turn, so that timers adding timers cannot keep sockets from being served.
func (l *Loop) runTimers() {
	last := l.timers.seq
	for fn := l.timers.due(l.now, last); fn != nil; fn = l.timers.due(l.now, last) {
		l.guard(fn)
		l.settle()
	}
}
