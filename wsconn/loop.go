package wsconn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// LoopOptions sets up a [Loop]; the zero value is fine.
type LoopOptions struct {
	// Log receives what no caller can be told: panics of tasks and handlers.
	// Default: nothing is logged.
	Log *slog.Logger
	// MaxTasks bounds the tasks that wait to run; default 65536. Post refuses
	// further ones.
	MaxTasks int
	// Portable gives every connection a reader goroutine even where its socket
	// could be polled.
	Portable bool
	// Partial bounds what is held of messages that have arrived in part. Loops
	// may share it. Default: only Limits.MaxMessageBytes bounds them.
	Partial *Budget
	// Limited is told when a limit has acted on a connection, on the loop and
	// often: it must return at once and must not use the connection but to
	// read. Default: nobody is told.
	Limited func(c *Conn, limit Limit)
}

// Loop owns connections, timers and a queue of tasks, and runs all of them on
// one goroutine: the one that calls Run.
//
// In each turn it takes what has become ready (tasks, bytes read by reader
// goroutines, timers, readable sockets, in this order), calls the functions and
// handlers concerned one after the other, and then writes to each connection
// that was sent something.
type Loop struct {
	log      *slog.Logger
	clock    func() int64 // nanoseconds since the loop was made
	portable bool
	maxTasks int
	poller   *poller
	partial  *Budget
	onLimit  func(*Conn, Limit)
	started  atomic.Bool
	stopping atomic.Bool  // Run is to return
	asleep   atomic.Bool  // the poller blocks or is about to
	waiting  atomic.Int64 // len(tasks)+len(arrivals), read without the lock
	readers  sync.WaitGroup
	writers  sync.WaitGroup
	writing  atomic.Int64 // writer goroutines that the loop has not heard of

	mu       sync.Mutex
	ended    bool      // nothing is taken any more
	taken    uint64    // tasks and arrivals so far
	tasks    []func()  // posted
	arrivals []arrival // from reader and writer goroutines, at most two per connection

	// The rest is for the loop goroutine only.
	now           int64
	ceded         ceded
	timers        timers
	wheel         wheel
	conns         connTable
	http          httpConns
	shared        []*Limits          // limits in use, so that equal ones are kept once
	resumed       []*Conn            // have something kept to deliver
	touched       []*Conn            // have something to write
	yielded       []*Conn            // have had their share of a turn, and more to parse
	postponed     []*Conn            // are resumed in the next turn
	over          bool               // Run is at its end: nothing is left to another turn
	spent         int                // of its share by the connection that is parsed
	awaiting      map[*Conn][]func() // see WhenDrained
	spareTasks    []func()
	spareArrivals []arrival
	readBuf       []byte
	gather        gather
	tape          tape
	inflater      inflater
	packer        packer
	free          freeLists
	counts        Counters
}

// readBytes is the size of the buffer all sockets of a loop are read into.
const readBytes = 64 << 10

// NewLoop makes a loop. It holds descriptors from now on, which Run releases.
func NewLoop(o LoopOptions) (*Loop, error) {
	start := time.Now()
	// A reading is never 0, which stands for no time at all.
	return newLoop(o, func() int64 { return int64(time.Since(start)) + 1 }, 250*time.Millisecond)
}

// newLoop is NewLoop with a clock, and slots of the given size for the deadlines
// of connections.
func newLoop(o LoopOptions, clock func() int64, slot time.Duration) (*Loop, error) {
	p, err := newPoller()
	if err != nil {
		return nil, fmt.Errorf("make an event loop: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxTasks <= 0 {
		o.MaxTasks = 65536
	}
	return &Loop{
		log: o.Log, clock: clock, portable: o.Portable, maxTasks: o.MaxTasks, poller: p, partial: o.Partial, onLimit: o.Limited,
		wheel: wheel{slot: slot}, readBuf: make([]byte, readBytes), gather: newGather(),
	}, nil
}

// Post has the loop run fn. Any goroutine may call it; functions run in the
// order they were posted. It returns false, and fn never runs, when MaxTasks
// functions wait already or the loop has ended; every function it took runs
// before Run returns.
func (l *Loop) Post(fn func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || len(l.tasks) >= l.maxTasks {
		return false
	}
	l.tasks = append(l.tasks, fn)
	l.signal()
	return true
}

// arrive hands over what a reader or writer goroutine has to tell; dropped when
// the loop has ended.
func (l *Loop) arrive(a arrival) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.arrivals = append(l.arrivals, a)
	l.signal()
}

// signal counts one thing that waits and wakes the loop if it sleeps. mu is
// held, so that the poller cannot be closed meanwhile.
func (l *Loop) signal() {
	l.taken++
	l.waiting.Add(1)
	l.rouse()
}

// Work tells what the loop has to do: how many tasks it was given so far, and
// whether it is busy with some, or with writing. A loop that is not busy waits
// for its timers, for sockets that it polls, and for more tasks. Any goroutine
// may call it.
func (l *Loop) Work() (taken uint64, busy bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	idle := l.ended || l.asleep.Load() && l.waiting.Load() == 0 && l.writing.Load() == 0
	return l.taken, !idle
}

