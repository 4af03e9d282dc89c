package appbase

import (
	"errors"
	"strings"
	"unicode"

	"github.com/dop251/goja"
)

// records knows objects and arrays without a class, which are answers as JSON.
type records struct {
	object, array *goja.Object // the prototypes
	asyncIterator *goja.Symbol
}

func (r *records) capture(vm *goja.Runtime) error {
	r.object, _ = vm.Get("Object").ToObject(vm).Get("prototype").(*goja.Object)
	r.array, _ = vm.Get("Array").ToObject(vm).Get("prototype").(*goja.Object)
	r.asyncIterator, _ = vm.Get("Symbol").ToObject(vm).Get("asyncIterator").(*goja.Symbol)
	if r.object == nil || r.array == nil || r.asyncIterator == nil {
		return errors.New("the engine lacks Object, Array or Symbol.asyncIterator")
	}
	return nil
}

// has reports whether an object is plain, and nothing that is streamed. It may run script.
func (r *records) has(object *goja.Object) bool {
	if proto := object.Prototype(); proto != r.object && proto != r.array {
		return false
	}
	if iterate := object.GetSymbol(r.asyncIterator); iterate != nil && !goja.IsUndefined(iterate) {
		return false
	}
	_, iterates := goja.AssertFunction(object.Get("next"))
	return !iterates
}

// textType is the media type of a text that a handler returned: it is HTML when it begins as that.
func textType(text string) string {
	if isHTML(text) {
		return "text/html;charset=UTF-8"
	}
	return "text/plain;charset=UTF-8"
}

// htmlElements are those by which the MIME Sniffing standard (7.1) knows HTML, beside a doctype, <html> and a comment.
var htmlElements = []string{"head", "script", "iframe", "h1", "div", "font", "table", "a", "style", "title", "b", "body", "br", "p"}

func isHTML(text string) bool {
	text, ok := strings.CutPrefix(trimSpace(text), "<")
	if !ok || strings.HasPrefix(text, "!--") {
		return ok
	}
	for _, element := range htmlElements {
		if rest, ok := cutFold(text, element); ok && rest != "" && strings.IndexByte(" \t\n\f\r/>", rest[0]) >= 0 {
			return true
		}
	}
	if rest, ok := cutFold(text, "!doctype"); ok {
		if text = trimSpace(rest); len(text) == len(rest) {
			return false
		}
	}
	rest, ok := cutFold(text, "html")
	return ok && (rest == "" || !isWordByte(rest[0]))
}

// trimSpace removes what JavaScript takes for white space in front of a text.
func trimSpace(text string) string {
	return strings.TrimLeftFunc(text, func(c rune) bool { return c != '\u0085' && unicode.IsSpace(c) || c == '\ufeff' })
}

// cutFold is strings.CutPrefix of ASCII letters without regard to case.
func cutFold(text, prefix string) (rest string, ok bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
