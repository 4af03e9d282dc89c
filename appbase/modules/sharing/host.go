package sharing

import (
	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// valueHost are the functions for plain values and counters.
func (f *Fields) valueHost() globals.Host {
	vm := f.rt.VM()
	return globals.Host{
		"value": func(c goja.FunctionCall) goja.Value {
			name, known := c.Argument(0).String(), uint64(c.Argument(1).ToInteger())
			store := f.store(name)
			if store == f.first {
				known = 0
			}
			value, serial, changed := store.Value(name, known)
			if !changed {
				return goja.Undefined()
			}
			if store == f.first {
				serial = 0 // of another store
			}
			return vm.NewArray(value, serial)
		},
		"setValue": func(c goja.FunctionCall) goja.Value {
			f.throw(f.o.Store.SetValue(c.Argument(0).String(), c.Argument(1).String()))
			return goja.Undefined()
		},
		"number": func(c goja.FunctionCall) goja.Value {
			name := c.Argument(0).String()
			return vm.ToValue(f.store(name).Look(name).Number)
		},
		"add": func(c goja.FunctionCall) goja.Value {
			now, err := f.o.Store.Add(c.Argument(0).String(), c.Argument(1).ToFloat())
			f.throw(err)
			return vm.ToValue(now)
		},
		"setNumber": func(c goja.FunctionCall) goja.Value {
			before, err := f.o.Store.SetNumber(c.Argument(0).String(), c.Argument(1).ToFloat())
			f.throw(err)
			return vm.ToValue(before)
		},
	}
}

// containerHost are the functions for maps and lists.
func (f *Fields) containerHost() globals.Host {
	vm := f.rt.VM()
	return globals.Host{
		"size": func(c goja.FunctionCall) goja.Value {
			name := c.Argument(0).String()
			return vm.ToValue(f.store(name).Size(name))
		},
		"get": func(c goja.FunctionCall) goja.Value {
			name := c.Argument(0).String()
			return f.optional(f.store(name).Get(name, c.Argument(1).String()))
		},
		"set": func(c goja.FunctionCall) goja.Value {
			f.throw(f.o.Store.Set(c.Argument(0).String(), c.Argument(1).String(), c.Argument(2).String()))
			return goja.Undefined()
		},
		"swap": func(c goja.FunctionCall) goja.Value {
			swapped, err := f.o.Store.Swap(c.Argument(0).String(), c.Argument(1).String(), c.Argument(2).String(), c.Argument(3).String())
			f.throw(err)
			return vm.ToValue(swapped)
		},
		"delete": func(c goja.FunctionCall) goja.Value {
			there, err := f.o.Store.Delete(c.Argument(0).String(), c.Argument(1).String())
			f.throw(err)
			return vm.ToValue(there)
		},
		"clear": func(c goja.FunctionCall) goja.Value {
			name := c.Argument(0).String()
			f.throw(f.o.Store.Clear(name, f.o.Store.Look(name).Kind))
			return goja.Undefined()
		},
		"push": func(c goja.FunctionCall) goja.Value {
			length, err := f.o.Store.Push(c.Argument(0).String(), int(c.Argument(1).ToInteger()), f.texts(c.Argument(2))...)
			f.throw(err)
			return vm.ToValue(length)
		},
		"take": func(c goja.FunctionCall) goja.Value {
			value, ok, err := f.o.Store.Take(c.Argument(0).String(), c.Argument(1).ToBoolean())
			f.throw(err)
			return f.optional(value, ok)
		},
	}
}

func (f *Fields) optional(value string, ok bool) goja.Value {
	if !ok {
		return goja.Undefined()
	}
	return f.rt.VM().ToValue(value)
}