// rouse ends the poller's sleep; mu is held.
func (l *Loop) rouse() {
	if !l.ended && l.asleep.CompareAndSwap(true, false) {
		l.poller.wake()
	}
}

var errRunTwice = errors.New("wsconn: the loop has run already")

// Run runs the loop on the calling goroutine, which it locks to its thread,
// until ctx is done or the poller fails (the error). Then, in this order:
// nothing is taken any more; functions already posted run; what is queued is
// written as far as the kernel takes it; every connection is cut, its handler
// told Closed(1006) unless it was told before. When Run returns, every goroutine
// and descriptor of the loop is gone. A loop runs once.
func (l *Loop) Run(ctx context.Context) error {
	if l.started.Swap(true) {
		return errRunTwice
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l.stopping.Store(ctx.Err() != nil)
	unwatch := l.watch(ctx)
	defer unwatch()
	var err error
	for err == nil && !l.stopping.Load() {
		err = l.turn()
	}
	l.end()
	return err
}

// watch makes the loop stop when ctx is done. The function it returns waits
// until nothing of that is left.
func (l *Loop) watch(ctx context.Context) func() {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		l.stopping.Store(true)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.rouse()
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// turn waits for work and does what is there.
func (l *Loop) turn() error {
	slept, err := l.wait()
	if err != nil {
		return fmt.Errorf("event loop: %w", err)
	}
	now := l.clock()
	if !slept && l.now != 0 {
		l.countTurn(now)
	}
	l.now = now
	l.runPostponed()
	l.runWaiting()
	l.runTimers()
	l.runYielded()
	l.poller.dispatch(l)
	l.wheel.expire(l.now, (*Conn).tick)
	l.settle()
	l.flush()
	return nil
}

// wait polls without blocking first: a busy loop never lets go of its processor.
// It sleeps only when there is nothing to do, and counts the turn that is over
// then.
func (l *Loop) wait() (slept bool, err error) {
	n, err := l.poller.poll(0)
	if n > 0 || err != nil || l.waiting.Load() > 0 || len(l.touched)+len(l.yielded)+len(l.postponed) > 0 {
		return false, err
	}
	timeout := l.sleep()
	if timeout == 0 {
		return false, nil
	}
	if l.now != 0 {
		now := l.clock()
		l.countTurn(now)
		l.cede(now)
	}
	l.asleep.Store(true)
	if l.waiting.Load() == 0 && !l.stopping.Load() {
		_, err = l.poller.poll(timeout)
	}
	l.asleep.Store(false)
	return true, err
}

// sleep is how long the loop may sleep: until the next timer or deadline, -1 for
// as long as nothing happens.
func (l *Loop) sleep() time.Duration {
	at, some := l.timers.next()
	if due, ok := l.wheel.next(); ok && (!some || due < at) {
		at, some = due, true
	}
	if !some {
		return -1
	}
	return time.Duration(max(at-l.clock(), 0))
}

// runWaiting runs what was posted and what reader goroutines brought before the
// turn began.
func (l *Loop) runWaiting() {
	if l.waiting.Load() == 0 {
		return
	}
	l.mu.Lock()
	tasks, arrivals := l.tasks, l.arrivals
	l.tasks, l.arrivals = l.spareTasks[:0], l.spareArrivals[:0]
	l.waiting.Store(0)
	l.mu.Unlock()
	for _, fn := range tasks {
		l.guard(fn)
		l.settle()
	}
	for i := range arrivals {
		arrivals[i].take()
		l.settle()
	}
	l.spareTasks, l.spareArrivals = recycle(tasks), recycle(arrivals)
}

// recycle clears a slice for its next use, unless a rush has made it large.
func recycle[T any](s []T) []T {
	if cap(s) > 4096 {
		return nil
	}
	clear(s)
	return s[:0]
}

// guard runs a task or timer; a panic is logged and ends only that function.
func (l *Loop) guard(fn func()) {
	defer func() {
		if r := recover(); r != nil {
			l.counts.Panics++
			l.log.Error("a task panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	fn()
}

// settle delivers what was kept to the connections that may have it now. No
// handler runs when it is called, so handlers are never entered twice.
func (l *Loop) settle() {
	for i := 0; i < len(l.resumed); i++ {
		c := l.resumed[i]
		l.resumed[i] = nil
		c.resumed = false
		c.deliver(i == 0)
	}
	l.resumed = l.resumed[:0]
}

// flush writes what the turn has queued, once per connection. What handlers
// queue when they hear that their connection has drained waits for the next
// turn.
func (l *Loop) flush() {
	n := len(l.touched)
	for i := range n {
		c := l.touched[i]
		c.touched = false
		c.flush()
	}
	l.tape.rewind()
	for i := range n {
		l.touched[i].tellDrained()
	}
	l.touched = forget(l.touched, n)
	l.settle()
}

// end is the last part of Run.
func (l *Loop) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.now, l.over = l.clock(), true
	l.runPostponed()
	l.runWaiting()
	l.flush()
	l.conns.each(func(c *Conn) { c.transport.hurry() })
	l.writers.Wait()
	l.conns.each((*Conn).abort)
	l.http.end()
	l.settle()
	l.readers.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.poller.close()
}
