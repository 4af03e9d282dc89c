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
	dir := declaredApps(t)
	rewrite(t, filepath.Join(dir, "tsconfig.json"), `"skipLibCheck": true`, `"skipLibCheck": false`)
	tsc(t, dir)
}

// An editor may know the browser's declarations too, which declare some of the same names in other words: an app is free of
// mistakes all the same, as long as declarations are not checked against each other (skipLibCheck).
func TestDeclarationsBesideTheBrowsers(t *testing.T) {
	dir := declaredApps(t)
	rewrite(t, filepath.Join(dir, "tsconfig.json"), `"lib": ["ES2023",`, `"lib": ["ES2023", "DOM", "DOM.Iterable",`)
	tsc(t, dir)
}

// The samples where they stand, with the set-up that an editor finds in a clone.
func TestSamplesInAnEditor(t *testing.T) {
	tsc(t, filepath.Join("..", "apps"))
}

// declaredApps is a folder of the samples and of testdata, with the set-up that sigil makes.
func declaredApps(t *testing.T) string {
	t.Helper()
	dir := sampleApps(t)
	if err := os.Remove(filepath.Join(dir, "tsconfig.json")); err != nil { // it is for the clone
		t.Fatal(err)
	}
	mustRun(t, dir, "new", "unused", "--apps", dir) // brings tsconfig.json
	mustRun(t, dir, "types", "--out", filepath.Join(dir, "sigil.d.ts"))
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rewrite replaces a part of a file, which must be there.
func rewrite(t *testing.T, path, old, changed string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s no longer has %s", filepath.Base(path), old)
	}
	save(t, path, strings.Replace(string(text), old, changed, 1))
}
