package events_test

import (
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func TestEvents(t *testing.T) {
	globalstest.Suite(t, globalstest.NewRuntime(t, events.Install), "testdata/events.js")
}

// What a listener throws is reported where it stands, and the next one runs.
func TestListenerThrows(t *testing.T) {
	rt := globalstest.NewRuntime(t, events.Install)
	exports := rt.Load(`export let ran = 0;
		const target = new EventTarget();
		target.addEventListener("x", () => { undefinedName; });
		target.addEventListener("x", {});
		target.addEventListener("x", () => ran++);
		target.dispatchEvent(new Event("x"));
		reportError(new RangeError("mine"));`)
	if got := exports.Get("ran").String(); got != "1" {
		t.Errorf("%s listeners ran", got)
	}
	var told []string
	for _, e := range rt.Errors {
		told = append(told, e.Error())
	}
	if len(told) != 3 || told[0] != "app.ts:3:40: ReferenceError: undefinedName is not defined" {
		t.Errorf("told %q", told)
	}
}

func TestErrorAndCloseEvents(t *testing.T) {
	rt := globalstest.NewRuntime(t, events.Install)
	exports := rt.Load(`const error = new ErrorEvent("error", { message: "m", filename: "f", lineno: 2, colno: 3, error: 4 });
		const close = new CloseEvent("close", { wasClean: true, code: 4000, reason: "r" });
		export const got = [error.message, error.filename, error.lineno, error.colno, error.error, close.wasClean, close.code, close.reason].join();`)
	if got := exports.Get("got").String(); got != "m,f,2,3,4,true,4000,r" {
		t.Error(got)
	}
}

// Signals that nobody listens to do not pile up on one that lives long.
func TestDependentSignalsAreCollected(t *testing.T) {
	rt := globalstest.NewRuntime(t, events.Install)
	exports := rt.Load(`const source = new AbortController();
		export const refs = [];
		export function make(n) { for (let i = 0; i < n; i++) refs.push(new WeakRef(AbortSignal.any([source.signal]))); }
		export function alive() { return refs.filter((ref) => ref.deref()).length; }
		let heard = 0;
		export function listen() { AbortSignal.any([source.signal]).onabort = () => heard++; }
		export function end() { source.abort(); return heard; }`)
	call := func(name string, args ...any) int64 {
		t.Helper()
		value, err := rt.CallExport(exports, name, args...)
		if err != nil {
			t.Fatal(err)
		}
		return value.ToInteger()
	}
	call("make", 1000)
	call("listen")
	for range 10 {
		runtime.GC()
	}
	if alive := call("alive"); alive > 10 {
		t.Errorf("%d of 1000 signals are alive", alive)
	}
	if heard := call("end"); heard != 1 {
		t.Errorf("the signal with a listener was told %d times", heard)
	}
}
