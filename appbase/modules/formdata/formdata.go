// Package formdata gives scripts FormData, and reads and writes forms as multipart/form-data (RFC 7578), in memory or, for
// uploads, with their files on disk.
package formdata

import (
	"bytes"
	"crypto/rand"
	_ "embed" // the class and its declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed formdata.js
	source string
	//go:embed formdata.d.ts
	declarations string

	module = globals.NewModule("formdata", []string{"FormData"}, source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global FormData and shares the internals "formdata": isForm, formOf(entries), entriesOf(form),
// encode(form), decode(buffer, type) and decodeQuery(text). It runs on the runtime's goroutine. The module blob must be
// installed, and the global URLSearchParams be there when a form is decoded.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host {
		b := binding{rt, rt.VM()}
		return globals.Host{"boundary": b.boundary, "parts": b.parts}
	})
}

type binding struct {
	rt *scripting.Runtime
	vm *goja.Runtime
}

// boundary is a text that no form has in it.
func (b binding) boundary(goja.FunctionCall) goja.Value {
	return b.vm.ToValue("----form-" + rand.Text())
}

// parts(buffer, type) are [name, text] or [name, undefined, ArrayBuffer, filename, type] each.
func (b binding) parts(call goja.FunctionCall) goja.Value {
	var data []byte
	if object, ok := call.Argument(0).(*goja.Object); ok {
		if buffer, ok := object.Export().(goja.ArrayBuffer); ok && !buffer.Detached() {
			data = buffer.Bytes()
		}
	}
	var list []any
	err := Read(bytes.NewReader(data), call.Argument(1).String(), func(p *Part) error {
		content, err := p.bytes()
		if err != nil {
			return err
		}
		if p.File {
			list = append(list, b.vm.NewArray(p.Name, goja.Undefined(), b.vm.NewArrayBuffer(content), p.Filename, p.Type))
		} else {
			list = append(list, b.vm.NewArray(p.Name, decode(content)))
		}
		return nil
	})
	if err != nil {
		b.rt.Throw(&scripting.Error{Name: "TypeError", Message: err.Error()})
	}
	return b.vm.NewArray(list...)
}
