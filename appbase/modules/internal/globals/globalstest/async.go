package globalstest

import (
	"context"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// Wait is the value that the body of an async function returns, as a string, or the name and message of what it threw. The
// runtime's loop runs until then, a minute at most.
func Wait(t testing.TB, rt *scriptingtest.Runtime, body string) string {
	t.Helper()
	_, err := rt.RunTrusted("test", "globalThis.waited = undefined; (async () => {"+body+`
})().then((v) => { waited = String(v) }, (e) => { waited = e?.name === undefined ? String(e) : e.name + ": " + e.message }); 0`)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := rt.Loop.RunUntil(ctx, func() bool { return !goja.IsUndefined(rt.VM().Get("waited")) }); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return rt.VM().Get("waited").String()
}

// Receive is what comes from a channel within a minute; what is it that the test waits for.
func Receive[T any](t testing.TB, ch <-chan T, what string) T {
	t.Helper()
	select {
	case got := <-ch:
		return got
	case <-time.After(time.Minute):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}
