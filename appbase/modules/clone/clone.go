// Package clone gives scripts structuredClone (HTML standard, 2.7).
package clone

import (
	_ "embed" // the script and its declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// maxDepth bounds values inside values, as the walk is native code on one stack: beyond it is a RangeError. Calls inside
// calls (of getters) share it.
const maxDepth = 5000

var (
	//go:embed clone.js
	source string
	//go:embed clone.d.ts
	declarations string

	script = globals.NewScript("clone", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global structuredClone. It runs on the runtime's goroutine. The global DOMException must be there
// when a script first uses structuredClone.
//
// Instances of classes become plain objects; what belongs to the server, proxies, functions, symbols, promises, weak
// collections and iterators are refused with a DataCloneError. Only an ArrayBuffer can be transferred.
func Install(vm *goja.Runtime) error {
	host := func() globals.Host {
		return globals.Host{"prepare": func(call goja.FunctionCall) goja.Value {
			w := newWalker(vm, call.Argument(0).(*goja.Object))
			return globals.Function(vm, "structuredClone", 1, w.clone)
		}}
	}
	return script.Define(vm, host, "structuredClone")
}
