package scripting

import (
	"strings"

	"github.com/dop251/goja"
)

// maxNormalized bounds what normalize takes, in UTF-16 units.
const maxNormalized = 1 << 20

// strings guards the methods of strings whose result may be far longer than
// what they are given.
func (b *bounds) strings() {
	prototype := b.global("String", "prototype")
	b.guard(prototype, "repeat", b.repeat)
	for _, name := range []string{"padStart", "padEnd"} {
		b.guard(prototype, name, b.pad)
	}
	for _, name := range []string{"replace", "replaceAll"} {
		b.guard(prototype, name, b.replace)
	}
	b.guard(prototype, "concat", b.concatStrings)
	b.guard(prototype, "split", b.split)
	b.guard(prototype, "normalize", func(call goja.FunctionCall, original native) goja.Value {
		if units(call.This) > maxNormalized {
			b.refuse("the string is too long to normalize (at most %d)", maxNormalized)
		}
		return original(call)
	})
	b.guardReplacer()
	b.guardMatchers()
}

// receiver is the string that a method works on, converted once.
func receiver(call *goja.FunctionCall) goja.String {
	if s, ok := call.This.(goja.String); ok {
		return s
	}
	if call.This == nil || goja.IsUndefined(call.This) || goja.IsNull(call.This) {
		return nil // the original complains
	}
	s, _ := call.This.ToString().(goja.String)
	call.This = s
	return s
}

func (b *bounds) repeat(call goja.FunctionCall, original native) goja.Value {
	s := receiver(&call)
	if s == nil {
		return original(call)
	}
	n := call.Argument(0).ToFloat()
	b.sized(float64(s.Length()) * n)
	call.Arguments = []goja.Value{b.rt.vm.ToValue(n)}
	return original(call)
}

func (b *bounds) pad(call goja.FunctionCall, original native) goja.Value {
	if receiver(&call) == nil {
		return original(call)
	}
	n := call.Argument(0).ToFloat()
	b.sized(n)
	arguments := append([]goja.Value(nil), call.Arguments...)
	if len(arguments) > 0 {
		arguments[0] = b.rt.vm.ToValue(n)
	}
	call.Arguments = arguments
	return original(call)
}

const messageTooLong = "Invalid string length"

// sized refuses a string of more than so many units, and counts it.
func (b *bounds) sized(n float64) {
	if n > maxStringUnits {
		b.refuse(messageTooLong)
	}
	if n > 0 {
		b.charge(int64(n))
	}
}

func (b *bounds) concatStrings(call goja.FunctionCall, original native) goja.Value {
	total := units(call.This)
	for _, arg := range call.Arguments {
		total += units(arg)
	}
	b.sized(float64(total))
	return original(call)
}

// splitBytes is what an element of a split costs at least.
const splitBytes = 32

func (b *bounds) split(call goja.FunctionCall, original native) goja.Value {
	if n := units(call.This); n > maxStringUnits/splitBytes {
		b.charge(n * splitBytes)
	}
	return original(call)
}

