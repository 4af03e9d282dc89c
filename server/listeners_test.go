package server

import (
	"strings"
	"testing"
)

var gatehouse = files{
	"gate/main.js": `export default class Gate extends AppBase {
  @Get index() { return "front"; }
  @Get("/both") outer() { return "outer"; }
  @Get({ path: "/both", listener: "control" }) inner(req) { return "inner " + req.path; }
  @Post({ path: "/kick", listener: "control" }) kick() { return { kicked: this.connections.close({ path: "/gate/talk" }, 4000) }; }
  @Websocket talk(ws) { ws.send("front " + ws.path); }
  @Websocket({ path: "/watch", listener: "control" }) watch(ws) { ws.send("control " + ws.path); }
  @Get({ path: "/nowhere", listener: "unheard" }) nowhere() { return "nowhere"; }
}`,
	"gate/public/file.txt": "a file",
}

// Routes of a named listener answer there and nowhere else, and nothing else answers there.
func TestListeners(t *testing.T) {
	s := startSite(t, gatehouse, func(o *Options) {
		o.Mounts = map[string]Mount{"gate": {Listeners: map[string]string{"control": "127.0.0.1:0"}}}
	})
	info := s.server.Apps()[0]
	if len(info.Listeners) != 1 || info.Listeners[0].Name != "control" {
		t.Fatalf("listeners: %+v", info.Listeners)
	}
	control := &site{t: t, server: s.server, own: info.Listeners[0].Address.String()}
	for _, c := range []struct {
		at           *site
		method, path string
		status       int
		body         string
	}{
		{s, "GET", "/gate/", 200, "front"}, {s, "GET", "/gate/both", 200, "outer"}, {s, "GET", "/gate/file.txt", 200, "a file"},
		{s, "POST", "/gate/kick", 404, ""}, {s, "GET", "/gate/kick", 404, ""}, {s, "GET", "/gate/watch", 404, ""}, {s, "GET", "/gate/nowhere", 404, ""}, {s, "GET", "/both", 404, ""},
		{control, "GET", "/both", 200, "inner /both"}, {control, "GET", "/", 404, ""}, {control, "GET", "/gate/", 404, ""}, {control, "GET", "/file.txt", 404, ""},
		{control, "GET", "/api", 404, ""}, {control, "GET", "/talk", 404, ""}, {control, "GET", "/nowhere", 404, ""}, {control, "GET", "/kick", 405, ""},
	} {
		res, body := c.at.do(c.method, c.path, "")
		if res.StatusCode != c.status || c.body != "" && body != c.body {
			t.Errorf("%s %s (control %v): %s %q, want %d %q", c.method, c.path, c.at == control, res.Status, body, c.status, c.body)
		}
	}
	if api := s.get("/gate/api"); strings.Contains(api, "/kick") {
		t.Errorf("the document tells of another listener's routes:\n%s", api)
	}
	c := control.dial("/watch")
	c.want("control /watch")
	c.leave()
	c = s.dial("/gate/talk")
	c.want("front /gate/talk")
	if _, body := control.do("POST", "/kick", ""); body != `{"kicked":1}` {
		t.Errorf("kick: %s", body)
	}
	if end := c.ended(); !strings.HasPrefix(end, "4000") {
		t.Errorf("closed with %q", end)
	}
	s.log.wait(t, "mounts.gate.listeners.unheard")
}

func TestListenerMistakes(t *testing.T) {
	for _, c := range []struct {
		mounts map[string]Mount
		want   string
	}{
		{map[string]Mount{"a": {Listeners: map[string]string{"x": "127.0.0.1:8765"}}}, "that is the port of all apps"},
		{map[string]Mount{"a": {Listeners: map[string]string{"x": ":1", "y": ":1"}}}, "mounts overlap"},
		{map[string]Mount{"a": {Listen: ":1"}, "b": {Listeners: map[string]string{"x": ":1"}}}, "mounts overlap"},
	} {
		if _, err := New(Options{AppsDir: t.TempDir(), Listen: "127.0.0.1:8765", Mounts: c.mounts}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.mounts, err, c.want)
		}
	}
}
