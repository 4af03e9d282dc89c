package client_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/sigil-server/sigil/client"
)

// maxBytes is what a page may have to load.
const maxBytes = 6 << 10

func TestSize(t *testing.T) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(client.Script()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d compressed", len(client.Script()), packed.Len())
	if packed.Len() >= maxBytes {
		t.Errorf("the module has %d bytes compressed, want less than %d", packed.Len(), maxBytes)
	}
}

// The folder is an npm package of the module, its declarations and what says how to use them.
func TestPack(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	out, err := exec.CommandContext(t.Context(), npm, "pack", "--dry-run", "--json", "--offline").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packs []struct{ Files []struct{ Path string } }
	if err := json.Unmarshal(out, &packs); err != nil {
		t.Fatalf("npm says %s: %v", out, err)
	}
	var files []string
	for _, file := range packs[0].Files {
		files = append(files, file.Path)
	}
	if want := []string{"README.md", "package.json", "sigil.d.ts", "sigil.js"}; !slices.Equal(slices.Sorted(slices.Values(files)), want) {
		t.Errorf("it packs %q, want %q", files, want)
	}
}
