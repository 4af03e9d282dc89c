package scripting

import (
	"errors"
	"math"
	"time"

	"github.com/dop251/goja"
)

// Bounds of a timer's delay. As in browsers, timers that start each other
// more than nestedAfter deep wait at least nestedDelay.
const (
	minDelay    = time.Millisecond
	maxDelay    = math.MaxInt32 * time.Millisecond
	nestedDelay = 4 * time.Millisecond
	nestedAfter = 5
)

// timers are the timeouts and intervals of a runtime, by id.
type timers struct {
	pending map[int64]*timer
	last    int64
	level   int // nesting level of the timer whose callback runs
	stopped bool
}

type timer struct {
	id     int64
	fn     goja.Callable // in the context that it was set in
	args   []goja.Value
	due    time.Time
	every  time.Duration // 0: a timeout
	level  int
	cancel func() bool
}

// stop cancels all timers and keeps new ones from starting.
func (t *timers) stop() {
	t.stopped = true
	for _, one := range t.pending {
		one.cancel()
	}
	t.pending = nil
}

// stopIntervals cancels the intervals; timeouts go on.
func (t *timers) stopIntervals() {
	for id, one := range t.pending {
		if one.every > 0 {
			one.cancel()
			delete(t.pending, id)
		}
	}
}

func (rt *Runtime) installTimers() error {
	global := rt.vm.GlobalObject()
	clear := func(call goja.FunctionCall) goja.Value {
		rt.clearTimer(call.Argument(0))
		return goja.Undefined()
	}
	return errors.Join(
		define(rt.vm, global, "setTimeout", rt.native("setTimeout", 1, func(call goja.FunctionCall) goja.Value {
			return rt.setTimer(call, false)
		})),
		define(rt.vm, global, "setInterval", rt.native("setInterval", 1, func(call goja.FunctionCall) goja.Value {
			return rt.setTimer(call, true)
		})),
		define(rt.vm, global, "clearTimeout", rt.native("clearTimeout", 0, clear)),
		define(rt.vm, global, "clearInterval", rt.native("clearInterval", 0, clear)),
	)
}

func (rt *Runtime) setTimer(call goja.FunctionCall, repeat bool) goja.Value {
	fn, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		panic(rt.vm.NewTypeError("the first argument of a timer must be a function"))
	}
	delay := delayOf(call.Argument(1))
	t := &timer{fn: rt.InContext(fn), level: rt.timers.level + 1}
	if len(call.Arguments) > 2 {
		t.args = append(t.args, call.Arguments[2:]...)
	}
	if repeat {
		t.every = delay
	}
	rt.startTimer(t, delay)
	return rt.vm.ToValue(t.id)
}

// delayOf converts a delay in milliseconds: what is no number, or below one
// millisecond, is one; Infinity is the longest.
func delayOf(v goja.Value) time.Duration {
	ms := v.ToFloat()
	switch {
	case !(ms >= 1):
		return minDelay
	case ms > math.MaxInt32:
		return maxDelay
	}
	return time.Duration(ms) * time.Millisecond
}

func (rt *Runtime) startTimer(t *timer, delay time.Duration) {
	timers := &rt.timers
	timers.last++
	t.id = timers.last
	if timers.stopped {
		return
	}
	if len(timers.pending) >= rt.o.MaxTimers {
		panic(rt.rangeError("too many timers are pending (%d)", rt.o.MaxTimers))
	}
	if timers.pending == nil {
		timers.pending = make(map[int64]*timer)
	}
	timers.pending[t.id] = t
	if t.level > nestedAfter {
		delay = max(delay, nestedDelay)
	}
	t.due = rt.o.Now().Add(delay)
	t.cancel = rt.o.Executor.AfterFunc(delay, func() { rt.fire(t) })
}

func (rt *Runtime) clearTimer(id goja.Value) {
	t := rt.timers.pending[id.ToInteger()]
	if t == nil {
		return
	}
	t.cancel()
	delete(rt.timers.pending, t.id)
}

// fire runs a timer's callback as an entry of its own.
func (rt *Runtime) fire(t *timer) {
	if rt.timers.pending[t.id] != t {
		return
	}
	if t.every > 0 {
		rt.again(t)
	} else {
		delete(rt.timers.pending, t.id)
	}
	rt.timers.level = t.level
	_, err := rt.Call(t.fn, goja.Undefined(), t.args...)
	rt.timers.level = 0
	if err != nil && !errors.Is(err, ErrClosed) {
		rt.tell(err)
	}
}

// again starts the next turn of an interval on its beat. Beats that the
// thread was too busy for are left out.
func (rt *Runtime) again(t *timer) {
	t.level++
	every := t.every
	if t.level > nestedAfter {
		every = max(every, nestedDelay)
	}
	late := rt.o.Now().Sub(t.due)
	wait := every - late%every
	if late < 0 {
		wait = every
	}
	t.due = rt.o.Now().Add(wait)
	t.cancel = rt.o.Executor.AfterFunc(wait, func() { rt.fire(t) })
}
