package scripting

import (
	"strconv"
	"strings"
)

// outliner walks over the tokens of a source.
type outliner struct {
	lex       lexer
	t, before token
	gap       string // what stands between the two: space and comments
	line      int    // of t
	out       *Outline
}

func (o *outliner) advance() {
	o.before = o.t
	end := o.before.at + len(o.before.text)
	o.t = o.lex.next()
	o.gap = o.lex.src[end:o.t.at]
	o.line += strings.Count(o.before.text, "\n") + strings.Count(o.gap, "\n")
}

func (o *outliner) word(text string) bool { return o.t.kind == tokenWord && o.t.text == text }

func (o *outliner) isOne(texts ...string) bool {
	for _, text := range texts {
		if o.t.kind == tokenPunct && o.t.text == text {
			return true
		}
	}
	return false
}

// newline reports whether the token is the first of its line.
func (o *outliner) newline() bool { return strings.Contains(o.gap, "\n") }

// balanced passes what is in brackets, from the opening one on.
func (o *outliner) balanced() {
	depth := 0
	for o.t.kind != tokenEnd {
		if o.t.kind == tokenPunct {
			switch o.t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
		}
		o.advance()
		if depth <= 0 {
			return
		}
	}
}

// angles passes parameters of a type.
func (o *outliner) angles() {
	depth := 0
	for o.t.kind != tokenEnd {
		switch {
		case o.isOne("<"):
			depth++
		case o.isOne(">"):
			depth--
		case o.isOne("(", "[", "{"):
			o.balanced()
			continue
		case o.isOne(")", "]", "}", ";"):
			return
		}
		o.advance()
		if depth <= 0 {
			return
		}
	}
}

// decorator passes @name.name(...) or @(...).
func (o *outliner) decorator() {
	o.advance()
	for o.t.kind == tokenWord || o.isOne(".") {
		wasWord := o.t.kind == tokenWord
		o.advance()
		if wasWord && !o.isOne(".") {
			break
		}
	}
	if o.isOne("(") {
		o.balanced()
	}
}

// class reads a class from its keyword on.
func (o *outliner) class(doc string) {
	c := Class{Doc: doc, Line: o.line}
	o.advance()
	if o.t.kind == tokenWord && !o.word("extends") && !o.word("implements") {
		c.Name = o.t.text
		o.advance()
	}
	for !o.isOne("{") {
		switch {
		case o.t.kind == tokenEnd || o.isOne(":", ";", "}", ")", "="):
			return // the word was no class
		case o.isOne("(", "["):
			o.balanced()
		case o.isOne("<"):
			o.angles()
		default:
			o.advance()
		}
	}
	o.advance()
	for !o.isOne("}") && o.t.kind != tokenEnd {
		o.member(&c)
	}
	c.End = o.line
	o.advance()
	o.out.Classes = append(o.out.Classes, c)
}

// member reads one member, up to the next.
func (o *outliner) member(c *Class) {
	m := Member{}
	if !o.memberName(&m) {
		return
	}
	if o.isOne("?") {
		m.Optional = true
	}
	if o.isOne("?", "!") {
		o.advance()
	}
	if o.isOne("<") {
		o.angles()
	}
	if o.isOne("(") {
		m.Method = true
		o.balanced()
	}
	if o.isOne(":") {
		o.advance()
		m.Type = o.typeText()
	}
	switch {
	case m.Method && o.isOne("{"):
		o.balanced()
	case o.isOne("="):
		o.advance()
		m.Initial = o.expression()
	}
	if o.isOne(";", ",") {
		o.advance()
	}
	if m.Name != "" {
		c.Members = append(c.Members, m)
	}
}

var memberModifiers = map[string]bool{
	"public": true, "private": true, "protected": true, "static": true, "readonly": true, "abstract": true, "override": true, "async": true,
	"get": true, "set": true, "accessor": true, "declare": true,
}

// memberName passes decorators and modifiers and reads the name; names that no annotation can mean stay empty. False: what was passed is
// no member.
func (o *outliner) memberName(m *Member) bool {
	for {
		if d := docOf(o.gap); d != "" {
			m.Doc = d
		}
		switch {
		case o.t.kind == tokenEnd || o.isOne("}"):
			return false
		case o.isOne("@"):
			o.decorator()
		case o.isOne("{", "["):
			isBlock := o.isOne("{")
			o.balanced()
			return !isBlock
		case o.isOne("#"):
			o.advance()
			o.advance()
			return true
		case o.t.kind == tokenWord || o.t.kind == tokenLiteral:
			name, line := o.t, o.line
			o.advance()
			isModifier := name.kind == tokenWord && memberModifiers[name.text] && !o.isOne("(", "<", "=", ";", ":", "?", "!", "}", ",")
			if !isModifier {
				m.Name, m.Line = unquoted(name), line
				return true
			}
			m.Static = m.Static || name.text == "static"
		default:
			o.advance()
		}
	}
}

