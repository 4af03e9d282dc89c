package scripting

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// jsonParser is one call of JSON.parse without a reviver (ECMA-262 25.5.1).
// The engine's own goes through Go's decoder: it is several times slower,
// recurses without a bound, and refuses or changes some texts.
type jsonParser struct {
	b     *bounds
	text  string
	pos   int
	depth int
}

// maxKeys bounds the property names that a runtime keeps for reuse.
const maxKeys = 1024

// parse is JSON.parse. With a reviver it is the engine's own.
func (b *bounds) parse(call goja.FunctionCall, original native) goja.Value {
	p := &jsonParser{b: b, text: call.Argument(0).String()}
	v := p.value()
	p.space()
	if p.pos < len(p.text) {
		p.unexpected()
	}
	if reviver, ok := call.Argument(1).(*goja.Object); ok && b.callable(reviver) != nil {
		return original(call)
	}
	return v
}

func (p *jsonParser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// unexpected throws a SyntaxError about the present position.
func (p *jsonParser) unexpected() {
	message := "Unexpected end of JSON input"
	if p.pos < len(p.text) {
		r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
		message = fmt.Sprintf("Unexpected token %q in JSON at position %d", r, p.pos)
	}
	panic(p.b.rt.newError("SyntaxError", message))
}

func (p *jsonParser) value() goja.Value {
	p.space()
	if p.pos >= len(p.text) {
		p.unexpected()
	}
	switch c := p.text[p.pos]; {
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '"':
		return p.string()
	case c == '-' || isDigit(c):
		return p.number()
	}
	return p.word()
}

func (p *jsonParser) word() goja.Value {
	rest := p.text[p.pos:]
	switch {
	case strings.HasPrefix(rest, "true"):
		p.pos += 4
		return p.b.rt.vm.ToValue(true)
	case strings.HasPrefix(rest, "false"):
		p.pos += 5
		return p.b.rt.vm.ToValue(false)
	case strings.HasPrefix(rest, "null"):
		p.pos += 4
		return goja.Null()
	}
	p.unexpected()
	return nil
}

// open enters an array or an object.
func (p *jsonParser) open() {
	p.pos++
	p.b.step()
	if p.depth++; p.depth > maxJSONNesting {
		p.b.refuse("the JSON text is nested too deep (at most %d)", maxJSONNesting)
	}
	p.space()
}

// another passes a comma or the closing bracket, and reports whether it was
// a comma.
func (p *jsonParser) another(closing byte) bool {
	p.space()
	if p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ',':
			p.pos++
			return true
		case closing:
			p.pos++
			p.depth--
			return false
		}
	}
	p.unexpected()
	return false
}

// empty passes the closing bracket of an array or object without elements.
func (p *jsonParser) empty(closing byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == closing {
		p.pos++
		p.depth--
		return true
	}
	return false
}

func (p *jsonParser) array() goja.Value {
	p.open()
	var items []any
	if !p.empty(']') {
		for {
			items = append(items, p.value())
			if !p.another(']') {
				break
			}
		}
	}
	return p.b.rt.vm.NewArray(items...)
}

func (p *jsonParser) object() goja.Value {
	p.open()
	o := p.b.rt.vm.NewObject()
	if p.empty('}') {
		return o
	}
	for {
		p.space()
		key := p.key()
		p.space()
		if p.pos >= len(p.text) || p.text[p.pos] != ':' {
			p.unexpected()
		}
		p.pos++
		p.set(o, key, p.value())
		if !p.another('}') {
			return o
		}
	}
}

