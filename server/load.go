package server

import (
	"context"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
)

// load makes p the app's generation and publishes it. It is evaluated on every worker first; only when it is whole on all of
// them does it take over, on the first worker with its @OnStart, then on the others. load returns once p serves, or why it
// does not; then the generation before goes on.
func (a *app) load(ctx context.Context, src appbase.Source, p *scripting.Program) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	workers := a.all()
	routes, err := onEach(workers, func(w *worker) (*appbase.Routes, error) { return w.evaluate(ctx, src, p) })
	if err == nil {
		err = a.prepare(ctx, src)
	}
	if err != nil {
		for _, w := range workers {
			w.loop.Post(w.script.Discard)
		}
		return err
	}
	if err := workers[0].swap(ctx); err != nil {
		return err
	}
	next := &snapshot{source: src, program: p, routes: routes, parallel: a.parallel(routes), generation: a.current.Load().generation + 1, hash: p.Hash()}
	_, err = onEach(workers[1:], func(w *worker) (*appbase.Routes, error) { return nil, w.swap(ctx) })
	a.current.Store(next)
	a.shrink(next)
	return err
}

// onEach calls fn for every worker side by side and waits for all. The result is that of the first worker, the error any.
func onEach(workers []*worker, fn func(*worker) (*appbase.Routes, error)) (*appbase.Routes, error) {
	type result struct {
		routes *appbase.Routes
		err    error
	}
	results := make([]chan result, len(workers))
	for i, w := range workers {
		results[i] = make(chan result, 1)
		go func() { // ends with fn, which is waited for
			routes, err := fn(w)
			results[i] <- result{routes, err}
		}()
	}
	var routes *appbase.Routes
	var failed error
	for i := range results {
		got := <-results[i]
		if i == 0 {
			routes = got.routes
		}
		if failed == nil {
			failed = got.err
		}
	}
	return routes, failed
}

// evaluate loads p on the worker beside what serves.
func (w *worker) evaluate(ctx context.Context, src appbase.Source, p *scripting.Program) (*appbase.Routes, error) {
	generation, err := w.script.Prepare(p, src.Dir)
	if err != nil {
		return nil, err
	}
	return ask(ctx, w, func(done func(*appbase.Routes, error)) { w.script.Evaluate(generation, done) })
}

// swap makes what was evaluated serve.
func (w *worker) swap(ctx context.Context) error {
	_, err := ask(ctx, w, func(done func(struct{}, error)) {
		w.script.Swap(func() { done(struct{}{}, nil) })
	})
	return err
}

// shrink ends the workers that the new generation must not have. Their connections cannot move to another loop: they are
// closed with 1012, and connect again to where they belong.
func (a *app) shrink(now *snapshot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	extra := a.workers[min(now.max(a.crew.cores), len(a.workers)):]
	if len(extra) == 0 {
		return
	}
	a.log.Warn("the app runs on fewer workers now; connections of the others are closed with 1012", "workers", now.max(a.crew.cores), "because", now.parallel.Why)
	for _, w := range append([]*worker(nil), extra...) {
		a.dismiss(w, statusServiceRestart, "the app runs on fewer workers")
	}
}
