package globals

import (
	"fmt"
	"sync"

	"github.com/dop251/goja"
)

// Host are the Go functions that a script of the server's own calls, by name.
type Host map[string]func(goja.FunctionCall) goja.Value

// Script is the JavaScript side of a module: an expression whose value is a function that takes an object of the host's
// functions and returns an object of the module's globals. It is compiled when it first runs, and shared by any number of
// runtimes: what no app uses costs neither time nor memory.
type Script struct {
	name    string
	compile func() (*goja.Program, error)
}

// NewScript takes a script in strict mode. Frames of it are told from an author's by the prefix "sigil:" of its name.
func NewScript(name, source string) *Script {
	return &Script{name: name, compile: sync.OnceValues(func() (*goja.Program, error) {
		return goja.Compile("sigil:"+name, source, true)
	})}
}

// Define is [Define] with what the script returns; host is asked at the first use.
func (s *Script) Define(vm *goja.Runtime, host func() Host, names ...string) error {
	return Define(vm, func() (*goja.Object, error) { return s.Run(vm, host()) }, names...)
}

// Run runs the script, which does not define anything, and returns its result.
func (s *Script) Run(vm *goja.Runtime, host Host) (*goja.Object, error) {
	functions := vm.NewObject()
	for name, fn := range host {
		if err := functions.Set(name, Function(vm, name, 0, fn)); err != nil {
			return nil, err
		}
	}
	return s.call(vm, functions)
}

// call runs the script and calls the function that is its value.
func (s *Script) call(vm *goja.Runtime, args ...goja.Value) (*goja.Object, error) {
	program, err := s.compile()
	if err != nil {
		return nil, fmt.Errorf("compile the script %s: %w", s.name, err)
	}
	value, err := vm.RunProgram(program)
	if err != nil {
		return nil, err
	}
	main, ok := goja.AssertFunction(value)
	if !ok {
		return nil, fmt.Errorf("the script %s is not a function", s.name)
	}
	result, err := main(goja.Undefined(), args...)
	if err != nil {
		return nil, err
	}
	object, ok := result.(*goja.Object)
	if !ok {
		return nil, fmt.Errorf("the script %s returned no object", s.name)
	}
	return object, nil
}
