// Package console gives scripts the console (Console standard), which writes lines of text to a sink of the host's, and
// shows values as text for others that log.
package console

import (
	_ "embed" // the script and the declarations
	"log/slog"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// Sink takes what a script writes. Log is called on the runtime's goroutine; text has no final newline, is valid UTF-8
// and at most about 64 KiB.
type Sink interface {
	Log(level slog.Level, text string)
}

var (
	//go:embed console.js
	source string
	//go:embed console.d.ts
	declarations string

	script = globals.NewScript("console", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global console. It runs on the runtime's goroutine. Lines of log, info, dir, table, count, time,
// group and trace have the level info, the others that of their name; a failed assert is an error.
func Install(vm *goja.Runtime, sink Sink) error {
	return globals.Define(vm, func() (*goja.Object, error) { return newConsole(vm, sink) }, "console")
}

// Format is what console.log writes for its arguments. It runs script code (of proxies, say) only where what that throws
// does no harm, so it never fails. It runs on the runtime's goroutine, inside an entry. Who formats often keeps an
// [Inspector] instead.
func Format(vm *goja.Runtime, args []goja.Value) string {
	return NewInspector(vm).Format(args)
}