func unquoted(t token) string {
	if t.kind == tokenLiteral && len(t.text) > 1 && (t.text[0] == '"' || t.text[0] == '\'') {
		return t.text[1 : len(t.text)-1]
	}
	return t.text
}

var typeOperators = map[string]bool{
	"keyof": true, "typeof": true, "readonly": true, "infer": true, "extends": true, "is": true, "asserts": true, "unique": true, "new": true, "abstract": true,
}

// typeText passes a type and returns it as written.
func (o *outliner) typeText() string {
	start, complete := o.t.at, false
	for o.t.kind != tokenEnd {
		goesOn := o.isOne("|", "&", "=>", ".", "?")
		switch {
		case o.isOne(";", "=", ",", "}", ")", "]") || complete && o.isOne("{"),
			complete && o.newline() && !goesOn,
			complete && (o.t.kind == tokenWord && !typeOperators[o.t.text] || o.t.kind == tokenLiteral):
			return o.from(start)
		case o.isOne("(", "[", "{"):
			o.balanced()
			complete = true
			continue
		case o.isOne("<"):
			o.angles()
			complete = true
			continue
		}
		complete = o.t.kind == tokenWord && !typeOperators[o.t.text] || o.t.kind == tokenLiteral
		o.advance()
	}
	return o.from(start)
}

// from is the text from a place up to the token before.
func (o *outliner) from(start int) string {
	return strings.TrimSpace(o.lex.src[start:max(start, o.before.at+len(o.before.text))])
}

// expression passes what a field begins as and returns it as written.
func (o *outliner) expression() string {
	start := o.t.at
	for first := true; o.t.kind != tokenEnd; first = false {
		startsMember := o.isOne("@", "#") || o.t.kind == tokenLiteral || o.t.kind == tokenWord && !expressionFollows(o.t.text)
		switch {
		case o.isOne(";", ",", "}"), !first && o.newline() && startsMember && o.endsExpression():
			return o.from(start)
		case o.isOne("(", "[", "{"):
			o.balanced()
		default:
			o.advance()
		}
	}
	return o.from(start)
}

// endsExpression reports whether an expression may end with the token before.
func (o *outliner) endsExpression() bool {
	switch b := o.before; b.kind {
	case tokenWord:
		return !expressionFollows(b.text)
	case tokenPunct:
		return b.text == ")" || b.text == "]" || b.text == "}"
	}
	return true
}

// alias reads `type X = ...`, `interface X {...}` or `enum X {...}`; those with parameters are left out.
func (o *outliner) alias(keyword string) {
	o.advance()
	if o.t.kind != tokenWord {
		return
	}
	name := o.t.text
	o.advance()
	switch {
	case keyword == "type" && o.isOne("="):
		o.advance()
		o.out.Types[name] = o.typeText()
	case keyword == "interface" && (o.isOne("{") || o.word("extends")):
		o.interfaceBody(name)
	case keyword == "enum" && o.isOne("{"):
		o.enumBody(name)
	}
}

func (o *outliner) interfaceBody(name string) {
	var parts []string
	if o.word("extends") {
		for start := o.lex.pos; !o.isOne("{") && o.t.kind != tokenEnd; o.advance() {
			if o.isOne(",") || o.word("extends") {
				start = o.t.at + len(o.t.text)
				continue
			}
			if o.isOne("<") {
				return // with parameters
			}
			parts = append(parts, o.lex.src[start:o.t.at+len(o.t.text)])
			start = o.t.at + len(o.t.text)
		}
	}
	start := o.t.at
	o.balanced()
	o.out.Types[name] = strings.Join(append(parts, o.from(start)), " & ")
}

// enumBody makes of an enum the union of its values. Values that are computed are left out, and with them the enum.
func (o *outliner) enumBody(name string) {
	var values []string
	next := 0
	o.advance()
	for o.t.kind == tokenWord || o.t.kind == tokenLiteral {
		o.advance()
		value := strconv.Itoa(next)
		if o.isOne("=") {
			o.advance()
			value = o.expression()
		}
		if n, err := strconv.Atoi(value); err == nil {
			next = n + 1
		} else if len(value) < 2 || !strings.ContainsAny(value[:1], `"'`) || strings.IndexByte(value[1:], value[0]) != len(value)-2 {
			return
		}
		values = append(values, value)
		if o.isOne(",") {
			o.advance()
		}
	}
	o.out.Types[name] = strings.Join(values, " | ")
}
