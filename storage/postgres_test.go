//go:build unix

package storage_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/storage/storagetest"
)

func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	address, apps := storagetest.Postgres(t), 0
	storagetest.Run(t, func(t *testing.T) storage.Store {
		apps++
		s, err := storage.Open(t.Context(), fmt.Sprintf("app-%d", apps), storage.Options{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
	t.Run("apps are apart", func(t *testing.T) { testSchemas(t, address) })
	t.Run("two processes", func(t *testing.T) { testTwoWriters(t, address) })
}

// Apps on one server do not see each other's tables.
func testSchemas(t *testing.T, address string) {
	stores := storage.NewStores(storage.Options{URL: address, Dir: t.TempDir(), Apps: map[string]string{"filed": ""}})
	defer func() { _ = stores.Close() }()
	for _, app := range []string{"one", "two", "filed"} {
		s, err := stores.Get(t.Context(), app)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Exec(t.Context(), `CREATE TABLE mine (t TEXT)`, nil); err != nil {
			t.Errorf("%s: %v", app, err)
		}
		if want := map[bool]string{true: "sqlite", false: "postgres"}[app == "filed"]; s.Dialect() != want {
			t.Errorf("%s is kept in %s", app, s.Dialect())
		}
	}
}

// Two stores of one app on one server, as two processes have them, agree on who was first.
func testTwoWriters(t *testing.T, address string) {
	var stores []storage.Store
	for range 2 {
		s, err := storage.Open(t.Context(), "both", storage.Options{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		stores = append(stores, s)
	}
	won := make(chan int)
	for i, s := range stores {
		go func() {
			n := 0
			for k := range 50 {
				errs, err := s.Apply(context.Background(), storage.Batch{{Key: fmt.Sprint("k", k), Value: []byte{byte(i)}, If: storage.IfAbsent}})
				if err == nil && errs[0] == nil {
					n++
				}
			}
			won <- n
		}()
	}
	if total := <-won + <-won; total != 50 {
		t.Errorf("%d keys were set first", total)
	}
}

func TestServerAway(t *testing.T) {
	_, err := storage.Open(t.Context(), "app", storage.Options{URL: "postgres://u:secret@/d?host=" + url.QueryEscape(t.TempDir())})
	wantCode(t, err, storage.CodeOffline)
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is told: %v", err)
	}
	_, err = storage.Open(t.Context(), "app", storage.Options{URL: "postgres://u:secret@h:port/d"})
	wantCode(t, err, storage.CodeInvalid)
}

func BenchmarkPostgres(b *testing.B) {
	address := storagetest.Postgres(b)
	s, err := storage.Open(context.Background(), "bench", storage.Options{URL: address})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	benchStore(b, s)
}
