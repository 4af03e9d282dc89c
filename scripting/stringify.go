package scripting

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// stringifier is one call of JSON.stringify (ECMA-262 25.5.2). The engine's
// own recurses without a bound and looks for circles in quadratic time.
type stringifier struct {
	b        *bounds
	original native // for objects that wrap Go values
	buf      []byte
	replacer native
	list     []string // the keys to write, when the replacer is an array
	listed   bool
	gap      string
	indent   string
	open     []*goja.Object
}

// stringify is JSON.stringify.
func (b *bounds) stringify(call goja.FunctionCall, original native) goja.Value {
	s := &stringifier{b: b, original: original}
	s.setReplacer(call.Argument(1))
	s.setGap(call.Argument(2))
	value := call.Argument(0)
	var holder *goja.Object
	if s.replacer != nil {
		holder = b.rt.vm.NewObject()
		_ = holder.Set("", value)
	}
	if !s.property(holder, "", value) {
		return goja.Undefined()
	}
	b.charge(int64(len(s.buf)))
	return b.rt.vm.ToValue(string(s.buf))
}

// JSON is what JSON.stringify makes of a value, whatever the script has put in
// its place. Without a JSON form, as undefined, it is nil. It is for Go code
// inside an entry, and may run script: getters, toJSON, proxies. What that
// throws is the error, a *goja.Exception. The bytes are the caller's.
func (rt *Runtime) JSON(value goja.Value) (text []byte, err error) {
	err = rt.try(func() error {
		b := &rt.bounds
		b.nest()
		defer b.unnest()
		s := stringifier{b: b, original: b.foreignJSON, buf: make([]byte, 0, 64)}
		if s.property(nil, "", value) {
			b.charge(int64(len(s.buf)))
			text = s.buf
		}
		return nil
	})
	return text, err
}

func (s *stringifier) setReplacer(v goja.Value) {
	o, ok := v.(*goja.Object)
	if !ok {
		return
	}
	if !isArray(o) {
		s.replacer = s.b.callable(o)
		return
	}
	s.b.long(o, maxArguments)
	s.listed = true
	seen := make(map[string]bool)
	for i := range lengthOf(o) {
		key, ok := listedKey(o.Get(strconv.FormatInt(i, 10)))
		if ok && !seen[key] {
			seen[key] = true
			s.list = append(s.list, key)
		}
	}
}

// listedKey is a key of a replacer array: a string or a number, boxed or not.
func listedKey(v goja.Value) (string, bool) {
	if v == nil {
		return "", false
	}
	if o, ok := v.(*goja.Object); ok {
		class := o.ClassName()
		return o.String(), class == "String" || class == "Number"
	}
	_, text := v.(goja.String)
	return v.String(), text || goja.IsNumber(v)
}

func (s *stringifier) setGap(v goja.Value) {
	if o, ok := v.(*goja.Object); ok {
		switch o.ClassName() {
		case "Number":
			v = o.ToNumber()
		case "String":
			v = o.ToString()
		}
	}
	if text, ok := v.(goja.String); ok {
		s.gap = text.Substring(0, min(text.Length(), 10)).String()
	} else if goja.IsNumber(v) {
		s.gap = strings.Repeat(" ", int(max(0, min(v.ToFloat(), 10))))
	}
}

// property writes the value of a property. It reports false, having written
// nothing, for what JSON has no form of. holder is needed for a replacer.
func (s *stringifier) property(holder *goja.Object, key string, v goja.Value) bool {
	v = s.toJSON(key, v)
	if s.replacer != nil {
		name := s.b.rt.vm.ToValue(key)
		v = s.replacer(goja.FunctionCall{This: holder, Arguments: []goja.Value{name, v}})
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return s.primitive(v)
	}
	switch o.ClassName() {
	case "Number":
		return s.primitive(o.ToNumber())
	case "String":
		return s.primitive(o.ToString())
	case "Boolean":
		s.buf = strconv.AppendBool(s.buf, o.Export() == true)
		return true
	case "BigInt":
		s.refuseBigInt()
	case "RawJSON":
		s.buf = append(s.buf, o.Get("rawJSON").String()...)
		return true
	case "Function":
		return false
	}
	return s.object(o)
}

// toJSON calls the method of that name, if there is one.
func (s *stringifier) toJSON(key string, v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		if !goja.IsBigInt(v) {
			return v
		}
		o = v.ToObject(s.b.rt.vm)
	}
	method, ok := o.Get("toJSON").(*goja.Object)
	if !ok {
		return v
	}
	if fn := s.b.callable(method); fn != nil {
		return fn(goja.FunctionCall{This: v, Arguments: []goja.Value{s.b.rt.vm.ToValue(key)}})
	}
	return v
}

func (s *stringifier) primitive(v goja.Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case goja.String:
		s.text(v)
		return true
	case *goja.Symbol:
		return false
	}
	switch {
	case goja.IsUndefined(v):
		return false
	case goja.IsNull(v):
		s.buf = append(s.buf, "null"...)
	case goja.IsNumber(v):
		s.number(v)
	case goja.IsBigInt(v):
		s.refuseBigInt()
	default:
		s.buf = strconv.AppendBool(s.buf, v.ToBoolean())
	}
	return true
}

func (s *stringifier) refuseBigInt() {
	panic(s.b.rt.newError("TypeError", "Do not know how to serialize a BigInt"))
}

func (s *stringifier) number(v goja.Value) {
	f := v.ToFloat()
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		s.buf = append(s.buf, "null"...)
	case f == math.Trunc(f) && math.Abs(f) < 1<<53:
		s.buf = strconv.AppendInt(s.buf, int64(f), 10)
	default:
		s.buf = append(s.buf, v.String()...)
	}
}

