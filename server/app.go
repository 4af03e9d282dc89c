package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/wsconn"
)

// app is one hosted app: a loop, the worker on it, and what of them others may read.
type app struct {
	name   string
	log    *slog.Logger // names the app
	limits Limits
	loop   *wsconn.Loop
	worker *appbase.Worker // on the loop only, but for Prepare
	hub    *hub            // on the loop only

	current atomic.Pointer[snapshot] // never nil
	open    atomic.Int64             // connections

	endLoop context.CancelFunc
	ended   chan struct{} // closed when the loop is gone

	closing *closing // on the loop only: set once connections are not taken any more
}

// snapshot is what answers for an app at one moment. It is immutable.
type snapshot struct {
	source     appbase.Source
	routes     *appbase.Routes // nil: nothing serves
	generation int
	hash       string
	err        error // of the newest build, when it failed
}

// newApp starts an app's loop, with no code on it yet. It ends with [app.stop].
func newApp(src appbase.Source, o *Options) (*app, error) {
	log := o.Log.With("app", src.Name)
	loop, err := wsconn.NewLoop(wsconn.LoopOptions{Log: log})
	if err != nil {
		return nil, fmt.Errorf("starting app %s: %w", src.Name, err)
	}
	a := &app{name: src.Name, log: log, limits: o.Limits, loop: loop, hub: newHub(), ended: make(chan struct{})}
	a.worker = appbase.NewWorker(appbase.Options{
		Name: src.Name, Executor: loop, Host: a.hub, Log: o.Log, LoadOnly: o.loadOnly,
		CallTime: o.Limits.CallTime, MaxDepth: o.Limits.MaxCallDepth, Config: o.AppConfig[src.Name],
	})
	a.current.Store(&snapshot{source: src})
	var ctx context.Context
	ctx, a.endLoop = context.WithCancel(context.Background())
	go a.run(ctx)
	return a, nil
}

// run is the app's goroutine.
func (a *app) run(ctx context.Context) {
	defer close(a.ended)
	if err := a.loop.Run(ctx); err != nil {
		a.log.Error("the app's loop has failed; the app is gone until the server starts again", "error", err)
	}
}

// Why an app could not be asked. Each is answered with 503.
var (
	errStopped    = errors.New("the app is stopping")
	errOverloaded = errors.New("the app has too much to do")
)

// load makes p the app's generation and publishes it. It returns once p serves, or why it does not; then the generation
// before goes on. When ctx ends first the outcome is not waited for.
func (a *app) load(ctx context.Context, src appbase.Source, p *scripting.Program) error {
	generation, err := a.worker.Prepare(p, src.Dir)
	if err != nil {
		return err
	}
	_, err = ask(ctx, a, func(done func(struct{}, error)) {
		a.worker.Load(generation, func(routes *appbase.Routes, err error) {
			if err == nil {
				a.current.Store(&snapshot{source: src, routes: routes, generation: a.worker.Generation(), hash: p.Hash()})
			}
			done(struct{}{}, err)
		})
	})
	return err
}

// failed publishes that the newest build did not become a generation; what served goes on.
func (a *app) failed(src appbase.Source, err error) {
	next := *a.current.Load()
	next.source, next.err = src, err
	a.current.Store(&next)
}

// mended publishes that the newest build is the generation that serves already.
func (a *app) mended(src appbase.Source) { a.failed(src, nil) }

// ask runs start on the app's loop and waits for what it hands to done, which is called at most once. The error is
// errStopped or errOverloaded when the app could not be asked, and ctx's cause when that ends first.
func ask[T any](ctx context.Context, a *app, start func(done func(T, error))) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	var none T
	posted := a.loop.Post(func() {
		if a.closing != nil {
			answers <- answer{err: errStopped}
			return
		}
		start(func(value T, err error) { answers <- answer{value, err} })
	})
	if !posted {
		return none, a.refusal()
	}
	select {
	case got := <-answers:
		return got.value, got.err
	case <-a.ended:
		return none, errStopped
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// refusal says why the loop took no task.
func (a *app) refusal() error {
	select {
	case <-a.ended:
		return errStopped
	default:
		return errOverloaded
	}
}
