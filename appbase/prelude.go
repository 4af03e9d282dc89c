package appbase

import (
	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// part is a file of the prelude that runs when something of it is first wanted: by a script, which uses one of its
// globals, or by the host.
type part struct {
	load func() (*goja.Object, error)
	made *goja.Object // nil: it has not run
}

// later defines the globals of a file that runs at their first use. host is asked then.
func (in *instance) later(script *scripting.Script, host func() (map[string]any, error), globals ...string) (*part, error) {
	p := &part{load: func() (*goja.Object, error) {
		functions, err := host()
		if err != nil {
			return nil, err
		}
		return in.evaluate(script, functions)
	}}
	return p, scripting.DefineGlobals(in.vm, func() (*goja.Object, error) {
		object, err := p.object()
		if err != nil {
			return nil, err
		}
		return object.Get("globals").ToObject(in.vm), nil
	}, globals...)
}

// object is what the file returned. An error is tried again at the next use.
func (p *part) object() (*goja.Object, error) {
	if p.made != nil {
		return p.made, nil
	}
	made, err := p.load()
	if err == nil {
		p.made = made
	}
	return made, err
}

// door is a function of the file, which runs when that is first called.
func (p *part) door(name string) goja.Callable {
	var fn goja.Callable
	return func(this goja.Value, args ...goja.Value) (goja.Value, error) {
		if fn == nil {
			object, err := p.object()
			if err != nil {
				return nil, err
			}
			fn, _ = goja.AssertFunction(object.Get(name))
		}
		return fn(this, args...)
	}
}

// evaluate runs a file with its host's functions.
func (in *instance) evaluate(script *scripting.Script, host map[string]any) (*goja.Object, error) {
	value, err := in.rt.RunScript(script)
	if err != nil {
		return nil, err
	}
	factory, _ := goja.AssertFunction(value)
	result, err := factory(goja.Undefined(), in.vm.ToValue(host))
	if err != nil {
		return nil, err
	}
	return result.ToObject(in.vm), nil
}

// publishGlobals defines the globals of a file that has run.
func (in *instance) publishGlobals(object *goja.Object) error {
	globals := object.Get("globals").ToObject(in.vm)
	for _, key := range globals.Keys() {
		if err := in.defineGlobal(key, globals.Get(key)); err != nil {
			return err
		}
	}
	return nil
}

// of is a function that gives the prelude what a file of it returned.
func (in *instance) of(p *part) goja.Value {
	return in.rt.Native("", 0, func(goja.FunctionCall) goja.Value {
		object, err := p.object()
		if err != nil {
			in.rt.Throw(err)
		}
		return object
	})
}
