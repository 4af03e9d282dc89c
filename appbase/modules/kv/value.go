package kv

import (
	"bytes"
	"fmt"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// maxValueBytes bounds a value in its stored form.
const maxValueBytes = 4 << 20

// binary marks stored bytes; everything else is JSON, which never begins with it.
const binary = 0

// encode is a value's stored form. What has none is thrown at the author.
func (o *object) encode(v goja.Value) []byte {
	if data, ok := o.Bytes(v); ok {
		return o.bounded(append([]byte{binary}, data...))
	}
	text, err := o.Encode(v)
	if err != nil {
		o.Runtime.Throw(err)
	}
	if text == "" {
		o.Refuse("%s cannot be kept: it has no JSON form (to delete a key there is kv.delete)", calls.Show(v))
	}
	return o.bounded([]byte(text))
}

func (o *object) bounded(data []byte) []byte {
	if len(data) > maxValueBytes {
		o.Runtime.Throw(fmt.Errorf("the value has %d bytes; at most %d can be kept under one key", len(data), maxValueBytes))
	}
	return data
}

// value is what an entry holds; undefined when there is none.
func (o *object) value(e Entry) goja.Value {
	if !e.Found {
		return goja.Undefined()
	}
	return o.decode(e.Value)
}

func (o *object) decode(data []byte) goja.Value {
	if len(data) > 0 && data[0] == binary {
		vm := o.Runtime.VM()
		array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(bytes.Clone(data[1:]))))
		if err != nil {
			o.Runtime.Throw(err)
		}
		return array
	}
	return o.Decode(string(data))
}

func (o *object) entryObject(e Entry) *goja.Object {
	vm := o.Runtime.VM()
	made := vm.NewObject()
	_ = made.Set("key", e.Key[len(Prefix):])
	_ = made.Set("value", o.decode(e.Value))
	_ = made.Set("version", e.Version)
	if !e.Expires.IsZero() {
		_ = made.Set("expires", e.Expires.UnixMilli())
	}
	return made
}

func (o *object) entries(found []Entry) goja.Value {
	list := make([]any, len(found))
	for i, e := range found {
		list[i] = o.entryObject(e)
	}
	return o.Runtime.VM().NewArray(list...)
}
