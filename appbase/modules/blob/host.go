package blob

import (
	"fmt"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/encoding/unicode"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// binding is the host's side of the classes in one runtime.
type binding struct {
	rt *scripting.Runtime
	vm *goja.Runtime
}

func (b binding) functions() globals.Host {
	return globals.Host{
		"builder": func(goja.FunctionCall) goja.Value { return b.vm.ToValue(&builder{}) },
		"addText": b.addText, "addBytes": b.addBytes, "addContent": b.addContent,
		"built":    func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(handle[*builder](call, 0).done()) },
		"size":     func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(handle[*contents](call, 0).size) },
		"inMemory": func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(handle[*contents](call, 0).inMemory()) },
		"slice":    b.slice, "read": b.read, "decode": b.decode, "encode": b.encode,
		"wellFormed": func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(call.Argument(0).String()) },
	}
}

func handle[T any](call goja.FunctionCall, i int) T {
	return call.Argument(i).(*goja.Object).Export().(T)
}

func (b binding) tooLarge() {
	b.rt.Throw(&scripting.Error{Name: "RangeError", Message: fmt.Sprintf("a Blob holds at most %d bytes in memory", maxBytes)})
}

// addText(builder, text)
func (b binding) addText(call goja.FunctionCall) goja.Value {
	if !handle[*builder](call, 0).add([]byte(call.Argument(1).String())) {
		b.tooLarge()
	}
	return goja.Undefined()
}

// addBytes(builder, buffer, offset, length); nothing of a detached buffer.
func (b binding) addBytes(call goja.FunctionCall) goja.Value {
	if !handle[*builder](call, 0).add(memory(call, 1)) {
		b.tooLarge()
	}
	return goja.Undefined()
}

// addContent(builder, content)
func (b binding) addContent(call goja.FunctionCall) goja.Value {
	if !handle[*builder](call, 0).join(handle[*contents](call, 1)) {
		b.tooLarge()
	}
	return goja.Undefined()
}

// slice(content, from, to) is another content.
func (b binding) slice(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(handle[*contents](call, 0).slice(call.Argument(1).ToInteger(), call.Argument(2).ToInteger()))
}

// read(content, offset, length) is an ArrayBuffer, or a promise of one.
func (b binding) read(call goja.FunctionCall) goja.Value {
	c, offset, length := handle[*contents](call, 0), call.Argument(1).ToInteger(), call.Argument(2).ToInteger()
	if length > maxBytes {
		b.tooLarge()
	}
	c = c.slice(offset, offset+length)
	if c.inMemory() {
		return b.vm.ToValue(b.vm.NewArrayBuffer(c.bytes()))
	}
	promise, settle := b.rt.NewWork()
	c.read(func(data []byte, err error) {
		settle(func() (goja.Value, error) {
			if err != nil {
				return nil, b.notReadable(err)
			}
			return b.vm.ToValue(b.vm.NewArrayBuffer(data)), nil
		})
	})
	return promise
}

// notReadable panics with a DOMException.
func (b binding) notReadable(err error) error {
	object, failed := b.vm.New(b.vm.Get("DOMException"), b.vm.ToValue("the file cannot be read: "+err.Error()), b.vm.ToValue("NotReadableError"))
	if failed != nil {
		return failed
	}
	panic(object)
}

// decode(bytes) is the text of an ArrayBuffer or of a view: malformed bytes become U+FFFD, a leading byte order mark goes.
func (b binding) decode(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(decode(memory(call, 0)))
}

func decode(data []byte) string {
	if len(data) >= 3 && string(data[:3]) == "\ufeff" {
		data = data[3:]
	}
	if utf8.Valid(data) {
		return string(data)
	}
	text, _ := unicode.UTF8.NewDecoder().Bytes(data) // never fails: it replaces
	return string(text)
}

// encode(text) is an ArrayBuffer of its UTF-8.
func (b binding) encode(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(b.vm.NewArrayBuffer([]byte(call.Argument(0).String())))
}

// memory is the part of an ArrayBuffer that three arguments name, or all of it if there is but one; nothing of a detached
// one. It is the script's: valid until the function returns.
func memory(call goja.FunctionCall, first int) []byte {
	object, _ := call.Argument(first).(*goja.Object)
	if object == nil {
		return nil
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	if !ok || buffer.Detached() {
		return nil
	}
	all := buffer.Bytes()
	if len(call.Arguments) == first+1 {
		return all
	}
	offset, length := call.Argument(first+1).ToInteger(), call.Argument(first+2).ToInteger()
	if offset < 0 || length < 0 || offset > int64(len(all)) || length > int64(len(all))-offset {
		return nil
	}
	return all[offset : offset+length]
}
