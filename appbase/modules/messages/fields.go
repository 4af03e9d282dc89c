package messages

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/net/http/httpguts"
)

// Fields are what is in a Headers: names in lower case, sorted; each name once, but for set-cookie. They belong to a
// runtime's goroutine.
type Fields struct {
	opaque
	list []field
}

type field struct{ name, value string }

// Append adds a field as it came in: the name is in lower case, name and value are good.
func (f *Fields) Append(name, value string) { f.append(name, value) }

// Each calls yield for all, in order of name.
func (f *Fields) Each(yield func(name, value string)) {
	for _, one := range f.list {
		yield(one.name, one.value)
	}
}

// Only is the value of a name, if there is nothing else.
func (f *Fields) Only(name string) (value string, only bool) {
	if len(f.list) != 1 || f.list[0].name != name {
		return "", false
	}
	return f.list[0].value, true
}

// Object is what the internals take for Fields.
func (f *Fields) Object(vm *goja.Runtime) *goja.Object { return vm.NewDynamicObject(f) }

// FieldsOf are the Fields that a value is; nil if it is none.
func FieldsOf(value goja.Value) *Fields {
	object, ok := value.(*goja.Object)
	if !ok || object.ExportType() != fieldsType {
		return nil
	}
	f, _ := object.Export().(*Fields)
	return f
}

var fieldsType = reflect.TypeFor[*Fields]()

const setCookie = "set-cookie"

// find is where a name stands, or would.
func (f *Fields) find(name string) (at int, found bool) {
	return slices.BinarySearchFunc(f.list, name, func(one field, name string) int { return cmp.Compare(one.name, name) })
}

// end is the place behind all fields of the name that stands at a place.
func (f *Fields) end(at int) int {
	name := f.list[at].name
	for at < len(f.list) && f.list[at].name == name {
		at++
	}
	return at
}

func (f *Fields) append(name, value string) {
	at, found := f.find(name)
	switch {
	case !found:
		f.list = slices.Insert(f.list, at, field{name, value})
	case name == setCookie:
		f.list = slices.Insert(f.list, f.end(at), field{name, value})
	default:
		f.list[at].value += ", " + value
	}
}

func (f *Fields) set(name, value string) {
	at, found := f.find(name)
	if !found {
		f.list = slices.Insert(f.list, at, field{name, value})
		return
	}
	f.list[at].value = value
	f.list = slices.Delete(f.list, at+1, f.end(at))
}

func (f *Fields) delete(name string) {
	if at, found := f.find(name); found {
		f.list = slices.Delete(f.list, at, f.end(at))
	}
}

func (f *Fields) get(name string) (value string, found bool) {
	at, found := f.find(name)
	if !found {
		return "", false
	}
	value = f.list[at].value
	for _, more := range f.list[at+1 : f.end(at)] {
		value += ", " + more.value
	}
	return value, true
}

func (f *Fields) cookies() (values []any) {
	if at, found := f.find(setCookie); found {
		for _, one := range f.list[at:f.end(at)] {
			values = append(values, one.value)
		}
	}
	return values
}

// opaque is an object for scripts in which there is nothing to see.
type opaque struct{}

func (opaque) Get(string) goja.Value       { return nil }
func (opaque) Set(string, goja.Value) bool { return false }
func (opaque) Has(string) bool             { return false }
func (opaque) Delete(string) bool          { return false }
func (opaque) Keys() []string              { return nil }

// fieldName is a name in lower case; "" when it is none (RFC 9110, 5.1).
func fieldName(text string) string {
	if !httpguts.ValidHeaderFieldName(text) {
		return ""
	}
	return strings.ToLower(text)
}

// fieldValue is a value without the white space around it; false when it is none (Fetch 2.2.2): it has a line break or a
// NUL in it, or a character that is no byte.
func fieldValue(text string) (string, bool) {
	value := strings.Trim(text, "\t\n\r ")
	for _, c := range value {
		if c == 0 || c == '\n' || c == '\r' || c > 0xff {
			return "", false
		}
	}
	return value, true
}
