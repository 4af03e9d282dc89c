package appbase

import (
	"slices"
	"strings"
	"testing"
)

func route(t testing.TB, kind Kind, path string, verbs ...string) *Route {
	t.Helper()
	p, err := parsePattern(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Route{Kind: kind, Path: p.text, Method: strings.Trim(path, "/:"), Verbs: verbs, pattern: p}
}

func table(t testing.TB, all ...*Route) *Routes {
	t.Helper()
	r, _, err := newRoutes(Info{}, all)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHTTPRoutes(t *testing.T) {
	routes := table(t,
		route(t, KindHTTP, "/items", "GET"),
		route(t, KindHTTP, "/items/:id", "GET"),
		route(t, KindHTTP, "/items/:id", "DELETE", "PUT"),
		route(t, KindHTTP, "/items/new", "GET"),
		route(t, KindHTTP, "/any"),
		route(t, KindHTTP, "/any", "POST"),
		route(t, KindHTTP, "/"),
		route(t, KindWebsocket, "/room"),
		route(t, KindScheduled, "/tidy"),
	)
	for _, tc := range []struct {
		verb, path string
		outcome    Outcome
		route      string
		allow      string
	}{
		{"GET", "/items", Found, "GET /items", ""},
		{"HEAD", "/items", Found, "GET /items", ""},
		{"GET", "/items/7", Found, "GET /items/:id", ""},
		{"GET", "/items/new", Found, "GET /items/new", ""},
		{"PUT", "/items/new", Found, "DELETE,PUT /items/:id", ""},
		{"POST", "/items/7", WrongVerb, "", "DELETE GET HEAD OPTIONS PUT"},
		{"GET", "/items/", NotFound, "", ""},
		{"GET", "/items/7/8", NotFound, "", ""},
		{"POST", "/any", Found, "POST /any", ""},
		{"TRACE", "/any", Found, "ANY /any", ""},
		{"GET", "/", Found, "ANY /", ""},
		{"GET", "/room", NotHTTP, "WS /room", ""},
		{"GET", "/tidy", NotHTTP, "EVERY  tidy", ""},
		{"GET", "/toString", NotFound, "", ""},
		{"GET", "", NotFound, "", ""},
	} {
		m := routes.HTTP(tc.verb, tc.path)
		if m.Outcome != tc.outcome {
			t.Errorf("%s %q: outcome %d, want %d", tc.verb, tc.path, m.Outcome, tc.outcome)
		}
		if m.Route != nil && m.Route.String() != tc.route || m.Route == nil && tc.route != "" {
			t.Errorf("%s %q: route %v, want %q", tc.verb, tc.path, m.Route, tc.route)
		}
		if got := strings.Join(m.Allow, " "); got != tc.allow {
			t.Errorf("%s %q: allow %q, want %q", tc.verb, tc.path, got, tc.allow)
		}
	}
}

func TestSocketRouteParams(t *testing.T) {
	routes := table(t, route(t, KindWebsocket, "/rooms/:room/seats/:seat"), route(t, KindHTTP, "/rooms/:id", "GET"))
	found, params, ok := routes.Socket("/rooms/blue/seats/9")
	if !ok || found.Path != "/rooms/:room/seats/:seat" || params["room"] != "blue" || params["seat"] != "9" {
		t.Errorf("got %v %v %v", found, params, ok)
	}
	if _, _, ok := routes.Socket("/rooms/blue"); ok {
		t.Error("an HTTP route took an upgrade")
	}
}

func TestRouteClashes(t *testing.T) {
	for _, tc := range []struct {
		a, b *Route
		ok   bool
	}{
		{route(t, KindHTTP, "/a", "GET"), route(t, KindHTTP, "/a", "POST"), true},
		{route(t, KindHTTP, "/a", "GET"), route(t, KindHTTP, "/a", "GET"), false},
		{route(t, KindHTTP, "/:a", "GET"), route(t, KindHTTP, "/:b", "GET"), false},
		{route(t, KindHTTP, "/a"), route(t, KindHTTP, "/a"), false},
		{route(t, KindHTTP, "/a"), route(t, KindHTTP, "/a", "GET"), true},
		{route(t, KindWebsocket, "/a"), route(t, KindHTTP, "/a", "GET"), true},
		{route(t, KindWebsocket, "/a"), route(t, KindWebsocket, "/a"), false},
	} {
		if _, _, err := newRoutes(Info{}, []*Route{tc.a, tc.b}); (err == nil) != tc.ok {
			t.Errorf("%v and %v: %v", tc.a, tc.b, err)
		}
	}
}

func TestPatternMistakes(t *testing.T) {
	for _, text := range []string{"/a//b", "/a/../b", "/:", "/:a/:a", "/a*", "/*", "/*a/b", "/:a/*a", "/*a*", "/a?b", "/a b", "/%41"} {
		if _, err := parsePattern(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// A wildcard takes what nothing else does, and at least one character.
func TestWildcards(t *testing.T) {
	routes := table(t,
		route(t, KindHTTP, "/*rest", "GET"),
		route(t, KindHTTP, "/files/*path", "GET"),
		route(t, KindHTTP, "/files/:name", "GET"),
		route(t, KindHTTP, "/files/new", "GET"),
		route(t, KindHTTP, "/files/:name/raw", "GET"),
		route(t, KindHTTP, "/up/*path", "PUT"),
	)
	for path, want := range map[string]string{
		"/files/new": "GET /files/new", "/files/x": "GET /files/:name name=x", "/files/x/raw": "GET /files/:name/raw name=x",
		"/files/x/y": "GET /files/*path path=x/y", "/files/x/": "GET /files/*path path=x/", "/files/a/b/c": "GET /files/*path path=a/b/c",
		"/files/": "GET /*rest rest=files/", "/other": "GET /*rest rest=other", "/": "none", "/up/x": "GET /*rest rest=up/x",
	} {
		m := routes.HTTP("GET", path)
		got := "none"
		if m.Outcome == Found {
			got = m.Route.String()
		}
		for name, value := range m.Params {
			got += " " + name + "=" + value
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if m := routes.HTTP("POST", "/up/x"); m.Outcome != WrongVerb || strings.Join(m.Allow, " ") != "GET HEAD OPTIONS PUT" {
		t.Errorf("POST /up/x: %+v", m)
	}
}

// FuzzPattern: whatever matches has as many segments as the pattern, or more where that ends in a wildcard, and every
// other parameter is one whole segment.
func FuzzPattern(f *testing.F) {
	f.Add("/items/:id", "/items/7")
	f.Add("/", "/")
	f.Add("/:a/:b", "//")
	f.Add("/files/:kind/*path", "/files/a/b/c/")
	f.Fuzz(func(t *testing.T, template, path string) {
		p, err := parsePattern(template)
		if err != nil {
			return
		}
		params, ok := p.match(path)
		if !ok {
			return
		}
		got := strings.Split(strings.TrimPrefix(path, "/"), "/")
		if len(got) != len(p.segments) && (!p.wild || len(got) < len(p.segments)) {
			t.Fatalf("%q matches %q", template, path)
		}
		for name, value := range params {
			wild := p.wild && slices.Index(p.segments, "*"+name) == len(p.segments)-1
			if value == "" || strings.Contains(value, "/") && !wild || !wild && !slices.Contains(p.segments, ":"+name) {
				t.Fatalf("%q on %q: parameter %q is %q", template, path, name, value)
			}
		}
	})
}
