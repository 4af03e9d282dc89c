package server

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

var pages = files{
	"page/main.js": `
const long = "long text ".repeat(500);
export default class Page extends AppBase {
  @Get text() { return long; }
  @Get short() { return "short"; }
  @Get tagged() { return new Response(long, { headers: { etag: '"v1"', "cache-control": "max-age=5", "set-cookie": "a=1" } }); }
  @Get weak() { return new Response(long, { headers: { etag: 'W/"v1"' } }); }
  @Get dated() { return new Response(long, { headers: { "last-modified": "Tue, 15 Nov 1994 12:45:26 GMT" } }); }
  @Post posted() { return new Response(long, { headers: { etag: '"v1"' } }); }
  @Get image() { return new Response(long, { headers: { "content-type": "image/png" } }); }
  @Get coded() { return new Response(long, { headers: { "content-encoding": "x-own" } }); }
  @Get untouched() { return new Response(long, { headers: { "cache-control": "public, no-transform" } }); }
  @Get varied() { return new Response(long, { headers: { vary: "Accept-Encoding, Accept" } }); }
  @Get missing() { return notFound(long); }
  @Get wrapped() { const first = new Response("short", { headers: { "x-a": "b" } }); return new Response(first.body, first); }
  @Get reused() { const first = new Response("short"), second = new Response(first.body); second.body.cancel(); return second; }
}`,
	"page/public/big.txt":         strings.Repeat("0123456789", 1000),
	"page/public/small.txt":       "0123456789",
	"page/public/empty.txt":       "",
	"page/public/app.js":          strings.Repeat("// a script\n", 200),
	"page/public/app.js.br":       "brotli of app.js",
	"page/public/app.js.gz":       "gzip of app.js",
	"page/public/old.css":         strings.Repeat("p {}\n", 400),
	"page/public/old.css.br":      "older than old.css",
	"page/public/photo.png":       strings.Repeat("png", 1000),
	"page/public/noext":           "plain words",
	"page/public/app.webmanifest": "{}",
}

