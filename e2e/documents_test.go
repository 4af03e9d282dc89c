package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// describedSamples are the sample apps that have documents: apps with fetch() answer at every path themselves.
func describedSamples(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("..", "apps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name, isFile := strings.CutSuffix(entry.Name(), ".js")
		if (isFile || entry.IsDir()) && name != "node_modules" && !strings.HasPrefix(name, "hono") {
			names = append(names, name)
		}
	}
	return names
}

// The AsyncAPI document of every sample app is valid by AsyncAPI's own parser, which has nothing to complain about.
func TestAsyncAPIOfSamples(t *testing.T) {
	s := start(t, sampleApps(t))
	apps := describedSamples(t)
	text, code := command(t, ".", "node", append([]string{filepath.Join("clients", "asyncapi.mjs"), s.address}, apps...)...)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != len(apps) {
		t.Errorf("%d lines for %d apps:\n%s", len(lines), len(apps), text)
	}
	for _, want := range []string{"chatapp: 3.0.0 /room", "echoapp: 3.0.0 /echo", "board: 3.0.0 /live board"} {
		if !strings.Contains("\n"+text, "\n"+want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}
