package server

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ownApp = `export default class A extends AppBase {
	count = 0;
	@Get version() { return "v1"; }
	@Get key() { return [this.env.KEY, this.env.HOME === undefined, Object.isFrozen(this.env)].join(); }
	@Get chat() { this.log.debug("a whisper of " + this.name); this.log.info("a word of " + this.name); return "ok"; }
}`

// Each of the operator's switches does what it says, for its app alone.
func TestOwn(t *testing.T) {
	public := t.TempDir()
	if err := os.WriteFile(filepath.Join(public, "a.txt"), []byte("from elsewhere"), 0o600); err != nil {
		t.Fatal(err)
	}
	own := map[string]Own{
		"off":  {Disabled: true},
		"many": {Workers: "2", Env: map[string]string{"KEY": "sesame"}, Public: public},
		"hono": {Env: map[string]string{"KEY": "sesame"}},
		"bare": {NoAPI: true, NoDoc: true, NoPublic: true, NoReload: true, Level: slog.LevelDebug},
	}
	log := &logBuffer{}
	s := startSite(t, files{
		"off.js": ownApp, "many.js": ownApp, "bare/main.js": ownApp, "bare/public/a.txt": "hidden", "plain/main.js": ownApp, "plain/public/a.txt": "own",
		"hono.js": `export default { fetch: (req, env) => new Response(env.KEY + " " + env.env.KEY) }`,
	}, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(log, nil)) // at info
		o.Own = func(app string) Own { return own[app] }
	})
	for path, want := range map[string]int{
		"/off/version": 404, "/many/version": 200, "/many/api": 200, "/many/doc": 200, "/plain/api.json": 200,
		"/bare/api": 404, "/bare/api.json": 404, "/bare/doc": 404, "/bare/a.txt": 404, "/bare/version": 200,
	} {
		if res, _ := s.do("GET", path, ""); res.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", path, res.Status, want)
		}
	}
	for path, want := range map[string]string{
		"/many/a.txt": "from elsewhere", "/plain/a.txt": "own", "/many/key": "sesame,true,true", "/plain/key": ",true,true", "/hono/": "sesame sesame",
	} {
		if body := s.get(path); body != want {
			t.Errorf("GET %s: %q, want %q", path, body, want)
		}
	}
	s.get("/bare/chat")
	s.get("/plain/chat")
	text := log.String()
	if !strings.Contains(text, "a whisper of bare") || strings.Contains(text, "a whisper of plain") || !strings.Contains(text, "a word of plain") {
		t.Errorf("log:\n%s", text)
	}
	if !strings.Contains(text, `every worker has its own: field`) {
		t.Error("the operator is not told what several workers mean for an app with state")
	}
	for _, app := range s.server.Apps() {
		if app.Name == "many" && (app.Workers != 2 || !strings.Contains(app.Because, "the operator says so")) {
			t.Errorf("many: %d workers, because %s", app.Workers, app.Because)
		}
	}
}

// What is not to be reloaded stays, changed or removed; the others go on as always.
func TestOwnReload(t *testing.T) {
	s := startSite(t, files{"fixed.js": ownApp, "free.js": ownApp}, func(o *Options) {
		o.Own = func(app string) Own { return Own{NoReload: app == "fixed"} }
	})
	next := strings.ReplaceAll(ownApp, "v1", "v2")
	s.save(files{"fixed.js": next, "free.js": next})
	if app := s.next(); app.Name != "free" || app.Generation != 2 {
		t.Errorf("%s has generation %d", app.Name, app.Generation)
	}
	if err := os.Remove(filepath.Join(s.dir, "fixed.js")); err != nil {
		t.Fatal(err)
	}
	s.save(files{"free.js": ownApp})
	if app := s.next(); app.Name != "free" || app.Generation != 3 {
		t.Errorf("%s has generation %d", app.Name, app.Generation)
	}
	if s.get("/fixed/version") != "v1" || s.get("/free/version") != "v1" {
		t.Error("not what was loaded")
	}
}
