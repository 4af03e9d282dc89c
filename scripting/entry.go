package scripting

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/dop251/goja"
)

// errTooLong is what the watchdog interrupts with.
var errTooLong = errors.New("the script kept the thread for too long")

// Call calls fn. It is the way into script code: the call and its microtasks
// are watched, a Go panic in a native function becomes an error, and every
// error is an *[Error] (or [ErrClosed]). A Call below another entry, from
// native code, is part of that entry and only has its error mapped; its
// microtasks run when the outer entry ends.
//
// Callbacks of [Runtime.Await] that became due run before Call returns.
func (rt *Runtime) Call(fn goja.Callable, this goja.Value, args ...goja.Value) (v goja.Value, err error) {
	if rt.depth > 0 {
		v, err = fn(this, args...)
		return v, rt.failed(err)
	}
	if rt.closed {
		return nil, ErrClosed
	}
	defer rt.leave(&err)
	rt.enter()
	return fn(this, args...)
}

// Do runs Go code that touches the VM, where a getter, a proxy or a conversion
// may run script, under the guard of [Runtime.Call]. An error of fn is
// returned as it is unless it comes from the engine. Below another entry fn
// is part of that entry.
func (rt *Runtime) Do(fn func() error) (err error) {
	if rt.depth > 0 {
		return rt.engineError(rt.try(fn))
	}
	if rt.closed {
		return ErrClosed
	}
	defer rt.leave(&err)
	rt.enter()
	err = rt.try(fn)
	if _, jobs := rt.drain(goja.Undefined()); err == nil {
		err = jobs
	}
	return err
}

// Prepare is [Runtime.Do] for the host's own scripts before the first of an author's: nothing interrupts it. It may be
// called on a goroutine that the Runtime is handed over by.
func (rt *Runtime) Prepare(fn func() error) error {
	rt.guard.asleep = true
	defer func() { rt.guard.asleep = false }()
	return rt.Do(fn)
}

// try runs fn and returns what a script could catch of it as an error.
func (rt *Runtime) try(fn func() error) error {
	var err error
	if ex := rt.vm.Try(func() { err = fn() }); ex != nil {
		return ex
	}
	return err
}

func (rt *Runtime) enter() {
	rt.depth++
	rt.bounds.spent, rt.bounds.active = 0, 0
	rt.contexts.root = nil
	rt.depths.reset()
	rt.stack.lend()
	rt.guard.enter()
}

// leave ends the outermost entry; it is deferred, so that it sees panics.
func (rt *Runtime) leave(err *error) {
	if x := recover(); x != nil {
		*err = panicError(x)
	}
	rt.depth--
	cut := rt.contexts.current
	rt.contexts.current = nil
	rt.guard.exit()
	rt.stack.takeBack()
	if *err != nil {
		rest := rt.rest(*err)
		if *err = rt.engineError(*err); rest {
			rt.fail(cut, *err)
		}
	}
	rt.settle()
}

// rest has the engine at rest after an entry that ended with err, and reports
// whether that was something no script can catch. Microtasks that are still there
// run in an entry of their own, as others may wait for them.
func (rt *Runtime) rest(err error) (cut bool) {
	if !isCut(err) {
		return false
	}
	if !unwind(rt.vm) {
		return true
	}
	_ = rt.o.Executor.Post(func() { // else the next entry does it
		if rt.depth > 0 || rt.closed {
			return
		}
		if err := rt.Do(func() error { return nil }); err != nil {
			rt.tell(err)
		}
	})
	return true
}

// isCut tells what ends an entry from what a script could have caught.
func isCut(err error) bool {
	var panicked *goPanic
	return isEngineEnd(err) || errors.As(err, &panicked)
}

// isEngineEnd tells an interrupt, and the engine's own stack overflow.
func isEngineEnd(err error) bool {
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	return errors.As(err, &interrupted) || errors.As(err, &overflow)
}

// fail tells those who wait for a promise of the chain that was cut: it will not
// settle.
func (rt *Runtime) fail(cut *Context, err error) {
	if cut == nil {
		return
	}
	known := rt.Error(err)
	for id, w := range rt.waiting.pending {
		if w.root == nil || w.root.chain != cut.chain {
			continue
		}
		delete(rt.waiting.pending, id)
		own := *known
		rt.waiting.ready = append(rt.waiting.ready, outcome{done: w.done, err: &own})
		known.told = true
	}
}

// tell has an error logged that no caller gets, unless somebody was told already.
func (rt *Runtime) tell(err error) {
	if known := rt.Error(err); !known.told {
		rt.o.OnError(known)
	}
}

// settle does what waited for the end of the outermost entry.
func (rt *Runtime) settle() {
	rt.kept = nil
	if len(rt.loose) > 0 {
		rt.reportLoose()
	}
	if rt.rejected.due() {
		rt.postRejections()
	}
	if rt.waiting.due() {
		rt.runDue()
	}
	if rt.inbox.stranded() {
		rt.drainInbox()
	}
}

// guarded runs fn, which may touch script values, inside an entry of its own
// that drains nothing, or inside the present one.
func (rt *Runtime) guarded(fn func()) {
	if rt.depth == 0 {
		rt.enter()
		defer func() {
			x := recover() // an interrupt; fn has its fallback
			rt.depth--
			rt.guard.exit()
			rt.stack.takeBack()
			if x != nil {
				unwind(rt.vm)
			}
		}()
	}
	_ = rt.vm.Try(fn)
}

// panicError makes an error of what a Go function panicked with.
func panicError(x any) error {
	var err error
	if e, ok := x.(error); ok {
		err = e
	}
	if isEngineEnd(err) {
		return err
	}
	return &goPanic{value: x, stack: debug.Stack()}
}

// goPanic is a Go panic that left a native function.
type goPanic struct {
	value any
	stack []byte
}

func (p *goPanic) Error() string {
	return fmt.Sprintf("a native function panicked: %v", p.value)
}

// isGoPanic tells a panic of Go code from what the engine panics with: a
// value or an exception that a script throws, its own kinds of errors, and
// what ends an entry.
func isGoPanic(x any) bool {
	switch x.(type) {
	case goja.Value, *goja.Exception, *goja.InterruptedError, *goja.StackOverflowError:
		return false
	case runtime.Error, string:
		return true
	}
	_, isError := x.(error)
	return isError
}
