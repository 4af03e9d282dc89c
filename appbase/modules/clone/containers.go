package clone

import "github.com/dop251/goja"

// plain clones the own enumerable properties; getters run.
func (w *walker) plain(object *goja.Object, seen memory) goja.Value {
	result := w.vm.NewObject()
	seen[object] = result
	w.properties(object, result, seen)
	return result
}

// array also keeps holes and the length.
func (w *walker) array(object *goja.Object, seen memory) goja.Value {
	result := w.vm.NewArray()
	seen[object] = result
	if err := result.Set("length", object.Get("length")); err != nil {
		panic(err)
	}
	w.properties(object, result, seen)
	return result
}

func (w *walker) properties(from, to *goja.Object, seen memory) {
	for _, key := range from.Keys() {
		value := from.Get(key)
		if value == nil {
			continue // a getter deleted it
		}
		// A definition, as assigning to __proto__ would be something else.
		if err := to.DefineDataProperty(key, w.value(value, seen), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
			panic(err)
		}
	}
}

// mapping clones a Map with the entries it has before any getter runs.
func (w *walker) mapping(object *goja.Object, seen memory) goja.Value {
	result := w.call("newMap")
	seen[object] = result
	for _, entry := range w.each("entries", object) {
		w.call("put", result, w.value(entry[0], seen), w.value(entry[1], seen))
	}
	return result
}

func (w *walker) set(object *goja.Object, seen memory) goja.Value {
	result := w.call("newSet")
	seen[object] = result
	for _, member := range w.each("members", object) {
		w.call("add", result, w.value(member[0], seen))
	}
	return result
}
