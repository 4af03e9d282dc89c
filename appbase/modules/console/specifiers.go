package console

import (
	"strings"

	"github.com/dop251/goja"
)

// substitute is the Formatter of the Console standard (2.2): the first argument with its specifiers replaced, and the
// arguments that are left. ok is false if there is nothing to replace.
func (p *printer) substitute(args []goja.Value) (text string, rest []goja.Value, ok bool) {
	if len(args) < 2 {
		return "", args, false
	}
	first, isText := args[0].(goja.String)
	if !isText || first.Length() > maxTextBytes {
		return "", args, false
	}
	format := first.String()
	if !strings.Contains(format, "%") {
		return "", args, false
	}
	var b strings.Builder
	rest = args[1:]
	for {
		before, after, found := strings.Cut(format, "%")
		b.WriteString(before)
		if !found {
			return p.spend(b.String()), rest, true
		}
		format, rest = p.specifier(&b, after, rest)
	}
}

// specifier writes for the one that after begins with, and returns what is left of the format and the arguments.
func (p *printer) specifier(b *strings.Builder, after string, args []goja.Value) (string, []goja.Value) {
	if strings.HasPrefix(after, "%") {
		b.WriteByte('%')
		return after[1:], args
	}
	if after == "" || !strings.Contains("sdifoOjc", after[:1]) || len(args) == 0 {
		b.WriteByte('%')
		return after, args
	}
	b.WriteString(p.replacement(after[0], args[0]))
	return after[1:], args[1:]
}

func (p *printer) replacement(specifier byte, arg goja.Value) string {
	switch specifier {
	case 'c':
		return ""
	case 's':
		return p.top(arg)
	case 'd', 'i':
		return p.guarded("integer", arg, "NaN")
	case 'f':
		return p.guarded("decimal", arg, "NaN")
	case 'j':
		return p.guarded("json", arg, circular)
	}
	return p.value(arg)
}

// guarded is what a helper that may run methods of the value returns, or the fallback when they throw.
func (p *printer) guarded(name string, arg goja.Value, fallback string) (text string) {
	if thrown := p.vm.Try(func() { text = p.text(name, arg) }); thrown != nil {
		text = fallback
	}
	return p.spend(clip(text, maxTextBytes))
}
