package scripting

import (
	"weak"

	"github.com/dop251/goja"
)

// weakRef is the host's side of a WeakRef: a weak pointer to the object, or
// the value itself when it is no object.
type weakRef struct {
	object weak.Pointer[goja.Object]
	value  goja.Value
}

// makeWeak makes the opaque value that the prelude's WeakRef holds.
func (rt *Runtime) makeWeak(call goja.FunctionCall) goja.Value {
	target := call.Argument(0)
	o, ok := target.(*goja.Object)
	if !ok {
		return rt.vm.ToValue(&weakRef{value: target})
	}
	rt.keep(o)
	return rt.vm.ToValue(&weakRef{object: weak.Make(o)})
}

// readWeak returns the target, or undefined when it is gone.
func (rt *Runtime) readWeak(call goja.FunctionCall) goja.Value {
	ref, ok := call.Argument(0).Export().(*weakRef)
	if !ok {
		return goja.Undefined()
	}
	if ref.value != nil {
		return ref.value
	}
	if o := ref.object.Value(); o != nil {
		rt.keep(o)
		return o
	}
	return goja.Undefined()
}

// keep holds an object until the entry has ended: a target that a script has
// seen does not vanish while the script runs (ECMA-262 9.10.3, KeepDuringJob).
func (rt *Runtime) keep(o *goja.Object) {
	if n := len(rt.kept); n == 0 || rt.kept[n-1] != o {
		rt.kept = append(rt.kept, o)
	}
}
