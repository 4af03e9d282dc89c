// Package scope gives scripts the names by which code that runs in many places finds out where it is: self and
// navigator (HTML, 8.1 and 10; WinterTC's minimum common API).
package scope

import (
	_ "embed" // the class and its declarations
	"runtime"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

var (
	//go:embed scope.js
	source string
	//go:embed scope.d.ts
	declarations string

	script = globals.NewScript("scope", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals self, navigator and Navigator. userAgent is what navigator.userAgent gives, such as
// "Sigil/1.0.0". It runs on the runtime's goroutine.
func Install(vm *goja.Runtime, userAgent string) error {
	host := func() globals.Host {
		return globals.Host{
			"userAgent":  func(goja.FunctionCall) goja.Value { return vm.ToValue(userAgent) },
			"processors": func(goja.FunctionCall) goja.Value { return vm.ToValue(runtime.GOMAXPROCS(0)) },
		}
	}
	return script.Define(vm, host, "self", "navigator", "Navigator")
}
