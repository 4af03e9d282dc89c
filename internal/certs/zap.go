package certs

import (
	"context"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// zapTo makes the logger that certmagic wants out of ours.
func zapTo(log *slog.Logger) *zap.Logger { return zap.New(&zapCore{log: log}) }

// zapCore hands entries on. What certmagic tells as information is for debugging here: the events tell what counts.
type zapCore struct {
	log    *slog.Logger
	fields []zapcore.Field
}

func (c *zapCore) level(l zapcore.Level) slog.Level {
	switch {
	case l >= zapcore.ErrorLevel:
		return slog.LevelError
	case l == zapcore.WarnLevel:
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// Enabled is for zap.
func (c *zapCore) Enabled(l zapcore.Level) bool {
	return c.log.Enabled(context.Background(), c.level(l))
}

// With is for zap.
func (c *zapCore) With(fields []zapcore.Field) zapcore.Core {
	return &zapCore{c.log, append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

// Check is for zap.
func (c *zapCore) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return to.AddCore(e, c)
	}
	return to
}

// Write is for zap.
func (c *zapCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	to := zapcore.NewMapObjectEncoder()
	for _, f := range append(c.fields[:len(c.fields):len(c.fields)], fields...) {
		f.AddTo(to)
	}
	args := make([]any, 0, 2*len(to.Fields)+2)
	if e.LoggerName != "" {
		args = append(args, "part", e.LoggerName)
	}
	for name, value := range to.Fields {
		args = append(args, name, value)
	}
	c.log.Log(context.Background(), c.level(e.Level), "acme: "+e.Message, args...)
	return nil
}

// Sync is for zap.
func (c *zapCore) Sync() error { return nil }
