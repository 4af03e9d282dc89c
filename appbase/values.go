package appbase

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// message turns what a script sends into a message: texts and bytes as they are, everything else as JSON.
func (in *instance) message(value goja.Value) Message {
	if text, ok := value.(goja.String); ok {
		return Message{Text: text.String()}
	}
	if data, ok := in.bytesOf(value); ok {
		return Message{Bytes: data, Binary: true}
	}
	if object, ok := value.(*goja.Object); ok && object.ExportType() == promiseType {
		panic(in.vm.NewTypeError("a promise cannot be sent: is an await missing?"))
	}
	text, err := in.stringify(value)
	if err != nil {
		in.rt.Throw(err)
	}
	if text == "" {
		panic(in.vm.NewTypeError("%s cannot be sent: it has no JSON form", calls.Show(value)))
	}
	return Message{Text: text, JSON: true}
}

var promiseType = reflect.TypeFor[*goja.Promise]()

var arrayBufferType = reflect.TypeFor[goja.ArrayBuffer]()

// bytesOf is the memory of an ArrayBuffer, or exactly the part of it that a typed array or DataView shows. The bytes are
// the script's: valid until it runs again.
func (in *instance) bytesOf(value goja.Value) ([]byte, bool) {
	object, ok := value.(*goja.Object)
	if !ok {
		return nil, false
	}
	if object.ExportType() == arrayBufferType {
		buffer, ok := object.Export().(goja.ArrayBuffer)
		return buffer.Bytes(), ok
	}
	if isView, err := in.isView(goja.Undefined(), value); err != nil || !isView.ToBoolean() {
		return nil, false
	}
	return in.viewBytes(object)
}

func (in *instance) viewBytes(object *goja.Object) ([]byte, bool) {
	all, ok := in.bytesOf(object.Get("buffer"))
	offset, length := object.Get("byteOffset").ToInteger(), object.Get("byteLength").ToInteger()
	if !ok || offset < 0 || length < 0 || offset+length > int64(len(all)) {
		return nil, false
	}
	return all[offset : offset+length], true
}

// textObject makes a plain object of texts, in order of name.
func (in *instance) textObject(values map[string]string) goja.Value {
	object := in.vm.NewObject()
	define := func(name string) {
		_ = object.DefineDataProperty(name, in.vm.ToValue(values[name]), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	if len(values) == 1 {
		for name := range values {
			define(name)
		}
		return object
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		define(name)
	}
	return object
}

// parseJSON reads what stringify wrote; "" is undefined.
func (in *instance) parseJSON(text string) goja.Value {
	if text == "" {
		return goja.Undefined()
	}
	value, err := in.jsonParse(goja.Undefined(), in.vm.ToValue(text))
	if err != nil {
		return goja.Undefined()
	}
	return value
}

// stringify is JSON.stringify, untouched by the script; "" stands for undefined.
func (in *instance) stringify(value goja.Value) (text string, err error) {
	err = in.rt.Do(func() error {
		result, err := in.jsonStringify(goja.Undefined(), value)
		if err == nil && !goja.IsUndefined(result) {
			text = result.String()
		}
		return err
	})
	return text, err
}

func (in *instance) rangeError(message string) *goja.Object {
	object, err := in.vm.New(in.vm.Get("RangeError"), in.vm.ToValue(message))
	if err != nil {
		return in.vm.NewTypeError(message)
	}
	return object
}

// quote is a text in an error message, shortened.
func quote(text string) string {
	const most = 40
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%.*q... (%d bytes)", most, text, len(text))
}
