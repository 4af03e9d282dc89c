package appbase

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const saveApp = `export default class App extends AppBase {
	@Post async save(req) {
		const form = await req.form();
		try { await form.get("file").saveTo(form.get("path")); return "saved"; } catch (e) { return e.name + ": " + e.message; }
	}
}`

func (w *world) upload(path, content string) string {
	w.t.Helper()
	body := "--b\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\n" + path +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../evil.txt\"\r\n\r\n" + content + "\r\n--b--\r\n"
	m := w.routes.HTTP("POST", "/save")
	answer := ""
	w.worker.Serve(m.Route, request("POST", "/save", "", []byte(body), nil, "Content-Type", "multipart/form-data; boundary=b"), func(r *Response, err error) {
		answer = "error"
		if err == nil {
			answer = string(r.Body)
		}
	})
	w.await("the answer", func() bool { return answer != "" })
	return answer
}

func TestSaveTo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files", "app")
	w := emptyWorldWith(t, func(o *Options) { o.Files = dir })
	w.load(saveApp)
	for _, content := range []string{"first", strings.Repeat("second ", 20_000)} {
		if got := w.upload("avatars/7.png", content); got != "saved" {
			t.Fatal(got)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "avatars", "7.png")); err != nil || string(data) != content {
			t.Errorf("%d bytes were saved, %v", len(data), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "avatars", ".*")); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestSaveToStaysInTheFolder(t *testing.T) {
	dir, outside := filepath.Join(t.TempDir(), "files"), t.TempDir()
	w := emptyWorldWith(t, func(o *Options) { o.Files = dir })
	w.load(saveApp)
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"../x", "/etc/x", "a/../../x", ".hidden", "a/.b/c", "..\\x", "link/x", ".", "x/", "link"} {
		got := w.upload(path, "evil")
		if path != "x/" && path != "link" && got == "saved" {
			t.Errorf("%q was saved", path)
		}
	}
	if found, _ := os.ReadDir(outside); len(found) > 0 {
		t.Errorf("written outside: %v", found)
	}
	none := newWorld(t, saveApp)
	if got := none.upload("x", "y"); got != "Error: this app has no folder to keep files in" {
		t.Error(got)
	}
}
