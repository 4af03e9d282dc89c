package server

import (
	"context"
	"log/slog"
)

// Inspect compiles and loads the apps of a folder without serving them, and tells of each what there is to know, in order
// of name. Code that runs at load runs: the top level of the modules and the constructor. No port is opened. With a store, one
// that is thrown away, migrations and seeds are tried in it; without, they are not looked at. The error says why the folder
// cannot be read, or the mounts clash; mistakes in an app are in its AppInfo.
func Inspect(ctx context.Context, o Options) ([]AppInfo, error) {
	o = o.withDefaults()
	o.Log = slog.New(quiet{o.Log.Handler()})
	o.loadOnly = true
	var err error
	if o.places, err = newPlaces(o.Mounts, o.Listen); err != nil {
		return nil, err
	}
	var t table
	c, err := newCatalog(&o, &t)
	if err != nil {
		return nil, err
	}
	defer func() { stopAll(t.all(), "shutdown", statusGoingAway, "server going away") }()
	if err := c.sync(ctx, nil); err != nil {
		return nil, err
	}
	c.drain(ctx)
	return infos(&t), ctx.Err()
}

// quiet leaves out of a log what Inspect returns.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level < slog.LevelError && q.Handler.Enabled(ctx, level)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
