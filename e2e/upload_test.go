package e2e

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const keeper = `
export default class App extends AppBase {
  @Post async save(req) {
    const file = (await req.form()).get("file");
    await file.saveTo("kept/" + req.query.as);
    return String(file.size);
  }
  @Post async read(req) {
    let size = 0;
    for await (const chunk of (await req.form()).get("file").stream()) size += chunk.length;
    return String(size);
  }
  @Post async body(req) {
    let size = 0;
    for await (const chunk of req.body) size += chunk.length;
    return String(size);
  }
}`

// What the server holds in memory does not depend on the size of an upload, whether its file is read, kept, or read off the
// wire.
func TestUploadsTakeLittleMemory(t *testing.T) {
	const size, most = 200 << 20, 64 << 10 // bytes; KiB
	data := t.TempDir()
	t.Setenv(dataVariable, data)
	t.Setenv("SIGIL_LIMITS_BODY_BYTES", "256MiB")
	s := start(t, appsOf(t, map[string]string{"app.js": keeper}))
	if s.peak() == 0 {
		t.Skip("this system does not tell how much memory a process holds")
	}
	for _, path := range []string{"/app/read", "/app/save?as=small.bin", "/app/body"} {
		s.upload(path, 1<<20)
	}
	before := s.peak()
	for _, path := range []string{"/app/read", "/app/save?as=big.bin", "/app/body"} {
		sum := s.upload(path, size)
		if grown := s.peak() - before; grown > most {
			t.Errorf("%s: 200 MiB took %d KiB more than 1 MiB", path, grown)
		}
		if !strings.Contains(path, "save") {
			continue
		}
		if kept := sumOf(t, filepath.Join(data, "files", "app", "kept", "big.bin")); kept != sum {
			t.Error("the file that was kept is not the one that was sent")
		}
	}
	t.Logf("at most %d KiB, %d KiB after 1 MiB", s.peak(), before)
}

// upload sends a file of that size and wants its size for an answer. The result is the file's sum.
func (s *sigil) upload(path string, size int) (sum string) {
	s.t.Helper()
	piece := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"
	whole := sha256.New()
	pieces := make([]io.Reader, 0, size/len(piece)+2)
	pieces = append(pieces, strings.NewReader(head))
	for range size / len(piece) {
		pieces = append(pieces, io.TeeReader(bytes.NewReader(piece), whole))
	}
	pieces = append(pieces, strings.NewReader("\r\n--b--\r\n"))
	want := fmt.Sprint(size)
	if strings.HasSuffix(path, "/body") {
		want = fmt.Sprint(size + len(head) + len("\r\n--b--\r\n"))
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.http(path), io.MultiReader(pieces...))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || string(body) != want {
		s.t.Fatalf("%s: %s %q, %v", path, res.Status, body, err)
	}
	return fmt.Sprintf("%x", whole.Sum(nil))
}

func sumOf(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // only read
	whole := sha256.New()
	if _, err := io.Copy(whole, file); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", whole.Sum(nil))
}

// peak is the most resident memory that the server has held so far, in KiB; 0 where the system does not tell.
func (s *sigil) peak() (kib int) {
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", s.process.Pid))
	if err != nil {
		return 0
	}
	defer func() { _ = status.Close() }() // only read
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			_, _ = fmt.Sscan(value, &kib)
		}
	}
	return kib
}
