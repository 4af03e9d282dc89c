package intl

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"time"

	"github.com/dop251/goja"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/appbase/modules/internal/locale"
	"github.com/sigil-server/sigil/scripting"
)

// binding is the host's side of the classes in one runtime.
type binding struct {
	rt *scripting.Runtime
	vm *goja.Runtime
}

// text makes a function of a text to a value.
func (b *binding) text(fn func(string) any) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(fn(call.Argument(0).String())) }
}

func (b *binding) functions() globals.Host {
	h := globals.Host{
		"canonical":      b.text(func(tag string) any { return locale.Canonical(tag) }),
		"subtags":        b.text(func(tag string) any { parts := locale.Subtags(tag); return b.array(parts[:]) }),
		"find":           b.text(func(tag string) any { return tagOf(locale.Find(tag)) }),
		"isSystem":       b.text(func(name string) any { return locale.IsSystem(name) }),
		"system":         b.text(func(tag string) any { return locale.Find(tag).System() }),
		"isUnit":         b.text(func(name string) any { return locale.IsUnit(name) }),
		"currencyDigits": b.text(func(code string) any { return locale.CurrencyDigits(code) }),
		"values":         b.text(func(kind string) any { return b.array(locale.Values(kind)) }),
		"between":        b.text(func(tag string) any { return locale.Find(tag).Between() }),
		"approximately":  b.text(func(tag string) any { return locale.Find(tag).Approximately() }),
		"localZone":      b.text(func(string) any { return localZone() }),
		"zone":           b.text(func(name string) any { _, canonical, _ := locale.Zone(name); return canonical }),
		"cased":          b.cased,
		"hourCycle": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(locale.Find(call.Argument(0).String()).HourCycle(call.Argument(1).ToBoolean()))
		},
		"pluralForms": func(call goja.FunctionCall) goja.Value {
			return b.array(locale.Find(call.Argument(0).String()).Forms(call.Argument(1).ToBoolean()))
		},
	}
	for _, more := range []globals.Host{b.numberHost(), b.dateHost(), b.wordsHost()} {
		for name, fn := range more {
			h[name] = fn
		}
	}
	return h
}

func tagOf(l *locale.Locale) string {
	if l == nil {
		return ""
	}
	return l.Tag
}

func (b *binding) array(texts []string) goja.Value {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return b.vm.NewArray(values...)
}

// parts is [type, value, type, value ...].
func (b *binding) parts(parts []locale.Part) goja.Value {
	flat := make([]any, 0, 2*len(parts))
	for _, p := range parts {
		flat = append(flat, p.Type, p.Value)
	}
	return b.vm.NewArray(flat...)
}

// options reads what the classes resolved.
func (b *binding) options(value goja.Value, into any) {
	if err := json.Unmarshal([]byte(value.String()), into); err != nil {
		b.rt.Throw(err)
	}
}

func handle[T any](call goja.FunctionCall, i int) T {
	return call.Argument(i).(*goja.Object).Export().(T)
}

func (b *binding) numberHost() globals.Host {
	return globals.Host{
		"numberFormat": func(call goja.FunctionCall) goja.Value {
			var o locale.NumberOptions
			b.options(call.Argument(1), &o)
			return b.vm.ToValue(locale.Find(call.Argument(0).String()).Numbers(o))
		},
		"number": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(locale.Join(handle[*locale.NumberFormat](call, 0).Format(call.Argument(1).String())))
		},
		"numberParts": func(call goja.FunctionCall) goja.Value {
			return b.parts(handle[*locale.NumberFormat](call, 0).Format(call.Argument(1).String()))
		},
		"plural": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(handle[*locale.NumberFormat](call, 0).Plural(call.Argument(1).String(), call.Argument(2).ToBoolean()))
		},
	}
}

func (b *binding) dateHost() globals.Host {
	return globals.Host{
		"dateFormat": b.dateFormat,
		"cycle": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(handle[*locale.DateFormat](call, 0).HourCycle)
		},
		"resolved": func(call goja.FunctionCall) goja.Value {
			o, named := b.vm.NewObject(), handle[*locale.DateFormat](call, 0).Resolved()
			for i := 0; i < len(named); i += 2 {
				_ = o.Set(named[i].(string), named[i+1])
			}
			return o
		},
		"date": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(handle[*locale.DateFormat](call, 0).Text(call.Argument(1).ToFloat()))
		},
		"dateParts": func(call goja.FunctionCall) goja.Value {
			return b.parts(handle[*locale.DateFormat](call, 0).Format(call.Argument(1).ToFloat()))
		},
		"dateBetween": func(call goja.FunctionCall) goja.Value {
			_, _, between := handle[*locale.DateFormat](call, 0).Range(0, 0)
			return b.vm.ToValue(between)
		},
	}
}

// dateFormat(locale, options): the time zone in the options is one that is known, or the server's own.
func (b *binding) dateFormat(call goja.FunctionCall) goja.Value {
	var o locale.DateOptions
	b.options(call.Argument(1), &o)
	where, zone, err := locale.Zone(o.TimeZone)
	if err != nil {
		where, zone = time.Local, o.TimeZone
	}
	return b.vm.ToValue(locale.Find(call.Argument(0).String()).Dates(o, where, zone))
}

// localZone is the name of the server's own time zone, in which Date counts: the one its system names, else an offset.
func localZone() string {
	if name := time.Local.String(); name != "Local" && name != "" {
		if _, canonical, err := locale.Zone(name); err == nil {
			return canonical
		}
	}
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
			where, canonical, err := locale.Zone(name)
			now := time.Now()
			if _, offset := now.Zone(); err == nil && offset == offsetIn(now, where) {
				return canonical
			}
		}
	}
	name, offset := time.Now().Zone()
	if name == "UTC" || offset == 0 {
		return "UTC"
	}
	return time.Now().Format("-07:00")
}

func offsetIn(t time.Time, where *time.Location) int {
	_, offset := t.In(where).Zone()
	return offset
}

// cased(text, tag, upper) is a text in upper or lower case as a language has it.
func (b *binding) cased(call goja.FunctionCall) goja.Value {
	text, tag := call.Argument(0).String(), language.Make(call.Argument(1).String())
	if call.Argument(2).ToBoolean() {
		return b.vm.ToValue(cases.Upper(tag).String(text))
	}
	return b.vm.ToValue(cases.Lower(tag).String(text))
}

func (b *binding) wordsHost() globals.Host {
	return globals.Host{
		"collator": b.collator, "compare": b.compare, "segments": b.segments,
		// relative(locale, value, unit, width, words, numbers)
		"relative": func(call goja.FunctionCall) goja.Value {
			value := call.Argument(1).ToFloat()
			if math.IsNaN(value) || math.IsInf(value, 0) {
				return b.parts(nil)
			}
			return b.parts(locale.Find(call.Argument(0).String()).Relative(value, call.Argument(2).String(), call.Argument(3).String(),
				call.Argument(4).ToBoolean(), handle[*locale.NumberFormat](call, 5)))
		},
		"list": func(call goja.FunctionCall) goja.Value {
			var items []string
			b.vm.ForOf(call.Argument(1), func(item goja.Value) bool {
				items = append(items, item.String())
				return true
			})
			return b.parts(locale.Find(call.Argument(0).String()).List(items, call.Argument(2).String()))
		},
	}
}
