package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// adminGet is "status body" of the admin port.
func adminGet(t *testing.T, s *site, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.server.AdminAddr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(res.StatusCode, " ", string(body))
}

func TestAdmin(t *testing.T) {
	s := startSite(t, shop, func(o *Options) { o.AdminListen = "127.0.0.1:0" })
	if got := adminGet(t, s, "/health"); got != "200 ok\n" {
		t.Errorf("health: %q", got)
	}
	c := s.dial("/shop/echo")
	defer c.leave()
	c.send(opText, "x")
	c.want("echo: x")
	_, body, _ := strings.Cut(adminGet(t, s, "/apps"), " ")
	var apps []adminApp
	if err := json.Unmarshal([]byte(body), &apps); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if len(apps) != 5 {
		t.Fatalf("%d apps", len(apps))
	}
	broken, shop := apps[0], apps[2]
	if broken.Name != "broken" || broken.Generation != 0 || !strings.Contains(broken.LastError, "broken.js:1:") {
		t.Errorf("got %+v", broken)
	}
	if shop.Name != "shop" || shop.Generation != 1 || shop.Hash == "" || shop.Connections != 1 || shop.LastError != "" || shop.Routes[0] != "WS /shop/echo" {
		t.Errorf("got %+v", shop)
	}
	if got := adminGet(t, s, "/shop/hello"); !strings.HasPrefix(got, "404") {
		t.Errorf("an app on the admin port: %q", got)
	}
}

// Who is told that the apps are loaded may ask at once.
func TestServingOnceLoaded(t *testing.T) {
	s := &site{t: t, dir: t.TempDir(), log: &logBuffer{}}
	s.write(files{"shop.js": meter})
	states := make(chan int32, 1)
	o := Options{AppsDir: s.dir, Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(s.log, nil))}
	o.Loaded = func([]AppInfo) { states <- s.server.state.Load() }
	var err error
	if s.server, err = New(o); err != nil {
		t.Fatal(err)
	}
	s.run()
	if got := await(t, states, "the apps to be loaded"); got != serving {
		t.Errorf("the apps were loaded in state %d", got)
	}
}

// A page cannot reach the admin port by a name that its owner points here.
func TestAdminHost(t *testing.T) {
	s := startSite(t, files{"shop.js": meter}, func(o *Options) {
		o.AdminListen, o.AdminHosts = "127.0.0.1:0", []string{"sigil.internal", "192.0.2.9", "fd00::7"}
	})
	for host, status := range map[string]int{
		s.server.AdminAddr().String(): 200, "localhost:1": 200, "LOCALHOST.": 200, "a.localhost": 200, "127.8.8.8:9": 200, "[::1]:8091": 200, "[::1]": 200,
		"Sigil.Internal:8091": 200, "192.0.2.9": 200, "[fd00::7]:1": 200,
		"evil.example": 403, "evil.example:8091": 403, "192.0.2.1": 403, "localhost.evil.example": 403, "sigil.internal.evil.example": 403, "2130706433": 403,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.server.AdminAddr().String()+"/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != status {
			t.Errorf("Host %s: %s, want %d", host, res.Status, status)
		}
	}
}
