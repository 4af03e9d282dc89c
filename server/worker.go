package server

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// worker is one goroutine of an app: a loop, the runtime on it, and the connections that are pinned to it.
type worker struct {
	app    *app
	extra  bool // not the first
	loop   *wsconn.Loop
	script *appbase.Worker // on the loop only, but for Prepare
	hub    *hub            // on the loop only
	load   atomic.Int64    // connections and requests that were given to it
	used   atomic.Bool     // something was, since it was last looked at
	last   loopReading     // guarded by the app's tally

	endLoop context.CancelFunc
	ended   chan struct{} // closed when the loop is gone

	closing *closing // on the loop only: set once connections are not taken any more
}

// newWorker starts a worker of an app, with no code on it yet. It ends with [worker.stop].
func newWorker(a *app, extra bool) (*worker, error) {
	loop, err := wsconn.NewLoop(wsconn.LoopOptions{Log: a.log, Partial: a.options.partial, Limited: a.limited})
	if err != nil {
		return nil, fmt.Errorf("starting a worker of app %s: %w", a.name, err)
	}
	w := &worker{app: a, extra: extra, loop: loop, ended: make(chan struct{})}
	w.hub = newHub(a.topics, appbase.OnClock(loop, a.options.Clock), a.limits.MaxTopicsPerConnection)
	w.script = appbase.NewWorker(appbase.Options{
		Web:        a.options.web(a.name),
		Name:       a.name,
		Executor:   loop,
		Host:       w.hub,
		Log:        a.plainLog,
		Env:        a.own.Env,
		LoadOnly:   a.options.loadOnly,
		Extra:      extra,
		Shared:     a.shared,
		Directory:  a.directory,
		Data:       a.data,
		Files:      a.filesDir(),
		Clock:      a.options.Clock,
		Generation: max(a.current.Load().generation-1, 0),
		CallTime:   a.limits.CallTime,
		MaxDepth:   a.limits.MaxCallDepth,
		Config:     a.options.AppConfig[a.name],
		OnError:    a.scriptError,
	})
	var ctx context.Context
	ctx, w.endLoop = context.WithCancel(context.Background())
	a.tally.add(w)
	go w.run(ctx)
	return w, nil
}

// run is the worker's goroutine.
func (w *worker) run(ctx context.Context) {
	defer close(w.ended)
	defer w.app.tally.close(w)
	defer w.end()
	if err := w.loop.Run(ctx); err != nil {
		w.app.log.Error("a loop of the app has failed; what ran on it is gone until the server starts again", "error", err)
	}
}

// end lets go of what the loop had in common with others.
func (w *worker) end() {
	if w.extra {
		w.hub.bequeath(w.app.first())
	}
	w.hub.close()
}

// ask runs start on a worker and waits for what it hands to done, which is called at most once. The error is errStopped or
// errOverloaded when the worker could not be asked, and ctx's cause when that ends first.
func ask[T any](ctx context.Context, w *worker, start func(done func(T, error))) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	pause := w.app.options.work.pause()
	defer pause.over()
	var none T
	posted := w.loop.Post(func() {
		if w.closing != nil {
			pause.over()
			answers <- answer{err: errStopped}
			return
		}
		start(func(value T, err error) {
			pause.over()
			answers <- answer{value, err}
		})
	})
	if !posted {
		return none, w.refusal()
	}
	pause.begin()
	select {
	case got := <-answers:
		return got.value, got.err
	case <-w.ended:
		return none, errStopped
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// refusal says why the loop took no task.
func (w *worker) refusal() error {
	select {
	case <-w.ended:
		return errStopped
	default:
		return errOverloaded
	}
}

// release gives back what place took.
func (w *worker) release() { w.load.Add(-1) }

// extraIdle is how long an extra worker may have nothing to do before it ends.
const extraIdle = 30 * time.Second

// watchIdle ends an extra worker that has had nothing to do for a while. It runs on the loop.
func (w *worker) watchIdle() {
	w.loop.AfterFunc(extraIdle, func() {
		if w.used.Swap(false) || w.load.Load() > 0 || !w.app.retire(w) {
			w.watchIdle()
		}
	})
}

// filesDir is where the app keeps the files that it saves; "" nowhere.
func (a *app) filesDir() string {
	if a.options.FilesDir == "" {
		return ""
	}
	return filepath.Join(a.options.FilesDir, a.name)
}
