package locale

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plural is the plural form of a number in a format.
func (f *NumberFormat) Plural(text string, ordinal bool) string {
	w := f.write(parseDecimal(text))
	if !ordinal {
		return w.form
	}
	whole, fraction := "", ""
	for _, p := range w.parts {
		switch p.Type {
		case "integer":
			whole += p.Value
		case "fraction":
			fraction = p.Value
		}
	}
	return f.l.form(operandsOf(whole, fraction), true)
}

// Relative is "in 3 days": value units from now, of a width ("long", "short" or "narrow"). numbers writes the value; with
// words, "tomorrow" where the language has a word.
func (l *Locale) Relative(value float64, unit, width string, words bool, numbers *NumberFormat) []Part {
	field := l.data.sub("relative", width, unit)
	if words && value == math.Trunc(value) {
		if word := field.text("words", strconv.FormatFloat(value+0, 'f', -1, 64)); word != "" {
			return []Part{{"literal", word}}
		}
	}
	direction := "future"
	if value < 0 || value == 0 && math.Signbit(value) {
		direction = "past"
	}
	text := strconv.FormatFloat(math.Abs(value), 'e', -1, 64)
	pattern := field.text(direction, numbers.Plural(text, false))
	if pattern == "" {
		pattern = field.text(direction, "other")
	}
	return fill(pattern, nil, numbers.Format(text))
}

// List is items as a sentence has them: "a, b, and c". kind is "standard", "or" or "unit", with "-short" or "-narrow".
func (l *Locale) List(items []string, kind string) []Part {
	patterns := l.data.sub("lists", kind)
	element := func(i int) []Part { return []Part{{"element", items[i]}} }
	switch len(items) {
	case 0:
		return nil
	case 1:
		return element(0)
	case 2:
		return fill(l.spoken(patterns.text("2"), items[1]), nil, element(0), element(1))
	}
	last := len(items) - 1
	parts := element(0)
	for i := 1; i <= last; i++ {
		pattern := patterns.text("middle")
		switch i {
		case 1:
			pattern = patterns.text("start")
		case last:
			pattern = l.spoken(patterns.text("end"), items[last])
		}
		_, rest, _ := strings.Cut(pattern, "{0}")
		between, after, _ := strings.Cut(rest, "{1}")
		parts = append(with(parts, "literal", between), element(i)...)
		if i == last {
			parts = with(parts, "literal", after)
		}
	}
	return parts
}

// spoken puts a hyphen behind the Hebrew word for and before what is not Hebrew, and changes the Spanish "y" before what sounds like it, and "o" likewise.
func (l *Locale) spoken(pattern, next string) string {
	if first, _ := utf8.DecodeRuneInString(next); l.Language == "he" && !unicode.Is(unicode.Hebrew, first) {
		return strings.Replace(pattern, "\u05d5{1}", "\u05d5-{1}", 1)
	}
	if l.Language != "es" {
		return pattern
	}
	next = strings.ToLower(next)
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(next, "h"))
	switch {
	case strings.Contains(pattern, " y ") && (first == 'i' || first == 'í') && !strings.HasPrefix(next, "hia") && !strings.HasPrefix(next, "hie"):
		return strings.Replace(pattern, " y ", " e ", 1)
	case strings.Contains(pattern, " o ") && (first == 'o' || first == 'ó' || strings.HasPrefix(next, "8") || next == "11"):
		return strings.Replace(pattern, " o ", " u ", 1)
	}
	return pattern
}
