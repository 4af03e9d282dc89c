package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
)

// A store that is full, locked by another process or damaged is a clear error to its own app, and nothing to the others.
func TestStoresThatFail(t *testing.T) {
	const app = `export default class App extends AppBase {
		@Get async fill() {
			try {
				for (let i = 0; i < 100; i++) await this.kv.set("k" + i, "x".repeat(100_000));
				return "never full";
			} catch (error) { return error.code; }
		}
		@Get async note() {
			try { await this.kv.set("n", 1); return String(await this.kv.get("n")); } catch (error) { return error.code; }
		}
	}`
	dir := t.TempDir()
	for _, folder := range []string{"apps", "data"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"apps/full.js", "apps/locked.js", "apps/damaged.js", "apps/well.js"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(app), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "data/damaged.db"), make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	h := host(t, dir, storage.Options{MaxBytes: 2 << 20, LockTime: 50 * time.Millisecond})
	defer h.stop()
	want := func(path, want string) {
		t.Helper()
		if got := h.get(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	want("/locked/note", "1")
	other, err := sql.Open("sqlite", filepath.Join(dir, "data/locked.db"))
	if err != nil {
		t.Fatal(err)
	}
	other.SetMaxOpenConns(1)
	defer func() { _ = other.Close() }() // it has done what it was to do
	if _, err := other.ExecContext(t.Context(), "begin immediate"); err != nil {
		t.Fatal(err)
	}
	want("/full/fill", "full")
	want("/locked/note", "busy")
	want("/damaged/note", "corrupt")
	want("/well/note", "1")
	if _, err := other.ExecContext(t.Context(), "rollback"); err != nil {
		t.Fatal(err)
	}
	want("/locked/note", "1")
	want("/well/note", "1")
}
