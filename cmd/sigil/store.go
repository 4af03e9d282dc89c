package main

import (
	"context"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/storage"
)

func storeOptions(c *conf.Config) storage.Options {
	return storage.Options{
		Dir: c.Data, URL: c.Database.URL, Apps: c.Database.Apps, Relaxed: c.Database.Commit == "system",
		MaxBytes: int64(c.Database.Size), MaxConnections: c.Database.Connections,
	}
}

// storeOf hands the stores to the server.
func storeOf(stores *storage.Stores) func(context.Context, string) (appbase.Store, error) {
	return func(ctx context.Context, app string) (appbase.Store, error) {
		s, err := stores.Get(ctx, app)
		if err != nil {
			return nil, err
		}
		return appstore.Of(s), nil
	}
}
