package messages

import (
	"encoding/json"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// binding is what the classes are made of: the methods of Headers call these with the Fields that it holds.
type binding struct {
	rt     *scripting.Runtime
	vm     *goja.Runtime
	calls  callbacks
	latest Latest
}

func (b *binding) host() globals.Host {
	return globals.Host{
		"fields": b.fields, "fill": b.fill, "merge": b.merge, "append": b.append, "set": b.set, "get": b.get, "has": b.has,
		"delete": b.delete, "cookies": b.cookies, "pair": b.pair, "prepare": b.prepare, "reply": b.reply,
	}
}

// fields(of) are new Fields: none, those of other Fields, or those of a flat list [name, value, name, value ...] whose names
// are in lower case.
func (b *binding) fields(call goja.FunctionCall) goja.Value {
	f := &Fields{}
	of, ok := call.Argument(0).(*goja.Object)
	if !ok {
		return f.Object(b.vm)
	}
	if other := FieldsOf(of); other != nil {
		f.list = append(f.list, other.list...)
		return f.Object(b.vm)
	}
	var flat []string
	if err := b.vm.ExportTo(of, &flat); err != nil {
		b.rt.Throw(err)
	}
	for i := 0; i+1 < len(flat); i += 2 {
		f.append(flat[i], flat[i+1])
	}
	return f.Object(b.vm)
}

// fill(fields, record) appends the members of an object.
func (b *binding) fill(call goja.FunctionCall) goja.Value {
	b.fillFrom(FieldsOf(call.Argument(0)), call.Argument(1).ToObject(b.vm))
	return goja.Undefined()
}

func (b *binding) fillFrom(f *Fields, record *goja.Object) {
	if symbols := record.Symbols(); len(symbols) > 0 {
		panic(b.vm.NewTypeError("%s is not a header name", symbols[0].String()))
	}
	for _, key := range record.Keys() {
		f.append(b.name(b.vm.ToValue(key)), b.value(record.Get(key)))
	}
}

// merge(fields, others) sets what is in others.
func (b *binding) merge(call goja.FunctionCall) goja.Value {
	f, others := FieldsOf(call.Argument(0)), FieldsOf(call.Argument(1))
	others.Each(func(name, _ string) { f.delete(name) })
	others.Each(f.append)
	return goja.Undefined()
}

func (b *binding) append(call goja.FunctionCall) goja.Value {
	FieldsOf(call.Argument(0)).append(b.name(call.Argument(1)), b.value(call.Argument(2)))
	return goja.Undefined()
}

func (b *binding) set(call goja.FunctionCall) goja.Value {
	FieldsOf(call.Argument(0)).set(b.name(call.Argument(1)), b.value(call.Argument(2)))
	return goja.Undefined()
}

func (b *binding) get(call goja.FunctionCall) goja.Value {
	value, found := FieldsOf(call.Argument(0)).get(b.name(call.Argument(1)))
	if !found {
		return goja.Null()
	}
	return b.vm.ToValue(value)
}

func (b *binding) has(call goja.FunctionCall) goja.Value {
	_, found := FieldsOf(call.Argument(0)).find(b.name(call.Argument(1)))
	return b.vm.ToValue(found)
}

func (b *binding) delete(call goja.FunctionCall) goja.Value {
	FieldsOf(call.Argument(0)).delete(b.name(call.Argument(1)))
	return goja.Undefined()
}

func (b *binding) cookies(call goja.FunctionCall) goja.Value {
	return b.vm.NewArray(FieldsOf(call.Argument(0)).cookies()...)
}

// pair(fields, i) is [name, value] of the field at a place in the order of names; undefined behind the last.
func (b *binding) pair(call goja.FunctionCall) goja.Value {
	f, at := FieldsOf(call.Argument(0)), call.Argument(1).ToInteger()
	if at >= int64(len(f.list)) {
		return goja.Undefined()
	}
	return b.vm.NewArray(f.list[at].name, f.list[at].value)
}

// name reads the name of a header.
func (b *binding) name(value goja.Value) string {
	text := value.ToString().String()
	name := fieldName(text)
	if name == "" {
		panic(b.vm.NewTypeError("%s is not a header name", quote(text)))
	}
	return name
}

// value reads the value of a header.
func (b *binding) value(given goja.Value) string {
	text := given.ToString().String()
	value, ok := fieldValue(text)
	if ok {
		return value
	}
	problem := "a line break in it"
	if strings.ContainsFunc(text, func(c rune) bool { return c > 0xff }) {
		problem = "a character above U+00FF in it: encode it first"
	}
	panic(b.vm.NewTypeError("header value %s has %s", quote(text), problem))
}

func quote(text string) string {
	quoted, _ := json.Marshal(text) // a text always has a JSON form
	return string(quoted)
}
