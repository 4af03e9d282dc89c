package scripting

import "github.com/dop251/goja"

// json guards parsing against texts that are nested deep, and replaces the
// writing.
func (b *bounds) json() {
	b.guard(b.global("JSON"), "parse", func(call goja.FunctionCall, original native) goja.Value {
		text := call.Argument(0).String()
		if jsonTooDeep(text) {
			b.refuse("the JSON text is nested too deep (at most %d)", maxJSONNesting)
		}
		return b.nested(call, original)
	})
	b.guard(b.global("JSON"), "stringify", func(call goja.FunctionCall, original native) goja.Value {
		return b.nested(call, func(call goja.FunctionCall) goja.Value { return b.stringify(call, original) })
	})
}

// maxJSONNesting bounds arrays and objects in each other.
const maxJSONNesting = 10000

// jsonTooDeep reports whether a text opens more brackets than may be open.
func jsonTooDeep(text string) bool {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			inString = !inString
		case inString:
			if c == '\\' {
				i++
			}
		case c == '[' || c == '{':
			if depth++; depth > maxJSONNesting {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}
