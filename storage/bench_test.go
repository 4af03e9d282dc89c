package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/storage"
)

// The costs of calls at an SQLite file, without what a script adds.
func BenchmarkSQLite(b *testing.B) {
	for _, relaxed := range []bool{false, true} {
		b.Run(fmt.Sprintf("relaxed=%v", relaxed), func(b *testing.B) {
			benchStore(b, open(b, storage.Options{Dir: b.TempDir(), Relaxed: relaxed}))
		})
	}
}

func benchStore(b *testing.B, s storage.Store) {
	ctx, value := context.Background(), strings.Repeat("v", 100)
	b.Run("get", func(b *testing.B) {
		if err := put(b, s, "key", value); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, ok, err := s.Get(ctx, "key"); !ok || err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("set/%d in a commit", size), func(b *testing.B) {
			batches := make([]storage.Batch, size)
			n := 0
			for b.Loop() {
				for i := range batches {
					n++
					batches[i] = storage.Batch{{Key: fmt.Sprint("k", n%10_000), Value: []byte(value)}}
				}
				if _, err := s.Apply(ctx, batches...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/set")
		})
	}
	if _, _, err := s.Exec(ctx, `CREATE TABLE IF NOT EXISTS bench (id INTEGER PRIMARY KEY, text TEXT)`, nil); err != nil {
		b.Fatal(err)
	}
	b.Run("insert", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.Exec(ctx, `INSERT INTO bench (text) VALUES (?)`, []any{value}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("query one row", func(b *testing.B) {
		for b.Loop() {
			if err := s.Query(ctx, `SELECT id, text FROM bench WHERE id = ?`, []any{int64(1)}, func([]string, []any) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
