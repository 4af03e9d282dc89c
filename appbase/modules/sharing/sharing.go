package sharing

import (
	_ "embed" // the module's parts and their declarations
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed fields.js
	source string
	//go:embed locks.js
	locksSource string
	//go:embed sharing.d.ts
	declarations string

	module = globals.NewModule("sharing", []string{"Shared", "SharedCounter", "SharedMap", "SharedList"}, source, locksSource)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Options are what a runtime's shared fields and locks work on. All are required.
type Options struct {
	Store *Store
	Locks *Locks
	// After runs fn on the runtime's loop, as scripting.Executor's AfterFunc.
	After func(d time.Duration, fn func()) (stop func() bool)
	// Warn tells the author what was not meant.
	Warn func(text string)
}

// Fields are the shared fields of one runtime. They belong to its goroutine.
type Fields struct {
	rt        *scripting.Runtime
	o         Options
	first     *Store // what fields read until Commit where the app has nothing that fits
	committed bool
	used      bool
	locking   bool         // it has taken a lock
	wishes    map[int]wish // by id
	last      int          // id
}

// Install defines the globals Shared, SharedCounter, SharedMap and SharedList.
func Install(rt *scripting.Runtime, o Options) (*Fields, error) {
	f := &Fields{rt: rt, o: o, first: NewStore(), wishes: map[int]wish{}}
	return f, module.Install(rt, f.host)
}

// Rehearse tries what Commit will do to values that the code before has left. The error is the author's: a migration that
// fails.
func (f *Fields) Rehearse() error { return f.call("rehearse") }

// Commit makes the fields of this generation those of the app; until then they cannot be changed. Only the leading worker's
// brings new fields about, migrates old ones and forgets those that are gone.
func (f *Fields) Commit(leading bool) error {
	err := f.call("commit", f.rt.VM().ToValue(leading))
	f.committed = true
	return err
}

// Lock makes the lock of a name.
func (f *Fields) Lock(name goja.Value) (goja.Value, error) {
	internals, err := globals.Internals(f.rt, "sharing")
	if err != nil {
		return nil, err
	}
	lock, _ := goja.AssertFunction(internals.Get("lock"))
	return lock(goja.Undefined(), name)
}

// call calls one of the internals, if there is any shared field.
func (f *Fields) call(name string, args ...goja.Value) error {
	if !f.used {
		return nil
	}
	return f.rt.Do(func() error {
		internals, err := globals.Internals(f.rt, "sharing")
		if err != nil {
			return err
		}
		fn, _ := goja.AssertFunction(internals.Get(name))
		_, err = fn(goja.Undefined(), args...)
		return err
	})
}

// store is where a field is read and written.
func (f *Fields) store(name string) *Store {
	if !f.committed && f.first.Look(name).Kind != "" {
		return f.first
	}
	return f.o.Store
}

func (f *Fields) host() globals.Host {
	h := f.valueHost()
	for name, fn := range f.containerHost() {
		h[name] = fn
	}
	for name, fn := range f.lockHost() {
		h[name] = fn
	}
	h["look"] = func(c goja.FunctionCall) goja.Value {
		f.used = true
		return f.object(f.o.Store.Look(c.Argument(0).String()))
	}
	h["contents"] = func(c goja.FunctionCall) goja.Value {
		name := c.Argument(0).String()
		return f.object(f.store(name).Look(name))
	}
	h["stage"] = func(c goja.FunctionCall) goja.Value { return f.put(f.first, c) }
	h["put"] = func(c goja.FunctionCall) goja.Value { return f.put(f.o.Store, c) }
	h["keep"] = func(c goja.FunctionCall) goja.Value {
		f.o.Store.Keep(f.texts(c.Argument(0)))
		return goja.Undefined()
	}
	h["warn"] = func(c goja.FunctionCall) goja.Value {
		f.o.Warn(c.Argument(0).String())
		return goja.Undefined()
	}
	return h
}

// object is a state as the module's parts see it.
func (f *Fields) object(s State) goja.Value {
	vm := f.rt.VM()
	o := vm.NewObject()
	for name, value := range map[string]any{
		"kind": string(s.Kind), "version": s.Version, "value": s.Value, "number": s.Number, "keys": f.array(s.Keys), "list": f.array(s.List),
	} {
		_ = o.Set(name, value)
	}
	return o
}

func (f *Fields) array(texts []string) goja.Value {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return f.rt.VM().NewArray(list...)
}

func (f *Fields) texts(array goja.Value) (texts []string) {
	f.rt.VM().ForOf(array, func(item goja.Value) bool {
		texts = append(texts, item.String())
		return true
	})
	return texts
}

// put is stage and put: (name, state).
func (f *Fields) put(store *Store, c goja.FunctionCall) goja.Value {
	o := c.Argument(1).ToObject(f.rt.VM())
	state := State{Kind: Kind(o.Get("kind").String())}
	if v := o.Get("version"); v != nil {
		state.Version = int(v.ToInteger())
	}
	switch state.Kind {
	case Plain:
		state.Value = o.Get("value").String()
	case Counter:
		state.Number = o.Get("number").ToFloat()
	case Map:
		state.Keys, state.List = f.texts(o.Get("keys")), f.texts(o.Get("list"))
	case List:
		state.List = f.texts(o.Get("list"))
	default:
		f.throw(fmt.Errorf("%q is no kind of shared field", state.Kind))
	}
	f.throw(store.Put(c.Argument(0).String(), state))
	return goja.Undefined()
}

// throw throws an error into the script, a RangeError when the store is full.
func (f *Fields) throw(err error) {
	switch {
	case err == nil:
	case err == errFull: //nolint:errorlint // it is never wrapped
		f.rt.Throw(&scripting.Error{Name: "RangeError", Message: err.Error()})
	default:
		f.rt.Throw(err)
	}
}
