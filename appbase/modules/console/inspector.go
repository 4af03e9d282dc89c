package console

import (
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// Bounds of what is shown.
const (
	maxTextBytes   = 64 << 10 // of one line
	maxStringBytes = 10_000   // of a text inside another value
	maxDepth       = 4        // of values inside values
	maxItems       = 100      // of an array, a collection, an object
	maxLineBytes   = 76       // of what stands on one line
	maxSeen        = 20_000   // values looked at for one line
)

// Inspector shows values of one runtime as text. It is used on that runtime's goroutine, inside an entry. The zero
// Inspector is not usable; see [NewInspector].
type Inspector struct {
	vm    *goja.Runtime
	table *goja.Object // helpers of the script, nil until the first object is shown
	known map[string]goja.Callable

	callback goja.Value              // calls take
	take     func(args []goja.Value) // what the innermost call of each is waiting for
}

// NewInspector makes an inspector, which costs nothing until it meets an object.
func NewInspector(vm *goja.Runtime) *Inspector { return &Inspector{vm: vm} }

// Format is the text that console.log writes: texts as they are, other values as [Inspector.Inspect] shows them, with
// spaces between. If the first argument is a text, its specifiers (%s %d %i %f %o %O %j %c %%) take the arguments that
// follow.
func (in *Inspector) Format(args []goja.Value) string {
	p := in.printer()
	parts := make([]string, 0, len(args))
	if first, rest, ok := p.substitute(args); ok {
		parts, args = append(parts, first), rest
	}
	for i, arg := range args {
		if i == maxItems {
			parts = append(parts, elided)
			break
		}
		parts = append(parts, p.top(arg))
	}
	return clip(strings.Join(parts, " "), maxTextBytes)
}

// Inspect shows one value as source text would, as far as there is such: texts in quotes, objects with their class and
// properties. Depth, length and size are bounded, cycles are cut, getters are named and not run.
func (in *Inspector) Inspect(value goja.Value) string {
	return clip(in.printer().value(value), maxTextBytes)
}

func (in *Inspector) printer() *printer {
	return &printer{Inspector: in, left: maxTextBytes, seen: maxSeen}
}

// helper calls a function of the script. What it throws goes on as a panic, which printer.object stops.
func (in *Inspector) helper(name string, args ...goja.Value) goja.Value {
	if in.table == nil {
		table, err := script.Run(in.vm, nil)
		if err != nil {
			panic(err)
		}
		in.table, in.known = table, make(map[string]goja.Callable)
	}
	fn := in.known[name]
	if fn == nil {
		fn, _ = goja.AssertFunction(in.table.Get(name))
		in.known[name] = fn
	}
	value, err := fn(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	return value
}

// each calls a helper that gives what it finds to a function, its last argument. take may call each in turn.
func (in *Inspector) each(take func(args []goja.Value), name string, args ...goja.Value) {
	if in.callback == nil {
		in.callback = in.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			in.take(call.Arguments)
			return goja.Undefined()
		})
	}
	before := in.take
	defer func() { in.take = before }()
	in.take = take
	in.helper(name, append(args, in.callback)...)
}

func (in *Inspector) text(name string, args ...goja.Value) string {
	return in.helper(name, args...).String()
}

// clip cuts a text at a character, saying so.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "..."
}
