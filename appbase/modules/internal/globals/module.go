package globals

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// Module is a host module whose JavaScript builds on that of others. Its parts share one scope, in their order, in
// which stand host (the Go functions), need(name) (the internals of another module) and the names they declare. One of
// them is internals: what the module shows to other modules, and never to scripts.
type Module struct {
	name   string
	names  []string
	script *Script
}

// NewModule takes the global names that the module defines and the parts, in strict mode. They are compiled once for all
// runtimes, when one first runs them.
func NewModule(name string, names []string, parts ...string) *Module {
	source := "(function (host, need) {\n\"use strict\";\n" + strings.Join(parts, "\n") +
		"\nreturn { " + strings.Join(append([]string{"internals"}, names...), ", ") + " };\n})"
	return &Module{name: name, names: names, script: NewScript(name, source)}
}

// Install defines the module's globals, and shares its internals under its name. The parts run at the first use of
// either; host is asked then. It runs on the runtime's goroutine.
func (m *Module) Install(rt *scripting.Runtime, host func() Host) error {
	rt.Share(m.name, func() (*goja.Object, error) { return m.run(rt, host()) })
	return Define(rt.VM(), func() (*goja.Object, error) { return rt.Shared(m.name) }, m.names...)
}

func (m *Module) run(rt *scripting.Runtime, host Host) (*goja.Object, error) {
	functions := rt.VM().NewObject()
	for name, fn := range host {
		if err := functions.Set(name, rt.Native(name, 0, fn)); err != nil {
			return nil, err
		}
	}
	need := rt.Native("need", 1, func(call goja.FunctionCall) goja.Value {
		internals, err := Internals(rt, call.Argument(0).String())
		if err != nil {
			rt.Throw(err)
		}
		return internals
	})
	return m.script.call(rt.VM(), functions, need)
}

// Internals is what another module shows to modules. It runs that module's parts if nothing else did.
func Internals(rt *scripting.Runtime, name string) (*goja.Object, error) {
	shared, err := rt.Shared(name)
	if err != nil {
		return nil, err
	}
	return shared.Get("internals").ToObject(rt.VM()), nil
}
