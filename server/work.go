package server

import "sync/atomic"

// work counts goroutines of requests while they have something to do: those that wait for an app have not. Whoever has one go
// on counts it first, so that it is never seen idle on the way. Any goroutine may use it; nil counts nothing.
type work struct {
	now   atomic.Int64
	total atomic.Uint64
}

func (w *work) begin() {
	if w != nil {
		w.now.Add(1)
		w.total.Add(1)
	}
}

func (w *work) end() {
	if w != nil {
		w.now.Add(-1)
	}
}

// pause is one wait for an app.
type pause struct {
	work  *work
	state atomic.Int32
}

const (
	notPaused int32 = iota
	paused
	pauseOver
)

func (w *work) pause() *pause {
	if w == nil {
		return nil
	}
	return &pause{work: w}
}

// begin is called once the app has been asked.
func (p *pause) begin() {
	if p != nil && p.state.CompareAndSwap(notPaused, paused) {
		p.work.end()
	}
}

// over is called by who ends the wait, before that, and at last by who waited.
func (p *pause) over() {
	if p != nil && p.state.Swap(pauseOver) == paused {
		p.work.begin()
	}
}
