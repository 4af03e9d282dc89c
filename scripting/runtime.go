package scripting

import (
	"github.com/dop251/goja"
)

// Runtime is one JavaScript engine with the server's additions. It belongs to
// the goroutine of its Executor: every method is for that goroutine only, but
// for the settle function of [Runtime.NewPromise].
type Runtime struct {
	o     Options
	vm    *goja.Runtime
	guard *watchdog

	depth    int // entries begun and not ended; above 1 inside native code
	closed   bool
	drain    goja.Callable     // does nothing; its return drains the microtasks
	programs []*Program        // for positions and source lines
	hints    map[string]string // suggestions for missing names

	classes map[string]*goja.Object // error constructors, by name
	shared  map[string]*shared      // see Share
	closing closers

	bounds   bounds
	depths   depthGuard
	stack    engineStack
	rejected rejections
	loose    []goja.Value   // thrown by microtasks of the present entry
	kept     []*goja.Object // see keep
	waiting  waiting
	inbox    inbox
	timers   timers
	contexts contexts

	outstanding outstanding
}

// New makes a Runtime that has run nothing yet. It fails only when the
// server's own script code does.
func New(o Options) (*Runtime, error) {
	o = o.withDefaults()
	boundMatching()
	rt := &Runtime{o: o, vm: goja.New()}
	rt.stack = newEngineStack(rt.vm)
	rt.vm.SetTimeSource(goja.Now(o.Now))
	rt.guard = newWatchdog(rt.vm, o.CallTime, errTooLong)
	rt.depths = newDepthGuard(o.MaxCallDepth)
	rt.vm.SetMaxCallStackSize(rt.depths.hard)
	rt.vm.SetPromiseRejectionTracker(rt.rejected.track)
	rt.vm.SetAsyncContextTracker(&rt.contexts)
	rt.inbox.post = o.Executor.Post
	rt.inbox.drain = rt.drainInbox
	rt.drain, _ = goja.AssertFunction(rt.native("", 0, returnUndefined))
	if err := rt.install(); err != nil {
		return nil, err
	}
	return rt, nil
}

// VM is the engine itself, for building values and native functions. Code
// that may run script through it belongs inside [Runtime.Do].
func (rt *Runtime) VM() *goja.Runtime { return rt.vm }

// StopTimers stops all timeouts and intervals; no new ones start.
func (rt *Runtime) StopTimers() { rt.timers.stop() }

// StopIntervals stops all intervals; timeouts go on, and new timers may start.
func (rt *Runtime) StopIntervals() { rt.timers.stopIntervals() }

// Close ends the runtime: timers stop, pending promises are never settled,
// waiting callbacks are dropped, and later entries return [ErrClosed].
// It may be called inside an entry, which then still runs to its end.
func (rt *Runtime) Close() {
	if rt.closed {
		return
	}
	rt.closed = true
	rt.timers.stop()
	rt.waiting.clear()
	rt.inbox.close()
	rt.guard.stop()
	rt.closing.run()
}

// install puts everything the engine lacks into the global object.
func (rt *Runtime) install() error {
	_ = rt.vm.GlobalObject().Delete("GoError") // the engine's own name for errors of Go, which no script is to see
	rt.installClasses()
	if err := rt.installTimers(); err != nil {
		return err
	}
	if err := rt.installPrelude(); err != nil {
		return err
	}
	return rt.installBounds()
}

// Native makes a function object of a Go function that scripts may call. A Go
// panic in fn becomes an Error that the script can catch. (In functions made
// otherwise it ends the entry.) name and length are what the script sees.
func (rt *Runtime) Native(name string, length int, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	return rt.native(name, length, func(call goja.FunctionCall) goja.Value {
		defer rt.rethrow()
		return fn(call)
	})
}

// rethrow, deferred, makes an exception of a Go panic.
func (rt *Runtime) rethrow() {
	x := recover()
	if x == nil {
		return
	}
	if isGoPanic(x) {
		x = rt.newError("Error", panicError(x).Error())
	}
	panic(x)
}

// native makes a function object of a Go function.
func (rt *Runtime) native(name string, length int, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	f := rt.vm.ToValue(fn).(*goja.Object)
	describe(rt.vm, f, name, length)
	return f
}

// describe sets the name and length that a script sees.
func describe(vm *goja.Runtime, f *goja.Object, name string, length int) {
	_ = f.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = f.DefineDataProperty("length", vm.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// define sets a writable, configurable property that does not enumerate.
func define(vm *goja.Runtime, o *goja.Object, name string, v any) error {
	return o.DefineDataProperty(name, vm.ToValue(v), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func returnUndefined(goja.FunctionCall) goja.Value { return goja.Undefined() }
