package scripting

import "github.com/dop251/goja"

// maxTypedSorted bounds a typed array that is sorted without a comparing
// function, which goes by numbers and is faster than in arrays.
const maxTypedSorted = 1 << 22

// typedArrays guards the constructors that make buffers, and what typed arrays
// loop over or join.
func (b *bounds) typedArrays() {
	abstract, _ := b.global("Uint8Array", "prototype").Prototype().Get("constructor").(*goja.Object)
	b.guardConstructor("ArrayBuffer", func(args []goja.Value) []goja.Value {
		if len(args) > 0 {
			b.buffer(args[0].ToFloat())
		}
		return args
	})
	for _, name := range []string{
		"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
		"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
	} {
		size := float64(b.global(name).Get("BYTES_PER_ELEMENT").ToInteger())
		b.guardConstructor(name, func(args []goja.Value) []goja.Value {
			b.elements(args, size)
			return args
		})
	}
	prototype := abstract.Get("prototype").(*goja.Object)
	for _, name := range []string{"sort", "toSorted"} {
		b.guard(prototype, name, b.sortTyped)
	}
	for _, name := range []string{"join", "toLocaleString"} {
		b.guard(prototype, name, b.join)
	}
	b.guard(abstract, "from", func(call goja.FunctionCall, original native) goja.Value {
		b.long(call.Argument(0), maxElements)
		return original(b.objectFirst(call))
	})
}

// objectFirst is a call whose first argument is an object, if there is one for it:
// the engine's own TypedArray.from takes no texts, and atob() gives those.
func (b *bounds) objectFirst(call goja.FunctionCall) goja.FunctionCall {
	source := call.Argument(0)
	if _, isObject := source.(*goja.Object); !isObject && !goja.IsUndefined(source) && !goja.IsNull(source) {
		call.Arguments = append([]goja.Value{source.ToObject(b.rt.vm)}, call.Arguments[1:]...)
	}
	return call
}

// elements bounds the buffer of a typed array by the arguments of its
// constructor: a length, or something with a length; a buffer costs nothing.
func (b *bounds) elements(args []goja.Value, size float64) {
	if len(args) == 0 {
		return
	}
	o, ok := args[0].(*goja.Object)
	if !ok {
		b.buffer(args[0].ToFloat() * size)
		return
	}
	if _, ok := exported[goja.ArrayBuffer](o); ok {
		return
	}
	b.buffer(float64(lengthOf(o)) * size)
}

func (b *bounds) buffer(bytes float64) {
	if bytes > maxBufferBytes {
		b.refuse("Array buffer allocation failed: %.0f bytes, at most %d", bytes, int64(maxBufferBytes))
	}
	if bytes > 0 {
		b.charge(int64(bytes))
	}
}

func (b *bounds) sortTyped(call goja.FunctionCall, original native) goja.Value {
	if _, ok := call.Argument(0).(*goja.Object); !ok {
		b.long(call.This, maxTypedSorted)
	}
	return original(call)
}
