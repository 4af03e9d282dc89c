package urlpattern

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// expressionOf is the regular expression of parts, and the names of its groups (2.2).
func expressionOf(parts []part, o Options) (expression string, names []string) {
	var b strings.Builder
	b.WriteString("^")
	for _, p := range parts {
		if p.kind == partText {
			b.WriteString(p.textExpression())
			continue
		}
		names = append(names, p.name)
		b.WriteString(p.groupExpression(o))
	}
	b.WriteString("$")
	return b.String(), names
}

func (p part) textExpression() string {
	text := expressionEscapes.Replace(p.value)
	if p.modifier == "" {
		return text
	}
	return "(?:" + text + ")" + p.modifier
}

func (p part) groupExpression(o Options) string {
	value, once := p.matches(o), p.modifier == "" || p.modifier == "?"
	prefix, suffix := expressionEscapes.Replace(p.prefix), expressionEscapes.Replace(p.suffix)
	switch {
	case prefix == "" && suffix == "" && once:
		return "(" + value + ")" + p.modifier
	case prefix == "" && suffix == "":
		return "((?:" + value + ")" + p.modifier + ")"
	case once:
		return "(?:" + prefix + "(" + value + ")" + suffix + ")" + p.modifier
	}
	repeated := "(?:" + prefix + "((?:" + value + ")(?:" + suffix + prefix + "(?:" + value + "))*)" + suffix + ")"
	if p.modifier == "*" {
		return repeated + "?"
	}
	return repeated
}

func (p part) matches(o Options) string {
	switch p.kind {
	case partSegment:
		return o.segment()
	case partAll:
		return anything
	}
	return p.value
}

// patternOf is the pattern of parts in normal form (2.3).
func patternOf(parts []part, o Options) string {
	var b strings.Builder
	for i, p := range parts {
		var before, behind *part
		if i > 0 {
			before = &parts[i-1]
		}
		if i+1 < len(parts) {
			behind = &parts[i+1]
		}
		b.WriteString(p.pattern(before, behind, o))
	}
	return b.String()
}

func (p part) pattern(before, behind *part, o Options) string {
	if p.kind == partText {
		if p.modifier == "" {
			return Escape(p.value)
		}
		return "{" + Escape(p.value) + "}" + p.modifier
	}
	grouped := p.needsBraces(before, behind, o)
	text := Escape(p.prefix) + p.groupPattern(before, grouped, o)
	if p.kind == partSegment && p.named() && p.suffix != "" && inName(first(p.suffix), false) {
		text += `\`
	}
	text += Escape(p.suffix)
	if grouped {
		text = "{" + text + "}"
	}
	return text + p.modifier
}

// needsBraces tells whether a group would be read otherwise without them.
func (p part) needsBraces(before, behind *part, o Options) bool {
	if p.suffix != "" || p.prefix != "" && p.prefix != o.Prefix {
		return true
	}
	if p.named() && p.kind == partSegment && p.modifier == "" && behind != nil && behind.prefix == "" && behind.suffix == "" {
		if behind.kind == partText && inName(first(behind.value), false) || behind.kind != partText && !behind.named() {
			return true
		}
	}
	return p.prefix == "" && before != nil && before.kind == partText && o.Prefix != "" && strings.HasSuffix(before.value, o.Prefix)
}

// groupPattern is a group without what stands round it.
func (p part) groupPattern(before *part, grouped bool, o Options) string {
	text := ""
	if p.named() {
		text = ":" + p.name
	}
	switch p.kind {
	case partRegexp:
		return text + "(" + p.value + ")"
	case partSegment:
		if !p.named() {
			return "(" + o.segment() + ")"
		}
	case partAll:
		if !p.named() && (before == nil || before.kind == partText || before.modifier != "" || grouped || p.prefix != "") {
			return "*"
		}
		return text + "(" + anything + ")"
	}
	return text
}

// named tells whether a group has a name, and not just a number.
func (p part) named() bool { return !unicode.IsDigit(first(p.name)) }

// first is the first character; U+FFFD, which is in no name, of no text.
func first(text string) rune {
	c, _ := utf8.DecodeRuneInString(text)
	return c
}
