package clone

import "github.com/dop251/goja"

// helpers are the functions of the script by name.
type helpers struct {
	vm    *goja.Runtime
	table *goja.Object
	known map[string]goja.Callable
}

func newHelpers(vm *goja.Runtime, table *goja.Object) *helpers {
	return &helpers{vm: vm, table: table, known: make(map[string]goja.Callable)}
}

// call calls a helper. What it throws goes on to the script that called structuredClone.
func (h *helpers) call(name string, args ...goja.Value) goja.Value {
	fn := h.known[name]
	if fn == nil {
		fn, _ = goja.AssertFunction(h.table.Get(name))
		h.known[name] = fn
	}
	value, err := fn(goja.Undefined(), args...)
	if err != nil {
		panic(err) // an exception, or an interrupt, which nothing but the runtime may stop
	}
	return value
}

func (h *helpers) object(name string, args ...goja.Value) *goja.Object {
	return h.call(name, args...).(*goja.Object)
}

// each calls a helper that gives what it finds to a function, and collects the arguments of its calls.
func (h *helpers) each(name string, value goja.Value) (found [][]goja.Value) {
	take := func(call goja.FunctionCall) goja.Value {
		found = append(found, append([]goja.Value(nil), call.Arguments...))
		return goja.Undefined()
	}
	h.call(name, value, h.vm.ToValue(take))
	return found
}

// refuse throws a DataCloneError.
func (h *helpers) refuse(what string) { h.call("refuse", h.vm.ToValue(what)) }
