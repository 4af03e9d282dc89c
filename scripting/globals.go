package scripting

import (
	"fmt"

	"github.com/dop251/goja"
)

// DefineGlobals is [DefineLazily] for names of the global object.
func DefineGlobals(vm *goja.Runtime, load func() (*goja.Object, error), names ...string) error {
	return DefineLazily(vm, vm.GlobalObject(), load, names...)
}

// DefineLazily defines properties of an object that cost next to nothing
// until a script uses them. At the first use of one of them load runs once,
// and all of them become plain properties (writable, configurable, not
// enumerable) with the values that stand under their names in its result. A
// script may assign to a name before that; what it assigned stays.
//
// It runs on the runtime's goroutine, as load does later. An error of load is
// thrown at the script, at each use.
func DefineLazily(vm *goja.Runtime, target *goja.Object, load func() (*goja.Object, error), names ...string) error {
	d := &definition{vm: vm, target: target, load: load, waiting: make(map[string]bool, len(names))}
	for _, name := range names {
		d.waiting[name] = true
		if err := d.accessor(name); err != nil {
			return fmt.Errorf("define the property %s: %w", name, err)
		}
	}
	return nil
}

type definition struct {
	vm      *goja.Runtime
	target  *goja.Object
	load    func() (*goja.Object, error)
	waiting map[string]bool // names that are accessors still
	loaded  *goja.Object
}

func (d *definition) accessor(name string) error {
	get := func(goja.FunctionCall) goja.Value { return d.value(name) }
	set := func(call goja.FunctionCall) goja.Value {
		d.assign(call.This, name, call.Argument(0))
		return goja.Undefined()
	}
	return d.target.DefineAccessorProperty(name, d.vm.ToValue(get), d.vm.ToValue(set), goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// assign is an assignment to the property of the object itself, or of one that
// inherits from it and so gets a property of its own.
func (d *definition) assign(this goja.Value, name string, value goja.Value) {
	heir, ok := this.(*goja.Object)
	if !ok || heir.SameAs(d.target) {
		d.settle(name, value)
		return
	}
	if err := heir.DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		panic(d.vm.NewTypeError("Cannot add property " + name + ", object is not extensible"))
	}
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
	_ = define(d.vm, d.target, name, value)
}
