package appbase

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFiles(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDiscover(t *testing.T) {
	root := t.TempDir()
	writeFiles(t, root, map[string]string{
		"echo.js": "", "board.ts": "", "chat/main.ts": "", "chat/util.ts": "", "shop/shop.js": "", "wiki/index.js": "",
		"shared/util.ts": "", "sigil.d.ts": "", "echo.test.ts": "", "_draft.js": "", ".hidden.js": "", "readme.md": "",
		"node_modules/x/index.js": "", "two.js": "", "two.ts": "", "bad name.js": "",
	})
	if err := os.Symlink(filepath.Join(root, "echo.js"), filepath.Join(root, "linked.js")); err != nil {
		t.Fatal(err)
	}
	apps, problems, err := Discover(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, app := range apps {
		rel, _ := filepath.Rel(root, app.Entry)
		got = append(got, app.Name+"="+rel)
	}
	want := "board=board.ts chat=chat/main.ts echo=echo.js linked=linked.js shop=shop/shop.js two=two.ts wiki=wiki/index.js"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %v\nwant %v", strings.Join(got, " "), want)
	}
	if len(problems) != 2 {
		t.Errorf("problems: %v", problems)
	}
}

func TestDiscoverSaysWhyTheFolderCannotBeRead(t *testing.T) {
	if _, _, err := Discover(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v", err)
	}
}
