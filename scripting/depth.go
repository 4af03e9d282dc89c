package scripting

import "github.com/dop251/goja"

// depthGuard is the native side of guardRecursion. Counting the active
// functions takes as long as there are many, so it is done now and then: as
// often as needed to notice before the engine's limit is reached.
type depthGuard struct {
	limit  int // functions, beyond which there is a RangeError
	hard   int // the engine's limit in its own units, which no script can catch
	calls  int // until the next count
	frames []goja.StackFrame
}

const (
	// unitsPerFrame is how many units the engine counts for one function: a
	// getter or a constructor takes two.
	unitsPerFrame = 2
	// unitsPerCall is how many are taken to be added for each call of the
	// check: helpers and native functions stand between the checked ones.
	unitsPerCall = 4
)

func newDepthGuard(limit int) depthGuard {
	return depthGuard{limit: limit, hard: unitsPerFrame*limit + limit/4 + 32}
}

// reset is for the start of an entry.
func (d *depthGuard) reset() { d.calls = d.limit / unitsPerCall }

// check counts, and throws when too many functions are active.
func (rt *Runtime) checkDepth(goja.FunctionCall) goja.Value {
	d := &rt.depths
	if d.calls--; d.calls > 0 {
		return goja.Undefined()
	}
	d.frames = rt.vm.CaptureCallStack(0, d.frames[:0])
	depth := len(d.frames)
	d.calls = max((d.hard-unitsPerFrame*depth)/unitsPerCall, 1)
	if depth > d.limit {
		panic(rt.rangeError(messageTooDeep))
	}
	return goja.Undefined()
}
