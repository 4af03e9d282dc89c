package scripting

import (
	"strings"
	"unicode/utf8"
)

// tokenKind tells apart what the scans of source text need.
type tokenKind byte

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenPunct    // one character, or => or ${ or the } that ends a ${
	tokenLiteral  // a number, string, regular expression, or template without ${
	tokenTemplate // a piece of a template before ${ or behind its }
)

// token is a piece of source text.
type token struct {
	kind tokenKind
	text string
	at   int // its offset
}

func (t token) is(text string) bool { return t.text == text && t.kind != tokenLiteral }

// lexer cuts JavaScript or TypeScript into tokens, well enough to tell code
// from strings, comments, templates and regular expressions. It takes any
// text: what is no valid source yields some tokens too.
type lexer struct {
	src  string
	pos  int
	prev token // the token before, for telling a regular expression from a division

	brackets []bracket
	closed   bracket // what the last closing bracket ended
}

// bracket is one that is open.
type bracket struct {
	open string
	// statement is set when what ends with the bracket may be followed by a
	// regular expression: a block, or the condition of an if or a loop.
	statement bool
}

// next returns the next token; at the end of the text, one of kind tokenEnd.
func (l *lexer) next() token {
	l.skipSpace()
	t := token{at: l.pos}
	if l.pos >= len(l.src) {
		return t
	}
	switch c := l.src[l.pos]; {
	case isWordByte(c) && !isDigit(c):
		t.kind = tokenWord
		l.word()
	case isDigit(c):
		t.kind = tokenLiteral
		l.number()
	case c == '"' || c == '\'':
		t.kind = tokenLiteral
		l.quoted(c)
	case c == '`':
		t.kind = l.template(1)
	case c == '}' && l.inTemplate():
		l.brackets = l.brackets[:len(l.brackets)-1]
		t.kind = l.template(1)
	case c == '/' && l.regexpMayStart():
		t.kind = tokenLiteral
		l.regexp()
	default:
		t.kind = tokenPunct
		l.punct(c)
	}
	t.text = l.src[t.at:l.pos]
	l.prev = t
	return t
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c == '$' || c == '\\' || c >= utf8.RuneSelf
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case rest[0] <= ' ':
			l.pos++
		case strings.HasPrefix(rest, "//"):
			l.skipTo("\n", 0)
		case strings.HasPrefix(rest, "/*"):
			l.pos += 2
			l.skipTo("*/", 2)
		default:
			return
		}
	}
}

// skipTo moves to the next occurrence of text and n bytes on, or to the end.
func (l *lexer) skipTo(text string, n int) {
	if i := strings.Index(l.src[l.pos:], text); i >= 0 {
		l.pos += i + n
		return
	}
	l.pos = len(l.src)
}

func (l *lexer) word() {
	for l.pos < len(l.src) && isWordByte(l.src[l.pos]) {
		l.pos++
	}
}

func (l *lexer) number() {
	for l.pos < len(l.src) && (isWordByte(l.src[l.pos]) || l.src[l.pos] == '.') {
		l.pos++
	}
}

// quoted passes a string; a line end ends one that is not closed.
func (l *lexer) quoted(quote byte) {
	for l.pos++; l.pos < len(l.src); l.pos++ {
		switch l.src[l.pos] {
		case '\\':
			l.pos++
		case quote:
			l.pos++
			return
		case '\n':
			return
		}
	}
	l.pos = len(l.src)
}

// template passes a template from its ` or from the } of a substitution, up
// to its end or to the next ${, which opens a bracket.
func (l *lexer) template(skip int) tokenKind {
	start := l.pos
	for l.pos += skip; l.pos < len(l.src); l.pos++ {
		switch l.src[l.pos] {
		case '\\':
			l.pos++
		case '`':
			l.pos++
			if l.src[start] == '`' {
				return tokenLiteral
			}
			return tokenTemplate
		case '$':
			if strings.HasPrefix(l.src[l.pos:], "${") {
				l.pos += 2
				l.brackets = append(l.brackets, bracket{open: "${"})
				return tokenTemplate
			}
		}
	}
	l.pos = len(l.src)
	return tokenTemplate
}

func (l *lexer) inTemplate() bool {
	return len(l.brackets) > 0 && l.brackets[len(l.brackets)-1].open == "${"
}

// regexp passes a regular expression with its flags; a line end ends one that
// is not closed.
func (l *lexer) regexp() {
	class := false
	for l.pos++; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; {
		case c == '\\':
			l.pos++
		case c == '\n':
			return
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.pos++
			l.word()
			return
		}
	}
	l.pos = len(l.src)
}

// regexpMayStart tells by the token before whether / starts a regular
// expression.
func (l *lexer) regexpMayStart() bool {
	switch l.prev.kind {
	case tokenEnd:
		return true
	case tokenWord:
		return expressionFollows(l.prev.text)
	case tokenTemplate:
		return strings.HasSuffix(l.prev.text, "${")
	case tokenPunct:
		if l.prev.text == ")" || l.prev.text == "}" {
			return l.closed.statement
		}
		return l.prev.text != "]"
	}
	return false
}

// expressionFollows reports whether a keyword is followed by an expression.
func expressionFollows(word string) bool {
	switch word {
	case "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else", "await", "yield", "extends":
		return true
	}
	return false
}

func (l *lexer) punct(c byte) {
	at := l.pos
	l.pos++
	switch c {
	case '=':
		if l.pos < len(l.src) && l.src[l.pos] == '>' {
			l.pos++
		}
	case '(':
		l.brackets = append(l.brackets, bracket{"(", l.conditionFollows()})
	case '[':
		l.brackets = append(l.brackets, bracket{open: "["})
	case '{':
		l.brackets = append(l.brackets, bracket{"{", l.blockFollows()})
	case ')', ']', '}':
		l.closed = bracket{}
		if n := len(l.brackets); n > 0 && closes(l.brackets[n-1].open, l.src[at]) {
			l.closed = l.brackets[n-1]
			l.brackets = l.brackets[:n-1]
		}
	}
}

func closes(open string, c byte) bool {
	return open == "(" && c == ')' || open == "[" && c == ']' || open == "{" && c == '}'
}

// conditionFollows reports whether ( opens the head of a statement.
func (l *lexer) conditionFollows() bool {
	switch l.prev.text {
	case "if", "while", "for", "with", "switch", "catch":
		return true
	}
	return false
}

// blockFollows reports whether { opens a block and not an object.
func (l *lexer) blockFollows() bool {
	switch l.prev.kind {
	case tokenWord:
		return !expressionFollows(l.prev.text) || l.prev.text == "do" || l.prev.text == "else"
	case tokenPunct:
		switch l.prev.text {
		case ")", ";", "{", "}", "=>":
			return true
		}
		return false
	}
	return l.prev.kind == tokenEnd
}
