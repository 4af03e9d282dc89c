package appbase

import (
	"context"
	"log/slog"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/console"
)

// logObject makes this.log: debug, info, warn and error, each taking values as console.log does.
func (in *instance) logObject() *goja.Object {
	object, inspector := in.vm.NewObject(), console.NewInspector(in.vm)
	for name, level := range map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	} {
		_ = object.Set(name, func(call goja.FunctionCall) goja.Value {
			if in.worker.log.Enabled(context.Background(), level) {
				in.Log(level, inspector.Format(call.Arguments))
			}
			return goja.Undefined()
		})
	}
	return object
}

// Log takes what the script wrote to the console or to this.log.
func (in *instance) Log(level slog.Level, text string) {
	in.worker.log.Log(context.Background(), level, text)
}
