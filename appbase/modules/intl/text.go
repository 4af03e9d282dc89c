package intl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"
	"github.com/dop251/goja"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/sigil-server/sigil/scripting"
)

// maxSegmented bounds a text that is cut into segments, in characters: there is a number for each.
const maxSegmented = 1 << 20

// collationOptions are the resolved options of a Collator.
type collationOptions struct {
	Sensitivity       string
	Numeric           bool
	IgnorePunctuation bool
	CaseFirst         string
}

// collator compares texts; bare ones when only case counts.
type collator struct {
	*collate.Collator
	bare bool
}

// collator(locale, options)
func (b *binding) collator(call goja.FunctionCall) goja.Value {
	var o collationOptions
	b.options(call.Argument(1), &o)
	var options []collate.Option
	switch o.Sensitivity {
	case "base":
		options = append(options, collate.IgnoreCase, collate.IgnoreDiacritics)
	case "accent":
		options = append(options, collate.IgnoreCase)
	}
	if o.Numeric {
		options = append(options, collate.Numeric)
	}
	return b.vm.ToValue(&collator{collate.New(language.Make(call.Argument(0).String()), options...), o.Sensitivity == "case"})
}

// compare(collator, a, b) is -1, 0 or 1.
func (b *binding) compare(call goja.FunctionCall) goja.Value {
	c, first, second := handle[*collator](call, 0), call.Argument(1).String(), call.Argument(2).String()
	if c.bare {
		first, second = bare(first), bare(second)
	}
	return b.vm.ToValue(c.CompareString(first, second))
}

// bare is a text without its accents.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

// segments(text, granularity) are the lengths of the segments, in UTF-16; below zero for those that are like words.
func (b *binding) segments(call goja.FunctionCall) goja.Value {
	text, granularity := call.Argument(0).String(), call.Argument(1).String()
	if len(text) > 3*maxSegmented {
		b.rt.Throw(&scripting.Error{Name: "RangeError", Message: fmt.Sprintf("the text is longer than the %d characters that can be cut into segments", maxSegmented)})
	}
	var lengths []any
	add := func(segment string) {
		n := utf16Length(segment)
		if granularity == "word" && isWord(segment) {
			n = -n
		}
		lengths = append(lengths, n)
	}
	each(text, granularity, add)
	return b.vm.NewArray(lengths...)
}

func each(text, granularity string, add func(string)) {
	switch granularity {
	case "word":
		for it := words.FromString(text); it.Next(); {
			add(it.Value())
		}
	case "sentence":
		for it := sentences.FromString(text); it.Next(); {
			add(it.Value())
		}
	default:
		for it := graphemes.FromString(text); it.Next(); {
			add(it.Value())
		}
	}
}

func utf16Length(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x10000 {
			n++
		}
	}
	return n
}

// isWord tells a word from blanks and punctuation.
func isWord(segment string) bool {
	r, _ := utf8.DecodeRuneInString(segment)
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}
