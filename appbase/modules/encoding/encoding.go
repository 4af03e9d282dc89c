// Package encoding gives scripts TextEncoder and TextDecoder of the Encoding standard, and atob and btoa of HTML.
package encoding

import (
	_ "embed" // the classes and their declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

var (
	//go:embed encoding.js
	source string
	//go:embed encoding.d.ts
	declarations string

	script = globals.NewScript("encoding", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals TextEncoder, TextDecoder, atob and btoa. It runs on the runtime's goroutine. The global
// DOMException must be there when a script first uses one of them.
//
// TextDecoder knows UTF-8, UTF-16 (both orders) and windows-1252 by all their labels. One call takes at most 64 Mi code
// units or bytes; more are a RangeError.
func Install(vm *goja.Runtime) error {
	return script.Define(vm, binding{vm}.functions, "TextEncoder", "TextDecoder", "atob", "btoa")
}
