package appbase

import (
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// events are the listeners of a connection in the browser's spelling: addEventListener, on, and the on<event> properties.
// They run beside the callbacks of onMessage and its siblings, with one event object.
type events struct {
	listeners  map[string][]listener
	properties map[string]goja.Value
}

type listener struct {
	value goja.Value
	call  goja.Callable
}

var eventNames = []string{"open", "message", "close", "error", "drain"}

func isEventProperty(key string) bool {
	name, ok := strings.CutPrefix(key, "on")
	return ok && slices.Contains(eventNames, name)
}

func (h *handle) ensureEvents() *events {
	m := h.own()
	if m.events == nil {
		m.events = &events{listeners: map[string][]listener{}, properties: map[string]goja.Value{}}
	}
	return m.events
}

// property is the value of an on<event> property; nil for other names.
func (e *events) property(key string) goja.Value {
	if e == nil {
		return nil
	}
	return e.properties[key]
}

// setProperty replaces the listener of on<event>; anything but a function removes it.
func (e *events) setProperty(key string, value goja.Value) {
	e.properties[key] = value
}

// add appends a listener unless it is there already.
func (e *events) add(event string, value goja.Value, call goja.Callable) {
	if !slices.ContainsFunc(e.listeners[event], func(l listener) bool { return l.value.SameAs(value) }) {
		e.listeners[event] = append(e.listeners[event], listener{value, call})
	}
}

// remove takes a listener out; a delivery that is under way still sees it.
func (e *events) remove(event string, value goja.Value) {
	kept := slices.Clone(e.listeners[event])
	e.listeners[event] = slices.DeleteFunc(kept, func(l listener) bool { return l.value.SameAs(value) })
}

// listeners are the functions to run for an event.
func (h *handle) listeners(event string) []goja.Callable {
	if h == nil || h.rest().events == nil {
		return nil
	}
	var calls []goja.Callable
	if call, ok := goja.AssertFunction(h.rest().events.properties["on"+event]); ok {
		calls = append(calls, call)
	}
	for _, l := range h.rest().events.listeners[event] {
		calls = append(calls, l.call)
	}
	return calls
}

// event makes the event object: type, target and the given names and values.
func (h *handle) event(event string, fields []any) *goja.Object {
	object := h.inst.vm.NewObject()
	_ = object.Set("type", event)
	_ = object.Set("target", h.object)
	for i := 0; i < len(fields); i += 2 {
		_ = object.Set(fields[i].(string), fields[i+1])
	}
	return object
}
