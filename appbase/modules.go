package appbase

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/sigil-server/sigil/appbase/modules/url"
)

// globalNames are the names that apps may also import from "sigil". The prelude defines them.
var globalNames = []string{
	"AppBase", "WsConn", "Api", "Websocket", "Get", "Post", "Put", "Patch", "Delete", "Head", "Http", "Scheduled", "OnStart", "OnStop",
	"Guard", "HttpReq", "Headers", "Response", "created", "accepted", "noContent", "badRequest", "unauthorized", "forbidden", "notFound",
	"conflict", "redirect",
}

// sigilModule is the source of the module "sigil": the globals by their names.
var sigilModule = func() string {
	var b strings.Builder
	for _, name := range globalNames {
		b.WriteString("export const " + name + " = globalThis." + name + ";\n")
	}
	return b.String()
}()

// decodeUTF8 reads a body as the Encoding standard does: malformed bytes become U+FFFD, a leading byte order mark goes.
func decodeUTF8(body []byte) string {
	text := strings.TrimPrefix(string(body), "\ufeff")
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// installModules installs the host modules. The order matters only where one finds another's global.
func (in *instance) installModules() error {
	return errors.Join(
		url.Install(in.vm),
	)
}
