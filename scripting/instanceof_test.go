package scripting_test

import (
	"testing"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// Guarded constructors are proxies, which goja refuses on the right side of instanceof.
func TestInstanceOfGuardedConstructors(t *testing.T) {
	rt := scriptingtest.New(t)
	v, err := rt.VM().RunString(`
		class Mine extends Uint8Array {}
		[new ArrayBuffer(1) instanceof ArrayBuffer, new Uint8Array(1) instanceof Uint8Array, new Mine(1) instanceof Mine,
			new Mine(1) instanceof Uint8Array, !(new Uint8Array(1) instanceof Mine), !({} instanceof ArrayBuffer),
			!(new Uint8Array(1) instanceof Int8Array), /x/ instanceof RegExp, new Date() instanceof Date, (() => 1) instanceof Function,
			[] instanceof Array, new Error() instanceof Error, Promise.resolve() instanceof Promise].join()`)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.String(); got != "true,true,true,true,true,true,true,true,true,true,true,true,true" {
		t.Error(got)
	}
}
