package encoding

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// maxInput bounds what one call takes, in bytes or UTF-16 code units: native code cannot be interrupted.
const maxInput = 1 << 26

var errInput = fmt.Errorf("the input is too long (at most %d)", maxInput)

// binding is what the classes call. Handles come first; views come as buffer, offset and length in bytes.
type binding struct{ vm *goja.Runtime }

func (b binding) functions() globals.Host {
	return globals.Host{
		"encode": b.encode, "encodeInto": b.encodeInto, "decoder": b.decoder, "describe": b.describe, "decode": b.decode,
		"atob": b.atob, "btoa": b.btoa,
	}
}

// encode(text) is an ArrayBuffer of its UTF-8.
func (b binding) encode(call goja.FunctionCall) goja.Value {
	text := b.text(call.Argument(0))
	return b.vm.ToValue(b.vm.NewArrayBuffer([]byte(text.String())))
}

// text is an argument that the classes made a string.
func (b binding) text(value goja.Value) goja.String {
	text, ok := value.ToString().(goja.String)
	if !ok || text.Length() > maxInput {
		b.throw("RangeError", errInput)
	}
	return text
}

// encodeInto(text, buffer, offset, length) is [read, written].
func (b binding) encodeInto(call goja.FunctionCall) goja.Value {
	text, _ := call.Argument(0).ToString().(goja.String)
	read, written := encodeInto(text, memory(call, 1))
	return b.vm.NewArray(read, written)
}

// decoder(label, fatal, ignoreBOM) is a handle, or null when the label is not known.
func (b binding) decoder(call goja.FunctionCall) goja.Value {
	d := newDecoder(call.Argument(0).String(), call.Argument(1).ToBoolean(), call.Argument(2).ToBoolean())
	if d == nil {
		return goja.Null()
	}
	return b.vm.ToValue(d)
}

// describe(decoder) is the name of its encoding.
func (b binding) describe(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(handle(call).name)
}

// decode(decoder, stream, buffer, offset, length) is the text.
func (b binding) decode(call goja.FunctionCall) goja.Value {
	data := memory(call, 2)
	if len(data) > maxInput {
		b.throw("RangeError", errInput)
	}
	text, err := handle(call).decode(data, call.Argument(1).ToBoolean())
	if err != nil {
		b.throw("TypeError", err)
	}
	return b.vm.ToValue(text)
}

func handle(call goja.FunctionCall) *decoder {
	return call.Argument(0).(*goja.Object).Export().(*decoder)
}

// memory is the part of an ArrayBuffer that three arguments name, or all of it if there is but one; nothing of a detached
// one. It is the script's: valid
// until the function returns.
func memory(call goja.FunctionCall, first int) []byte {
	object, _ := call.Argument(first).(*goja.Object)
	if object == nil {
		return nil
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	if !ok || buffer.Detached() {
		return nil
	}
	if len(call.Arguments) == first+1 {
		return buffer.Bytes()
	}
	all, offset, length := buffer.Bytes(), call.Argument(first+1).ToInteger(), call.Argument(first+2).ToInteger()
	if offset < 0 || length < 0 || offset+length > int64(len(all)) {
		return nil
	}
	return all[offset : offset+length]
}

func (b binding) throw(class string, err error) {
	object, failed := b.vm.New(b.vm.Get(class), b.vm.ToValue(err.Error()))
	if failed != nil {
		panic(b.vm.NewTypeError(err.Error()))
	}
	panic(object)
}

// atob(text) is the decoded text, or null.
func (b binding) atob(call goja.FunctionCall) goja.Value {
	text, err := fromBase64(b.text(call.Argument(0)).String())
	if err != nil {
		return goja.Null()
	}
	return b.vm.ToValue(text)
}

// btoa(text) is the encoded text, or null.
func (b binding) btoa(call goja.FunctionCall) goja.Value {
	text, err := toBase64(b.text(call.Argument(0)))
	if errors.Is(err, errInput) {
		b.throw("RangeError", err)
	}
	if err != nil {
		return goja.Null()
	}
	return b.vm.ToValue(text)
}
