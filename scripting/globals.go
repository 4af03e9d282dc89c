package scripting

import (
	"fmt"

	"github.com/dop251/goja"
)

// DefineGlobals defines names of the global object that cost next to nothing
// until a script uses them. At the first use of one of them load runs once, and all of them become plain
// properties (writable, configurable, not enumerable) with the values that stand under their names in its result. A
// script may assign to a name before that; what it assigned stays.
//
// It runs on the runtime's goroutine, as load does later. An error of load is thrown at the script, at each use.
func DefineGlobals(vm *goja.Runtime, load func() (*goja.Object, error), names ...string) error {
	d := &definition{vm: vm, load: load, waiting: make(map[string]bool, len(names))}
	for _, name := range names {
		d.waiting[name] = true
		if err := d.accessor(name); err != nil {
			return fmt.Errorf("define the global %s: %w", name, err)
		}
	}
	return nil
}

type definition struct {
	vm      *goja.Runtime
	load    func() (*goja.Object, error)
	waiting map[string]bool // names that are accessors still
	loaded  *goja.Object
}

func (d *definition) accessor(name string) error {
	get := func(goja.FunctionCall) goja.Value { return d.value(name) }
	set := func(call goja.FunctionCall) goja.Value {
		d.settle(name, call.Argument(0))
		return goja.Undefined()
	}
	return d.vm.GlobalObject().DefineAccessorProperty(name, d.vm.ToValue(get), d.vm.ToValue(set), goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// value loads what was not loaded yet. Something may have kept the getter, which then goes on giving the same.
func (d *definition) value(name string) goja.Value {
	if d.loaded == nil {
		loaded, err := d.load()
		if err != nil {
			panic(d.vm.NewGoError(fmt.Errorf("load the global %s: %w", name, err)))
		}
		d.loaded = loaded
		for other := range d.waiting {
			d.settle(other, loaded.Get(other))
		}
	}
	return d.loaded.Get(name)
}

// settle makes a name a plain property.
func (d *definition) settle(name string, value goja.Value) {
	delete(d.waiting, name)
	// On an object that refuses it nothing happens.
	_ = define(d.vm, d.vm.GlobalObject(), name, value)
}
