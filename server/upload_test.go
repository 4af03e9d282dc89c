package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const uploader = `
export default class Uploader extends AppBase {
  #gate;
  @Post async form(req) {
    const form = await req.form(), out = [];
    for (const [name, value] of form) {
      if (typeof value === "string") { out.push(name + "=" + value); continue; }
      let size = 0, sum = 0;
      for await (const chunk of value.stream()) { size += chunk.length; sum = (sum * 31 + chunk[0] + chunk[chunk.length - 1]) % 65521; }
      out.push([name, value.name, value.type, value.size, size, value instanceof File, await value.slice(-3).text()].join(","));
    }
    return out.join("|");
  }
  @Post async memory(req) { return [...await req.formData()].map(([n, v]) => n + ":" + (v.size ?? v)).join("|"); }
  @Post async kept(req) {
    this.file = (await req.form()).get("file");
    return String(this.file.size);
  }
  @Get async late() { return this.file.text().catch((e) => e.name + ": " + e.message); }
  @Post async forgotten(req) { req.form().catch(() => {}); return "bye"; }
  @Post async twice(req) { await req.form(); return req.form(); }
}`

// form writes a multipart body: fields by name, then a file of the given size, whose last bytes are "end".
func form(w io.Writer, boundary string, fileBytes int, fields ...string) error {
	m := multipart.NewWriter(w)
	if err := m.SetBoundary(boundary); err != nil {
		return err
	}
	for _, field := range fields {
		if err := m.WriteField(field, "value of "+field); err != nil {
			return err
		}
	}
	part, err := m.CreateFormFile("file", "big.bin")
	if err != nil {
		return err
	}
	piece := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	for left := fileBytes - 3; left > 0; left -= len(piece) {
		if _, err := part.Write(piece[:min(left, len(piece))]); err != nil {
			return err
		}
	}
	_, _ = io.WriteString(part, "end")
	return m.Close()
}

// upload posts a form while it is written.
func (s *site) upload(path string, fileBytes int, fields ...string) (status int, body string) {
	s.t.Helper()
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(form(out, "b", fileBytes, fields...)) }()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*clientPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+s.addr()+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = in.Close()
	return res.StatusCode, string(text)
}

func uploadSite(t *testing.T) (s *site, dir string) {
	dir = t.TempDir()
	return startSite(t, files{"u.js": uploader}, func(o *Options) {
		o.UploadDir = dir
		o.Limits.MaxBodyBytes, o.Limits.ResponseTime = 300<<20, 10*time.Minute // the script reads all of it
	}), dir
}

