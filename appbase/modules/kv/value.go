package kv

import "github.com/dop251/goja"

// maxValueBytes bounds a value in its stored form.
const maxValueBytes = 4 << 20

// encode is a value's stored form. What has none is thrown at the author.
func (o *object) encode(v goja.Value) []byte { return o.Pack(v, maxValueBytes) }

// value is what an entry holds; undefined when there is none.
func (o *object) value(e Entry) goja.Value {
	if !e.Found {
		return goja.Undefined()
	}
	return o.Unpack(e.Value)
}

func (o *object) decode(data []byte) goja.Value { return o.Unpack(data) }

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
