package messages

import (
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/net/http/httpguts"
)

type binding struct{ vm *goja.Runtime }

// headerName(text) is the name in lower case; "" when it is none (RFC 9110, 5.1).
func (b binding) headerName(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if !httpguts.ValidHeaderFieldName(name) {
		return b.vm.ToValue("")
	}
	return b.vm.ToValue(strings.ToLower(name))
}

// headerValue(text) is the value without the white space around it; undefined when it is none (Fetch 2.2.2): it has a
// line break or a NUL in it, or a character that is no byte.
func (b binding) headerValue(call goja.FunctionCall) goja.Value {
	text, ok := call.Argument(0).(goja.String)
	if !ok {
		return goja.Undefined()
	}
	value := strings.Trim(text.String(), "\t\n\r ")
	for _, c := range value {
		if c == 0 || c == '\n' || c == '\r' || c > 0xff {
			return goja.Undefined()
		}
	}
	if len(value) == len(text.String()) {
		return text
	}
	return b.vm.ToValue(value)
}
