package appbase

import (
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/scripting"
)

// maxReasonBytes is what a close frame has room for beside its code (RFC 6455 5.5).
const maxReasonBytes = 123

// installWsConn defines WsConn, which is made for the first connection or script that wants it.
func (in *instance) installWsConn() error {
	return scripting.DefineGlobals(in.vm, func() (*goja.Object, error) {
		object := in.vm.NewObject()
		return object, object.Set("WsConn", in.wsConnPrototype().Get("constructor"))
	}, "WsConn")
}

// wsConnPrototype is the prototype that all handles of a runtime share.
func (in *instance) wsConnPrototype() *goja.Object {
	if in.wsConn == nil {
		in.wsConn = in.wsConnClass()
	}
	return in.wsConn
}

// wsConnClass makes WsConn: a constructor that refuses, and the prototype.
func (in *instance) wsConnClass() *goja.Object {
	vm := in.vm
	class := vm.ToValue(func(goja.ConstructorCall) *goja.Object {
		panic(vm.NewTypeError("connections are made by the server"))
	}).(*goja.Object)
	proto := class.Get("prototype").(*goja.Object)
	for name, method := range in.wsConnMethods() {
		fn := vm.ToValue(method).(*goja.Object)
		_ = fn.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		_ = proto.DefineDataProperty(name, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	_ = class.DefineDataProperty("name", vm.ToValue("WsConn"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	for i, name := range []string{"CONNECTING", "OPEN", "CLOSING", "CLOSED"} {
		_ = class.Set(name, i)
		_ = proto.Set(name, i)
	}
	_ = proto.DefineDataPropertySymbol(goja.SymToStringTag, vm.ToValue("WsConn"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return proto
}

var handleType = reflect.TypeFor[*handle]()

// handleOf finds the handle a native method was called on. Mostly it is the one whose callback runs.
func (in *instance) handleOf(call goja.FunctionCall) *handle {
	if object, ok := call.This.(*goja.Object); ok {
		if h := in.calling; h != nil && h.object == object {
			return h
		}
		if object.ExportType() == handleType {
			return object.Export().(*handle)
		}
	}
	panic(in.vm.NewTypeError("this is not a connection: call it as ws.send(...), or bind it"))
}

type native = func(goja.FunctionCall) goja.Value

func (in *instance) wsConnMethods() map[string]native {
	vm := in.vm
	method := func(fn func(*handle, goja.FunctionCall) goja.Value) native {
		return func(call goja.FunctionCall) goja.Value { return fn(in.handleOf(call), call) }
	}
	callback := func(slot func(*handle) *goja.Callable) native {
		return method(func(h *handle, call goja.FunctionCall) goja.Value {
			if h.conn.away() != nil {
				panic(vm.NewTypeError("this connection is on another worker: callbacks are set where it was opened"))
			}
			if h.conn.style != nil {
				panic(vm.NewTypeError("the messages of this connection go to methods of the app, not to callbacks"))
			}
			h.setCallback(slot(h), call.Argument(0))
			return goja.Undefined()
		})
	}
	text := func(get func(*handle) string) native {
		return method(func(h *handle, _ goja.FunctionCall) goja.Value { return vm.ToValue(get(h)) })
	}
	return map[string]native{
		"send":      method((*handle).send),
		"sendBytes": method((*handle).sendBytes),
		"close":     method((*handle).close),
		"drained":   method(func(h *handle, _ goja.FunctionCall) goja.Value { return h.awaitDrained() }),

		"onMessage": callback(func(h *handle) *goja.Callable { return &h.onMessage }),
		"onBinary":  callback(func(h *handle) *goja.Callable { return &h.own().onBinary }),
		"onClose":   callback(func(h *handle) *goja.Callable { return &h.own().onClose }),
		"onError":   callback(func(h *handle) *goja.Callable { return &h.own().onError }),
		"onDrain":   callback(func(h *handle) *goja.Callable { return &h.own().onDrain }),

		"on":                  method((*handle).addListener),
		"off":                 method((*handle).removeListener),
		"addEventListener":    method((*handle).addListener),
		"removeEventListener": method((*handle).removeListener),

		"getReqPath":     text(func(h *handle) string { return h.conn.hs.path() }),
		"getQueryString": text(func(h *handle) string { return h.conn.hs.rawQuery() }),
		"getSrcAddress":  text(func(h *handle) string { return h.conn.hs.remoteAddress() }),
		"getReqHeaders":  method(func(h *handle, _ goja.FunctionCall) goja.Value { return h.view("headers") }),

		"subscribe":   method((*handle).subscribe),
		"unsubscribe": method((*handle).unsubscribe),
		"publish":     method((*handle).publish),
	}
}

// setCallback replaces a callback; null and undefined take it away.
func (h *handle) setCallback(slot *goja.Callable, value goja.Value) {
	if goja.IsUndefined(value) || goja.IsNull(value) {
		*slot = nil
		return
	}
	fn, ok := goja.AssertFunction(value)
	if !ok {
		panic(h.inst.vm.NewTypeError("the callback is %s, not a function", calls.Show(value)))
	}
	*slot = h.inst.rt.InContext(fn)
}

func (h *handle) send(call goja.FunctionCall) goja.Value {
	return h.inst.vm.ToValue(h.conn.send(h.inst.message(call.Argument(0))))
}

func (h *handle) sendBytes(call goja.FunctionCall) goja.Value {
	data, ok := h.inst.bytesOf(call.Argument(0))
	if !ok {
		panic(h.inst.vm.NewTypeError("sendBytes takes an ArrayBuffer, a typed array or a DataView, not %s; a text goes through send", calls.Show(call.Argument(0))))
	}
	return h.inst.vm.ToValue(h.conn.send(Message{Bytes: data, Binary: true}))
}

func (h *handle) close(call goja.FunctionCall) goja.Value {
	code, reason := h.inst.closeArguments(call.Argument(0), call.Argument(1))
	h.conn.socket.Close(code, reason)
	return goja.Undefined()
}

// closeArguments reads code and reason, 1000 and "" if left out.
func (in *instance) closeArguments(first, second goja.Value) (code int, reason string) {
	code = 1000
	if !goja.IsUndefined(first) {
		code = int(first.ToInteger())
	}
	if !goja.IsUndefined(second) {
		reason = second.String()
	}
	if err := checkClose(code, reason); err != nil {
		panic(in.rangeError(err.Error()))
	}
	return code, reason
}

func checkClose(code int, reason string) error {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
	default:
		return fmt.Errorf("close code %d cannot be sent: use 1000-1003, 1007-1014 or 3000-4999", code)
	}
	if len(reason) > maxReasonBytes || !utf8.ValidString(reason) {
		return fmt.Errorf("the close reason has %d bytes of UTF-8; %d fit", len(reason), maxReasonBytes)
	}
	return nil
}

func (h *handle) addListener(call goja.FunctionCall) goja.Value {
	event, fn := call.Argument(0).String(), call.Argument(1)
	listen, ok := goja.AssertFunction(fn)
	if !ok {
		panic(h.inst.vm.NewTypeError("the listener of %q is %s, not a function", event, calls.Show(fn)))
	}
	if h.conn.away() != nil {
		panic(h.inst.vm.NewTypeError("this connection is on another worker: listeners are added where it was opened"))
	}
	h.ensureEvents().add(event, fn, h.inst.rt.InContext(listen))
	return goja.Undefined()
}

func (h *handle) removeListener(call goja.FunctionCall) goja.Value {
	h.ensureEvents().remove(call.Argument(0).String(), call.Argument(1))
	return goja.Undefined()
}
