package scripting

import (
	"strconv"

	"github.com/dop251/goja"
)

// arrays guards the methods of arrays that loop without running script.
func (b *bounds) arrays() {
	prototype := b.global("Array", "prototype")
	for _, name := range []string{
		"copyWithin", "every", "fill", "filter", "flatMap", "forEach", "includes", "indexOf", "lastIndexOf", "map",
		"reduce", "reduceRight", "reverse", "shift", "slice", "some", "splice", "toReversed", "toSpliced", "unshift", "with",
	} {
		b.guard(prototype, name, func(call goja.FunctionCall, original native) goja.Value {
			b.long(call.This, maxElements)
			return original(call)
		})
	}
	for _, name := range []string{"sort", "toSorted"} {
		b.guard(prototype, name, b.sort)
	}
	for _, name := range []string{"join", "toLocaleString"} {
		b.guard(prototype, name, b.join)
	}
	b.guard(prototype, "concat", b.concatArrays)
	b.guard(prototype, "flat", b.flat)
	b.guard(b.global("Array"), "from", func(call goja.FunctionCall, original native) goja.Value {
		b.long(call.Argument(0), maxElements)
		return original(call)
	})
	b.guard(b.global("String"), "raw", func(call goja.FunctionCall, original native) goja.Value {
		if template, ok := call.Argument(0).(*goja.Object); ok {
			b.long(template.Get("raw"), maxElements)
		}
		return original(call)
	})
}

// sort bounds sorting; a comparing function lets the watchdog in.
func (b *bounds) sort(call goja.FunctionCall, original native) goja.Value {
	limit := int64(maxSorted)
	if _, ok := call.Argument(0).(*goja.Object); ok {
		limit = maxElements
	}
	b.long(call.This, limit)
	return original(call)
}

// join bounds the length of the result, and arrays in arrays.
func (b *bounds) join(call goja.FunctionCall, original native) goja.Value {
	n := lengthOf(call.This)
	if n > maxElements {
		b.long(call.This, maxElements)
	}
	total := n * separatorUnits(call.Argument(0))
	if array, ok := call.This.(*goja.Object); ok && n > joinSamples {
		total += b.elementsUnits(array, n)
	}
	if total > maxStringUnits {
		b.refuse(messageTooLong)
	}
	result := b.nested(call, original)
	b.charge(units(result))
	return result
}

// joinSamples is how many elements of an array tell whether its texts could
// add up to too much. The same text may stand in it many times.
const joinSamples = 8

// elementsUnits is how long the texts in an array are, 0 if it is not much.
func (b *bounds) elementsUnits(array *goja.Object, n int64) int64 {
	longest := int64(0)
	for i := range int64(joinSamples) {
		longest = max(longest, elementUnits(array, i*n/joinSamples))
	}
	if longest*n <= maxStringUnits {
		return 0
	}
	total := int64(0)
	for i := int64(0); i < n && total <= maxStringUnits; i++ {
		total += elementUnits(array, i)
	}
	return total
}

func elementUnits(array *goja.Object, i int64) int64 {
	return units(array.Get(strconv.FormatInt(i, 10)))
}

func separatorUnits(v goja.Value) int64 {
	if goja.IsUndefined(v) {
		return 1
	}
	return units(v)
}

// units is the length of a string, 0 for anything else.
func units(v goja.Value) int64 {
	if s, ok := v.(goja.String); ok {
		return int64(s.Length())
	}
	return 0
}

func (b *bounds) concatArrays(call goja.FunctionCall, original native) goja.Value {
	total := arrayLength(call.This)
	for _, arg := range call.Arguments {
		total += arrayLength(arg)
	}
	if total > maxElements {
		b.refuse("the array would be too long (%d elements, at most %d)", total, int64(maxElements))
	}
	return original(call)
}

func arrayLength(v goja.Value) int64 {
	if o, ok := v.(*goja.Object); ok && o.ClassName() == "Array" {
		return lengthOf(o)
	}
	return 1
}

// nativeFlat is the depth to which the engine may flatten; deeper, the
// prelude's flat does it, which can be interrupted.
const nativeFlat = 4

func (b *bounds) flat(call goja.FunctionCall, original native) goja.Value {
	b.long(call.This, maxElements)
	if depth := call.Argument(0); !goja.IsUndefined(depth) && !(depth.ToFloat() <= nativeFlat) {
		return b.deepFlat(call)
	}
	return original(call)
}
