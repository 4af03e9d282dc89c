package scripting

import "github.com/dop251/goja"

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

// joinScan is the length from which the elements of a join are looked at:
// fewer elements cannot add up to much.
const joinScan = 64

// join bounds the length of the result, and arrays in arrays.
func (b *bounds) join(call goja.FunctionCall, original native) goja.Value {
	n := lengthOf(call.This)
	if n > maxJoined {
		b.long(call.This, maxJoined)
	}
	b.charge(n * separatorUnits(call.Argument(0)))
	if array, ok := call.This.(*goja.Object); ok && n > joinScan {
		b.chargeElements(array)
	}
	if b.joins++; b.joins > maxNesting {
		b.joins = 0
		b.refuse("the array is nested too deep")
	}
	result := original(call)
	b.joins = max(b.joins-1, 0)
	b.charge(units(result))
	return result
}

// chargeElements counts the texts among the elements of an array. The same
// text may stand in it many times.
func (b *bounds) chargeElements(array *goja.Object) {
	total := int64(0)
	b.rt.vm.ForOf(array, func(v goja.Value) bool {
		total += units(v)
		return total <= maxEntryBytes
	})
	if b.spent+total > maxEntryBytes {
		b.charge(total)
	}
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
	if depth := call.Argument(0); !goja.IsUndefined(depth) && !(depth.ToFloat() <= nativeFlat) && b.rt.deepFlat != nil {
		return b.rt.deepFlat(call)
	}
	return original(call)
}
