package console

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"

	"github.com/dop251/goja"
)

var (
	proxyType   = reflect.TypeFor[goja.Proxy]()
	promiseType = reflect.TypeFor[*goja.Promise]()
	bufferType  = reflect.TypeFor[goja.ArrayBuffer]()
	mapType     = reflect.TypeFor[[][2]any]()
	plainType   = reflect.TypeFor[map[string]any]()
	setType     = reflect.TypeFor[[]any]()
)

// describe shows an object by what the engine says it is, whatever its properties pretend.
func (p *printer) describe(object *goja.Object) string {
	kind := object.ExportType()
	if kind == proxyType {
		return p.proxy(object)
	}
	if _, ok := goja.AssertFunction(object); ok {
		return p.function(object)
	}
	switch object.ClassName() {
	case "Array":
		return p.array(object)
	case "Error":
		return p.failure(object)
	case "Date":
		return p.spend(p.text("date", object))
	case "RegExp":
		return p.spend(clip(p.text("regexp", object), maxStringBytes))
	case "Number", "String", "Boolean":
		return p.boxed(object)
	}
	switch kind {
	case mapType:
		return p.mapping(object)
	case setType:
		return p.set(object)
	case promiseType:
		return p.promise(object)
	case bufferType:
		return p.buffer(object)
	}
	return p.exotic(object)
}

// proxy shows the target, so that no trap runs.
func (p *printer) proxy(object *goja.Object) string {
	proxy, ok := object.Export().(goja.Proxy)
	if !ok || proxy.Target() == nil {
		return p.spend("<revoked proxy>")
	}
	return p.object(proxy.Target())
}

func (p *printer) function(object *goja.Object) string {
	class := p.text("tag", object)
	if class != "AsyncFunction" && class != "GeneratorFunction" {
		class = "Function"
	}
	name := clip(p.text("ownName", object), 200)
	head := "[" + class + ": " + name + "]"
	switch {
	case p.helper("isClass", object).ToBoolean():
		head = "[class " + orAnonymous(name)
		if parent := clip(p.text("parent", object), 200); parent != "" {
			head += " extends " + parent
		}
		head += "]"
	case name == "":
		head = "[" + class + " (anonymous)]"
	}
	if entries := p.properties(object, nil); len(entries) > 0 {
		return block(p.spend(head), "{", "}", entries, false)
	}
	return p.spend(head)
}

func orAnonymous(name string) string {
	if name == "" {
		return "(anonymous)"
	}
	return name
}

func (p *printer) boxed(object *goja.Object) (text string) {
	text = unknown
	p.each(func(args []goja.Value) { text = "[" + p.className(object) + ": " + p.value(args[0]) + "]" }, "unbox", object)
	return text
}

func (p *printer) promise(object *goja.Object) string {
	promise, ok := object.Export().(*goja.Promise)
	if !ok || p.deep() {
		return p.short(object)
	}
	entry := "<pending>"
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		entry = p.value(promise.Result())
	case goja.PromiseStateRejected:
		entry = "<rejected> " + p.value(promise.Result())
	}
	return block(p.className(object), "{", "}", []string{entry}, false)
}

func (p *printer) buffer(object *goja.Object) string {
	const shown = 50
	buffer, ok := object.Export().(goja.ArrayBuffer)
	if !ok || buffer.Detached() {
		return p.spend("ArrayBuffer { detached }")
	}
	data := buffer.Bytes()
	contents := fmt.Sprintf("<% s>", hexBytes(data[:min(len(data), shown)]))
	if len(data) > shown {
		contents = fmt.Sprintf("<%s ... %d more bytes>", hexBytes(data[:shown]), len(data)-shown)
	}
	return p.spend(fmt.Sprintf("ArrayBuffer { byteLength: %d, bytes: %s }", len(data), contents))
}

func hexBytes(data []byte) string {
	out := make([]byte, 0, 3*len(data))
	for i, c := range data {
		if i > 0 {
			out = append(out, ' ')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// exotic shows what the engine calls an object: plain ones, instances of classes, boxed BigInts and Symbols, and views.
func (p *printer) exotic(object *goja.Object) string {
	switch {
	case p.helper("isView", object).ToBoolean():
		return p.view(object)
	case object.ExportType() == plainType:
		return p.plain(object)
	}
	if text := p.boxed(object); text != unknown {
		return text
	}
	return p.plain(object)
}

func (p *printer) view(object *goja.Object) (text string) {
	p.each(func(args []goja.Value) {
		kind, length := args[0].String(), args[1].ToInteger()
		if kind == "DataView" {
			text = p.spend(fmt.Sprintf("DataView { byteLength: %d, byteOffset: %d }", length, args[2].ToInteger()))
			return
		}
		text = p.numbers(object, fmt.Sprintf("%s(%d)", kind, length), length)
	}, "view", object)
	return text
}

// numbers shows a typed array, whose elements no getter can hide.
func (p *printer) numbers(object *goja.Object, head string, length int64) string {
	if p.deep() {
		return p.short(object)
	}
	var entries []string
	for i := range min(length, maxItems) {
		entries = append(entries, p.value(object.Get(strconv.FormatInt(i, 10))))
	}
	return block(head, "[", "]", more(entries, length, "item"), true)
}
