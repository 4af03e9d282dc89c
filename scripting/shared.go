package scripting

import (
	"fmt"

	"github.com/dop251/goja"
)

// shared is one entry of what native modules know of each other.
type shared struct {
	load  func() (*goja.Object, error)
	value *goja.Object
}

// Share makes an object known to the other native modules of this runtime
// under a name. load runs once, at the first [Runtime.Shared]; an error of it
// is told there, and it is tried again at the next. Scripts see nothing of it.
func (rt *Runtime) Share(name string, load func() (*goja.Object, error)) {
	if rt.shared == nil {
		rt.shared = make(map[string]*shared)
	}
	rt.shared[name] = &shared{load: load}
}

// Shared is what was shared under a name.
func (rt *Runtime) Shared(name string) (*goja.Object, error) {
	s := rt.shared[name]
	if s == nil {
		return nil, fmt.Errorf("no native module shares %q", name)
	}
	if s.value != nil {
		return s.value, nil
	}
	value, err := s.load()
	if err != nil {
		return nil, fmt.Errorf("load what %q shares: %w", name, err)
	}
	s.value = value
	return value, nil
}
