package server

import (
	"net/http"
	"strings"
	"testing"
)

var shared = files{
	"open.js": `
@Cors({ origins: ["https://page.example", "https://*.page.example"], credentials: true, expose: "X-Total", maxAge: 600 })
@Guard((req) => req.cookies.in || req.path === "/open/free" ? true : unauthorized())
export default class Open extends AppBase {
  @Get list() { return [1]; }
  @Put("/items/:id") put() { return "put"; }
  @Cors("*") @Get free() { return "free"; }
  @Cors({ origins: "https://other.example", methods: ["GET", "PURGE"], headers: "X-Mine" }) @Http any() { return new Response("x", { headers: { vary: "Accept" } }); }
  @Get broken() { null.x; }
}`,
	"closed.js": `export default class Closed extends AppBase { @Get list() { return [1]; } @Http own(req) { return req.method; } }`,
}

// Who may read what, as a browser sees it: simple requests, preflights and errors.
func TestCors(t *testing.T) { bothWays(t, testCors) }

func testCors(t *testing.T) {
	s := startSite(t, shared)
	const page, cookie = "https://page.example", "Cookie: in=1"
	for _, c := range []struct {
		name, method, path, origin, asks, header string
		status                                   int
		want                                     string // of the Access-Control- headers and Vary
	}{
		{name: "allowed", method: "GET", path: "/open/list", origin: page, header: cookie, status: 200, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},
		{name: "other", method: "GET", path: "/open/list", origin: "https://evil.example", header: cookie, status: 200, want: "Vary=Origin"},
		{name: "longer name", method: "GET", path: "/open/list", origin: "https://page.example.evil.example", header: cookie, status: 200, want: "Vary=Origin"},
		{name: "null", method: "GET", path: "/open/list", origin: "null", header: cookie, status: 200, want: "Vary=Origin"},
		{name: "subdomain", method: "GET", path: "/open/list", origin: "https://a.b.page.example", header: cookie, status: 200, want: "Credentials=true Origin=https://a.b.page.example Expose=X-Total Vary=Origin"},
		{name: "other port", method: "GET", path: "/open/list", origin: "https://page.example:8443", header: cookie, status: 200, want: "Vary=Origin"},
		{name: "no origin", method: "GET", path: "/open/list", header: cookie, status: 200, want: "Vary=Origin"},
		{name: "guard refuses", method: "GET", path: "/open/list", origin: page, status: 401, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},
		{name: "not found", method: "GET", path: "/open/nothing", origin: page, status: 404, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},
		{name: "wrong verb", method: "DELETE", path: "/open/list", origin: page, status: 405, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},
		{name: "handler fails", method: "GET", path: "/open/broken", origin: page, header: cookie, status: 500, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},
		{name: "any origin", method: "GET", path: "/open/free", origin: "https://evil.example", status: 200, want: "Origin=*"},
		{name: "any origin, none sent", method: "GET", path: "/open/free", status: 200, want: "Origin=*"},
		{name: "method's own", method: "GET", path: "/open/any", origin: "https://other.example", header: cookie, status: 200, want: "Origin=https://other.example Vary=Origin,Accept"},

		{name: "preflight", method: "OPTIONS", path: "/open/items/7", origin: page, asks: "PUT", header: "Access-Control-Request-Headers: content-type,x-y", status: 204,
			want: "Credentials=true Headers=content-type,x-y Methods=OPTIONS, PUT Origin=" + page + " Age=600 Vary=Access-Control-Request-Method, Access-Control-Request-Headers,Origin"},
		{name: "preflight of another page", method: "OPTIONS", path: "/open/items/7", origin: "https://evil.example", asks: "PUT", status: 204,
			want: "Vary=Access-Control-Request-Method, Access-Control-Request-Headers,Origin"},
		{name: "preflight of a method's own", method: "OPTIONS", path: "/open/any", origin: "https://other.example", asks: "PURGE", status: 204,
			want: "Headers=X-Mine Methods=GET, PURGE Origin=https://other.example Vary=Access-Control-Request-Method, Access-Control-Request-Headers,Origin"},
		{name: "OPTIONS that is no preflight", method: "OPTIONS", path: "/open/list", origin: page, status: 204, want: "Credentials=true Origin=" + page + " Expose=X-Total Vary=Origin"},

		{name: "without @Cors", method: "GET", path: "/closed/list", origin: page, status: 200},
		{name: "preflight without @Cors", method: "OPTIONS", path: "/closed/list", origin: page, asks: "GET", status: 204},
		{name: "preflight that the app answers", method: "OPTIONS", path: "/closed/own", origin: page, asks: "GET", status: 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{"X-Test: 1"}
			if c.origin != "" {
				headers = append(headers, "Origin: "+c.origin)
			}
			if c.asks != "" {
				headers = append(headers, "Access-Control-Request-Method: "+c.asks)
			}
			if c.header != "" {
				headers = append(headers, c.header)
			}
			res, _ := (&site{t: t, server: s.server}).do(c.method, c.path, "", headers...)
			if got := corsHeaders(res.Header); res.StatusCode != c.status || got != c.want {
				t.Errorf("%d %s\nwant %d %s", res.StatusCode, got, c.status, c.want)
			}
		})
	}
}

// corsHeaders are the answers to "who may read it", short, in a fixed order.
func corsHeaders(h http.Header) string {
	var list []string
	for _, c := range [][2]string{{"Allow-Credentials", "Credentials"}, {"Allow-Headers", "Headers"}, {"Allow-Methods", "Methods"}, {"Allow-Origin", "Origin"}, {"Expose-Headers", "Expose"}, {"Max-Age", "Age"}} {
		if value := h.Get("Access-Control-" + c[0]); value != "" {
			list = append(list, c[1]+"="+value)
		}
	}
	if vary := h.Values("Vary"); len(vary) > 0 {
		list = append(list, "Vary="+strings.Join(vary, ","))
	}
	return strings.Join(list, " ")
}
