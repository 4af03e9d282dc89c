package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tsc type-checks a folder by its tsconfig.json.
func tsc(t *testing.T, dir string) {
	t.Helper()
	compiler, err := filepath.Abs(filepath.Join("node_modules", ".bin", "tsc"))
	if err != nil {
		t.Fatal(err)
	}
	if text, code := command(t, dir, compiler, "--pretty", "false", "--project", "."); code != 0 {
		t.Errorf("tsc ends with %d:\n%s", code, text)
	}
}

func mustRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	text, code := command(t, dir, binary, args...)
	if code != 0 {
		t.Fatalf("sigil %s ends with %d:\n%s", strings.Join(args, " "), code, text)
	}
	return text
}

// What sigil new makes is free of mistakes for an editor and for the server, without any set-up.
func TestNewAppsAreFreeOfMistakes(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, dir, "new", "x")
	mustRun(t, dir, "new", "y-board", "--ts")
	tsc(t, filepath.Join(dir, "apps"))
	if text := mustRun(t, dir, "check"); !strings.Contains(text, "x: ok") || !strings.Contains(text, "y-board: ok") {
		t.Errorf("sigil check says:\n%s", text)
	}
	s := start(t, filepath.Join(dir, "apps"))
	if got := dial(t, s.ws("/y-board/room")).ask("hi"); got != "hi" {
		t.Errorf("the new app answers %q", got)
	}
	if status, page, err := s.get("/x/"); err != nil || status != 200 || !strings.Contains(page, "<title>x</title>") {
		t.Errorf("the new app's page: %d %v\n%s", status, err, page)
	}
}

// The declarations fit the samples, in JavaScript and in TypeScript, and tell mistakes (testdata/mistakes.ts: each marked
// one must be found, and nothing else). They are checked themselves too, without the browser's or Node's declarations.
func TestDeclarations(t *testing.T) {
	dir := sampleApps(t)
	mustRun(t, dir, "new", "unused", "--apps", dir) // brings tsconfig.json
	mustRun(t, dir, "types", "--out", filepath.Join(dir, "sigil.d.ts"))
	strict := filepath.Join(dir, "tsconfig.json")
	config, err := os.ReadFile(strict)
	if err != nil {
		t.Fatal(err)
	}
	const lax, thorough = `"skipLibCheck": true`, `"skipLibCheck": false`
	if !strings.Contains(string(config), lax) {
		t.Fatalf("tsconfig.json no longer has %s", lax)
	}
	save(t, strict, strings.Replace(string(config), lax, thorough, 1))
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	tsc(t, dir)
}