func left(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestUploads(t *testing.T) { bothWays(t, testUploads) }

func testUploads(t *testing.T) {
	s, dir := uploadSite(t)
	for _, size := range []int{3, 100, 1 << 20} {
		want := fmt.Sprintf("a=value of a|b=value of b|file,big.bin,application/octet-stream,%d,%d,true,end", size, size)
		if status, got := s.upload("/u/form", size, "a", "b"); status != 200 || got != want {
			t.Errorf("%d bytes: %d %q, want %q", size, status, got, want)
		}
	}
	var small bytes.Buffer
	if err := form(&small, "b", 10, "x"); err != nil {
		t.Fatal(err)
	}
	const multi = "Content-Type: multipart/form-data; boundary=b"
	for path, want := range map[string]string{
		"/u/form": "x=value of x|file,big.bin,application/octet-stream,10,10,true,end", "/u/memory": "x:value of x|file:10",
	} {
		if _, got := s.do("POST", path, small.String(), multi); got != want {
			t.Errorf("%s of a small form: %q, want %q", path, got, want)
		}
	}
	if _, got := s.do("POST", "/u/form", "a=1&b=2&a=3", "Content-Type: application/x-www-form-urlencoded"); got != "a=1|b=2|a=3" {
		t.Errorf("urlencoded: %q", got)
	}
	s.server.stopHTTP(t)
	if files := left(t, dir); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}

// stopHTTP waits until no request is inside.
func (s *Server) stopHTTP(t *testing.T) {
	t.Helper()
	s.gate.close()
	await(t, s.gate.empty, "the requests to end")
}

// A file is there until its request was answered, and gone then, also when nobody waited for the form.
func TestUploadsAreRemoved(t *testing.T) { bothWays(t, testUploadsAreRemoved) }

func testUploadsAreRemoved(t *testing.T) {
	s, dir := uploadSite(t)
	if status, got := s.upload("/u/kept", 100_000); status != 200 || got != "100000" {
		t.Errorf("%d %q", status, got)
	}
	if got := s.get("/u/late"); got != "NotReadableError: the file cannot be read: the body can be read until the request has been answered" {
		t.Error(got)
	}
	s.upload("/u/forgotten", 100_000)
	s.server.stopHTTP(t)
	if files := left(t, dir); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}

func TestBrokenUploads(t *testing.T) { bothWays(t, testBrokenUploads) }

func testBrokenUploads(t *testing.T) {
	s, _ := uploadSite(t)
	const multi = "Content-Type: multipart/form-data; boundary=b"
	big := strings.Repeat("x", 100_000)
	for _, tt := range []struct {
		path, body string
		headers    []string
		status     int
		want       string
	}{
		{"form", big, []string{multi}, 400, "not a form"}, {"form", "x", []string{multi}, 400, "not a form"},
		{"form", big, nil, 400, "not a form"}, {"memory", big, []string{multi}, 400, "not a form"},
		{"form", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + big, []string{multi}, 400, "it is cut"},
		{"twice", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + big + "\r\n--b--", []string{multi}, 500, ""},
	} {
		res, body := s.do("POST", "/u/"+tt.path, tt.body, tt.headers...)
		if res.StatusCode != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d %q, want %d %q", tt.path, res.StatusCode, body, tt.status, tt.want)
		}
	}
}

// Memory does not depend on the size of an upload: 128 MiB pass through with a few megabytes more than 1 MiB needs.
func TestLargeUpload(t *testing.T) {
	if testing.Short() {
		t.Skip("128 MiB")
	}
	s, dir := uploadSite(t)
	s.upload("/u/form", 1<<20)
	before := highWater(t)
	const size = 128 << 20
	want := fmt.Sprintf("file,big.bin,application/octet-stream,%d,%d,true,end", size, size)
	if status, got := s.upload("/u/form", size); status != 200 || got != want {
		t.Errorf("%d %q, want %q", status, got, want)
	}
	grown := highWater(t) - before
	t.Logf("peak of resident memory: %d KiB, %d KiB more than after 1 MiB", highWater(t), grown)
	if grown > 48<<10 {
		t.Errorf("128 MiB took %d KiB more than 1 MiB", grown)
	}
	s.server.stopHTTP(t)
	if files := left(t, dir); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}

// highWater is the process's peak of resident memory in KiB.
func highWater(t *testing.T) (kib int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("/proc is Linux's")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Fatal(err)
	}
	return kib
}

// Whoever is refused before the body was read has the answer before the end of the connection, and an end instead of a
// reset; also a client that asked for the end.
func TestRefusedUploadIsAnswered(t *testing.T) {
	s := startSite(t, files{"u.js": uploader})
	const header = "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n%s\r\n"
	for path, status := range map[string]int{"/u/form": 413, "/u/nothing": 404} {
		for _, field := range []string{"", "Connection: close\r\n"} {
			c := s.raw(fmt.Sprintf(header, path, field) + strings.Repeat("x", 1<<20))
			rest, err := io.ReadAll(c.in)
			if c.res.StatusCode != status || err != nil || len(rest) == 0 {
				t.Errorf("%s %q: %s, %q, %v", path, field, c.res.Status, rest, err)
			}
		}
	}
}
