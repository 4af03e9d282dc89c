package scripting

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Phases of an entry, the low two bits of watchdog.state.
const (
	phaseIdle = iota
	phaseRunning
	phaseInterrupting
	phaseInterrupted

	phaseBits = 2
	phaseMask = 1<<phaseBits - 1
)

// interrupter is what the watchdog needs of the engine.
type interrupter interface {
	Interrupt(v any)
	ClearInterrupt()
}

// busyFactor bounds the time of an entry by the wall's clock, in limits: a thread that gets less of the machine than this
// part of it, or that blocks in a native function, is interrupted all the same.
const busyFactor = 4

// watchdog interrupts an entry that runs longer than limit. Where the system tells how long a thread has run, an entry
// whose thread did not get the processor for most of that time, because the machine was busy with others, is given more:
// up to busyFactor times the limit.
//
// There is no timer per entry. The state word holds the number of the entry
// and its phase; an entry stores it when it begins and swaps it when it ends.
// One timer ticks four times per limit while entries happen, and interrupts
// when it has seen the same entry running for limit. It disarms itself when a
// tick finds no entry, and the next entry arms it again.
//
// enter and exit are called by the loop, tick by the timer's goroutine. The
// loop is taken to stay on its thread; of one that moves, too little time may
// be measured, never too much.
type watchdog struct {
	vm    interrupter
	limit time.Duration
	why   any                                      // the value given to Interrupt
	ran   func(thread int32) (time.Duration, bool) // processor time of a thread; false: it cannot be told

	state  atomic.Uint64
	armed  atomic.Bool
	thread atomic.Int32 // the loop's, while armed
	timer  *time.Timer
	seq    uint64 // of the loop
	asleep bool   // entries do not arm it; of the loop

	// Of the tick; ticks never overlap, as each arms the next.
	seen  uint64
	since time.Time
	spent time.Duration // of the thread, then
	told  bool          // whether spent is known
}

func newWatchdog(vm interrupter, limit time.Duration, why any) *watchdog {
	w := &watchdog{vm: vm, limit: limit, why: why, ran: threadTime}
	w.timer = time.AfterFunc(time.Hour, w.tick)
	w.timer.Stop()
	return w
}

// enter begins an entry.
func (w *watchdog) enter() {
	w.seq++
	w.state.Store(w.seq<<phaseBits | phaseRunning)
	if !w.armed.Load() {
		w.wake()
	}
}

// wake arms the watchdog for the calling thread.
func (w *watchdog) wake() {
	if w.asleep {
		return
	}
	w.thread.Store(threadID())
	w.arm()
}

// exit ends the entry. When the timer is interrupting it just now, exit waits
// for that and takes the interrupt back, so it never hits the next entry.
func (w *watchdog) exit() {
	running := w.seq<<phaseBits | phaseRunning
	if w.state.CompareAndSwap(running, w.seq<<phaseBits|phaseIdle) {
		return
	}
	for w.state.Load()&phaseMask != phaseInterrupted {
		runtime.Gosched()
	}
	w.vm.ClearInterrupt()
	w.state.Store(w.seq<<phaseBits | phaseIdle)
}

// arm starts the ticking unless it is going on already.
func (w *watchdog) arm() {
	if w.armed.CompareAndSwap(false, true) {
		w.timer.Reset(w.period())
	}
}

func (w *watchdog) period() time.Duration { return max(w.limit/4, 1) }

func (w *watchdog) tick() {
	state := w.state.Load()
	if state&phaseMask == phaseIdle {
		w.disarm(state)
		return
	}
	w.look(state)
	w.timer.Reset(w.period())
}

// disarm ends the ticking, unless an entry began meanwhile that relied on it.
func (w *watchdog) disarm(state uint64) {
	w.armed.Store(false)
	if w.state.Load() != state {
		w.arm()
	}
}

// look interrupts the running entry when it was seen for the whole limit.
func (w *watchdog) look(state uint64) {
	if state != w.seen {
		w.seen, w.since = state, time.Now()
		w.spent, w.told = w.ran(w.thread.Load())
		return
	}
	if state&phaseMask != phaseRunning || !w.expired(time.Since(w.since)) {
		return
	}
	if !w.state.CompareAndSwap(state, state&^phaseMask|phaseInterrupting) {
		return
	}
	w.vm.Interrupt(w.why)
	w.state.Store(state&^phaseMask | phaseInterrupted)
}

// expired reports whether the entry that has been seen for so long has had its time.
func (w *watchdog) expired(seen time.Duration) bool {
	if seen < w.limit || seen >= busyFactor*w.limit {
		return seen >= w.limit
	}
	spent, told := w.ran(w.thread.Load())
	return !told || !w.told || spent-w.spent >= w.limit-w.period()
}

// stop ends the ticking for good; no entry may follow.
func (w *watchdog) stop() { w.timer.Stop() }

// interrupted reports whether the present entry was interrupted.
func (w *watchdog) interrupted() bool { return w.state.Load()&phaseMask == phaseInterrupted }
