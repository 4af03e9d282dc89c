package server

import (
	"context"
	"errors"

	"github.com/sigil-server/sigil/appbase"
)

var errOnlyLooked = errors.New("apps are only looked at, so nothing is kept")

// prepare brings the app's store to where its code expects it. An app that is only looked at, without a store, has nothing to prepare.
func (a *app) prepare(ctx context.Context, src appbase.Source) error {
	if a.options.loadOnly && a.options.Store == nil {
		return nil
	}
	return a.data.Prepare(ctx, src)
}

// newData makes what an app keeps; its store is opened at the first use.
func newData(name string, o *Options) *appbase.Data {
	open := func(ctx context.Context) (appbase.Store, error) { return o.Store(ctx, name) }
	switch {
	case o.loadOnly && o.Store == nil:
		open = func(context.Context) (appbase.Store, error) { return nil, errOnlyLooked }
	case o.Store == nil:
		return nil
	}
	kept := func() bool { return o.Kept == nil || o.Kept(name) }
	return appbase.NewData(appbase.DataOptions{Open: open, Log: o.Log.With("app", name), Kept: kept, Clock: o.Clock})
}
