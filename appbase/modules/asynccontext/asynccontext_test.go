package asynccontext_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/asynccontext"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStorage(t *testing.T) {
	globalstest.Suite(t, globalstest.NewRuntime(t, asynccontext.Install), "testdata/storage.js")
}

// What code sets for the rest of its work ends with the entry, and what was thrown on the way leaves nothing behind.
func TestNothingIsLeftForOthers(t *testing.T) {
	rt := globalstest.NewRuntime(t, asynccontext.Install)
	exports := rt.Load(`const store = new AsyncLocalStorage();
		export function enter() { store.enterWith("mine"); return store.getStore(); }
		export function fail() { store.run("mine", () => { throw new Error("no"); }); }
		export function look() { return String(store.getStore()); }`)
	for _, name := range []string{"enter", "fail"} {
		_, _ = rt.CallExport(exports, name)
		got, err := rt.CallExport(exports, "look")
		if err != nil || got.String() != "undefined" {
			t.Errorf("after %s: %v, %v", name, got, err)
		}
	}
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	rt := globalstest.NewRuntime(t, asynccontext.Install)
	answers, err := rt.VM().RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.VM().Set("answers", answers); err != nil {
		t.Fatal(err)
	}
	if got := globalstest.Wait(t, rt, "return (await answers).join()"); got != "ann: reads,bob: writes,nobody: idles" {
		t.Error(got)
	}
}
