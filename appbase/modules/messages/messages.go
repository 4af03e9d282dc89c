// Package messages gives scripts Headers, Request and Response of the Fetch standard.
package messages

import (
	_ "embed" // the classes and their declarations

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed headers.js
	headersJS string
	//go:embed body.js
	bodyJS string
	//go:embed request.js
	requestJS string
	//go:embed response.js
	responseJS string
	//go:embed outgoing.js
	outgoingJS string
	//go:embed messages.d.ts
	declarations string

	module = globals.NewModule("messages", []string{"Headers", "Request", "Response"}, headersJS, bodyJS, requestJS, responseJS, outgoingJS)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals and shares the internals "messages" (see outgoing.js for what they do). It runs on the
// runtime's goroutine. The modules events, streams, blob and formdata must be installed, and the globals URL and
// URLSearchParams be there when a script first uses one of the names.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host {
		b := &binding{rt: rt, vm: rt.VM()}
		return b.host()
	})
}
