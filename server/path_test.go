package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/appbase"
)

func TestParsePath(t *testing.T) {
	var main port
	for _, c := range []struct {
		path, app, rest string
	}{
		{"/", "", "/"},
		{"/app", "app", ""},
		{"/app/", "app", "/"},
		{"/app/echo", "app", "/echo"},
		{"/app/echo/", "app", "/echo/"},
		{"/app/a%20b/%C3%A4", "app", "/a b/ä"},
		{"/app/100%25", "app", "/100%"},
		{"/app/%252e%252e", "app", "/%2e%2e"},
		{"/app/..a/b..", "app", "/..a/b.."},
		{"/app/%7Ehome", "app", "/~home"},
		{"/app/a%2Fb/c", "app", "/a\x00b/c"},
		{"/app/https%3A%2f%2Fexample.com%2F", "app", "/https:\x00\x00example.com\x00"},
		{"/app/%252F", "app", "/%2F"},
		{"/a-b_9/x", "a-b_9", "/x"},
	} {
		path, ok := parsePath(c.path)
		want := target{mount: "/" + c.app, app: c.app, rest: c.rest}
		if c.app == "" {
			want = target{rest: c.rest}
		}
		if got := main.locate(&table{}, path); !ok || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", c.path, got, ok, want)
		}
	}
}

func TestParsePathRefuses(t *testing.T) {
	for _, path := range []string{
		"", "*", "app", "//", "//app", "//app/x", "/app//", "/app//x", "/app/x//", "/./app", "/../app",
		"/app/.", "/app/..", "/app/./x", "/app/../x", "/app/x/..",
		"/app/%2e%2e/x", "/app/%2E/x", "/app/.%2e/x", "/app/..%2fx", "/app/x%2F..", "/app/x%2f.%2fy", "/app/x%2f..%5cy", "/app/x%5cy", `/app/x\y`, `/app\x`,
		"/app/%00", "/app/x%00.js", "/app/%", "/app/%2", "/app/%zz", "/app/%ff", "/app/%c0%ae%c0%ae",
		"/app/%65cho", "/app/ech%6F", "/app/a%2Db", "/app/a%5Fb", "/%61pp/echo", "/%ff",
	} {
		if got, ok := parsePath(path); ok {
			t.Errorf("%q: taken as %+v", path, got)
		}
	}
}

// FuzzParsePath: whatever is taken names nothing outside, and has one spelling.
func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"/app/echo", "/app/%2e%2e/x", "/app/a%20b", "/app//x", "/%61/b", "/a/b\\c", "/a/%C3%A4/", "/a/b%2Fc", "/a/%2e%2Fb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got, ok := parsePath(path)
		if !ok {
			return
		}
		if strings.Contains(got, "\\") || strings.Contains(got, "//") || got[0] != '/' {
			t.Fatalf("%q: taken as %q", path, got)
		}
		segments := strings.Split(strings.TrimPrefix(got, "/"), "/")
		for _, s := range strings.FieldsFunc(got, func(c rune) bool { return c == '/' || c == 0 }) {
			if s == "." || s == ".." {
				t.Fatalf("%q: taken as %q", path, got)
			}
		}
		var again []string
		for _, s := range segments {
			again = append(again, url.PathEscape(strings.ReplaceAll(s, appbase.InnerSlash, "/")))
		}
		if back, ok := parsePath("/" + strings.Join(again, "/")); !ok || back != got {
			t.Fatalf("%q: %q is not what its escaped form is: %q", path, got, back)
		}
	})
}

