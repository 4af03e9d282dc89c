package appbase

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseCookies(t *testing.T) {
	for header, want := range map[string]map[string]string{
		"":                               {},
		"a=1":                            {"a": "1"},
		"a=1; b=2":                       {"a": "1", "b": "2"},
		"a=1;b=2 ;\tc=3":                 {"a": "1", "b": "2", "c": "3"},
		"a=1; a=2":                       {"a": "1"},
		`a="quoted"; b=""; c="`:          {"a": "quoted", "b": ""},
		"a=x=y=z; b=":                    {"a": "x=y=z", "b": ""},
		"a=caf%C3%A9%20au%20lait; b=%zz": {"a": "café au lait", "b": "%zz"},
		"a=%ff":                          {"a": "%ff"},
		"nothing; =nameless; b=2":        {"b": "2"},
		"a b=1; c{}=2; d=3":              {"d": "3"},
		"a=ctl\x01; b=é; c=back\\slash":  {},
		"a=1, 2; $Version=1":             {"a": "1, 2", "$Version": "1"},
		"__proto__=x":                    {"__proto__": "x"},
	} {
		if got := parseCookies(header); !maps.Equal(got, want) {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func FuzzParseCookies(f *testing.F) {
	for _, seed := range []string{"a=1; b=2", `a="x"; a=y`, "a=%C3%A9;=;;", "\x00=\xff", "a b = c d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		for name, value := range parseCookies(header) {
			if !isToken(name) || !utf8.ValidString(value) {
				t.Fatalf("%q: %q=%q", header, name, value)
			}
			again := parseCookies(name + "=" + escapeCookie(value))
			if got, ok := again[name]; !ok || got != value {
				t.Fatalf("%q: %q=%q comes back as %q", header, name, value, again)
			}
		}
	})
}

const cookieApp = `export default class App extends AppBase {
	@Get set(req) { req.setCookie("seen", "yes & no", { maxAge: 60 }); req.setCookie("n", 5, { httpOnly: false, sameSite: "strict" }); return "done"; }
	@Get thrown(req) { req.setCookie("a", "b"); throw notFound(); }
	@Get failed(req) { req.setCookie("a", "b"); throw new Error("x"); }
	@Get forget(req) { req.deleteCookie("seen", { path: "/app" }); }
	@Get sign(req) { req.setCookie("user", "ann.b", { secret: "0123456789abcdef" }); }
	@Get who(req) { return req.signedCookie("user", ["ffffffffffffffff", "0123456789abcdef"]) ?? "nobody"; }
	@Get own() { return new Response("own", { headers: { "Set-Cookie": setCookie("a", "b", { secure: true }) } }); }
	@Get late(req) { setTimeout(() => { try { req.setCookie("a", "b"); } catch (e) { this.log.info(e.message); } }, 5); return "ok"; }
	@Guard((req) => { req.setCookie("guard", "1"); return req.query.ok === "1" ? true : unauthorized(); }) @Get guarded() { return "in"; }
	@Post try(req) { try { return new Function("setCookie", "return " + req.query.code)(setCookie); } catch (e) { return e.name + ": " + e.message; } }
}`

func (w *world) cookies(target string, headers ...string) string {
	w.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	m := w.routes.HTTP("GET", path)
	var set []string
	w.worker.Serve(m.Route, request("GET", path, query, nil, m.Params, headers...), func(r *Response, err error) {
		if err != nil {
			set = []string{"error"}
			return
		}
		set = r.Fields().Values("Set-Cookie")
	})
	w.loop.RunPosted()
	return strings.Join(set, " | ")
}

func TestSetCookie(t *testing.T) {
	w := newWorld(t, cookieApp)
	for target, want := range map[string]string{
		"/set":          "seen=yes%20&%20no; Path=/; Max-Age=60; HttpOnly; SameSite=Lax | n=5; Path=/; SameSite=Strict",
		"/thrown":       "a=b; Path=/; HttpOnly; SameSite=Lax",
		"/failed":       "error",
		"/forget":       "seen=; Path=/app; Max-Age=0; HttpOnly; SameSite=Lax",
		"/own":          "a=b; Path=/; Secure; HttpOnly; SameSite=Lax",
		"/guarded":      "guard=1; Path=/; HttpOnly; SameSite=Lax",
		"/guarded?ok=1": "guard=1; Path=/; HttpOnly; SameSite=Lax",
		"/late":         "",
	} {
		if got := w.cookies(target); got != want {
			t.Errorf("%s: %s\nwant %s", target, got, want)
		}
	}
	w.loop.Advance(10e6)
	if !strings.Contains(w.log.String(), "the answer has gone out already") {
		t.Errorf("a late cookie is not told of:\n%s", w.log)
	}
}

func TestSignedCookies(t *testing.T) {
	w := newWorld(t, cookieApp)
	line, err := http.ParseSetCookie(w.cookies("/sign"))
	if err != nil {
		t.Fatal(err)
	}
	for cookie, want := range map[string]string{
		line.Value: "ann.b", "": "nobody", "ann.b": "nobody", strings.Replace(line.Value, "ann", "bob", 1): "nobody",
	} {
		if got := w.request("GET", "/who", "", "Cookie", "user="+cookie); got != "200 text/plain;charset=UTF-8 "+want {
			t.Errorf("%q: %s", cookie, got)
		}
	}
	if _, ok := verifyCookie("other", line.Value, []string{"0123456789abcdef"}); ok {
		t.Error("a signature holds for another name")
	}
}

func TestSetCookieMistakes(t *testing.T) {
	w := newWorld(t, cookieApp)
	const plain = "; Path=/; HttpOnly; SameSite=Lax"
	for code, want := range map[string]string{
		`setCookie("a", "ü;\\")`:                                      "a=%C3%BC%3B%5C" + plain,
		`setCookie("a", "x", { domain: ".example.com", path: "/p" })`: "a=x; Path=/p; Domain=example.com; HttpOnly; SameSite=Lax",
		`setCookie("a", "x", { expires: new Date(0) })`:               "a=x; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
		`setCookie("a", "x", { sameSite: "none" })`:                   "a=x; Path=/; Secure; HttpOnly; SameSite=None",
		`setCookie("a", "x", { partitioned: true })`:                  "a=x; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned",
		`setCookie("__Host-a", "x")`:                                  "__Host-a=x; Path=/; Secure; HttpOnly; SameSite=Lax",
		`setCookie("a b", "x")`:                                       `TypeError: the cookie "a b" cannot be set: its name has characters`,
		`setCookie("", "x")`:                                          `TypeError: the cookie "" cannot be set: its name`,
		`setCookie("a", {})`:                                          "its value is a text, not",
		`setCookie("a")`:                                              "use JSON.stringify for more",
		`setCookie("a", "x".repeat(5000))`:                            "more than 4096 bytes. Keep a key in it",
		`setCookie("a", "é".repeat(1000))`:                            "it has 6002 bytes; browsers keep at most 4096",
		`setCookie("a", "x", { path: "p" })`:                          `path is the beginning of a URL's path, such as "/app", not "p"`,
		`setCookie("a", "x", { path: "/\r\nX: y" })`:                  "path is the beginning",
		`setCookie("a", "x", { domain: "a b" })`:                      "domain is a host's name",
		`setCookie("a", "x", { maxAge: 1.5 })`:                        "maxAge is a whole number of seconds",
		`setCookie("a", "x", { maxAge: 1e9 })`:                        "at most 400 days",
		`setCookie("a", "x", { expires: new Date(NaN) })`:             "expires is a Date after 1970",
		`setCookie("a", "x", { sameSite: "maybe" })`:                  `sameSite is "strict", "lax" or "none"`,
		`setCookie("a", "x", { sameSite: "none", secure: false })`:    `secure must not be false, as sameSite "none" needs it`,
		`setCookie("__Secure-a", "x", { secure: false })`:             "its name's prefix promises that it is",
		`setCookie("__host-a", "x", { path: "/a" })`:                  "allows no domain, and no path",
		`setCookie("__Host-a", "x", { domain: "example.com" })`:       "allows no domain, and no path",
		`setCookie("a", "x", { secret: "short" })`:                    "a cookie's secret is a text of at least 16 characters",
		`setCookie("a", "x", 5)`:                                      "its options are an object such as { maxAge: 3600 }, not 5",
	} {
		if got := w.request("POST", "/try?code="+strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", ";", "%3B", "\r", "%0D", "\n", "%0A").Replace(code), ""); !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", code, got, want)
		}
	}
}
