package calls

import (
	"fmt"

	"github.com/dop251/goja"
)

// Given reports whether an argument is neither undefined nor null.
func Given(v goja.Value) bool { return v != nil && !goja.IsUndefined(v) && !goja.IsNull(v) }

// Show names a value in an error, shortly.
func Show(v goja.Value) string {
	switch v := v.(type) {
	case nil:
		return "undefined"
	case goja.String:
		return fmt.Sprintf("the text %.40q", v.String())
	case *goja.Object:
		if _, ok := goja.AssertFunction(v); ok {
			return "a function"
		}
		return "an object of class " + v.ClassName()
	case *goja.Symbol:
		return fmt.Sprintf("Symbol(%.40s)", v.String())
	}
	return v.String()
}

// Method adds a method to an object; a Go panic in it becomes an Error that scripts can catch.
func (c *Caller) Method(on *goja.Object, name string, length int, fn func(goja.FunctionCall) goja.Value) {
	_ = on.DefineDataProperty(name, c.Runtime.Native(name, length, fn), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}
