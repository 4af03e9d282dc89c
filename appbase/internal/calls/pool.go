// Package calls takes what a script asks of a store off the loop and brings the outcome back as a promise: bounded, with a
// deadline, and with errors that stand where the author's call does. It is what the host modules that keep data share.
package calls

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Bounds of a [Pool] and a [Lane].
const (
	maxRunning = 8
	maxWaiting = 1024
)

// Busy is the error of work that was not taken because too much is waiting already.
type Busy struct{ Waiting int }

func (e *Busy) Error() string {
	return fmt.Sprintf("%d calls are waiting for the store already: await some before making more", e.Waiting)
}

// ErrorCode tells the error from others.
func (e *Busy) ErrorCode() string { return "busy" }

var errStopped = errors.New("the app is stopping")

// Pool runs work that blocks, a few at a time and at most 1,024 waiting, for all runtimes of one app. Its goroutines come
// and go with the work. Any goroutine may use it.
type Pool struct {
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu      sync.Mutex
	taken   uint64
	running int
	started int
	waiting []func()
	closed  bool
}

// NewPool makes a pool; Close ends it.
func NewPool() *Pool {
	p := &Pool{}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Context ends when the pool is closed.
func (p *Pool) Context() context.Context { return p.ctx }

// Go has fn run on a goroutine, once one of the places is free.
func (p *Pool) Go(fn func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return errStopped
	case p.running < maxRunning:
		p.taken++
		p.running++
		p.group.Go(func() { p.run(fn) })
	case len(p.waiting) < maxWaiting:
		p.waiting = append(p.waiting, fn)
	default:
		return &Busy{len(p.waiting)}
	}
	return nil
}

func (p *Pool) run(fn func()) {
	for fn != nil {
		fn()
		fn = p.next()
	}
}

func (p *Pool) next() func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.running--
		return nil
	}
	fn := p.waiting[0]
	p.waiting[0] = nil
	p.waiting = p.waiting[1:]
	return fn
}

// Start runs fn on a goroutine of its own, for work whose number the caller bounds.
func (p *Pool) Start(fn func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errStopped
	}
	p.taken++
	p.started++
	p.group.Go(func() {
		defer p.ended()
		fn()
	})
	return nil
}

func (p *Pool) ended() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started--
}

// Work is how much work was taken so far, and whether some is under way.
func (p *Pool) Work() (taken uint64, busy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken, p.running+p.started > 0
}

// Close ends the pool's context, and returns when everything that was taken has been run. It is idempotent.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.group.Wait()
}
