// Package channels gives scripts MessageChannel and MessagePort (HTML 9.4), for the two ends of a channel in one app: what
// libraries use to go on in a later turn.
package channels

import (
	_ "embed" // the classes and their declarations

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed channels.js
	source string
	//go:embed channels.d.ts
	declarations string

	module = globals.NewModule("channels", []string{"MessageChannel", "MessagePort"}, source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals. It runs on the runtime's goroutine. The module events must be installed, and the globals
// structuredClone, DOMException and setTimeout be there when a script first uses one of them. Messages are copied when they
// are posted, and arrive one a turn; at most 1,024 wait at a port.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host { return nil })
}