// object writes an array or an object, unless it is open already.
func (s *stringifier) object(o *goja.Object) bool {
	if o.ExportType().Kind() == reflect.Func { // an async arrow function, which the engine calls an Object
		return false
	}
	if wrapsGo(o) {
		return s.foreign(o)
	}
	for _, outer := range s.open {
		if outer == o {
			panic(s.b.rt.newError("TypeError", "Converting circular structure to JSON"))
		}
	}
	if len(s.open) >= maxJSONNesting {
		s.b.refuse("the value is nested too deep for JSON (at most %d)", maxJSONNesting)
	}
	s.b.step()
	s.open = append(s.open, o)
	outer := s.indent
	s.indent += s.gap
	if isArray(o) {
		s.array(o, outer)
	} else {
		s.members(o, outer)
	}
	s.indent = outer
	s.open = s.open[:len(s.open)-1]
	return true
}

func (s *stringifier) array(o *goja.Object, outer string) {
	s.b.long(o, maxElements)
	n := lengthOf(o)
	s.buf = append(s.buf, '[')
	for i := range n {
		s.separate(i == 0)
		key := strconv.FormatInt(i, 10)
		if !s.property(o, key, o.Get(key)) {
			s.buf = append(s.buf, "null"...)
		}
		s.limit()
	}
	s.end(']', n == 0, outer)
}

func (s *stringifier) members(o *goja.Object, outer string) {
	keys := s.list
	if !s.listed {
		keys = o.Keys()
	}
	s.buf = append(s.buf, '{')
	empty := true
	for _, key := range keys {
		mark := len(s.buf)
		s.separate(empty)
		s.quote(key)
		s.buf = append(s.buf, ':')
		if s.gap != "" {
			s.buf = append(s.buf, ' ')
		}
		if s.property(o, key, o.Get(key)) {
			empty = false
		} else {
			s.buf = s.buf[:mark]
		}
		s.limit()
	}
	s.end('}', empty, outer)
}

// separate begins an element.
func (s *stringifier) separate(first bool) {
	if !first {
		s.buf = append(s.buf, ',')
	}
	if s.gap != "" {
		s.buf = append(append(s.buf, '\n'), s.indent...)
	}
}

func (s *stringifier) end(bracket byte, empty bool, outer string) {
	if s.gap != "" && !empty {
		s.buf = append(append(s.buf, '\n'), outer...)
	}
	s.buf = append(s.buf, bracket)
}

// limit bounds the text, and lets the watchdog in.
func (s *stringifier) limit() {
	s.b.step()
	if len(s.buf) > maxStringUnits {
		s.b.refuse(messageTooLong)
	}
}

// foreign writes an object that stands for a Go value, as the engine does.
func (s *stringifier) foreign(o *goja.Object) bool {
	vm := s.b.rt.vm
	text := s.original(goja.FunctionCall{Arguments: []goja.Value{o, goja.Undefined(), vm.ToValue(s.gap)}})
	if goja.IsUndefined(text) {
		return false
	}
	s.buf = append(s.buf, strings.ReplaceAll(text.String(), "\n", "\n"+s.indent)...)
	return true
}

// wrapsGo reports whether an object is none of the script's own.
func wrapsGo(o *goja.Object) bool {
	t := o.ExportType()
	switch t.Kind() {
	case reflect.Struct:
		return t != reflect.TypeFor[goja.Proxy]() && t != reflect.TypeFor[goja.ArrayBuffer]() && o.ClassName() != "Date"
	case reflect.Pointer:
		return t != reflect.TypeFor[*goja.Promise]()
	}
	return false
}

// isArray is the abstract operation IsArray: it looks through proxies.
func isArray(o *goja.Object) bool { return unproxied(o).ClassName() == "Array" }

// text writes a string; half a surrogate pair is escaped.
func (s *stringifier) text(v goja.String) {
	text := v.String()
	if !strings.Contains(text, "\ufffd") {
		s.quote(text)
		return
	}
	s.buf = append(s.buf, '"')
	for i := 0; i < v.Length(); i++ {
		c := rune(v.CharAt(i))
		switch {
		case c < surrogateMin || c > surrogateMax:
			s.char(c)
		case c < 0xdc00 && i+1 < v.Length() && v.CharAt(i+1) >= 0xdc00 && v.CharAt(i+1) <= surrogateMax:
			i++
			s.char((c-surrogateMin)<<10 + rune(v.CharAt(i)) - 0xdc00 + 0x10000)
		default:
			s.buf = append(s.buf, `\u`+strconv.FormatInt(int64(c), 16)...)
		}
	}
	s.buf = append(s.buf, '"')
}

// quote writes well-formed text.
func (s *stringifier) quote(text string) {
	s.buf = append(s.buf, '"')
	from := 0
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			s.buf = append(s.buf, text[from:i]...)
			s.char(rune(c))
			from = i + 1
		}
	}
	s.buf = append(append(s.buf, text[from:]...), '"')
}

// char writes one character, escaped if it has to be.
func (s *stringifier) char(c rune) {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		s.buf = append(s.buf, '\\', byte(c))
	case '\b':
		s.buf = append(s.buf, `\b`...)
	case '\f':
		s.buf = append(s.buf, `\f`...)
	case '\n':
		s.buf = append(s.buf, `\n`...)
	case '\r':
		s.buf = append(s.buf, `\r`...)
	case '\t':
		s.buf = append(s.buf, `\t`...)
	default:
		if c < ' ' {
			s.buf = append(s.buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			return
		}
		s.buf = utf8.AppendRune(s.buf, c)
	}
}
