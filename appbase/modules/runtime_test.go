package modules_test

import (
	"os"
	"testing"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// inline is an executor for scripts that never wait.
type inline struct{}

func (inline) Post(fn func()) bool { fn(); return true }

func (inline) AfterFunc(time.Duration, func()) func() bool { return func() bool { return false } }

func bareRuntime(t testing.TB) *scripting.Runtime {
	t.Helper()
	rt, err := scripting.New(scripting.Options{Executor: inline{}, OnError: func(e *scripting.Error) { t.Error(e) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.Close)
	return rt
}

func newRuntime(t testing.TB) *scripting.Runtime {
	t.Helper()
	rt := bareRuntime(t)
	for _, module := range table {
		if err := module.install(rt); err != nil {
			t.Fatalf("%s: %v", module.name, err)
		}
	}
	return rt
}

// The modules work on the runtime that apps have, whose native functions are guarded.
func TestExamplesOnTheRuntime(t *testing.T) {
	for _, module := range table {
		source, err := os.ReadFile(module.name + "/example.js")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newRuntime(t).RunTrusted(module.name, string(source)); err != nil {
			t.Errorf("%s: %v", module.name, err)
		}
	}
}

func TestViewsOnTheRuntime(t *testing.T) {
	const source = `
		const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array];
		kinds.every((Kind) => {
			const filled = crypto.getRandomValues(new Kind(8)), copy = structuredClone(filled);
			return copy instanceof Kind && copy.every((n, i) => n === filled[i]) && copy.buffer !== filled.buffer;
		}) && structuredClone(new DataView(new ArrayBuffer(4), 2)).byteOffset === 2
			&& new TextDecoder().decode(structuredClone(new TextEncoder().encode("héllo"))) === "héllo"`
	value, err := newRuntime(t).RunTrusted("views", source)
	if err != nil || !value.ToBoolean() {
		t.Errorf("got %v, %v", value, err)
	}
}

// What a module refuses stands at the author's line, not in the module.
func TestErrorsPointAtTheCaller(t *testing.T) {
	rt := newRuntime(t)
	for _, source := range []string{`new URL("?")`, `structuredClone(() => 1)`, `atob("?")`, `new TextDecoder("?")`, `crypto.getRandomValues(1)`} {
		err := rt.Do(func() error {
			_, err := rt.VM().RunScript("author.js", "\n  "+source)
			return err
		})
		failure := rt.Error(err)
		if failure == nil || failure.Line != 2 || len(failure.Stack) != 1 {
			t.Errorf("%s: %#v", source, failure)
		}
	}
}
