package kv

import (
	"context"
	"sync"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// maxUntold bounds the changes that wait for one watcher's function.
const maxUntold = 1000

// watcher tells a script's function of changes until it is stopped or its runtime ends.
type watcher struct {
	*object
	fn goja.Callable

	mu      sync.Mutex
	untold  []change
	lost    int
	posted  bool
	stopped bool
	stop    func()
}

type change struct {
	key     string
	value   []byte
	deleted bool
	lost    int // changes before it that found no room
}

func (o *object) watch(call goja.FunctionCall) goja.Value {
	w := &watcher{object: o, fn: o.Function(call.Argument(1), "the second argument of kv.watch")}
	prefix := Prefix + o.Text(call.Argument(0), "a prefix")
	stop := o.Runtime.Native("stop", 0, func(goja.FunctionCall) goja.Value {
		w.end()
		return goja.Undefined()
	})
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		store, err := o.keys.open(ctx)
		if err != nil {
			return nil, err
		}
		w.begin(store.Watch(prefix, w.heard))
		return o.Value(stop), nil
	})
}

// begin remembers how to stop; the end of the runtime does it, too.
func (w *watcher) begin(stop func()) {
	w.mu.Lock()
	w.stop = stop
	w.mu.Unlock()
	context.AfterFunc(w.Context, w.end)
}

func (w *watcher) end() {
	w.mu.Lock()
	stop := w.stop
	w.stop, w.stopped, w.untold = nil, true, nil
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// heard is called by the store, on any goroutine.
func (w *watcher) heard(key string, value []byte, deleted bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.stopped:
		return
	case len(w.untold) >= maxUntold:
		w.lost++
		return
	}
	w.untold = append(w.untold, change{key, value, deleted, w.lost})
	w.lost = 0
	if !w.posted {
		w.posted = w.Post(w.tell)
	}
}

// tell calls the function, on the loop.
func (w *watcher) tell() {
	w.mu.Lock()
	batch := w.untold
	w.untold, w.posted = nil, false
	w.mu.Unlock()
	for _, c := range batch {
		if w.isStopped() {
			return
		}
		if err := w.Runtime.Do(func() error { return w.call(c) }); err != nil {
			w.Failed(err)
		}
	}
}

func (w *watcher) isStopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stopped
}

func (w *watcher) call(c change) error {
	made := w.Runtime.VM().NewObject()
	_ = made.Set("key", c.key[len(Prefix):])
	_ = made.Set("deleted", c.deleted)
	if !c.deleted {
		_ = made.Set("value", w.decode(c.value))
	}
	if c.lost > 0 {
		_ = made.Set("lost", c.lost)
	}
	_, err := w.fn(goja.Undefined(), made)
	return err
}
