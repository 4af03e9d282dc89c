package globals

import (
	"errors"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestDefineLoadsOnce(t *testing.T) {
	vm, loads := goja.New(), 0
	script := NewScript("test", `(host) => { const seven = host.seven(); return { A: seven, B: [seven] } }`)
	host := func() Host {
		loads++
		return Host{"seven": func(goja.FunctionCall) goja.Value { return vm.ToValue(7) }}
	}
	if err := script.Define(vm, host, "A", "B"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		source, want string
		loads        int
	}{
		{`Object.keys(globalThis).join() + ("A" in globalThis)`, "true", 0},
		{`(getter = Object.getOwnPropertyDescriptor(globalThis, "A").get) && typeof getter`, "function", 0},
		{`A`, "7", 1},
		{`B === B`, "true", 1},
		{`JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, "A"))`, `{"value":7,"writable":true,"enumerable":false,"configurable":true}`, 1},
		{`A = 8; A`, "8", 1},
		{`getter()`, "7", 1},
	} {
		value, err := vm.RunString(tt.source)
		if err != nil || value.String() != tt.want || loads != tt.loads {
			t.Errorf("%s: %v, %v after %d loads; want %s after %d", tt.source, value, err, loads, tt.want, tt.loads)
		}
	}
}

func TestAssignedBeforeTheFirstUse(t *testing.T) {
	vm := goja.New()
	script := NewScript("test", `() => ({ A: 1, B: 2 })`)
	if err := script.Define(vm, func() Host { return nil }, "A", "B"); err != nil {
		t.Fatal(err)
	}
	value, err := vm.RunString(`"use strict"; A = "mine"; [B, A, Object.getOwnPropertyDescriptor(globalThis, "A").writable].join()`)
	if err != nil || value.String() != "2,mine,true" {
		t.Errorf("got %v, %v", value, err)
	}
}

func TestErrors(t *testing.T) {
	if _, err := NewScript("test", `(`).Run(goja.New(), nil); err == nil || !strings.Contains(err.Error(), "compile the script test") {
		t.Errorf("a mistake in the source gives %v", err)
	}
	for _, source := range []string{`(`, `1`, `() => 1`, `() => { throw new Error("x") }`, `throw new Error("x")`} {
		vm := goja.New()
		if err := NewScript("test", source).Define(vm, func() Host { return nil }, "A"); err != nil {
			t.Fatal(err)
		}
		value, err := vm.RunString(`let text = ""; for (const use of [1, 2]) try { A } catch (e) { text += e.message } text`)
		if err != nil || strings.Count(value.String(), "load the global A: ") != 2 {
			t.Errorf("%s: %v, %v", source, value, err)
		}
	}
}

func TestDefineReportsItsError(t *testing.T) {
	vm, cause := goja.New(), errors.New("no luck")
	if err := Define(vm, func() (*goja.Object, error) { return nil, cause }, "A"); err != nil {
		t.Fatal(err)
	}
	_, err := vm.RunString(`A`)
	if !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if _, err := vm.RunString(`Object.freeze(globalThis)`); err != nil {
		t.Fatal(err)
	}
	if err := Define(vm, nil, "B"); err == nil {
		t.Error("a frozen global object took a new name")
	}
}

func TestFunction(t *testing.T) {
	vm := goja.New()
	fn := Function(vm, "named", 2, func(goja.FunctionCall) goja.Value { return goja.Null() })
	if got := fn.Get("name").String() + fn.Get("length").String(); got != "named2" {
		t.Errorf("got %s", got)
	}
}
