// Package appstore gives the host modules of apps the stores of package storage, in the shapes that those modules ask for.
package appstore

import (
	"context"

	"github.com/sigil-server/sigil/appbase/modules/db"
	"github.com/sigil-server/sigil/appbase/modules/kv"
	"github.com/sigil-server/sigil/storage"
)

// Store is a store of package storage as apps use it. Its methods may be called from any goroutine.
type Store struct{ s storage.Store }

// Of wraps a store, which stays its owner's.
func Of(s storage.Store) Store { return Store{s} }

// Get implements kv.Store.
func (s Store) Get(ctx context.Context, key string) (kv.Entry, error) {
	e, found, err := s.s.Get(ctx, key)
	if err != nil || !found {
		return kv.Entry{}, err
	}
	return entry(e), nil
}

func entry(e storage.Entry) kv.Entry {
	return kv.Entry{Key: e.Key, Value: e.Value, Version: e.Version, Expires: e.Expires, Found: true}
}

// List implements kv.Store.
func (s Store) List(ctx context.Context, prefix, after string, limit int, reverse bool) ([]kv.Entry, error) {
	found, err := s.s.List(ctx, storage.Range{Prefix: prefix, After: after, Limit: limit, Reverse: reverse})
	entries := make([]kv.Entry, len(found))
	for i, e := range found {
		entries[i] = entry(e)
	}
	return entries, err
}

// Apply implements kv.Store.
func (s Store) Apply(ctx context.Context, batches [][]kv.Op) ([]error, error) {
	mapped := make([]storage.Batch, len(batches))
	for i, b := range batches {
		mapped[i] = make(storage.Batch, len(b))
		for j, op := range b {
			mapped[i][j] = storage.Op{
				Kind: kinds[op.Kind], Key: op.Key, Value: op.Value, TTL: op.TTL, If: conditions[op.If], Version: op.Version, Equals: op.Equals,
			}
		}
	}
	return s.s.Apply(ctx, mapped...)
}

var (
	kinds      = [...]storage.OpKind{kv.Set: storage.Set, kv.Delete: storage.Delete, kv.Check: storage.Check}
	conditions = [...]storage.Condition{
		kv.Always: storage.Always, kv.IfAbsent: storage.IfAbsent, kv.IfPresent: storage.IfPresent, kv.IfVersion: storage.IfVersion, kv.IfEquals: storage.IfEquals,
	}
)

// Watch implements kv.Store.
func (s Store) Watch(prefix string, fn func(key string, value []byte, deleted bool)) (stop func()) {
	return s.s.Watch(prefix, func(c storage.Change) { fn(c.Key, c.Value, c.Deleted) })
}

// Query implements db.Store.
func (s Store) Query(ctx context.Context, query string, args []any, row func([]string, []any) error) error {
	return s.s.Query(ctx, query, args, row)
}

// Exec implements db.Store.
func (s Store) Exec(ctx context.Context, query string, args []any) (changed, lastID int64, err error) {
	return s.s.Exec(ctx, query, args)
}

// BeginTx implements db.Store.
func (s Store) BeginTx(ctx context.Context) (db.Tx, error) { return s.s.Begin(ctx) }

// Dialect implements repository.Store.
func (s Store) Dialect() string { return s.s.Dialect() }

// Migrate applies scripts, as appbase.Store says.
func (s Store) Migrate(ctx context.Context, names, texts []string) (applied []string, err error) {
	migrations := make([]storage.Migration, len(names))
	for i, name := range names {
		migrations[i] = storage.Migration{Name: name, Text: texts[i]}
	}
	return s.s.Migrate(ctx, migrations)
}
