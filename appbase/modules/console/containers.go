package console

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/dop251/goja"
)

// className is the name of the constructor, "" for an object that inherits from nothing.
func (p *printer) className(object *goja.Object) string {
	return clip(p.text("className", object), 200)
}

// short stands for an object that is too far inside.
func (p *printer) short(object *goja.Object) string {
	name := p.className(object)
	if name == "" {
		name = "Object: null prototype"
	}
	return p.spend("[" + name + "]")
}

// more says how much is not shown.
func more(entries []string, total int64, unit string) []string {
	hidden := total - maxItems
	if hidden <= 0 {
		return entries
	}
	if hidden > 1 {
		unit += "s"
	}
	return append(entries, fmt.Sprintf("... %d more %s", hidden, unit))
}

func (p *printer) plain(object *goja.Object) string {
	name := p.className(object)
	tag := clip(p.text("tag", object), 200)
	if name == "URL" || name == "URLSearchParams" {
		return p.spend(name + " { " + quote(clip(p.text("text", object), maxStringBytes)) + " }")
	}
	if p.deep() {
		return p.short(object)
	}
	prefix := name
	switch {
	case name == "":
		prefix = "[Object: null prototype]"
	case tag != "" && tag != name:
		prefix = name + " [" + tag + "]"
	case name == "Object":
		prefix = ""
	}
	return block(prefix, "{", "}", p.properties(object, nil), false)
}

// properties shows the own enumerable properties but those that skip names.
func (p *printer) properties(object *goja.Object, skip func(key string) bool) (entries []string) {
	keys := object.Keys()
	total := int64(0)
	for _, key := range keys {
		if skip != nil && skip(key) {
			continue
		}
		if total++; total <= maxItems {
			entries = p.property(entries, object, p.vm.ToValue(key), keyText(key))
		}
	}
	entries = more(entries, total, "property")
	for i, symbol := range object.Symbols() {
		if i == maxItems {
			break
		}
		entries = p.property(entries, object, symbol, "["+p.value(symbol)+"]")
	}
	return entries
}

// property adds a property if it is there and enumerable.
func (p *printer) property(entries []string, object *goja.Object, key goja.Value, shown string) []string {
	p.peek(object, key, func(value goja.Value, accessor string, enumerable bool) {
		if enumerable {
			entries = append(entries, p.spend(shown+": ")+p.orAccessor(value, accessor))
		}
	})
	return entries
}

func (p *printer) orAccessor(value goja.Value, accessor string) string {
	if accessor != "" {
		return p.spend(accessor)
	}
	return p.value(value)
}

// peek looks at an own property without running a getter; take is not called if there is none.
func (p *printer) peek(object *goja.Object, key goja.Value, take func(value goja.Value, accessor string, enumerable bool)) {
	p.each(func(args []goja.Value) { take(args[0], args[1].String(), args[2].ToBoolean()) }, "peek", object, key)
}

var identifier = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*$`)

func keyText(key string) string {
	if key = clip(key, 200); identifier.MatchString(key) {
		return key
	}
	return quote(key)
}

func (p *printer) array(object *goja.Object) string {
	if p.deep() {
		return p.short(object)
	}
	var length int64
	p.peek(object, p.vm.ToValue("length"), func(value goja.Value, _ string, _ bool) { length = value.ToInteger() })
	prefix := ""
	if name := p.className(object); name != "Array" {
		prefix = fmt.Sprintf("%s(%d)", name, length)
	}
	entries := more(p.elements(object, min(length, maxItems)), length, "item")
	if length <= maxItems {
		entries = append(entries, p.properties(object, isIndex)...)
	}
	return block(prefix, "[", "]", entries, true)
}

func isIndex(key string) bool {
	_, err := strconv.ParseUint(key, 10, 32)
	return err == nil
}

// elements shows the first elements; a run of holes is one entry.
func (p *printer) elements(object *goja.Object, count int64) (entries []string) {
	holes := 0
	flush := func() {
		if holes > 0 {
			entries = append(entries, fmt.Sprintf("<%d empty>", holes))
		}
		holes = 0
	}
	for i := range count {
		found := false
		p.peek(object, p.vm.ToValue(strconv.FormatInt(i, 10)), func(value goja.Value, accessor string, _ bool) {
			flush()
			found = true
			entries = append(entries, p.orAccessor(value, accessor))
		})
		if !found {
			holes++
		}
	}
	flush()
	return entries
}

func (p *printer) mapping(object *goja.Object) string {
	if p.deep() {
		return p.short(object)
	}
	size := p.helper("mapSize", object).ToInteger()
	var entries []string
	p.each(func(args []goja.Value) {
		entries = append(entries, p.value(args[0])+" => "+p.value(args[1]))
	}, "entries", object, p.vm.ToValue(maxItems))
	return block(fmt.Sprintf("%s(%d)", p.className(object), size), "{", "}", more(entries, size, "item"), false)
}

func (p *printer) set(object *goja.Object) string {
	if p.deep() {
		return p.short(object)
	}
	size := p.helper("setSize", object).ToInteger()
	var entries []string
	p.each(func(args []goja.Value) { entries = append(entries, p.value(args[0])) }, "members", object, p.vm.ToValue(maxItems))
	return block(fmt.Sprintf("%s(%d)", p.className(object), size), "{", "}", more(entries, size, "item"), false)
}