// guardReplacer guards what String.prototype.replace calls for a pattern.
func (b *bounds) guardReplacer() {
	prototype := b.global("RegExp", "prototype")
	original := b.callable(prototype.GetSymbol(goja.SymReplace))
	fn := b.rt.native("[Symbol.replace]", 2, func(call goja.FunctionCall) goja.Value {
		subject, ok := call.Argument(0).(goja.String)
		if !ok {
			return original(call)
		}
		b.searched(subject)
		call.Arguments = []goja.Value{subject, b.replacement(subject, call.Argument(1))}
		return original(call)
	})
	b.check(prototype.DefineDataPropertySymbol(goja.SymReplace, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// guardMatchers guards the other methods that look for every match.
func (b *bounds) guardMatchers() {
	prototype := b.global("RegExp", "prototype")
	for symbol, length := range map[*goja.Symbol]int{goja.SymMatch: 1, goja.SymMatchAll: 1, goja.SymSplit: 2} {
		original := b.callable(prototype.GetSymbol(symbol))
		fn := b.rt.native("["+symbol.String()+"]", length, func(call goja.FunctionCall) goja.Value {
			b.searched(call.Argument(0))
			return original(call)
		})
		b.check(prototype.DefineDataPropertySymbol(symbol, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	}
}

func (b *bounds) searched(subject goja.Value) {
	if units(subject) > maxSubject {
		b.refuse("the string is too long to look for every match (%d, at most %d)", units(subject), int64(maxSubject))
	}
}

// replace bounds a replacement of a string by a string; for a pattern the
// engine calls what guardReplacer guards.
func (b *bounds) replace(call goja.FunctionCall, original native) goja.Value {
	subject, ok := call.This.(goja.String)
	if _, pattern := call.Argument(0).(*goja.Object); !ok || pattern {
		return original(call)
	}
	call.Arguments = []goja.Value{call.Argument(0), b.replacement(subject, call.Argument(1))}
	return original(call)
}

// replacement is what to give the engine as the replacement. A text that
// could make the result too long, and a function, are replaced by a function
// that counts what it returns.
func (b *bounds) replacement(subject goja.String, v goja.Value) goja.Value {
	if o, ok := v.(*goja.Object); ok {
		if fn := b.callable(o); fn != nil {
			return b.counting(fn)
		}
	}
	text, ok := v.ToString().(goja.String)
	if !ok {
		return v
	}
	matches := int64(subject.Length()) + 1
	references := int64(0)
	if text.Length() > 1 {
		references = int64(strings.Count(text.String(), "$"))
	}
	if matches*(int64(text.Length())+references*matches) <= maxStringUnits {
		return text
	}
	if references == 0 {
		return b.counting(func(goja.FunctionCall) goja.Value { return text })
	}
	return b.counting(func(call goja.FunctionCall) goja.Value { return b.substitute(call, text) })
}

// counting is fn as a script function that bounds what it returns, all
// together.
func (b *bounds) counting(fn native) goja.Value {
	total := int64(0)
	return b.rt.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		b.step()
		v := fn(call)
		if total += units(v); total > maxStringUnits {
			b.refuse(messageTooLong)
		}
		b.charge(units(v))
		return v
	})
}

// substitute expands a replacement text for one match (ECMA-262 22.1.3.19.1,
// GetSubstitution). The call is that of a replacing function: the match, its
// groups, its position, the subject, and the named groups if there are any.
func (b *bounds) substitute(call goja.FunctionCall, text goja.String) goja.Value {
	s := newSubstitution(call)
	if piece, n := s.piece(text, 0); n == text.Length() {
		return piece
	}
	var out goja.StringBuilder
	made := int64(0)
	for i := 0; i < text.Length(); {
		piece, n := s.piece(text, i)
		if made += int64(piece.Length()); made > maxStringUnits {
			b.refuse(messageTooLong)
		}
		out.WriteString(piece)
		i += n
	}
	return out.String()
}

// substitution is one match.
type substitution struct {
	matched, subject goja.String
	groups           []goja.Value
	named            *goja.Object
	at               int
}

func newSubstitution(call goja.FunctionCall) *substitution {
	args := call.Arguments
	s := &substitution{}
	if named, ok := args[len(args)-1].(*goja.Object); ok {
		s.named = named
		args = args[:len(args)-1]
	}
	s.subject, _ = args[len(args)-1].ToString().(goja.String)
	s.at = int(args[len(args)-2].ToInteger())
	s.matched, _ = args[0].ToString().(goja.String)
	s.groups = args[1 : len(args)-2]
	return s
}

// piece is what stands for the text at i, and how much of the text it is.
func (s *substitution) piece(text goja.String, i int) (goja.String, int) {
	end := i
	for end < text.Length() && text.CharAt(end) != '$' {
		end++
	}
	if end > i || i+1 == text.Length() {
		end = max(end, i+1)
		return text.Substring(i, end), end - i
	}
	switch c := text.CharAt(i + 1); {
	case c == '$':
		return text.Substring(i, i+1), 2
	case c == '&':
		return s.matched, 2
	case c == '`':
		return s.subject.Substring(0, s.at), 2
	case c == '\'':
		return s.subject.Substring(min(s.at+s.matched.Length(), s.subject.Length()), s.subject.Length()), 2
	case c >= '0' && c <= '9':
		return s.numbered(text, i)
	case c == '<' && s.named != nil:
		return s.group(text, i)
	}
	return text.Substring(i, i+1), 1
}

// numbered is $n or $nn.
func (s *substitution) numbered(text goja.String, i int) (goja.String, int) {
	n := int(text.CharAt(i+1) - '0')
	if i+2 < text.Length() {
		if c := text.CharAt(i + 2); c >= '0' && c <= '9' {
			if m := n*10 + int(c-'0'); m >= 1 && m <= len(s.groups) {
				return groupText(text, s.groups[m-1]), 3
			}
		}
	}
	if n >= 1 && n <= len(s.groups) {
		return groupText(text, s.groups[n-1]), 2
	}
	return text.Substring(i, i+1), 1
}

// group is $<name>.
func (s *substitution) group(text goja.String, i int) (goja.String, int) {
	for end := i + 2; end < text.Length(); end++ {
		if text.CharAt(end) == '>' {
			name := text.Substring(i+2, end).String()
			return groupText(text, s.named.Get(name)), end + 1 - i
		}
	}
	return text.Substring(i, i+1), 1
}

// groupText is what a group matched; a group that took no part is empty.
func groupText(text goja.String, v goja.Value) goja.String {
	if v == nil || goja.IsUndefined(v) {
		return text.Substring(0, 0)
	}
	s, _ := v.ToString().(goja.String)
	return s
}
