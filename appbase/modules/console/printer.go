package console

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/dop251/goja"
)

// printer shows the values of one line, within one budget.
type printer struct {
	*Inspector
	left int            // bytes that may still be written
	seen int            // values that may still be looked at
	path []*goja.Object // the objects that the present one stands in
}

const (
	elided   = "..."
	unknown  = "[an object that cannot be shown]"
	circular = "[Circular]"
)

// top shows an argument of console.log itself.
func (p *printer) top(value goja.Value) string {
	if text, ok := value.(goja.String); ok {
		return p.spend(clip(text.String(), maxTextBytes))
	}
	return p.value(value)
}

// spend takes what is written out of the budget.
func (p *printer) spend(text string) string {
	if p.left <= 0 {
		return elided
	}
	p.left -= len(text)
	return text
}

func (p *printer) value(value goja.Value) string {
	if p.seen--; p.seen < 0 || p.left <= 0 {
		return elided
	}
	switch v := value.(type) {
	case nil:
		return "undefined"
	case goja.String:
		return p.spend(quote(clip(v.String(), maxStringBytes)))
	case *goja.Symbol:
		return p.spend("Symbol(" + clip(v.String(), maxStringBytes) + ")")
	case *goja.Object:
		return p.object(v)
	}
	return p.spend(primitive(value))
}

func primitive(value goja.Value) string {
	if goja.IsBigInt(value) {
		return clip(value.String(), maxStringBytes) + "n"
	}
	if goja.IsNumber(value) && value.ToFloat() == 0 && math.Signbit(value.ToFloat()) {
		return "-0"
	}
	return value.String()
}

// object stops what a proxy or a helper throws. An interrupt goes on.
func (p *printer) object(object *goja.Object) (text string) {
	if slices.Contains(p.path, object) {
		return circular
	}
	p.path = append(p.path, object)
	depth := len(p.path)
	if thrown := p.vm.Try(func() { text = p.describe(object) }); thrown != nil {
		text = unknown
	}
	p.path = p.path[:depth-1]
	return text
}

// deep tells whether the present object is too far inside to show what is in it.
func (p *printer) deep() bool { return len(p.path) > maxDepth }

// quote writes a text with the quotes that need no escape, if there are such.
func quote(text string) string {
	mark := '\''
	switch {
	case !strings.ContainsRune(text, '\''):
	case !strings.ContainsRune(text, '"'):
		mark = '"'
	case !strings.ContainsAny(text, "`$"):
		mark = '`'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range text {
		b.WriteString(escape(r, mark))
	}
	b.WriteRune(mark)
	return b.String()
}

func escape(r, mark rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\\':
		return `\\`
	case mark:
		return `\` + string(mark)
	}
	if unicode.IsControl(r) {
		const digits = "0123456789ABCDEF"
		return `\x` + string(digits[r>>4&15]) + string(digits[r&15])
	}
	return string(r)
}

// block joins entries on one line if they fit there. Otherwise each gets a line, or with fill as many as fit share one.
func block(prefix, open, shut string, entries []string, fill bool) string {
	if prefix != "" {
		prefix += " "
	}
	if len(entries) == 0 {
		return prefix + open + shut
	}
	if line := strings.Join(entries, ", "); len(line) <= maxLineBytes && !strings.Contains(line, "\n") {
		return prefix + open + " " + line + " " + shut
	}
	if fill {
		entries = fillLines(entries)
	}
	for i, entry := range entries {
		entries[i] = "  " + strings.ReplaceAll(entry, "\n", "\n  ")
	}
	return prefix + open + "\n" + strings.Join(entries, ",\n") + "\n" + shut
}

func fillLines(entries []string) (lines []string) {
	for _, entry := range entries {
		last := len(lines) - 1
		if last < 0 || len(lines[last])+len(entry) > maxLineBytes || strings.Contains(lines[last]+entry, "\n") {
			lines = append(lines, entry)
			continue
		}
		lines[last] += ", " + entry
	}
	return lines
}
