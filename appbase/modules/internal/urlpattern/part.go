package urlpattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// partKind is what a part matches (2.1.4).
type partKind int

const (
	partText    partKind = iota // its value
	partRegexp                  // its value, a regular expression
	partSegment                 // up to the next delimiter
	partAll                     // anything
)

// part is a piece of a pattern: text, or a group with what stands before and behind it. Its modifier is "", "?", "*" or "+".
type part struct {
	kind                                  partKind
	value, modifier, name, prefix, suffix string
}

const anything = ".*"

// segment matches up to the next delimiter.
func (o Options) segment() string { return "[^" + expressionEscapes.Replace(o.Delimiter) + "]+?" }

// partParser reads the parts of a pattern (2.1.5).
type partParser struct {
	options Options
	encode  func(string) (string, error)
	tokens  []token
	at      int
	parts   []part
	text    strings.Builder // what stands for itself since the last part
	names   map[string]bool
	numbers int // of groups without a name
}

func parse(pattern []rune, encode func(string) (string, error), o Options) ([]part, error) {
	tokens, err := tokenize(pattern, false)
	if err != nil {
		return nil, err
	}
	p := partParser{options: o, encode: encode, tokens: tokens, names: make(map[string]bool)}
	for p.at < len(tokens) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p.parts, nil
}

// next reads one part, or text that will be one.
func (p *partParser) next() error {
	char := p.take(tokenChar)
	if name, matcher := p.group(); name != nil || matcher != nil {
		return p.bare(char, name, matcher)
	}
	if char == nil {
		char = p.take(tokenEscaped)
	}
	if char != nil {
		p.text.WriteString(char.value)
		return nil
	}
	if p.take(tokenOpen) != nil {
		return p.braces()
	}
	if err := p.flush(); err != nil {
		return err
	}
	return p.require(tokenEnd)
}

// take is the next token, if it is of that kind.
func (p *partParser) take(kind kind) *token {
	if p.at == len(p.tokens) || p.tokens[p.at].kind != kind {
		return nil
	}
	p.at++
	return &p.tokens[p.at-1]
}

func (p *partParser) require(kind kind) error {
	if p.take(kind) == nil {
		return fmt.Errorf("%w: %q at character %d does not fit", errToken, p.tokens[p.at].value, p.tokens[p.at].at+1)
	}
	return nil
}

// group takes a name, an expression, both, or a wildcard.
func (p *partParser) group() (name, matcher *token) {
	name = p.take(tokenName)
	if matcher = p.take(tokenRegexp); matcher == nil && name == nil {
		matcher = p.take(tokenAsterisk)
	}
	return name, matcher
}

func (p *partParser) modifier() string {
	m := p.take(tokenModifier)
	if m == nil {
		m = p.take(tokenAsterisk)
	}
	if m == nil {
		return ""
	}
	return m.value
}

// bare adds a group without braces. The character before it is its prefix, if it is the one that may be.
func (p *partParser) bare(char, name, matcher *token) error {
	prefix := ""
	if char != nil {
		prefix = char.value
	}
	if prefix != p.options.Prefix {
		p.text.WriteString(prefix)
		prefix = ""
	}
	if err := p.flush(); err != nil {
		return err
	}
	return p.add(part{prefix: prefix, modifier: p.modifier()}, name, matcher)
}

// braces adds what stands in them; the opening one has been read.
func (p *partParser) braces() error {
	prefix := p.fixed()
	name, matcher := p.group()
	suffix := p.fixed()
	if err := p.require(tokenClose); err != nil {
		return err
	}
	return p.add(part{prefix: prefix, suffix: suffix, modifier: p.modifier()}, name, matcher)
}

// fixed reads what stands for itself.
func (p *partParser) fixed() string {
	var b strings.Builder
	for {
		t := p.take(tokenChar)
		if t == nil {
			t = p.take(tokenEscaped)
		}
		if t == nil {
			return b.String()
		}
		b.WriteString(t.value)
	}
}

// flush makes a part of the text before.
func (p *partParser) flush() error {
	if p.text.Len() == 0 {
		return nil
	}
	value, err := p.encode(p.text.String())
	if err != nil {
		return err
	}
	p.text.Reset()
	p.parts = append(p.parts, part{kind: partText, value: value})
	return nil
}

// add adds a part that has its prefix, suffix and modifier.
func (p *partParser) add(one part, name, matcher *token) error {
	if name == nil && matcher == nil {
		return p.addText(one)
	}
	if err := p.flush(); err != nil {
		return err
	}
	if err := errors.Join(p.match(&one, matcher), p.call(&one, name)); err != nil {
		return err
	}
	var failed [2]error
	one.prefix, failed[0] = p.encode(one.prefix)
	one.suffix, failed[1] = p.encode(one.suffix)
	p.parts = append(p.parts, one)
	return errors.Join(failed[:]...)
}

// addText adds braces that enclose text only.
func (p *partParser) addText(one part) error {
	if one.modifier == "" {
		p.text.WriteString(one.prefix)
		return nil
	}
	if err := p.flush(); err != nil || one.prefix == "" {
		return err
	}
	value, err := p.encode(one.prefix)
	p.parts = append(p.parts, part{kind: partText, value: value, modifier: one.modifier})
	return err
}

// match gives a group what it matches.
func (p *partParser) match(one *part, matcher *token) error {
	switch {
	case matcher == nil || matcher.kind == tokenRegexp && matcher.value == p.options.segment():
		one.kind = partSegment
	case matcher.kind == tokenAsterisk || matcher.value == anything:
		one.kind = partAll
	default:
		one.kind, one.value = partRegexp, matcher.value
		return checkEscapes(one.value)
	}
	return nil
}

// checkEscapes refuses what is no escape in regular expressions with the flags "u" and "v", which not every engine does.
func checkEscapes(expression string) error {
	for i := 0; i+1 < len(expression); i++ {
		if expression[i] != '\\' {
			continue
		}
		i++
		if c := expression[i]; (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && !strings.ContainsRune("bBcdDfknpPrsStuvwWx", rune(c)) {
			return fmt.Errorf(`\%c is no escape in a regular expression`, c)
		}
	}
	return nil
}

// call gives a group its name, or its number.
func (p *partParser) call(one *part, name *token) error {
	if name != nil {
		one.name = name.value
	} else {
		one.name = strconv.Itoa(p.numbers)
		p.numbers++
	}
	if p.names[one.name] {
		return fmt.Errorf("the pattern has two groups with the name %q", one.name)
	}
	p.names[one.name] = true
	return nil
}
