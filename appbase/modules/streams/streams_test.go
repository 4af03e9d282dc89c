package streams_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/encoding"
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
	return globalstest.NewRuntime(t, events.Install, globalstest.Engine(encoding.Install), streams.Install)
}

func TestStreams(t *testing.T) {
	files, err := filepath.Glob("testdata/*.js")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { globalstest.Suite(t, newRuntime(t), file) })
	}
}
