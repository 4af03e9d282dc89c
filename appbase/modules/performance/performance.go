// Package performance gives scripts a clock that never goes back (High Resolution Time), and marks and measures on it (User
// Timing, Performance Timeline).
package performance

import (
	_ "embed" // the class and its declarations
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

var (
	//go:embed performance.js
	source string
	//go:embed performance.d.ts
	declarations string

	script = globals.NewScript("performance", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global performance and its classes, which count by now: time.Now, or what tells the time as steadily. At
// most 10,000 marks and measures are kept; beyond it the oldest go. It runs on the runtime's goroutine. The globals
// DOMException, structuredClone and queueMicrotask must be there when a script first needs them.
func Install(vm *goja.Runtime, now func() time.Time) error {
	start := now()
	host := func() globals.Host {
		return globals.Host{
			"now": func(goja.FunctionCall) goja.Value { return vm.ToValue(milliseconds(now().Sub(start))) },
			"origin": func(goja.FunctionCall) goja.Value {
				return vm.ToValue(milliseconds(time.Duration(start.UnixNano())))
			},
		}
	}
	return script.Define(vm, host, "performance", "Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure",
		"PerformanceObserver", "PerformanceObserverEntryList")
}

// milliseconds are whole microseconds, as in browsers.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
