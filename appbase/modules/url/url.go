// Package url gives scripts URL and URLSearchParams of the WHATWG URL standard, and URLPattern of the URL Pattern standard.
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

	//go:embed urlpattern.js
	patternSource string

	script        = globals.NewScript("url", source)
	patternScript = globals.NewScript("urlpattern", patternSource)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals URL, URLSearchParams and URLPattern. It runs on the runtime's goroutine.
//
// A URL is bounded: 256 KiB, of it 2 KiB before the path and 1,024 path segments; what is longer is no valid URL. A query
// has at most 100,000 parameters and, of its own, 16 MiB; more are a RangeError. A pattern has at most 16 KiB.
func Install(vm *goja.Runtime) error {
	if err := script.Define(vm, binding{vm}.functions, "URL", "URLSearchParams"); err != nil {
		return err
	}
	return patternScript.Define(vm, patterns{vm}.functions, "URLPattern")
}