// decoded is the text of a compressed body.
func decoded(t *testing.T, coding, body string) string {
	t.Helper()
	var r io.Reader = strings.NewReader(body)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r); err == nil {
			defer z.Close()
			r = z
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is compressed for whom, and what its header then says.
func TestCompression(t *testing.T) { bothWays(t, testCompression) }

func testCompression(t *testing.T) {
	s := startSite(t, pages)
	long := strings.Repeat("long text ", 500)
	for _, c := range []struct{ path, accept, coding, vary, text string }{
		{"/page/text", "gzip", "gzip", "Accept-Encoding", long},
		{"/page/text", "gzip, deflate, br, zstd", "zstd", "Accept-Encoding", long},
		{"/page/text", "zstd;q=0.5, gzip", "gzip", "Accept-Encoding", long},
		{"/page/text", "GZIP;Q=0.8", "gzip", "Accept-Encoding", long},
		{"/page/text", "x-gzip", "gzip", "Accept-Encoding", long},
		{"/page/text", "*", "zstd", "Accept-Encoding", long},
		{"/page/text", "*;q=0.1, zstd;q=0", "gzip", "Accept-Encoding", long},
		{"/page/text", "gzip;q=0", "", "Accept-Encoding", long},
		{"/page/text", "gzip;q=2", "", "Accept-Encoding", long},
		{"/page/text", "br", "", "Accept-Encoding", long},
		{"/page/text", "identity", "", "Accept-Encoding", long},
		{"/page/text", "gzip;q=0.5, identity", "", "Accept-Encoding", long},
		{"/page/text", "", "", "Accept-Encoding", long},
		{"/page/short", "gzip", "", "", "short"},
		{"/page/short", "gzip, identity;q=0", "gzip", "Accept-Encoding", "short"},
		{"/page/image", "gzip", "", "", long},
		{"/page/coded", "gzip", "x-own", "", long},
		{"/page/untouched", "gzip", "", "", long},
		{"/page/varied", "gzip", "gzip", "Accept-Encoding, Accept", long},
		{"/page/missing", "gzip", "gzip", "Accept-Encoding", long},
		{"/page/big.txt", "gzip", "gzip", "Accept-Encoding", pages["page/public/big.txt"]},
		{"/page/small.txt", "gzip", "", "", "0123456789"},
		{"/page/photo.png", "gzip", "", "", pages["page/public/photo.png"]},
	} {
		res, body := s.do("GET", c.path, "", "Accept-Encoding: "+c.accept)
		if got := res.Header.Get("Content-Encoding"); got != c.coding || res.Header.Get("Vary") != c.vary {
			t.Errorf("%s for %q: coding %q, vary %q; want %q, %q", c.path, c.accept, got, res.Header.Get("Vary"), c.coding, c.vary)
			continue
		}
		if got := decoded(t, c.coding, body); got != c.text {
			t.Errorf("%s for %q: %d bytes, want %d", c.path, c.accept, len(got), len(c.text))
		}
		head, _ := s.do("HEAD", c.path, "", "Accept-Encoding: "+c.accept)
		if head.Header.Get("Content-Encoding") != c.coding || head.StatusCode != res.StatusCode {
			t.Errorf("HEAD %s for %q: %v", c.path, c.accept, head.Header)
		}
	}
}

func TestUncompressed(t *testing.T) { bothWays(t, testUncompressed) }

func testUncompressed(t *testing.T) {
	s := startSite(t, pages, func(o *Options) { o.Uncompressed = true })
	for _, path := range []string{"/page/text", "/page/app.js"} {
		if res, _ := s.do("GET", path, "", "Accept-Encoding: br, gzip"); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
}

// A client that has the answer already is told so, and gets the same tag as before.
func TestConditional(t *testing.T) { bothWays(t, testConditional) }

func testConditional(t *testing.T) {
	s := startSite(t, pages)
	file, _ := s.do("GET", "/page/big.txt", "")
	tag, modified := file.Header.Get("ETag"), file.Header.Get("Last-Modified")
	if !strings.HasPrefix(tag, `"`) || modified == "" {
		t.Fatalf("the file has tag %s, time %s", tag, modified)
	}
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
		tag          string
	}{
		{"GET", "/page/tagged", []string{`If-None-Match: "v1"`}, 304, `"v1"`},
		{"HEAD", "/page/tagged", []string{`If-None-Match: "v1"`}, 304, `"v1"`},
		{"GET", "/page/tagged", []string{`If-None-Match: "v0", W/"v1"`, "Accept-Encoding: gzip"}, 304, `W/"v1"`},
		{"GET", "/page/tagged", []string{`If-None-Match: *`}, 304, `"v1"`},
		{"GET", "/page/tagged", []string{`If-None-Match: "v2"`}, 200, `"v1"`},
		{"GET", "/page/tagged", []string{`If-None-Match: v1`}, 200, `"v1"`},
		{"GET", "/page/tagged", []string{`If-None-Match: "v2"`, "Accept-Encoding: gzip"}, 200, `W/"v1"`},
		{"GET", "/page/weak", []string{`If-None-Match: "v1"`}, 304, `W/"v1"`},
		{"GET", "/page/text", []string{`If-None-Match: *`}, 200, ""},
		{"POST", "/page/posted", []string{`If-None-Match: "v1"`}, 200, `"v1"`},
		{"GET", "/page/dated", []string{"If-Modified-Since: Tue, 15 Nov 1994 12:45:26 GMT"}, 304, ""},
		{"GET", "/page/dated", []string{"If-Modified-Since: Tue, 15 Nov 1994 12:45:25 GMT"}, 200, ""},
		{"GET", "/page/dated", []string{"If-Modified-Since: yesterday"}, 200, ""},
		{"GET", "/page/big.txt", []string{"If-None-Match: " + tag}, 304, tag},
		{"GET", "/page/big.txt", []string{"If-None-Match: W/" + tag, "Accept-Encoding: gzip"}, 304, "W/" + tag},
		{"GET", "/page/big.txt", []string{"If-Modified-Since: " + modified}, 304, tag},
		{"GET", "/page/big.txt", []string{"If-Match: \"other\""}, 412, tag},
	} {
		res, body := s.do(c.method, c.path, "", c.headers...)
		if res.StatusCode != c.status || res.Header.Get("ETag") != c.tag || c.status == 304 && (body != "" || res.Header.Get("Content-Type") != "") {
			t.Errorf("%s %s %v: %s, %v, %d bytes", c.method, c.path, c.headers, res.Status, res.Header, len(body))
		}
	}
	res, _ := s.do("GET", "/page/tagged", "", `If-None-Match: "v1"`)
	if res.Header.Get("Cache-Control") != "max-age=5" || res.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("a 304 lacks what it should repeat: %v", res.Header)
	}
}

