// Package events gives scripts Event, EventTarget and the events made of them, and AbortController and AbortSignal of the
// DOM standard, for targets without a tree.
package events

import (
	_ "embed" // the classes and their declarations

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed event.js
	eventJS string
	//go:embed target.js
	targetJS string
	//go:embed abort.js
	abortJS string
	//go:embed events.d.ts
	declarations string

	module = globals.NewModule("events", []string{
		"Event", "CustomEvent", "MessageEvent", "CloseEvent", "ErrorEvent", "EventTarget", "AbortSignal", "AbortController", "reportError",
	}, eventJS, targetJS, abortJS)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals and shares the internals "events". It runs on the runtime's goroutine. The globals
// DOMException, setTimeout and queueMicrotask must be there when a script first uses one of them. What a listener throws
// is reported as the error of a microtask.
//
// The internals, for other modules: fire(target, event) dispatches a trusted event; handlers(Class, ...types) gives a
// class of targets its onX attributes; report(error); isSignal, newSignal(), abortSignal(signal, reason),
// dependentSignal(signals), addAlgorithm(signal, fn) and removeAlgorithm(signal, fn) of AbortSignal; abortError(); and the
// classes themselves.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host { return nil })
}
