// Package globalstest runs scripts against a host module in a bare engine, for the modules' own tests.
package globalstest

import (
	"testing"

	"github.com/dop251/goja"
)

// domException stands in for another module's class, which a test of one module does not install.
const domException = `globalThis.DOMException = class DOMException extends Error {
	#name; #message;
	constructor(message, name) { super(); this.#message = message; this.#name = name }
	get name() { return this.#name }
	get message() { return this.#message }
}`

// New is an engine with the given globals installed, and a stand-in for DOMException, which install may replace. Its call
// depth is an app's.
func New(t testing.TB, install func(*goja.Runtime) error) *goja.Runtime {
	t.Helper()
	vm := goja.New()
	vm.SetMaxCallStackSize(2000)
	if _, err := vm.RunString(domException); err != nil {
		t.Fatal(err)
	}
	if err := install(vm); err != nil {
		t.Fatal(err)
	}
	return vm
}

// Eval is the value of a script as a string, or the name and message of what it threw.
func Eval(t testing.TB, vm *goja.Runtime, source string) string {
	t.Helper()
	if err := vm.Set("source", source); err != nil {
		t.Fatal(err)
	}
	value, err := vm.RunString("{ let result; try { result = String((0, eval)(source)) } catch (e) { result = `${e.name}: ${e.message}` } result }")
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return value.String()
}

// Check compares the values of scripts with what they should be.
func Check(t testing.TB, vm *goja.Runtime, table map[string]string) {
	t.Helper()
	for source, want := range table {
		if got := Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}
