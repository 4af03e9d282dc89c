package appbase

import (
	_ "embed" // the adapter
	"errors"
	"fmt"
	"net/http"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// honoAdapter is the module that stands in for those of Hono's adapters for other servers.
//
//go:embed adapters/hono.js
var honoAdapter string

// upgrade is what a fetch app said yes to a handshake with: its event handlers, which belong to one generation.
type upgrade struct {
	inst    *instance
	handler goja.Value
}

func (in *instance) fetchAppHost(annotations *goja.Object, http *part) (map[string]any, error) {
	web, err := http.object()
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"show":          calls.Show,
		"socketOptions": annotations.Get("socketOptions"),
		"encode":        web.Get("encode"),
		"encodeThrown":  web.Get("encodeThrown"),
		"report":        func(reason goja.Value) { in.worker.report(in.rt.Error(in.thrown(reason))) },
		"attempt":       in.attempt,
		"fail":          func(ws *goja.Object, reason goja.Value) { in.connOf(ws).fail(in.thrown(reason)) },
		"handshake":     func(ws *goja.Object) (goja.Value, error) { return in.request(in.connOf(ws).hs.request()) },
	}, nil
}

// isFetchApp reports whether a module's default export is an object with fetch().
func isFetchApp(exports *goja.Object) bool {
	app, ok := exports.Get("default").(*goja.Object)
	if !ok {
		return false
	}
	if _, isFunction := goja.AssertFunction(app); isFunction {
		return false
	}
	_, ok = goja.AssertFunction(app.Get("fetch"))
	return ok
}

// connOf is the connection of a handle that the server itself gave to the prelude.
func (in *instance) connOf(ws *goja.Object) *Conn { return ws.Export().(*handle).conn }

// attempt calls a handler. An exception is told as that of the connection's handlers, with its line also when what was thrown
// is no Error and has none; what ends scripts goes on.
func (in *instance) attempt(ws *goja.Object, handler goja.Value) (goja.Value, error) {
	call, _ := goja.AssertFunction(handler)
	result, err := call(goja.Undefined())
	if _, ok := errors.AsType[*goja.Exception](err); !ok {
		return result, err
	}
	in.connOf(ws).fail(err)
	return goja.Undefined(), nil
}

// thrown makes an error of what a script has caught.
func (in *instance) thrown(reason goja.Value) error {
	return in.rt.Do(func() error { panic(reason) })
}

// readUpgrade completes the admission of a fetch app: [refusal, user, upgrade, subprotocol, headers].
func (in *instance) readUpgrade(parts *goja.Object, a *Admission) error {
	handler := parts.Get("2")
	if handler == nil || goja.IsUndefined(handler) {
		return nil
	}
	a.upgrade = upgrade{in, handler}
	a.Protocol = parts.Get("3").String()
	a.Header = http.Header{}
	var pairs [][2]string
	if err := in.vm.ExportTo(parts.Get("4"), &pairs); err != nil {
		return fmt.Errorf("headers of an upgrade: %w", err)
	}
	for _, pair := range pairs {
		a.Header.Add(pair[0], pair[1])
	}
	return nil
}

// keepUpgrade remembers, until the connection is attached, what let it in.
func (w *Worker) keepUpgrade(c *Conn, u upgrade) {
	if u.inst == nil {
		return
	}
	if w.upgrades == nil {
		w.upgrades = map[*Conn]upgrade{}
	}
	w.upgrades[c] = u
}

// takeUpgrade is what let the connection in, if that was this generation.
func (w *Worker) takeUpgrade(c *Conn, inst *instance) goja.Value {
	u, ok := w.upgrades[c]
	delete(w.upgrades, c)
	if !ok || u.inst != inst {
		return goja.Undefined()
	}
	return u.handler
}
