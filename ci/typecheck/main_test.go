package main

import (
	"context"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		source  string
		library bool
		want    string // of the mistakes; "" none
	}{
		"well":                     {"package a\n\nimport \"unsafe\"\n\nvar P unsafe.Pointer\n", false, ""},
		"a type":                   {"package a\n\nfunc f() int { return true }\n", false, "cannot use true"},
		"what is not used":         {"package a\n\nfunc f() { x := 1 }\n", false, "declared and not used"},
		"what a library has in it": {"package a\n\nfunc f() int { return true }\n", true, ""},
		"what a library declares":  {"package a\n\nvar x int = true\n", true, "cannot use true"},
		"syntax":                   {"package a\n\nfunc {\n", false, "expected"},
		"an import":                {"package a\n\nimport _ \"elsewhere\"\n", false, "elsewhere is not listed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			c := &checker{files: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
			c.check(listed{ImportPath: "a", Dir: dir, GoFiles: []string{"a.go"}, DepOnly: test.library})
			if test.want == "" && len(c.errors) > 0 {
				t.Errorf("got %v", c.errors)
			}
			if test.want != "" && (len(c.errors) == 0 || !strings.Contains(c.errors[0].Error(), test.want)) {
				t.Errorf("got %v, want %q", c.errors, test.want)
			}
		})
	}
}

// Packages come after what they import.
func TestList(t *testing.T) {
	packages, err := list(context.Background(), "windows")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"unsafe": true}
	for _, p := range packages {
		if seen[p.ImportPath] = true; p.ImportPath == "go/types" && !seen["go/ast"] {
			t.Error("go/types comes before what it imports")
		}
	}
	if !seen["go/types"] {
		t.Errorf("%d packages, and go/types is not one", len(packages))
	}
}
