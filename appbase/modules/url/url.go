// Package url gives scripts URL and URLSearchParams of the WHATWG URL standard.
package url

import (
	_ "embed" // the classes and their declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

var (
	//go:embed url.js
	source string
	//go:embed url.d.ts
	declarations string

	script = globals.NewScript("url", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals URL and URLSearchParams. It runs on the runtime's goroutine.
//
// A URL is bounded: 256 KiB, of it 2 KiB before the path and 1,024 path segments; what is longer is no valid URL. A query
// has at most 100,000 parameters and, of its own, 16 MiB; more are a RangeError.
func Install(vm *goja.Runtime) error {
	return script.Define(vm, binding{vm}.functions, "URL", "URLSearchParams")
}
