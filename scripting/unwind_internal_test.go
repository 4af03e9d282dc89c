package scripting

import (
	"reflect"
	"testing"

	"github.com/dop251/goja"
)

// The engine's members that unwind empties are there, and at rest are what it
// makes them.
func TestEngineAtRest(t *testing.T) {
	vm := goja.New()
	if _, err := vm.RunString(`(async () => { await 1; for (const x of (function* () { yield 1 })()) ; })()`); err != nil {
		t.Fatal(err)
	}
	engine, state := members(vm)
	for _, name := range []string{"callStack", "tryStack", "iterStack", "refStack", "stack"} {
		if m := member(state, name); !m.IsValid() || m.Kind() != reflect.Slice || m.Len() != 0 {
			t.Errorf("%s is not an empty slice", name)
		}
	}
	for _, name := range atRest {
		if m := member(state, name); !m.IsValid() {
			t.Errorf("there is no %s", name)
		}
	}
	for _, name := range []string{"prg", "sp", "args", "privEnv", "newTarget", "curAsyncRunner"} {
		if !member(state, name).IsZero() {
			t.Errorf("%s is not zero", name)
		}
	}
	if member(state, "sb").Int() != -1 {
		t.Error("sb is not -1")
	}
	if member(state, "stash").Pointer() != member(member(engine, "global"), "stash").Addr().Pointer() {
		t.Error("the scope is not the global one")
	}
}
