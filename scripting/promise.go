package scripting

import (
	"errors"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/dop251/goja"
)

// Await calls done once, with the value of a promise or with the *Error made
// of its reason; the rejection counts as handled. When v is no promise, or is
// one that has settled and no entry is active, done is called at once and
// Await returns false. Otherwise it returns true, and done is called when the
// promise has settled, after the entry that settled it and outside of it.
// Scripts cannot change what Await does by redefining then.
//
// done is dropped by [Runtime.Close].
func (rt *Runtime) Await(v goja.Value, done func(v goja.Value, err error)) (pending bool) {
	p, ok := promiseOf(v)
	if !ok {
		done(v, nil)
		return false
	}
	if rt.closed {
		done(nil, ErrClosed)
		return false
	}
	if p.State() == goja.PromiseStatePending {
		return rt.awaitPending(v, done)
	}
	rt.rejected.remove(p)
	o := outcome{done: done, v: p.Result(), failed: p.State() == goja.PromiseStateRejected}
	if rt.depth == 0 {
		rt.finish(o)
		return false
	}
	rt.waiting.ready = append(rt.waiting.ready, o)
	return true
}

var promiseType = reflect.TypeFor[*goja.Promise]()

func promiseOf(v goja.Value) (*goja.Promise, bool) {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType() != promiseType {
		return nil, false // exporting what is no promise could copy all of it
	}
	return exported[*goja.Promise](o)
}

func (rt *Runtime) awaitPending(v goja.Value, done func(goja.Value, error)) bool {
	root, before := rt.contexts.root, rt.contexts.current
	id := rt.waiting.add(waiter{done, root})
	if root != nil {
		rt.contexts.current = root
	}
	_, err := rt.Call(rt.waiting.attach, goja.Undefined(), v, rt.vm.ToValue(id))
	if rt.contexts.current = before; err != nil {
		rt.waiting.remove(id)
		done(nil, rt.Error(err))
		return false
	}
	return true
}

// outcome is a settled promise whose callback has not run yet.
type outcome struct {
	done   func(goja.Value, error)
	v      goja.Value
	failed bool
	err    error // it will not settle: what it was to come of was cut
}

// waiter is a callback of Await, and what its promise was made in; nil if nothing
// there had waited.
type waiter struct {
	done func(goja.Value, error)
	root *Context
}

// waiting holds the callbacks of Await: by number while the promise is
// pending, then in ready until the entry has ended. It is bounded by the
// promises that the server's own code awaits.
type waiting struct {
	attach  goja.Callable // attaches the settling functions to a promise
	pending map[int64]waiter
	next    int64
	ready   []outcome
	running bool
}

func (w *waiting) add(waits waiter) int64 {
	if w.pending == nil {
		w.pending = make(map[int64]waiter)
	}
	w.next++
	w.pending[w.next] = waits
	return w.next
}

func (w *waiting) remove(id int64) { delete(w.pending, id) }

func (w *waiting) due() bool { return len(w.ready) > 0 && !w.running }

func (w *waiting) clear() { w.pending, w.ready = nil, nil }

// settled is called by the script side of attach, in a microtask.
func (w *waiting) settled(call goja.FunctionCall) goja.Value {
	id := call.Argument(0).ToInteger()
	if waits, ok := w.pending[id]; ok {
		delete(w.pending, id)
		w.ready = append(w.ready, outcome{done: waits.done, v: call.Argument(1), failed: call.Argument(2).ToBoolean()})
	}
	return goja.Undefined()
}

// runDue runs the callbacks of promises that settled, outside of any entry.
// What they cause to settle is run here too, not inside.
func (rt *Runtime) runDue() {
	w := &rt.waiting
	w.running = true
	defer func() { w.running = false }()
	for len(w.ready) > 0 {
		batch := w.ready
		w.ready = nil
		for _, o := range batch {
			if rt.closed {
				return
			}
			rt.finish(o)
		}
	}
}

