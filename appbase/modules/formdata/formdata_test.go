package formdata_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/streams"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func TestFormData(t *testing.T) {
	rt := globalstest.NewRuntime(t, events.Install, streams.Install, blob.Install, formdata.Install)
	globalstest.Suite(t, rt, "testdata/formdata.js")
}

const (
	formType = "multipart/form-data; boundary=b"
	form     = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"f%22\"; filename=\"../x\u00e4.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"e\"; filename=\"\"\r\n\r\n\r\n--b--\r\n"
)

func TestSpool(t *testing.T) {
	dir := t.TempDir()
	spool := formdata.NewSpool(dir)
	entries, err := spool.Read(strings.NewReader(form), formType)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprintf("%s=%q %v %s %s %d", e.Name, e.Value, e.File, e.Filename, e.Type, e.Size))
	}
	want := []string{
		`a="one\r\ntwo" false  text/plain 0`, `f"="" true ../xä.txt text/plain 5`, `e="" true  text/plain 0`,
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if data, err := spool.ReadFile(entries[1], 1, 3); err != nil || string(data) != "ell" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := spool.Remove(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("left %q", left)
	}
	if _, err := spool.ReadFile(entries[1], 0, 1); err == nil {
		t.Error("a file that was removed can be read")
	}
}

func TestBrokenForms(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, tt := range []struct {
		name, kind string
		body       io.Reader
		want       string
	}{
		{"type", "text/plain", strings.NewReader(form), `its type is "text/plain"`},
		{"boundary", "multipart/form-data", strings.NewReader(form), "its type is"},
		{"cut", formType, strings.NewReader(form[:60]), "it is cut"},
		{"cut file", formType, strings.NewReader(form[:strings.Index(form, "hello")+3]), "it is cut"},
		{"empty", formType, strings.NewReader(""), "it is cut"},
		{"name", formType, strings.NewReader("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"), "no name"},
		{"reader", formType, io.MultiReader(strings.NewReader(form[:100]), failing{broken}), "broken pipe"},
		{"field", formType, strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("x", 2<<20) + "\r\n--b--"), "more than 1048576 bytes"},
		{"parts", formType, strings.NewReader(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 10001) + "--b--"), "more than 10000 parts"},
	} {
		spool := formdata.NewSpool(t.TempDir())
		if _, err := spool.Read(tt.body, tt.kind); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := formdata.NewSpool(filepath.Join(t.TempDir(), "none")).Read(strings.NewReader(form), formType); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzRead reads foreign forms; whatever comes out can be written and read again.
func FuzzRead(f *testing.F) {
	f.Add([]byte(form))
	f.Add([]byte("--b--"))
	f.Fuzz(func(t *testing.T, data []byte) {
		spool := formdata.NewSpool(t.TempDir())
		entries, err := spool.Read(bytes.NewReader(data), formType)
		if err != nil {
			return
		}
		var again bytes.Buffer
		w := multipart.NewWriter(&again)
		for _, e := range entries {
			if !e.File {
				_ = w.WriteField(strings.ToValidUTF8(e.Name, "?"), e.Value)
			}
		}
		_ = w.Close()
		if _, err := formdata.NewSpool(t.TempDir()).Read(&again, w.FormDataContentType()); err != nil {
			t.Fatalf("written again: %v", err)
		}
	})
}
