package scripting

import (
	"reflect"

	"github.com/dop251/goja"
)

// stackRoom is how many values an entry can have on the engine's stack before the
// engine makes a larger one; most need fewer.
const stackRoom = 64

// engineStack lends the engine a stack for its values. The engine drops its own
// at the end of every entry and makes one at the next, in two steps: that was most
// of what a message allocated. It belongs to one engine.
type engineStack struct {
	current *[]goja.Value // the engine's; nil when there is none by its name
	lent    []goja.Value
}

func newEngineStack(vm *goja.Runtime) (s engineStack) {
	_, machine := members(vm)
	if !machine.IsValid() {
		return s
	}
	m := member(machine, "stack")
	if m.IsValid() && m.Type().ConvertibleTo(reflect.TypeFor[[]goja.Value]()) {
		s.current = (*[]goja.Value)(m.Addr().UnsafePointer())
		s.lent = make([]goja.Value, stackRoom)
	}
	return s
}

// lend is called before an entry, when the engine has no stack.
func (s *engineStack) lend() {
	if s.current != nil && *s.current == nil {
		*s.current = s.lent[:0]
	}
}

// takeBack is called after an entry: no value stays behind.
func (s *engineStack) takeBack() { clear(s.lent) }