// set makes an own property, also when the prototype has a setter.
func (p *jsonParser) set(o *goja.Object, key string, v goja.Value) {
	_ = o.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// key reads a property's name. Names are kept, as objects share them.
func (p *jsonParser) key() string {
	if p.pos >= len(p.text) || p.text[p.pos] != '"' {
		p.unexpected()
	}
	start := p.pos + 1
	end := p.plain(start)
	if p.text[end] != '"' {
		return p.string().String()
	}
	p.pos = end + 1
	raw := p.text[start:end]
	if known, ok := p.b.keys[raw]; ok {
		return known
	}
	raw = strings.Clone(raw)
	if len(p.b.keys) < maxKeys {
		if p.b.keys == nil {
			p.b.keys = make(map[string]string)
		}
		p.b.keys[raw] = raw
	}
	return raw
}

// plain is the end of the characters that stand for themselves: where a quote
// or a backslash is.
func (p *jsonParser) plain(from int) int {
	for i := from; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"' || c == '\\':
			return i
		case c < ' ':
			p.pos = i
			p.unexpected()
		}
	}
	p.pos = len(p.text)
	p.unexpected()
	return 0
}

func (p *jsonParser) string() goja.Value {
	start := p.pos + 1
	end := p.plain(start)
	if p.text[end] == '"' {
		p.pos = end + 1
		return p.b.rt.vm.ToValue(strings.Clone(p.text[start:end]))
	}
	var b strings.Builder
	var lone []uint16 // the whole text so far, once it holds half a pair
	for {
		b.WriteString(p.text[start:end])
		if p.text[end] == '"' {
			break
		}
		p.pos = end
		r := p.escape()
		if utf16.IsSurrogate(r) {
			lone = append(append(lone, utf16.Encode([]rune(b.String()))...), uint16(r))
			b.Reset()
		} else {
			b.WriteRune(r)
		}
		start = p.pos
		end = p.plain(start)
	}
	p.pos = end + 1
	if lone != nil {
		return goja.StringFromUTF16(append(lone, utf16.Encode([]rune(b.String()))...))
	}
	return p.b.rt.vm.ToValue(b.String())
}

// escape reads what stands behind a backslash. Half a surrogate pair comes
// out as it is.
func (p *jsonParser) escape() rune {
	p.pos++
	if p.pos >= len(p.text) {
		p.unexpected()
	}
	c := p.text[p.pos]
	p.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return p.unit()
	}
	p.pos--
	p.unexpected()
	return 0
}

// unit reads four digits, and the other half of a surrogate pair.
func (p *jsonParser) unit() rune {
	r := p.hex(p.pos)
	if r < 0 {
		p.unexpected()
	}
	p.pos += 4
	if !utf16.IsSurrogate(r) || !strings.HasPrefix(p.text[p.pos:], `\u`) {
		return r
	}
	if pair := utf16.DecodeRune(r, p.hex(p.pos+2)); pair != utf8.RuneError {
		p.pos += 6
		return pair
	}
	return r
}

// hex is the value of four digits, or -1.
func (p *jsonParser) hex(at int) rune {
	if at+4 > len(p.text) {
		return -1
	}
	var r rune
	for _, c := range []byte(p.text[at : at+4]) {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return r
}

// number reads a number: an integer of few digits at once, others as Go does.
func (p *jsonParser) number() goja.Value {
	start := p.pos
	integer := true
	if p.text[p.pos] == '-' {
		p.pos++
	}
	first := p.pos
	p.digits()
	if p.text[first] == '0' && p.pos > first+1 {
		p.pos = first + 1
		p.unexpected()
	}
	if p.pos < len(p.text) && p.text[p.pos] == '.' {
		integer = false
		p.pos++
		p.digits()
	}
	if p.pos < len(p.text) && (p.text[p.pos] == 'e' || p.text[p.pos] == 'E') {
		integer = false
		p.pos++
		if p.pos < len(p.text) && (p.text[p.pos] == '+' || p.text[p.pos] == '-') {
			p.pos++
		}
		p.digits()
	}
	return p.b.rt.vm.ToValue(numberOf(p.text[start:p.pos], integer))
}

// digits passes one or more digits.
func (p *jsonParser) digits() {
	from := p.pos
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
	if p.pos == from {
		p.unexpected()
	}
}

// numberOf is a number's value; too large a one is infinite.
func numberOf(text string, integer bool) any {
	if integer && len(text) <= 15 && text != "-0" {
		n, _ := strconv.ParseInt(text, 10, 64)
		return n
	}
	f, _ := strconv.ParseFloat(text, 64) // infinite when out of range
	return f
}
