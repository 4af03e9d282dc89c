package locale

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// affixes are what a pattern has round a number, and how it groups digits.
type affixes struct {
	prefix, suffix       string // as in the pattern, quotes and all
	negPrefix, negSuffix string // of its own negative form
	hasNegative          bool
	primary, secondary   int // digits of the last group, and of the others; 0 without groups
}

// parseAffixes reads a pattern: "¤#,##0.00;(¤#,##0.00)".
func parseAffixes(pattern string) affixes {
	positive, negative, has := strings.Cut(pattern, ";")
	a := affixes{hasNegative: has}
	var body string
	a.prefix, body, a.suffix = splitPattern(positive)
	if has {
		a.negPrefix, _, a.negSuffix = splitPattern(negative)
	}
	whole, _, _ := strings.Cut(body, ".")
	groups := strings.Split(whole, ",")
	if len(groups) > 1 {
		a.primary = len(groups[len(groups)-1])
		a.secondary = a.primary
	}
	if len(groups) > 2 {
		a.secondary = len(groups[len(groups)-2])
	}
	return a
}

// splitPattern finds the first run of digits outside of quotes.
func splitPattern(pattern string) (prefix, body, suffix string) {
	quoted, from := false, -1
	for i := range len(pattern) {
		c := pattern[i]
		if c == '\'' {
			quoted = !quoted
		}
		digit := !quoted && strings.IndexByte("#0,.", c) >= 0
		switch {
		case digit && from < 0:
			from = i
		case !digit && from >= 0:
			return pattern[:from], pattern[from:i], pattern[i:]
		}
	}
	if from < 0 {
		return pattern, "", ""
	}
	return pattern[:from], pattern[from:], ""
}

// plainAffix is an affix without its quotes.
func plainAffix(affix string) string { return strings.ReplaceAll(affix, "'", "") }

// isSpace also knows the blanks that do not break.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f' }

// wrap puts the affixes and the sign round a number.
func (f *NumberFormat) wrap(a affixes, sign string, number []Part) []Part {
	prefix, suffix := a.prefix, a.suffix
	switch {
	case sign == "":
	case a.hasNegative && (sign == "-" || strings.Contains(a.negPrefix+a.negSuffix, "-")):
		prefix, suffix = a.negPrefix, a.negSuffix
	default:
		prefix = "-" + prefix
	}
	if sign == "+" {
		prefix, suffix = strings.ReplaceAll(prefix, "-", "+"), strings.ReplaceAll(suffix, "-", "+")
	}
	parts := f.affix(nil, prefix)
	if n := len(parts); n > 0 && parts[n-1].Type == "currency" && startsWithDigit(number) && needsSpace(lastRune(parts[n-1].Value)) {
		parts = with(parts, "literal", "\u00a0")
	}
	parts = append(parts, number...)
	after := f.affix(nil, suffix)
	if len(after) > 0 && after[0].Type == "currency" && needsSpace(firstRune(after[0].Value)) {
		parts = with(parts, "literal", "\u00a0")
	}
	for _, p := range after {
		parts = with(parts, p.Type, p.Value)
	}
	return parts
}

func startsWithDigit(parts []Part) bool { return len(parts) > 0 && parts[0].Type == "integer" }

func firstRune(text string) rune { r, _ := utf8.DecodeRuneInString(text); return r }
func lastRune(text string) rune  { r, _ := utf8.DecodeLastRuneInString(text); return r }

// needsSpace is the currencyMatch of CLDR: what is neither a symbol nor a blank.
func needsSpace(r rune) bool { return !unicode.Is(unicode.S, r) && !unicode.Is(unicode.Z, r) }

// affix expands the signs of an affix.
func (f *NumberFormat) affix(parts []Part, affix string) []Part {
	quoted := false
	for _, r := range affix {
		switch {
		case r == '\'':
			quoted = !quoted
		case quoted:
			parts = with(parts, "literal", string(r))
		case r == '¤':
			parts = with(parts, "currency", f.currencySymbol())
		case r == '%':
			parts = signed(parts, "percentSign", f.symbol("percentSign"))
		case r == '-':
			parts = signed(parts, "minusSign", f.symbol("minusSign"))
		case r == '+':
			parts = signed(parts, "plusSign", f.symbol("plusSign"))
		default:
			parts = with(parts, "literal", string(r))
		}
	}
	return parts
}

// signed adds a sign; the marks of direction round it are literals.
func signed(parts []Part, kind, symbol string) []Part {
	const marks = "\u200e\u200f\u061c"
	sign := strings.Trim(symbol, marks)
	before, after, _ := strings.Cut(symbol, sign)
	return with(with(with(parts, "literal", before), kind, sign), "literal", after)
}
