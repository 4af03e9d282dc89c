package tstype

import (
	"strings"
	"unicode/utf8"
)

// token is a piece of a type.
type token struct {
	text   string // of a text: what it holds
	isText bool
	doc    string // the doc comment before it
}

func (t token) isName() bool {
	return !t.isText && t.text != "" && isNameByte(t.text[0]) && !t.isNumber()
}

func (t token) isNumber() bool {
	return !t.isText && t.text != "" && t.text[0] >= '0' && t.text[0] <= '9'
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// tokens cuts a type into pieces. What it does not know comes as single characters.
func tokens(text string) (all []token) {
	doc := ""
	for text != "" {
		rest := text
		t := token{}
		switch c := text[0]; {
		case c <= ' ':
			text = text[1:]
			continue
		case strings.HasPrefix(text, "//"):
			_, text, _ = strings.Cut(text, "\n")
			continue
		case strings.HasPrefix(text, "/*"):
			comment, after, _ := strings.Cut(text[2:], "*/")
			doc, text = commentText(comment), after
			continue
		case c == '"' || c == '\'' || c == '`':
			t, text = quoted(text)
		case isNameByte(c):
			n := 1
			for n < len(text) && (isNameByte(text[n]) || text[n] == '.' && isDigit(c) && n+1 < len(text) && isDigit(text[n+1])) {
				n++
			}
			t.text, text = text[:n], text[n:]
		case strings.HasPrefix(text, "=>"), strings.HasPrefix(text, "..."):
			n := strings.IndexAny(text, ">") + 1
			if c == '.' {
				n = 3
			}
			t.text, text = text[:n], text[n:]
		default:
			t.text, text = rest[:1], rest[1:]
		}
		t.doc, doc = doc, ""
		all = append(all, t)
	}
	return all
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// commentText is what a doc comment says; "" for another.
func commentText(comment string) string {
	if !strings.HasPrefix(comment, "*") {
		return ""
	}
	words := strings.FieldsFunc(strings.ReplaceAll(comment[1:], "\n *", "\n"), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' })
	for len(words) > 0 && words[0] == "*" {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// quoted reads a text literal; a template is any text.
func quoted(text string) (token, string) {
	quote := text[0]
	var b strings.Builder
	i := 1
	for ; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	rest := text[min(i+1, len(text)):]
	if quote == '`' {
		return token{text: "string"}, rest
	}
	return token{text: b.String(), isText: true}, rest
}
