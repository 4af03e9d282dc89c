package globalstest

import (
	"context"
	_ "embed" // the harness
	"os"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

//go:embed harness.js
var harness string

// Install puts a module into a runtime.
type Install func(*scripting.Runtime) error

// Engine makes an Install of a module that needs only the engine.
func Engine(install func(*goja.Runtime) error) Install {
	return func(rt *scripting.Runtime) error { return install(rt.VM()) }
}

// NewRuntime is a runtime as apps have it, with a stand-in for DOMException and the given modules.
func NewRuntime(t testing.TB, installs ...Install) *scriptingtest.Runtime {
	t.Helper()
	rt := scriptingtest.NewWith(t, scripting.Options{CallTime: time.Minute}) // a file of tests may run in one entry
	if _, err := rt.RunTrusted("domexception", domException+"; 0"); err != nil {
		t.Fatal(err)
	}
	for _, install := range installs {
		if err := install(rt.Runtime); err != nil {
			t.Fatal(err)
		}
	}
	return rt
}

// Suite runs a file of tests in the runtime, as Node would run it: each is a call test(name, function), and passes when
// the function returns, or its promise is fulfilled.
func Suite(t *testing.T, rt *scriptingtest.Runtime, file string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	exports := rt.Load(harness + "\n" + string(source) + "\nexport { runTests };")
	value, err := rt.CallExport(exports, "runTests")
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	rt.Await(value, func(v goja.Value, err error) {
		ended = true
		if err != nil {
			t.Fatal(err)
		}
		report(t, v.Export().([]any))
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := rt.Loop.RunUntil(ctx, func() bool { return ended }); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, e := range rt.Errors {
		t.Errorf("%s: %s", file, e.Detail())
	}
}

// report makes a subtest of each result [name, failure or ""].
func report(t *testing.T, results []any) {
	t.Helper()
	if len(results) == 0 {
		t.Error("no test ran")
	}
	for _, result := range results {
		pair := result.([]any)
		t.Run(pair[0].(string), func(t *testing.T) {
			if failure := pair[1].(string); failure != "" {
				t.Error(failure)
			}
		})
	}
}