// FuzzHostilePaths sends any path to a whole server: it never panics, never serves a file from outside public, and never
// runs a method that is not annotated.
func FuzzHostilePaths(f *testing.F) {
	for _, seed := range []string{
		"/trap/ok", "/trap/secret", "/trap/constructor", "/trap/__proto__", "/trap/../secret.txt", "/trap/%2e%2e/secret.txt",
		"/trap/..%2fsecret.txt", "/trap//main.js", "/trap/link.txt", "/trap/.env", "/trap/sub/../../main.js", "/../trap/main.js",
		"/trap/p/%2e%2e", "/trap/ok%00", "//trap/ok", "/trap/public/x.txt", "/trap", "/trap/items%2fx|",
	} {
		f.Add(seed)
	}
	log := &bytes.Buffer{}
	s := newHostileServer(f, log)
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || u.Host != "" || u.Scheme != "" {
			return
		}
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
			r.URL, r.RequestURI = u, path
			w := httptest.NewRecorder()
			s.serveHTTP(&port{}, w, r)
			body, _ := io.ReadAll(w.Result().Body)
			if strings.Contains(string(body), "SECRET") || w.Code == http.StatusInternalServerError || strings.Contains(log.String(), "panicked") {
				t.Fatalf("%s %q: %d %s", method, path, w.Code, body)
			}
			if w.Code == http.StatusOK && !strings.Contains(path, "/trap/") {
				t.Fatalf("%s %q: answered with %s", method, path, body)
			}
		}
	})
}

// newHostileServer is a server without ports, whose one app has much to hide.
func newHostileServer(f *testing.F, log io.Writer) *Server {
	dir := f.TempDir()
	trap := filepath.Join(dir, "trap")
	for name, text := range (files{
		"main.js": `export default class Trap extends AppBase {
  @Get ok() { return "ok"; }
  @Get("/p/:x") p(req) { return "p"; }
  secret() { return "SECRET"; }
  get accessor() { return "SECRET"; }
  static open() { return "SECRET"; }
}`,
		"secret.txt": "SECRET", "public/x.txt": "x", "public/.env": "SECRET", "public/sub/y.txt": "y", "../secret.txt": "SECRET",
	}) {
		path := filepath.Join(trap, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.txt", filepath.Join(trap, "public", "link.txt")); err != nil {
		f.Log(err)
	}
	o := Options{AppsDir: dir, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelError}))}.withDefaults()
	s := &Server{options: o, log: o.Log, gate: newGate()}
	var err error
	if s.catalog, err = newCatalog(&s.options, &s.table); err != nil {
		f.Fatal(err)
	}
	s.slots = newSlots(o.Limits, 1000)
	if err := s.catalog.sync(f.Context(), nil); err != nil {
		f.Fatal(err)
	}
	s.catalog.drain(f.Context())
	f.Cleanup(func() { stopAll(s.table.all(), "shutdown", statusGoingAway, "") })
	return s
}

// Links in public/ lead nowhere outside of it, files named by hidden folders are not there, and pipes are not waited for.
func TestOpenPublic(t *testing.T) {
	dir := t.TempDir()
	src := appbase.Source{Name: "a", Entry: filepath.Join(dir, "main.js"), Dir: dir}
	for name, text := range (files{"main.js": "x", "public/a.txt": "A", "public/in/b.txt": "B", "public/in/.c": "C"}) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"inside.txt": "in/b.txt", "outside.txt": "../main.js", "folder": "..", "absolute.txt": filepath.Join(dir, "main.js")} {
		if err := os.Symlink(to, filepath.Join(dir, "public", link)); err != nil {
			t.Skip(err)
		}
	}
	for rest, want := range map[string]bool{
		"/a.txt": true, "/in/b.txt": true, "/inside.txt": true,
		"/outside.txt": false, "/absolute.txt": false, "/folder/main.js": false, "/in/.c": false, "/in": false, "/in/": false, "/": false, "/../main.js": false,
	} {
		if got := hasPublic(src, rest); got != want {
			t.Errorf("%s: %v, want %v", rest, got, want)
		}
	}
	if hasPublic(appbase.Source{Name: "b", Entry: filepath.Join(dir, "b.js")}, "/a.txt") {
		t.Error("an app of one file has public files")
	}
}