// The body of a Response that was made of another's, as middleware does to change headers, is no stream to the client.
func TestWrappedBodiesAreWhole(t *testing.T) { bothWays(t, testWrappedBodiesAreWhole) }

func testWrappedBodiesAreWhole(t *testing.T) {
	s := startSite(t, pages)
	res, body := s.do("GET", "/page/wrapped", "", "Accept-Encoding: gzip")
	if body != "short" || res.ContentLength != 5 || res.Header.Get("Content-Encoding") != "" || res.Header.Get("X-A") != "b" {
		t.Errorf("%q, %d bytes, %v", body, res.ContentLength, res.Header)
	}
	if res, _ := s.do("GET", "/page/reused", ""); res.StatusCode != 500 {
		t.Errorf("a stream that was canceled: %s", res.Status)
	}
}

// Parts of files: one, several, none that fits, and only of what the client has.
func TestRanges(t *testing.T) { bothWays(t, testRanges) }

func testRanges(t *testing.T) {
	s := startSite(t, pages)
	whole := pages["page/public/big.txt"]
	file, _ := s.do("GET", "/page/big.txt", "")
	tag := file.Header.Get("ETag")
	for _, c := range []struct {
		headers []string
		status  int
		part    string
		with    string
	}{
		{[]string{"Range: bytes=0-4"}, 206, "01234", "bytes 0-4/10000"},
		{[]string{"Range: bytes=9998-"}, 206, "89", "bytes 9998-9999/10000"},
		{[]string{"Range: bytes=-3"}, 206, "789", "bytes 9997-9999/10000"},
		{[]string{"Range: bytes=0-4", "Accept-Encoding: gzip"}, 206, "01234", "bytes 0-4/10000"},
		{[]string{"Range: bytes=10000-"}, 416, "", "bytes */10000"},
		{[]string{"Range: bytes=5-1"}, 416, "", ""},
		{[]string{"Range: bytes=9998-99999999999999999999"}, 206, "89", "bytes 9998-9999/10000"},
		{[]string{"Range: bytes=99999999999999999999-"}, 416, "", ""},
		{[]string{"Range: bytes=-0"}, 416, "", "bytes */10000"},
		{[]string{"Range: bytes=-0, 2-4"}, 206, "234", "bytes 2-4/10000"},
		{[]string{"Range: Bytes=0-4"}, 206, "01234", "bytes 0-4/10000"},
		{[]string{"Range: items=0-4"}, 200, whole, ""}, // a unit that is not known is ignored
		{[]string{"Range: bytes=0-4", "If-Range: " + tag}, 206, "01234", "bytes 0-4/10000"},
		{[]string{"Range: bytes=0-4", "If-Range: W/" + tag}, 200, whole, ""},
		{[]string{"Range: bytes=0-4", `If-Range: "old"`}, 200, whole, ""},
	} {
		res, body := s.do("GET", "/page/big.txt", "", c.headers...)
		if res.StatusCode != c.status || res.Header.Get("Content-Range") != c.with || c.status != 416 && body != c.part {
			t.Errorf("%v: %s, %v, %d bytes", c.headers, res.Status, res.Header, len(body))
		}
	}
	res, body := s.do("GET", "/page/big.txt", "", "Range: bytes=0-1,5-6")
	if kind := res.Header.Get("Content-Type"); res.StatusCode != 206 || !strings.HasPrefix(kind, "multipart/byteranges") || !strings.Contains(body, "Content-Range: bytes 5-6/10000\r\n") {
		t.Errorf("two parts: %s %q %q", res.Status, kind, body)
	}
	for _, c := range [][2]string{{"GET", "/page/empty.txt"}, {"HEAD", "/page/big.txt"}} { // of nothing there are no parts, nor of a header
		if res, _ := s.do(c[0], c[1], "", "Range: bytes=-1"); res.StatusCode != 200 || res.Header.Get("Content-Range") != "" {
			t.Errorf("%v: %s %v", c, res.Status, res.Header)
		}
	}
}

