// Package asynccontext gives scripts AsyncLocalStorage: values that go along with a chain of asynchronous work, as the module
// node:async_hooks of Node.js has them (the part that WinterTC's portable subset names, and enterWith, exit, disable).
package asynccontext

import (
	_ "embed" // the classes and their declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed asynccontext.js
	source string
	//go:embed asynccontext.d.ts
	declarations string

	module = globals.NewModule("asynccontext", []string{"AsyncLocalStorage", "AsyncResource"}, source)
)

// Declarations are the TypeScript declarations of the names that Install defines, and of the modules of the same names.
func Declarations() string { return declarations }

// Source is the source of the module node:async_hooks: the globals by their names.
func Source() string {
	return `export const AsyncLocalStorage = /* @__PURE__ */ (() => globalThis.AsyncLocalStorage)();
export const AsyncResource = /* @__PURE__ */ (() => globalThis.AsyncResource)();
export default { get AsyncLocalStorage() { return globalThis.AsyncLocalStorage; }, get AsyncResource() { return globalThis.AsyncResource; } };
`
}

// Install defines the globals AsyncLocalStorage and AsyncResource. It runs on the runtime's goroutine.
func Install(rt *scripting.Runtime) error {
	b := binding{rt}
	return module.Install(rt, func() globals.Host {
		return globals.Host{"key": b.key, "value": b.value, "context": b.context, "with": b.with, "swap": b.swap}
	})
}

type binding struct{ rt *scripting.Runtime }

// key is what one storage's values stand under.
type key struct{ _ byte } // of a size, so that each has an address of its own

func (b binding) key(goja.FunctionCall) goja.Value { return b.rt.VM().ToValue(&key{}) }

func keyOf(call goja.FunctionCall, i int) *key {
	k, _ := call.Argument(i).Export().(*key)
	return k
}

// contextOf is an argument that is a context; null is the empty one.
func contextOf(value goja.Value) *scripting.Context {
	c, _ := value.Export().(*scripting.Context)
	return c
}

// value(key) is the value in the present context.
func (b binding) value(call goja.FunctionCall) goja.Value {
	if value := b.rt.Context().Value(keyOf(call, 0)); value != nil {
		return value
	}
	return goja.Undefined()
}

func (b binding) context(goja.FunctionCall) goja.Value { return b.rt.VM().ToValue(b.rt.Context()) }

// with(key, value) is the present context with a value; undefined takes it out.
func (b binding) with(call goja.FunctionCall) goja.Value {
	value := call.Argument(1)
	if goja.IsUndefined(value) {
		value = nil
	}
	c, err := b.rt.Context().With(keyOf(call, 0), value)
	if err != nil {
		b.rt.Throw(&scripting.Error{Name: "RangeError", Message: err.Error()})
	}
	return b.rt.VM().ToValue(c)
}

// swap(context) makes a context the present one, and is the one before.
func (b binding) swap(call goja.FunctionCall) goja.Value {
	return b.rt.VM().ToValue(b.rt.SwapContext(contextOf(call.Argument(0))))
}
