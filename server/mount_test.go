package server

import (
	"net"
	"strings"
	"testing"
)

var town = files{
	"home/main.js": `export default class Home extends AppBase {
  @Get hello(req) { return "home " + req.path; }
  @Get("/*rest") all(req) { return "home rest " + req.params.rest; }
  @Websocket talk(ws) { ws.send("home " + ws.path); }
}`,
	"home/public/index.html":   "the front page",
	"home/public/favicon.ico":  "icon",
	"shop.js":                  `export default class Shop extends AppBase { @Get index(req) { return "shop " + req.path; } @Websocket talk(ws) { ws.send("shop " + ws.path); } }`,
	"plain.js":                 `export default class Plain extends AppBase { @Get hello() { return "plain"; } }`,
	"fetcher.js":               `export default { fetch(request) { return new Response("fetch " + new URL(request.url).pathname); } };`,
	"tool/main.js":             `export default class Tool extends AppBase { @Get hello(req) { return "tool " + req.url; } @Websocket talk(ws) { ws.send("tool " + ws.path); } }`,
	"tool/public/x/index.html": "tool page",
}

// Apps answer where the operator put them, and nowhere else.
func TestMounts(t *testing.T) { bothWays(t, testMounts) }

func testMounts(t *testing.T) {
	s := startSite(t, town, func(o *Options) {
		o.Mounts = map[string]Mount{"home": {Path: "/"}, "shop": {Path: "/store/v2"}, "tool": {Listen: "localhost:0"}, "fetcher": {Path: "/deep/fetch/"}, "absent": {Path: "/absent"}}
	})
	for path, want := range map[string]string{
		"/": "the front page", "/hello": "home /hello", "/favicon.ico": "icon", "/shop": "home rest shop", "/%C3%A4/b": "home rest ä/b",
		"/store/v2/": "shop /store/v2/", "/store/v2x": "home rest store/v2x", "/plain/hello": "plain", "/deep/fetch/a%20b/c": "fetch /a%20b/c",
		"/tool/hello": "home rest tool/hello", "/home/hello": "home rest home/hello", "/home/public/index.html": "home rest home/public/index.html",
	} {
		if got := s.get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if res, _ := s.do("GET", "/store/v2?a=1", ""); res.Header.Get("Location") != "/store/v2/?a=1" {
		t.Errorf("no slash: %s %v", res.Status, res.Header)
	}
	c := s.dial("/talk")
	c.want("home /talk")
	c.leave()
	c = s.dial("/store/v2/talk")
	c.want("shop /store/v2/talk")
	c.leave()
	s.log.wait(t, "an app has a mount and is not there")
	for _, app := range s.server.Apps() {
		want := map[string]string{"home": "", "shop": "/store/v2", "plain": "/plain", "tool": "", "fetcher": "/deep/fetch"}[app.Name]
		if app.Mount != want || (app.Address != nil) != (app.Name == "tool") {
			t.Errorf("%s: %q %v", app.Name, app.Mount, app.Address)
		}
	}
}

// A port of its own has HTTP and WebSocket, and ends with the server.
func TestOwnPort(t *testing.T) { bothWays(t, testOwnPort) }

func testOwnPort(t *testing.T) {
	s := startSite(t, town, func(o *Options) {
		o.AdminListen = "127.0.0.1:0"
		o.Mounts = map[string]Mount{"tool": {Listen: "localhost:0"}, "shop": {Listen: "localhost:0", Path: "/s"}}
	})
	own := s.server.Apps()[4].Address.String()
	tool := &site{t: t, server: s.server, own: own}
	for path, want := range map[string]string{
		"/hello": "tool http://" + own + "/hello", "/x/": "tool page", "/s/": "shop /s/", "/api": "openapi: 3.1.0",
	} {
		if got := tool.get(path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"/plain/hello", "/tool/hello", "/", "/s/hello"} {
		if res, _ := tool.do("GET", path, ""); res.StatusCode != 404 {
			t.Errorf("%s on the port of its own: %s", path, res.Status)
		}
	}
	if res, _ := s.do("GET", "/tool/hello", ""); res.StatusCode != 404 {
		t.Errorf("on the port of all: %s", res.Status)
	}
	c := tool.dial("/talk")
	c.want("tool /talk")
	admin := &site{t: t, server: s.server, own: s.server.AdminAddr().String()}
	if list := admin.get("/apps"); !strings.Contains(list, `"mount":"/","listen":"`+own+`"`) {
		t.Errorf("/apps: %s", list)
	}
	done := make(chan string, 1)
	go func() { done <- c.ended() }()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if end := await(t, done, "the WebSocket to end"); !strings.HasPrefix(end, "1001") {
		t.Errorf("closed with %q", end)
	}
	if conn, err := net.Dial("tcp", own); err == nil {
		_ = conn.Close()
		t.Error("the port is still open")
	}
}

// What cannot be mounted is an error at the start that names all of it.
func TestMountMistakes(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		mounts map[string]Mount
		want   string
	}{
		{map[string]Mount{"a": {Path: "/x"}, "b": {Path: "/x"}}, "mounts overlap: /x (a) and /x (b)"},
		{map[string]Mount{"a": {Path: "/"}, "b": {Path: "/"}}, "mounts overlap: / (a) and / (b)"},
		{map[string]Mount{"a": {Path: "/x/y"}, "b": {Path: "/x"}}, "mounts overlap: /x/y (a) and /x (b)"},
		{map[string]Mount{"a": {Listen: ":1"}, "b": {Listen: ":1"}}, "mounts overlap: / (a) on :1 and / (b) on :1"},
		{map[string]Mount{"a": {Path: "x"}}, `"x"`}, {map[string]Mount{"a": {Path: "/x//y"}}, `"/x//y"`}, {map[string]Mount{"a": {Path: "/%41"}}, `"/%41"`},
		{map[string]Mount{"a": {Path: "/../x"}}, `"/../x"`},
		{map[string]Mount{"a": {Listen: taken.Addr().String()}}, `listening on "` + taken.Addr().String() + `" for a`},
	} {
		if _, err := New(Options{AppsDir: t.TempDir(), Listen: "127.0.0.1:0", Mounts: c.mounts}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.mounts, err, c.want)
		}
	}
}

// An app whose own name is another's place keeps the server from starting; later it is only left out.
func TestMountOverName(t *testing.T) {
	mounts := func(o *Options) { o.Mounts = map[string]Mount{"shop": {Path: "/plain"}} }
	s := startSite(t, files{"shop.js": town["shop.js"]}, mounts)
	s.save(files{"plain.js": town["plain.js"]})
	s.log.wait(t, "mounts overlap: /plain (shop) and /plain (plain)")
	if got := s.get("/plain/"); got != "shop /plain/" {
		t.Error(got)
	}
	o := s.server.options
	o.Listen = "127.0.0.1:0"
	again, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "mounts overlap: /plain (shop) and /plain (plain)") {
		t.Errorf("Run: %v", err)
	}
}
