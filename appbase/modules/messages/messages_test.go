package messages_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/appbase/modules/url"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func newRuntime(t testing.TB) *scriptingtest.Runtime {
	return globalstest.NewRuntime(t, globalstest.Engine(url.Install), globalstest.Engine(encoding.Install), events.Install,
		streams.Install, blob.Install, formdata.Install, messages.Install)
}

func TestMessages(t *testing.T) {
	files, err := filepath.Glob("testdata/*.js")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { globalstest.Suite(t, newRuntime(t), file) })
	}
}

// BenchmarkResponse is a response as a handler makes it.
func BenchmarkResponse(b *testing.B) {
	rt := newRuntime(b)
	exports := rt.Load(`export const make = () => new Response("hello", { status: 201, headers: { "X-A": "1" } });`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.CallExport(exports, "make"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstUse is what a runtime pays for the classes.
func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		rt := newRuntime(b)
		b.StartTimer()
		if err := rt.Do(func() error { rt.VM().Get("Response"); return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
