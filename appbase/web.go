package appbase

import (
	"cmp"
	"slices"

	"github.com/sigil-server/sigil/appbase/modules/asynccontext"
	"github.com/sigil-server/sigil/appbase/modules/channels"
	"github.com/sigil-server/sigil/appbase/modules/ecmascript"
	"github.com/sigil-server/sigil/appbase/modules/eventsource"
	"github.com/sigil-server/sigil/appbase/modules/fetch"
	"github.com/sigil-server/sigil/appbase/modules/intl"
	"github.com/sigil-server/sigil/appbase/modules/scope"
	"github.com/sigil-server/sigil/appbase/modules/websocket"
)

// Web configures the globals of the web that concern the server. Its zero is safe.
type Web struct {
	// Version of the server, for navigator.userAgent; default "dev".
	Version string
	// Fetch says what the app may ask of other servers. Its UserAgent is made of Version.
	Fetch fetch.Options
}

func (w Web) withDefaults() Web {
	w.Version = cmp.Or(w.Version, "dev")
	w.Fetch.UserAgent = "Sigil/" + w.Version
	return w
}

// sockets may go where fetch may.
func (w Web) sockets() websocket.Options {
	return websocket.Options{Allow: w.Fetch.Allow, Private: w.Fetch.Private, UserAgent: w.Fetch.UserAgent}
}

// before are the modules that the others may build on, after those that build on others.
var (
	before = []module{
		{engineOnly(ecmascript.Install), ecmascript.Declarations},
		{onRuntime(intl.Install), intl.Declarations},
		{func(in *instance) error { return scope.Install(in.vm, "Sigil/"+in.worker.web.Version) }, scope.Declarations},
	}
	after = []module{
		{onRuntime(channels.Install), channels.Declarations},
		{onRuntime(asynccontext.Install), asynccontext.Declarations},
		{func(in *instance) error { return fetch.Install(in.rt, in.worker.web.Fetch) }, fetch.Declarations},
		{onRuntime(eventsource.Install), eventsource.Declarations},
		{func(in *instance) error { return websocket.Install(in.rt, in.worker.web.sockets()) }, websocket.Declarations},
	}
)

// allModules are all host modules, in the order of installation.
func allModules() []module { return slices.Concat(before, modules, after) }
