package server

import (
	"strings"
	"testing"
)

// Everything below its mount goes to a fetch app, however it is spelled; nothing that climbs does, and no file is served so.
func TestFetchAppsGetEveryPath(t *testing.T) { bothWays(t, testFetchAppsGetEveryPath) }

func testFetchAppsGetEveryPath(t *testing.T) {
	const echo = `export default { fetch: (request) => new Response(request.url.replace(/^http:..[^/]*/, "")) };`
	s := startSite(t, files{
		"f/main.js": echo, "f/public/a/b.txt": "a file", "r.js": echo,
		"c.js": `export default class C extends AppBase { @Get("/*rest") all(req) { return req.params.rest; } }`,
	})
	for path, want := range map[string]string{
		"/f/a%2Fb": "200 /a%2Fb", "/f/a%2fb.txt": "200 /a%2fb.txt", "/f//": "200 //", "/f//x//y": "200 //x//y", "/f/%61": "200 /%61",
		"/f/a%5Cb": "200 /a%5Cb", "/f/%ff?q=%2F": "200 /%ff?q=%2F", "/f/x/a%20b%2F": "200 /x/a%20b%2F", "/r/a%2Fb": "200 /a%2Fb",
		"/f/../c": "404", "/f/x/..": "404", "/f/%2e%2e/x": "404", "/f/..%2fx": "404", "/f/x%5c..%5cy": "404",
		"/c/a%2Fb": "404", "/c//x": "404", "/%66/x": "404", "//f/x": "404",
	} {
		res, body := s.do("GET", path, "")
		if got := strings.TrimSpace(res.Status[:4] + body); got != want && (want != "404" || res.StatusCode != 404) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
