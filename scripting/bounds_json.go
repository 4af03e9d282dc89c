package scripting

import "github.com/dop251/goja"

// maxJSONNesting bounds arrays and objects in each other.
const maxJSONNesting = 10000

// json replaces the reading and the writing of JSON.
func (b *bounds) json() {
	object := b.global("JSON")
	b.guard(object, "parse", func(call goja.FunctionCall, original native) goja.Value {
		return b.nested(call, func(call goja.FunctionCall) goja.Value { return b.parse(call, original) })
	})
	b.foreignJSON = b.callable(object.Get("stringify"))
	b.guard(object, "stringify", func(call goja.FunctionCall, original native) goja.Value {
		return b.nested(call, func(call goja.FunctionCall) goja.Value { return b.stringify(call, original) })
	})
}
