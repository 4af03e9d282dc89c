package blob_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dop251/goja"
	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func newRuntime(t testing.TB) *scriptingtest.Runtime {
	return globalstest.NewRuntime(t, events.Install, streams.Install, blob.Install)
}

func TestBlob(t *testing.T) { globalstest.Suite(t, newRuntime(t), "testdata/blob.js") }

// text is a Source that is read on other goroutines.
type text string

func (s text) Read(offset int64, length int, done func([]byte, error)) {
	go func() {
		if s == "" {
			done(nil, errors.New("it is gone"))
			return
		}
		done([]byte(s[offset:offset+int64(length)]), nil)
	}()
}

func TestFileOfASource(t *testing.T) {
	rt := newRuntime(t)
	file := func(s text, size int64) goja.Value {
		t.Helper()
		var value goja.Value
		err := rt.Do(func() (err error) {
			value, err = blob.NewFile(rt.Runtime, s, blob.FileInfo{Name: "f.txt", Type: "text/plain", Size: size, Modified: time.UnixMilli(7)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	exports := rt.Load(`export async function read(file, gone) {
		const both = new Blob(["<", file, ">", file.slice(1, 3)]);
		let streamed = "";
		for await (const chunk of both.stream()) streamed += new TextDecoder().decode(chunk);
		const failed = await gone.text().catch((e) => e.name + ": " + e.message);
		return [file.name, file.size, file.type, file.lastModified, await file.text(), await both.text(), streamed, failed].join("|");
	}
	globalThis.TextDecoder = class { decode(bytes) { return String.fromCharCode(...bytes) } };`)
	value, err := rt.CallExport(exports, "read", file("hello", 5), file("", 3))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	rt.Await(value, func(v goja.Value, err error) {
		if err != nil {
			t.Fatal(err)
		}
		got = v.String()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := rt.Loop.RunUntil(ctx, func() bool { return got != "" }); err != nil {
		t.Fatal(err)
	}
	const want = "f.txt|5|text/plain|7|hello|<hello>el|<hello>el|NotReadableError: the file cannot be read: it is gone"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A script cannot fill the memory with one Blob.
func TestBound(t *testing.T) {
	exports := newRuntime(t).Load(`const mega = new Blob([new Uint8Array(1 << 20)]);
		export let got = "";
		try { new Blob(Array(300).fill(mega)); } catch (e) { got = e.name + ": " + e.message; }`)
	if got := exports.Get("got").String(); got != "RangeError: a Blob holds at most 268435456 bytes in memory" {
		t.Error(got)
	}
}
