package server

import (
	"context"
	"errors"

	"github.com/sigil-server/sigil/appbase"
)

var errOnlyLooked = errors.New("apps are only looked at, so nothing is kept")

// newData makes what an app keeps; its store is opened at the first use.
func newData(name string, o *Options) *appbase.Data {
	open := func(ctx context.Context) (appbase.Store, error) { return o.Store(ctx, name) }
	switch {
	case o.loadOnly:
		open = func(context.Context) (appbase.Store, error) { return nil, errOnlyLooked }
	case o.Store == nil:
		return nil
	}
	kept := func() bool { return o.Kept == nil || o.Kept(name) }
	return appbase.NewData(appbase.DataOptions{Open: open, Log: o.Log.With("app", name), Kept: kept})
}
