package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the chapters of Hono's documentation show comes to the same here and in Node.js.
func TestHonoIsTheSameAsInNode(t *testing.T) {
	s := start(t, "hono")
	got, code := command(t, ".", "node", filepath.Join("clients", "honosame.mjs"), s.http(""))
	if code != 0 || !strings.HasPrefix(got, "all ") {
		t.Errorf("exit code %d\n%s", code, got)
	}
	t.Log(got)
}
