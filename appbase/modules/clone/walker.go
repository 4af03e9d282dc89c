package clone

import (
	"math/big"
	"reflect"

	"github.com/dop251/goja"
)

// walker clones values of one runtime.
type walker struct {
	*helpers
	root  *goja.Object // Object.prototype
	depth int          // of the value being cloned, over all calls that are under way
}

// memory maps what was met in one call to its clone, so that references stay references.
type memory map[*goja.Object]goja.Value

func newWalker(vm *goja.Runtime, table *goja.Object) *walker {
	return &walker{helpers: newHelpers(vm, table), root: vm.NewObject().Prototype()}
}

// clone(value, ...transfer) is the whole of structuredClone but for the reading of its options.
func (w *walker) clone(call goja.FunctionCall) goja.Value {
	before := w.depth
	defer func() { w.depth = before }()
	seen := make(memory)
	if len(call.Arguments) < 2 {
		return w.value(call.Argument(0), seen)
	}
	transferred := call.Arguments[1:]
	for _, item := range transferred {
		w.move(item, seen)
	}
	result := w.value(call.Argument(0), seen)
	w.detach(transferred)
	return result
}

// move makes the new owner of a buffer's memory, which the old one keeps until everything has been cloned.
func (w *walker) move(item goja.Value, seen memory) {
	object := item.(*goja.Object)
	buffer, ok := isolated(object)
	if !ok {
		w.refuse("only an ArrayBuffer can be transferred: a value of another kind")
	}
	if buffer.Detached() || seen[object] != nil {
		w.refuse("an ArrayBuffer that is detached, or transferred twice,")
	}
	seen[object] = w.vm.ToValue(w.vm.NewArrayBuffer(buffer.Bytes()))
}

func (w *walker) detach(transferred []goja.Value) {
	for _, item := range transferred {
		buffer, _ := isolated(item.(*goja.Object))
		if !buffer.Detach() {
			w.refuse("an ArrayBuffer that a getter detached")
		}
	}
}

var (
	bufferType = reflect.TypeFor[goja.ArrayBuffer]()
	plainType  = reflect.TypeFor[map[string]any]()
	bigType    = reflect.TypeFor[*big.Int]()
	mapType    = reflect.TypeFor[[][2]any]()
	setType    = reflect.TypeFor[[]any]()
)

// isolated is the buffer that an object is. Only its type is asked first: exporting other objects may run script.
func isolated(object *goja.Object) (goja.ArrayBuffer, bool) {
	if object.ExportType() != bufferType {
		return goja.ArrayBuffer{}, false
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	return buffer, ok
}

func (w *walker) value(value goja.Value, seen memory) goja.Value {
	object, ok := value.(*goja.Object)
	if !ok {
		if symbol, ok := value.(*goja.Symbol); ok {
			w.refuse("Symbol(" + symbol.String() + ")")
		}
		return value
	}
	if known := seen[object]; known != nil {
		return known
	}
	if w.depth >= maxDepth {
		w.call("tooDeep", w.vm.ToValue(maxDepth))
	}
	w.depth++
	result := w.object(object, seen)
	w.depth--
	return result
}

// object clones what has not been met before.
func (w *walker) object(object *goja.Object, seen memory) goja.Value {
	switch class := className(object); class {
	case "Array":
		return w.array(object, seen)
	case "Date":
		return w.leaf(object, seen, w.call("date", object))
	case "RegExp":
		return w.leaf(object, seen, w.call("regexp", object))
	case "Error":
		return w.leaf(object, seen, w.call("error", object))
	case "Number", "String", "Boolean":
		return w.leaf(object, seen, w.boxed(object, class))
	case "Object", "Arguments", "Math", "JSON":
		return w.other(object, seen)
	default:
		w.refuse("#<" + class + ">")
		return nil
	}
}

// className never throws, as that of a revoked proxy does.
func className(object *goja.Object) string {
	if object.ExportType() == reflect.TypeFor[goja.Proxy]() {
		return "Proxy"
	}
	return object.ClassName()
}

func (w *walker) leaf(object *goja.Object, seen memory, result goja.Value) goja.Value {
	seen[object] = result
	return result
}

func (w *walker) boxed(object *goja.Object, class string) goja.Value {
	name := map[string]string{"Number": "number", "String": "string", "Boolean": "boolean", "BigInt": "bigint"}[class]
	return w.call("box", object, w.table.Get(name))
}

// other clones what the engine calls an object and tells apart by the Go type it exports.
func (w *walker) other(object *goja.Object, seen memory) goja.Value {
	switch object.ExportType() {
	case plainType:
		if proto := object.Prototype(); proto == nil || proto == w.root {
			return w.plain(object, seen)
		}
	case mapType:
		return w.mapping(object, seen)
	case setType:
		return w.set(object, seen)
	case bigType:
		return w.leaf(object, seen, w.boxed(object, "BigInt"))
	case bufferType:
		buffer, _ := isolated(object)
		return w.leaf(object, seen, w.buffer(buffer))
	}
	return w.instance(object, seen)
}

// instance clones a view, or an instance of a class of the script's own.
func (w *walker) instance(object *goja.Object, seen memory) goja.Value {
	if w.call("isView", object).ToBoolean() {
		return w.view(object, seen)
	}
	if tag := w.call("platform", object); !goja.IsUndefined(tag) {
		w.refuse("#<" + tag.String() + ">")
	}
	if object.ExportType() != plainType {
		w.refuse("an object of the server")
	}
	return w.plain(object, seen)
}

// buffer copies memory. The script's constructor makes it, so that it counts against the script's bounds.
func (w *walker) buffer(from goja.ArrayBuffer) goja.Value {
	if from.Detached() {
		w.refuse("a detached ArrayBuffer")
	}
	made := w.helpers.object("buffer", w.vm.ToValue(len(from.Bytes())))
	if to, ok := isolated(made); ok {
		copy(to.Bytes(), from.Bytes())
	}
	return made
}

func (w *walker) view(object *goja.Object, seen memory) goja.Value {
	for _, parts := range w.each("view", object) {
		if buffer, ok := isolated(parts[1].(*goja.Object)); ok && buffer.Detached() {
			w.refuse("a view of a detached ArrayBuffer")
		}
		parts[1] = w.value(parts[1], seen)
		seen[object] = w.call("newView", parts...)
	}
	return seen[object]
}
