package conf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The examples of docs/tls.md are configurations.
func TestExamplesOfTLS(t *testing.T) {
	text, err := os.ReadFile("../docs/tls.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := strings.Split(string(text), "```yaml\n")[1:]
	if len(examples) < 6 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, example := range examples {
		example, _, _ = strings.Cut(example, "```")
		file := filepath.Join(t.TempDir(), "sigil.yaml")
		if err := os.WriteFile(file, []byte(example), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(Sources{File: file}); err != nil {
			t.Errorf("%v in\n%s", err, example)
		}
	}
}
