package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/storage/storagetest"
)

func open(t testing.TB, o storage.Options) storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), "app", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store { return open(t, storage.Options{Dir: t.TempDir()}) })
}

func put(t testing.TB, s storage.Store, key, value string) error {
	t.Helper()
	errs, err := s.Apply(context.Background(), storage.Batch{{Key: key, Value: []byte(value)}})
	if err == nil {
		err = errs[0]
	}
	return err
}

func wantCode(t *testing.T, err error, want storage.Code) {
	t.Helper()
	var e *storage.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Errorf("got %v, want code %q", err, want)
	}
}

// A full store says so, goes on reading, and writes again when there is room.
func TestFull(t *testing.T) {
	s := open(t, storage.Options{Dir: t.TempDir(), MaxBytes: 200 << 10})
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = put(t, s, fmt.Sprintf("k%03d", n), strings.Repeat("x", 2000))
	}
	wantCode(t, err, storage.CodeFull)
	if _, ok, err := s.Get(t.Context(), "k000"); !ok || err != nil {
		t.Errorf("reading a full store: %v, %v", ok, err)
	}
	_, _, err = s.Exec(t.Context(), `CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i, hex(zeroblob(100)) FROM n`, nil)
	wantCode(t, err, storage.CodeFull)
	for i := range n - 1 {
		if _, err := s.Apply(t.Context(), storage.Batch{{Kind: storage.Delete, Key: fmt.Sprintf("k%03d", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(t, s, "again", "1"); err != nil {
		t.Errorf("after making room: %v", err)
	}
}

// A damaged file is an error of its app; the others go on.
func TestCorrupt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad.db"), []byte(strings.Repeat("this is no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	stores := storage.NewStores(storage.Options{Dir: dir})
	defer func() { _ = stores.Close() }()
	for range 2 {
		_, err := stores.Get(t.Context(), "bad")
		wantCode(t, err, storage.CodeCorrupt)
	}
	good, err := stores.Get(t.Context(), "good")
	if err != nil {
		t.Fatal(err)
	}
	if err := put(t, good, "a", "1"); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, "bad.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := stores.Get(t.Context(), "bad"); err != nil {
		t.Errorf("mended, and still: %v", err)
	}
}

// Damage that is found later is told by the statement that meets it.
func TestDamagedPages(t *testing.T) {
	dir := t.TempDir()
	s, err := storage.Open(t.Context(), "app", storage.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := put(t, s, fmt.Sprintf("k%03d", i), strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "app.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8 << 12; i < len(data)-(2<<12); i++ {
		data[i] = 0xa5
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, storage.Options{Dir: dir})
	_, err = s.List(t.Context(), storage.Range{})
	wantCode(t, err, storage.CodeCorrupt)
}

// A file that something else has locked is waited for until the deadline.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	one, two := open(t, storage.Options{Dir: dir}), open(t, storage.Options{Dir: dir, LockTime: 50 * time.Millisecond})
	tx, err := one.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = two.Apply(t.Context(), storage.Batch{{Key: "a"}})
	wantCode(t, err, storage.CodeBusy)
	if _, _, err := two.Get(t.Context(), "a"); err != nil {
		t.Errorf("reading is not in the way of a writer: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := put(t, two, "a", "1"); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for _, app := range []string{"", "../x", "a/b", ".hidden", "a\x00"} {
		_, err := storage.Open(t.Context(), app, storage.Options{Dir: t.TempDir()})
		wantCode(t, err, storage.CodeInvalid)
	}
	_, err := storage.Open(t.Context(), "app", storage.Options{URL: "mysql://x"})
	wantCode(t, err, storage.CodeInvalid)
	_, err = storage.Open(t.Context(), "app", storage.Options{Dir: "/proc/nothing"})
	wantCode(t, err, storage.CodeOffline)
}

func TestStoresClose(t *testing.T) {
	stores := storage.NewStores(storage.Options{Dir: filepath.Join(t.TempDir(), "data")})
	a, err := stores.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := stores.Get(t.Context(), "a"); again != a {
		t.Error("opened twice")
	}
	for range 2 {
		if err := stores.Close(); err != nil {
			t.Error(err)
		}
	}
	wantCode(t, put(t, a, "x", "1"), storage.CodeClosed)
	_, err = stores.Get(t.Context(), "b")
	wantCode(t, err, storage.CodeClosed)
}
