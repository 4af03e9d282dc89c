// Package eventsource gives scripts EventSource of HTML: a client for server-sent events that connects again when the
// connection breaks off.
package eventsource

import (
	_ "embed" // the class and its declarations

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed eventsource.js
	source string
	//go:embed eventsource.d.ts
	declarations string

	module = globals.NewModule("eventsource", []string{"EventSource"}, source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global EventSource. It runs on the runtime's goroutine. The modules events, streams and fetch must be
// installed, and the globals URL, TextEncoder, TextDecoder, setTimeout and clearTimeout be there when a script first uses it.
// Where it may connect to is what fetch may; it ends with the runtime. An event has at most 1 Mi characters.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host { return nil })
}