func (rt *Runtime) finish(o outcome) {
	if o.err != nil {
		o.done(nil, o.err)
		return
	}
	if o.failed {
		o.done(nil, rt.reason(o.v, maxCauseDepth))
		return
	}
	o.done(o.v, nil)
}

// NewPromise makes a promise for work that ends elsewhere. settle may be
// called from any goroutine; its first call counts. The function it is given
// runs on the loop, inside an entry, and its result resolves the promise, its
// error rejects it: with the thrown value when the error came out of script,
// else with an Error object of the same text.
//
// After [Runtime.Close], or when the Executor has ended, settle does nothing.
func (rt *Runtime) NewPromise() (promise goja.Value, settle func(func() (goja.Value, error))) {
	return rt.newPromise(&rt.outstanding.outside)
}

// NewWork is [Runtime.NewPromise] for work of this process that needs nothing
// from outside, such as a digest: it ends by itself, and soon.
func (rt *Runtime) NewWork() (promise goja.Value, settle func(func() (goja.Value, error))) {
	return rt.newPromise(&rt.outstanding.work)
}

func (rt *Runtime) newPromise(count *int) (promise goja.Value, settle func(func() (goja.Value, error))) {
	p, resolve, reject := rt.vm.NewPromise()
	*count++
	var once sync.Once
	settle = func(fn func() (goja.Value, error)) {
		once.Do(func() {
			rt.inbox.add(func() {
				*count--
				rt.settlePromise(fn, resolve, reject)
			})
		})
	}
	return rt.vm.ToValue(p), settle
}

func (rt *Runtime) settlePromise(fn func() (goja.Value, error), resolve, reject func(any) error) {
	settled := false
	err := rt.Do(func() error {
		v, err := fn()
		settled = true
		if err != nil {
			return reject(rt.Reason(err))
		}
		if v == nil {
			v = goja.Undefined()
		}
		return resolve(v)
	})
	switch {
	case err == nil || errors.Is(err, ErrClosed):
		return
	case settled: // and then what goes on from there ended badly
		rt.tell(err)
		return
	}
	// fn threw, panicked or was interrupted before the promise was settled.
	if err := rt.Do(func() error { return reject(rt.Reason(err)) }); err != nil {
		rt.tell(err)
	}
}

// Reason is the script value that stands for a Go error when native code
// throws it or rejects with it: the thrown value itself when the error came
// out of script, else a new Error (or TypeError, RangeError, SyntaxError,
// named by an *[Error]) of the same text.
func (rt *Runtime) Reason(err error) goja.Value {
	var exception *goja.Exception
	if errors.As(err, &exception) {
		return exception.Value()
	}
	name, message := "Error", err.Error()
	var known *Error
	if errors.As(err, &known) {
		name, message = known.Name, known.Message
	}
	if rt.classes[name] == nil {
		name = "Error"
	}
	return rt.newError(name, message)
}

// Throw throws err into the script that called the present native function,
// as [Runtime.Reason] makes it. It does not return.
func (rt *Runtime) Throw(err error) {
	panic(rt.Reason(err))
}

// inbox carries the settling of promises from other goroutines to the loop.
// It asks the Executor once per batch; when that refuses, the batch stays and
// is taken at the end of the next entry.
type inbox struct {
	post  func(func()) bool
	drain func()
	size  atomic.Int64

	mu     sync.Mutex
	tasks  []func()
	posted bool
	closed bool
}

func (b *inbox) add(task func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.tasks = append(b.tasks, task)
	b.size.Store(int64(len(b.tasks)))
	if !b.posted {
		b.posted = b.post(b.drain)
	}
}

func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	tasks := b.tasks
	b.tasks, b.posted = nil, false
	b.size.Store(0)
	return tasks
}

// stranded reports whether tasks wait that the Executor does not know of.
func (b *inbox) stranded() bool {
	if b.size.Load() == 0 {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.posted
}

func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tasks, b.closed = nil, true
	b.size.Store(0)
}

func (rt *Runtime) drainInbox() {
	for _, task := range rt.inbox.take() {
		if rt.closed {
			return
		}
		task()
	}
}
