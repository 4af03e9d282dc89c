package scripting

import (
	"math"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// code guards what compiles text: the engine's parser would exhaust the
// stack on one that is nested deep. Eval is always that of the global scope.
func (b *bounds) code() {
	b.guard(b.global(), "eval", func(call goja.FunctionCall, original native) goja.Value {
		b.source(call.Arguments)
		return original(call)
	})
	for _, i := range b.intrinsic("functions").Keys() {
		proxy := b.proxyOf(b.intrinsic("functions", i), func(args []goja.Value) []goja.Value {
			b.source(args)
			return args
		})
		if prototype, ok := proxy.Get("prototype").(*goja.Object); ok {
			b.check(define(b.rt.vm, prototype, "constructor", proxy))
		}
		if i == "0" {
			b.check(define(b.rt.vm, b.global(), "Function", proxy))
		}
	}
}

// source refuses code that is nested too deep, or too much of it.
func (b *bounds) source(args []goja.Value) {
	var text strings.Builder
	for i, arg := range args {
		if _, ok := arg.(goja.String); !ok && i == 0 && len(args) == 1 {
			continue // eval returns what is no string; Function converts it
		}
		text.WriteString(arg.String() + "\n")
		if text.Len() > defaultMaxSourceBytes {
			b.refuse("the source is too large")
		}
	}
	if tooDeep(text.String()) >= 0 {
		b.refuse("the source is nested too deep")
	}
}

// Bounds of a pattern.
const (
	maxPatternBytes  = 1 << 18
	maxPatternGroups = 500   // one inside the other
	maxPatternCounts = 20000 // of {n}, all together
)

// regexps guards the constructor of regular expressions, and has it know
// property escapes and, where it means the same as u, the flag v.
func (b *bounds) regexps() {
	b.guardConstructor("RegExp", func(args []goja.Value) []goja.Value {
		if len(args) == 0 {
			return args
		}
		if _, ok := args[0].(*goja.Object); ok {
			return args
		}
		out := append([]goja.Value(nil), args...)
		b.pattern(out)
		return out
	})
}

func (b *bounds) pattern(args []goja.Value) {
	pattern, flags := args[0].String(), ""
	if goja.IsUndefined(args[0]) {
		return
	}
	if len(args) > 1 && !goja.IsUndefined(args[1]) {
		flags = args[1].String()
	}
	if !patternFits(pattern, flags) {
		b.refuse("the regular expression is too large or nested too deep")
	}
	if strings.Contains(flags, "v") && !strings.Contains(flags, "u") && !usesSetNotation(pattern) {
		flags = strings.Replace(flags, "v", "u", 1)
		args[1] = b.rt.vm.ToValue(flags)
	}
	expanded, err := expandPattern(pattern, flags)
	if err != nil {
		panic(b.rt.newError("SyntaxError", err.Error()))
	}
	if expanded != pattern {
		args[0] = b.rt.vm.ToValue(expanded)
	}
}

// patternFits reports whether a pattern is small and flat enough.
func patternFits(pattern, flags string) bool {
	depth, counts, unicode := 0, 0, strings.ContainsAny(flags, "uv")
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
			if unicode && strings.HasPrefix(pattern[i:], "u{") {
				i++ // a character by its number, and no repetition
			}
		case '(':
			depth++
		case ')':
			depth--
		case '{':
			counts += repetitions(pattern[i+1:])
		}
		if depth > maxPatternGroups || counts > maxPatternCounts {
			return false
		}
	}
	return len(pattern) <= maxPatternBytes
}

// repetitions is the largest number of {n}, {n,} or {n,m} behind the brace.
// The engine takes apart up to a thousand; a larger one costs nothing.
func repetitions(s string) int {
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return 0
	}
	most := 0
	for number := range strings.SplitSeq(s[:end], ",") {
		n, err := strconv.Atoi(number)
		if err == nil && n <= 1000 {
			most = max(most, n)
		}
	}
	return most
}

// usesSetNotation reports whether a pattern may mean something else under the
// flag v than under u.
func usesSetNotation(pattern string) bool {
	inClass := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			if inClass && pattern[i] == 'q' {
				return true
			}
		case c == '[' && inClass:
			return true
		case inClass && i+1 < len(pattern) && pattern[i+1] == c && strings.IndexByte("&-!#$%*+,.:;<=>?@^`~", c) >= 0:
			return true
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		}
	}
	return false
}

// bigints guards what makes a BigInt of a text, and its width. The operators
// ** and << of BigInts have no guard.
func (b *bounds) bigints() {
	proxy := b.guardConstructor("BigInt", func(args []goja.Value) []goja.Value {
		if len(args) > 0 && units(args[0]) > maxDigits {
			b.refuse("Maximum BigInt size exceeded")
		}
		return args
	})
	for _, name := range []string{"asIntN", "asUintN"} {
		b.guard(proxy, name, func(call goja.FunctionCall, original native) goja.Value {
			if bits := call.Argument(0).ToFloat(); bits > maxBits && !math.IsInf(bits, 0) {
				b.refuse("Maximum BigInt size exceeded")
			}
			return original(call)
		})
	}
}
