package scripting

import (
	"fmt"

	"github.com/dop251/goja"
)

// installClasses remembers the error constructors, so that a script that
// replaces a global changes nothing for native code.
func (rt *Runtime) installClasses() {
	rt.classes = make(map[string]*goja.Object)
	for _, name := range []string{"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError"} {
		rt.classes[name], _ = rt.vm.Get(name).(*goja.Object)
	}
}

// newError makes a script Error object of the named class.
func (rt *Runtime) newError(class, message string) goja.Value {
	o, err := rt.vm.New(rt.classes[class], rt.vm.ToValue(message))
	if err != nil {
		return rt.vm.ToValue(message)
	}
	return o
}

// rangeError is what a bound of the server throws.
func (rt *Runtime) rangeError(format string, args ...any) goja.Value {
	return rt.newError("RangeError", fmt.Sprintf(format, args...))
}