// Files beside a file hold it in another coding.
func TestNeighbours(t *testing.T) { bothWays(t, testNeighbours) }

func testNeighbours(t *testing.T) {
	s := startSite(t, pages)
	older := filepath.Join(s.dir, "page", "public", "old.css.br")
	if err := os.Chtimes(older, time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, accept, coding, kind, start string }{
		{"/page/app.js", "gzip, br", "br", "text/javascript; charset=utf-8", "brotli of app.js"},
		{"/page/app.js", "gzip", "gzip", "text/javascript; charset=utf-8", "gzip of app.js"},
		{"/page/app.js", "br;q=0.5, gzip", "gzip", "text/javascript; charset=utf-8", "gzip of app.js"},
		{"/page/app.js", "", "", "text/javascript; charset=utf-8", "// a script"},
		{"/page/old.css", "br", "", "text/css; charset=utf-8", "p {}"},
		{"/page/noext", "", "", "text/plain; charset=utf-8", "plain words"},
		{"/page/app.webmanifest", "", "", "application/manifest+json", "{}"},
	} {
		res, body := s.do("GET", c.path, "", "Accept-Encoding: "+c.accept)
		if res.Header.Get("Content-Encoding") != c.coding || res.Header.Get("Content-Type") != c.kind || !strings.HasPrefix(body, c.start) {
			t.Errorf("%s for %q: %v %.40q", c.path, c.accept, res.Header, body)
		}
	}
	brotli, _ := s.do("GET", "/page/app.js", "", "Accept-Encoding: br")
	plain, _ := s.do("GET", "/page/app.js", "", "Range: bytes=0-3", "Accept-Encoding: br")
	if brotli.Header.Get("Vary") != "Accept-Encoding" || brotli.Header.Get("ETag") == plain.Header.Get("ETag") || plain.StatusCode != 206 {
		t.Errorf("%v\n%v", brotli.Header, plain.Header)
	}
}

// FuzzConditional: comparing tags ends, and finds what is listed.
func FuzzConditional(f *testing.F) {
	f.Add(`"a", W/"b"`, `"b"`)
	f.Add(`*`, `W/"x"`)
	f.Add(`"a`, `"a"`)
	f.Fuzz(func(t *testing.T, list, tag string) {
		if tagListed(list, tag) && !strings.Contains(list, strings.TrimPrefix(tag, "W/")) && !strings.HasSuffix(list, "*") {
			t.Fatalf("%q is not in %q", tag, list)
		}
	})
}

// FuzzRange: whatever part is asked for, what comes is that part of the file, or a refusal.
func FuzzRange(f *testing.F) {
	for _, seed := range []string{"bytes=0-4", "bytes=-3", "bytes=5-", "bytes=0-1,3-4", "bytes=9-1", "items=0-1", "bytes=0-,0-,0-,0-", "bytes=-0,-00", "bytes=99999999999999999999-"} {
		f.Add(seed)
	}
	whole := pages["page/public/big.txt"]
	s := startSite(f, pages)
	f.Fuzz(func(t *testing.T, asked string) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "/page/big.txt", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Range"], r.RemoteAddr = []string{asked}, "192.0.2.1:1"
		w := &recorder{header: http.Header{}}
		s.server.serveHTTP(s.server.places.main, w, r)
		body := w.body.String()
		switch {
		case w.status == 200 && body != whole, w.status == 206 && w.header.Get("Content-Range") != "" && !strings.Contains(whole, body):
			t.Fatalf("%q: %d, %d bytes", asked, w.status, len(body))
		case w.status != 200 && w.status != 206 && w.status != 416, w.body.Len() > 2*len(whole):
			t.Fatalf("%q: %d, %d bytes", asked, w.status, len(body))
		}
	})
}

// recorder is the least that an answer can be written to.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
