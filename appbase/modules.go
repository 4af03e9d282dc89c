package appbase

import (
	"bytes"
	_ "embed" // the declarations
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/encoding/unicode"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/clone"
	"github.com/sigil-server/sigil/appbase/modules/console"
	"github.com/sigil-server/sigil/appbase/modules/crypto"
	"github.com/sigil-server/sigil/appbase/modules/domexception"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	domevents "github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/appbase/modules/performance"
	"github.com/sigil-server/sigil/appbase/modules/sharing"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/appbase/modules/url"
	"github.com/sigil-server/sigil/scripting"
)

// module is a host module: globals that behave as a web standard says.
type module struct {
	install      func(*instance) error
	declarations func() string
}

// modules are all of them, in the order of installation: what others throw comes first.
var modules = []module{
	{engineOnly(domexception.Install), domexception.Declarations},
	{engineOnly(url.Install), url.Declarations},
	{engineOnly(encoding.Install), encoding.Declarations},
	{engineOnly(clone.Install), clone.Declarations},
	{onRuntime(crypto.Install), crypto.Declarations},
	{func(in *instance) error { return console.Install(in.vm, in) }, console.Declarations},
	{func(in *instance) error { return performance.Install(in.vm, in.worker.now) }, performance.Declarations},
	{onRuntime(domevents.Install), domevents.Declarations},
	{onRuntime(streams.Install), streams.Declarations},
	{(*instance).installShared, sharing.Declarations},
	{onRuntime(blob.Install), blob.Declarations},
	{onRuntime(formdata.Install), formdata.Declarations},
	{onRuntime(messages.Install), messages.Declarations},
}

// engineOnly is the installation of a module that needs nothing but the engine.
func engineOnly(install func(*goja.Runtime) error) func(*instance) error {
	return func(in *instance) error { return install(in.vm) }
}

// onRuntime is the installation of a module that needs the runtime: those that build on each other.
func onRuntime(install func(*scripting.Runtime) error) func(*instance) error {
	return func(in *instance) error { return install(in.rt) }
}

func (in *instance) installModules() error {
	for _, m := range allModules() {
		if err := m.install(in); err != nil {
			return err
		}
	}
	return nil
}

var (
	//go:embed sigil.d.ts
	declarations string
	//go:embed fetchapp.d.ts
	fetchAppDeclarations string
	//go:embed listeners.d.ts
	listenerDeclarations string
	//go:embed realtime.d.ts
	realtimeDeclarations string
)

// Declarations are the TypeScript declarations of everything an app sees, as one ambient file.
func Declarations() string {
	all := []string{declarations, realtimeDeclarations, fetchAppDeclarations, listenerDeclarations, suite.Declarations()}
	for _, declare := range dataDeclarations {
		all = append(all, declare())
	}
	for _, m := range allModules() {
		all = append(all, m.declarations())
	}
	return strings.Join(all, "\n")
}

// globalNames are the names that apps may also import from "sigil". The prelude defines them.
var globalNames = []string{
	"AppBase", "WsConn", "Api", "Websocket", "Get", "Post", "Put", "Patch", "Delete", "Head", "Http", "Scheduled", "Listener",
	"OnStart", "OnStop", "Observes", "Guard", "HttpReq", "Headers", "Request", "Response", "created", "accepted",
	"noContent", "badRequest", "unauthorized", "forbidden", "notFound", "Cors", "Sse", "EventStream",
	"conflict", "redirect", "setCookie", "upgradeWebSocket",
	"Schema", "Required", "Ignore",
	"Shared", "SharedCounter", "SharedMap", "SharedList",
	"Topic", "Rpc", "Realtime", "RpcError", "OnConnect", "OnMessage", "OnBinary", "OnDisconnect", "OnJoin", "OnLeave",
}

// sigilModule is the source of the module "sigil": the globals by their names. What an app does not import is left out, as
// looking at some of them makes them.
func sigilModule() string {
	var b strings.Builder
	for _, name := range globalNames {
		b.WriteString("export const " + name + " = /* @__PURE__ */ (() => globalThis." + name + ")();\n")
	}
	return b.String()
}

// decodeUTF8 reads a body as the Encoding standard does: malformed bytes become U+FFFD, a leading byte order mark goes.
func decodeUTF8(body []byte) string {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if utf8.Valid(body) {
		return string(body)
	}
	text, _ := unicode.UTF8.NewDecoder().Bytes(body) // never fails: it replaces
	return string(text)
}
