package url

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// binding is what the classes call. Its functions get handles (see record and params) as their first argument, and
// texts that are strings already.
type binding struct{ vm *goja.Runtime }

func (b binding) functions() globals.Host {
	return globals.Host{
		"parse": b.parse, "read": b.read, "write": b.write, "reparse": b.reparse, "paramsOf": b.paramsOf,
		"newParams": b.newParams, "append": b.append, "remove": b.remove, "find": b.find, "findAll": b.findAll,
		"has": b.has, "set": b.set, "sort": b.sort, "size": b.size, "name": b.name, "value": b.value, "text": b.text,
		"wellFormed": b.wellFormed,
	}
}

// handle is the Go value behind an argument. The classes pass nothing but handles there.
func handle[T any](call goja.FunctionCall) *T {
	object, _ := call.Argument(0).(*goja.Object)
	if object == nil {
		panic("url: a handle is missing")
	}
	return object.Export().(*T)
}

// text is an argument as well-formed Unicode: lone surrogates become U+FFFD.
func text(call goja.FunctionCall, index int) string { return call.Argument(index).String() }

// optional is text, or nil for undefined.
func optional(call goja.FunctionCall, index int) *string {
	if goja.IsUndefined(call.Argument(index)) {
		return nil
	}
	s := text(call, index)
	return &s
}

// check throws a RangeError for an error.
func (b binding) check(err error) {
	if err == nil {
		return
	}
	object, failed := b.vm.New(b.vm.Get("RangeError"), b.vm.ToValue(err.Error()))
	if failed != nil {
		panic(b.vm.NewTypeError(err.Error()))
	}
	panic(object)
}

// parse(input, base?) is a handle of a URL, or the reason (a text) why it is none.
func (b binding) parse(call goja.FunctionCall) goja.Value {
	u, err := parse(text(call, 0), optional(call, 1))
	if err != nil {
		return b.vm.ToValue(err.Error())
	}
	return b.vm.ToValue(&record{url: u})
}

// reparse(url, input) replaces the URL behind a handle; the result is undefined or the reason why input is none.
func (b binding) reparse(call goja.FunctionCall) goja.Value {
	if err := handle[record](call).replace(text(call, 1)); err != nil {
		return b.vm.ToValue(err.Error())
	}
	return goja.Undefined()
}

func (b binding) read(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(handle[record](call).read(part(call.Argument(1).ToInteger())))
}

func (b binding) write(call goja.FunctionCall) goja.Value {
	handle[record](call).write(part(call.Argument(1).ToInteger()), text(call, 2))
	return goja.Undefined()
}

func (b binding) paramsOf(call goja.FunctionCall) goja.Value {
	p, err := handle[record](call).searchParams()
	b.check(err)
	return b.vm.ToValue(p)
}

// newParams(query) is a handle of the list in a query.
func (b binding) newParams(call goja.FunctionCall) goja.Value {
	p, err := newParams(text(call, 0))
	b.check(err)
	return b.vm.ToValue(p)
}

func (b binding) append(call goja.FunctionCall) goja.Value {
	b.check(handle[params](call).append(text(call, 1), text(call, 2)))
	return goja.Undefined()
}

func (b binding) remove(call goja.FunctionCall) goja.Value {
	b.check(handle[params](call).remove(text(call, 1), optional(call, 2)))
	return goja.Undefined()
}

func (b binding) find(call goja.FunctionCall) goja.Value {
	p, name := handle[params](call), text(call, 1)
	if i := p.index(name, nil); i >= 0 {
		return b.vm.ToValue(p.list[i].value)
	}
	return goja.Null()
}

func (b binding) findAll(call goja.FunctionCall) goja.Value {
	found := b.vm.NewArray()
	for i, value := range handle[params](call).all(text(call, 1)) {
		_ = found.DefineDataProperty(fmt.Sprint(i), b.vm.ToValue(value), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return found
}

func (b binding) has(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(handle[params](call).index(text(call, 1), optional(call, 2)) >= 0)
}

func (b binding) set(call goja.FunctionCall) goja.Value {
	b.check(handle[params](call).set(text(call, 1), text(call, 2)))
	return goja.Undefined()
}

func (b binding) sort(call goja.FunctionCall) goja.Value {
	b.check(handle[params](call).sort())
	return goja.Undefined()
}

func (b binding) size(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(len(handle[params](call).list))
}

// name(params, i) is the name of a pair, undefined behind the last one.
func (b binding) name(call goja.FunctionCall) goja.Value {
	return b.at(call, func(p pair) string { return p.name })
}

func (b binding) value(call goja.FunctionCall) goja.Value {
	return b.at(call, func(p pair) string { return p.value })
}

func (b binding) at(call goja.FunctionCall, choose func(pair) string) goja.Value {
	list, i := handle[params](call).list, call.Argument(1).ToInteger()
	if i < 0 || i >= int64(len(list)) {
		return goja.Undefined()
	}
	return b.vm.ToValue(choose(list[i]))
}

func (b binding) text(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(serializeQuery(handle[params](call).list))
}

// wellFormed(text) is the text with U+FFFD for lone surrogates.
func (b binding) wellFormed(call goja.FunctionCall) goja.Value { return b.vm.ToValue(text(call, 0)) }
