package storage

import (
	"strings"
	"unicode/utf8"
)

// tokenKind is what a [token] is.
type tokenKind int

const (
	tokenWord    tokenKind = iota // a keyword, an unquoted name or a number
	tokenQuoted                   // a literal or a quoted name
	tokenComment                  // of either kind
	tokenMark                     // "?"
	tokenOther                    // one character that is none of these
)

// token is a part of a text of SQL. White space is no token.
type token struct {
	kind     tokenKind
	from, to int
}

// lexer finds the tokens that matter to this package: it knows what is quoted or a comment, in both dialects, and nothing
// of grammar. What is not closed reaches to the end.
type lexer struct {
	text string
	pos  int
}

// next is the next token; false at the end.
func (l *lexer) next() (token, bool) {
	for l.pos < len(l.text) && strings.IndexByte(" \t\r\n\f\ufeff"[:5], l.text[l.pos]) >= 0 {
		l.pos++
	}
	if l.pos >= len(l.text) {
		return token{}, false
	}
	from := l.pos
	kind := l.scan()
	return token{kind, from, l.pos}, true
}

func (l *lexer) scan() tokenKind {
	rest := l.text[l.pos:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "--"):
		l.until("\n", 2)
		return tokenComment
	case strings.HasPrefix(rest, "/*"):
		l.until("*/", 2)
		return tokenComment
	case c == '\'' || c == '"' || c == '`':
		l.quoted(c)
		return tokenQuoted
	case c == '[' && bracketed(rest):
		l.until("]", 1)
		return tokenQuoted
	case c == '$':
		return l.dollar()
	case c == '?':
		l.pos++
		return tokenMark
	case isWord(c):
		for l.pos < len(l.text) && (isWord(l.text[l.pos]) || l.text[l.pos] == '$') {
			l.pos++
		}
		return tokenWord
	}
	_, size := utf8.DecodeRuneInString(rest)
	l.pos += size
	return tokenOther
}

// bracketed tells SQLite's [quoted name] from PostgreSQL's subscripts and ARRAY[...], whose contents are read as usual.
func bracketed(rest string) bool {
	name, _, closed := strings.Cut(rest[1:], "]")
	return closed && name != "" && !isDigit(name[0]) && !strings.ContainsAny(name, "?'\"$,:;()[")
}

// until moves behind the next end, which is looked for after skip bytes.
func (l *lexer) until(end string, skip int) {
	if i := strings.Index(l.text[l.pos+skip:], end); i >= 0 {
		l.pos += skip + i + len(end)
		return
	}
	l.pos = len(l.text)
}

// quoted moves behind a literal or name; a doubled quote stands for one.
func (l *lexer) quoted(quote byte) {
	for l.pos++; l.pos < len(l.text); l.pos++ {
		if l.text[l.pos] != quote {
			continue
		}
		if l.pos++; l.pos >= len(l.text) || l.text[l.pos] != quote {
			return
		}
	}
}

// dollar moves behind a dollar-quoted text ($$ ... $$, $tag$ ... $tag$), or behind "$" or "$1".
func (l *lexer) dollar() tokenKind {
	end := l.pos + 1
	for end < len(l.text) && isWord(l.text[end]) {
		end++
	}
	if end < len(l.text) && l.text[end] == '$' && (end == l.pos+1 || !isDigit(l.text[l.pos+1])) {
		tag := l.text[l.pos : end+1]
		l.until(tag, len(tag))
		return tokenQuoted
	}
	l.pos = end
	return tokenWord
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c >= utf8.RuneSelf
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// rebind writes "?" as PostgreSQL's "$1", "$2" ..., and "??" as "?".
func rebind(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	l, last, n := lexer{text: query}, 0, 0
	for {
		t, ok := l.next()
		if !ok {
			break
		}
		if t.kind != tokenMark {
			continue
		}
		b.WriteString(query[last:t.from])
		if strings.HasPrefix(query[t.to:], "?") {
			l.pos++
			b.WriteByte('?')
		} else {
			n++
			b.WriteByte('$')
			b.WriteString(itoa(n))
		}
		last = l.pos
	}
	b.WriteString(query[last:])
	return b.String()
}
