// Package globals defines names of the global object that cost next to nothing until a script uses them: a module's
// classes are made at the first use of one of its names. It is what the host modules share, and no module itself.
package globals

import (
	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// Define is [scripting.DefineGlobals].
func Define(vm *goja.Runtime, load func() (*goja.Object, error), names ...string) error {
	return scripting.DefineGlobals(vm, load, names...)
}

// Function makes a function with the name and length that a script sees.
func Function(vm *goja.Runtime, name string, length int, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	object := vm.ToValue(fn).(*goja.Object)
	_ = object.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = object.DefineDataProperty("length", vm.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return object
}
