// Package domexception gives scripts DOMException (Web IDL 2.8), the error that other web names throw. Modules that throw
// it take it from the global object when they are first used.
package domexception

import (
	_ "embed" // the class and its declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

var (
	//go:embed domexception.js
	source string
	//go:embed domexception.d.ts
	declarations string

	script = globals.NewScript("domexception", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global DOMException. It runs on the runtime's goroutine.
func Install(vm *goja.Runtime) error {
	return script.Define(vm, func() globals.Host { return nil }, "DOMException")
}
