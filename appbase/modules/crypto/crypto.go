// Package crypto gives scripts the Web Cryptography standard: crypto.getRandomValues, crypto.randomUUID and crypto.subtle. Keys
// are Go's; a script holds handles. Work that takes time is done on few goroutines beside the runtime's.
package crypto

import (
	"crypto/rand"
	_ "embed" // the class and its declarations

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// maxRandomBytes is what one call may ask for (Web Cryptography, 10.1.1). The script checks it first.
const maxRandomBytes = 1 << 16

var (
	//go:embed crypto.js
	source string
	//go:embed crypto.d.ts
	declarations string

	script = globals.NewScript("crypto", source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals crypto, Crypto, SubtleCrypto and CryptoKey. It runs on the runtime's goroutine. The global
// DOMException must be there when a script first uses one of them. What crypto.subtle has not begun when the runtime is closed is dropped.
func Install(rt *scripting.Runtime) error {
	vm := rt.VM()
	b := &subtleBinding{vm: vm, rt: rt, jobs: &jobs{}}
	rt.OnClose(b.jobs.drop)
	var loaded *goja.Object
	load := func() (*goja.Object, error) {
		var err error
		if loaded == nil {
			loaded, err = b.load()
		}
		return loaded, err
	}
	host := func() globals.Host {
		return globals.Host{
			"fill": fill,
			"uuid": func(goja.FunctionCall) goja.Value { return vm.ToValue(uuid.NewString()) },
			"subtle": func(goja.FunctionCall) goja.Value {
				classes, err := load()
				if err != nil {
					panic(vm.NewGoError(err))
				}
				return classes.Get("subtle")
			},
		}
	}
	if err := script.Define(vm, host, "crypto", "Crypto"); err != nil {
		return err
	}
	return globals.Define(vm, load, "SubtleCrypto", "CryptoKey")
}

// fill(buffer, offset, length) writes random bytes there; to a detached buffer nothing.
func fill(call goja.FunctionCall) goja.Value {
	object, _ := call.Argument(0).(*goja.Object)
	if object == nil {
		return goja.Undefined()
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	if !ok || buffer.Detached() {
		return goja.Undefined()
	}
	all, offset, length := buffer.Bytes(), call.Argument(1).ToInteger(), call.Argument(2).ToInteger()
	if offset < 0 || length < 0 || length > maxRandomBytes || offset+length > int64(len(all)) {
		return goja.Undefined()
	}
	_, _ = rand.Read(all[offset : offset+length]) // it never fails
	return goja.Undefined()
}
