package templates

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder writes files into a folder of templates.
func folder(t testing.TB, files map[string]string) (*Set, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return New(dir), dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func render(t testing.TB, s *Set, name, data string) (string, error) {
	t.Helper()
	value, err := Data(data)
	if err != nil {
		t.Fatal(err)
	}
	return s.Render(t.Context(), name, value)
}

var site = map[string]string{
	"index.html":         `{{template "layouts/base.html" .}}{{define "content"}}<ul>{{range .items}}{{template "partials/row.html" .}}{{else}}none{{end}}</ul>{{end}}`,
	"about.html":         `{{template "layouts/base.html" .}}`,
	"layouts/base.html":  `<h1>{{.title}}</h1>{{block "content" .}}nothing here{{end}}`,
	"partials/row.html":  `<li>{{.name}} {{.price}}</li>`,
	"escape.html":        `<a href="{{.url}}" title="{{.text}}">{{.text}}</a><script>let x = {{.text}}</script>{{raw .text}}`,
	"deep/numbers.html":  `{{.n}} {{.f}} {{if eq .n 1000000}}equal{{end}} {{json .list}} {{join .list "-"}} {{.missing}}{{if .missing}}!{{end}}`,
	"broken.html":        "line one\n{{if}}",
	"wrong.html":         "line one\n\n{{index .list 9}}",
	"unknown.html":       `{{template "partials/none.html"}}`,
	"endless.html":       `{{template "endless.html" .}}`,
	"long.html":          `{{range .list}}{{range $.list}}{{$.text}}{{end}}{{end}}`,
	".hidden.html":       "secret",
	"partials/.odd.html": "{{",
}

func TestRender(t *testing.T) {
	s, _ := folder(t, site)
	for _, test := range []struct{ name, data, want string }{
		{"index.html", `{"title": "Shop", "items": [{"name": "<tea>", "price": 2.5}, {"name": "oil", "price": 3}]}`,
			`<h1>Shop</h1><ul><li>&lt;tea&gt; 2.5</li><li>oil 3</li></ul>`},
		{"index.html", `{"title": "Shop"}`, `<h1>Shop</h1><ul>none</ul>`},
		{"about.html", `{"title": "Us"}`, `<h1>Us</h1>nothing here`},
		{"escape.html", `{"url": "javascript:alert(1)", "text": "\"<b>\""}`,
			`<a href="#ZgotmplZ" title="&#34;&lt;b&gt;&#34;">&#34;&lt;b&gt;&#34;</a><script>let x = "\"\u003cb\u003e\""</script>"<b>"`},
		{"deep/numbers.html", `{"n": 1000000, "f": 0.5, "list": [1, 2]}`, `1000000 0.5 equal [1,2] 1-2 `},
	} {
		if got, err := render(t, s, test.name, test.data); got != test.want || err != nil {
			t.Errorf("%s: %v\n got %s\nwant %s", test.name, err, got, test.want)
		}
	}
}

func TestMistakesNameFileAndLine(t *testing.T) {
	s, dir := folder(t, site)
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.html")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none.html":     `there is no "none.html"`,
		"../x.html":     "is not the name of a template",
		"/etc/passwd":   "is not the name of a template",
		".hidden.html":  "is not the name of a template",
		"link.html":     "link.html",
		"broken.html":   "templates/broken.html:2: missing value for if",
		"wrong.html":    "templates/wrong.html:3:2:",
		"unknown.html":  `"partials/none.html"`,
		"endless.html":  "templates/endless.html",
		"layouts":       "is not the name of a template",
		"deep/../a.txt": "is not the name of a template",
	} {
		if got, err := render(t, s, name, `{"list": []}`); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v\nwant %s", name, got, err, want)
		}
	}
}

func TestOutputIsBounded(t *testing.T) {
	s, _ := folder(t, site)
	list := make([]any, 200)
	data := map[string]any{"list": list, "text": strings.Repeat("x", 1000)}
	if _, err := s.Render(t.Context(), "long.html", data); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("40 MB: %v", err)
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if _, err := s.Render(ctx, "long.html", data); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("after the end of its context: %v", err)
	}
}

func TestEditsAreSeen(t *testing.T) {
	s, dir := folder(t, site)
	if got, _ := render(t, s, "about.html", `{}`); !strings.Contains(got, "nothing here") {
		t.Fatalf("before: %s", got)
	}
	for i, name := range []string{"layouts/base.html", "about.html"} {
		path := filepath.Join(dir, name)
		write(t, path, name+" edited")
		later := time.Now().Add(time.Duration(i+1) * time.Hour)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
		if got, err := render(t, s, "about.html", `{}`); got != name+" edited" {
			t.Errorf("after an edit of %s: %s, %v", name, got, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "about.html")); err != nil {
		t.Fatal(err)
	}
	if got, err := render(t, s, "about.html", `{}`); err == nil {
		t.Errorf("a removed page still answers %s", got)
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := render(t, New(filepath.Join(t.TempDir(), "none")), "index.html", `{}`); err == nil || !strings.Contains(err.Error(), "there is no") {
		t.Errorf("without a folder: %v", err)
	}
}

func FuzzName(f *testing.F) {
	for _, name := range []string{"index.html", "../x", "a/../../b.html", "/etc/passwd", "a\x00.html", `..\x.html`} {
		f.Add(name)
	}
	s, dir := folder(f, map[string]string{"t/index.html": "inside"})
	write(f, filepath.Join(filepath.Dir(dir), "outside.html"), "outside")
	s = New(filepath.Join(s.dir, "t"))
	f.Fuzz(func(t *testing.T, name string) {
		if got, err := s.Render(t.Context(), name, nil); err == nil && got != "inside" {
			t.Errorf("%q gave %q", name, got)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	s, _ := folder(b, site)
	data, _ := Data(`{"title": "Shop", "items": [{"name": "<tea>", "price": 2.5}, {"name": "oil", "price": 3}]}`)
	for b.Loop() {
		if _, err := s.Render(b.Context(), "index.html", data); err != nil {
			b.Fatal(err)
		}
	}
}
