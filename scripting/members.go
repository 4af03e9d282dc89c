package scripting

import (
	"reflect"

	"github.com/dop251/goja"
)

// members are the engine and the machine in it, whose members are reached by name
// where the engine has no door to them; the machine is the zero Value when there
// is none by its name. docs/decisions/0020-the-engines-stacks.md tells which, and
// why; a test holds them against the version in go.mod.
func members(vm *goja.Runtime) (engine, machine reflect.Value) {
	engine = reflect.ValueOf(vm).Elem()
	if machine = member(engine, "vm"); machine.IsValid() {
		machine = machine.Elem()
	}
	return engine, machine
}

// member is a field of an addressable struct, to be read and set; the zero Value
// when there is none of the name.
func member(of reflect.Value, name string) reflect.Value {
	f := of.FieldByName(name)
	if !f.IsValid() {
		return f
	}
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}
