package urlpattern

import (
	"errors"
	"fmt"
	"unicode"
)

// kind is what a token of a pattern is (2.1.1).
type kind int

const (
	tokenOpen     kind = iota
	tokenClose         // of a group in braces
	tokenRegexp        // "(...)", its value is what stands inside
	tokenName          // ":name", its value is the name
	tokenChar          // a character that stands for itself
	tokenEscaped       // a character behind a backslash
	tokenModifier      // "?" or "+"
	tokenAsterisk      // a wildcard, or a modifier
	tokenEnd           // behind the last character
	tokenInvalid       // of a lenient tokenizer: what is no token
)

// token is a piece of a pattern; at is the index of its first character.
type token struct {
	kind  kind
	at    int
	value string
}

var errToken = errors.New("the pattern cannot be read")

// tokenizer cuts a pattern into tokens (2.1.2). A lenient one makes tokens of mistakes, too.
type tokenizer struct {
	input   []rune
	lenient bool
	tokens  []token
	at      int
}

func tokenize(input []rune, lenient bool) ([]token, error) {
	t := tokenizer{input: input, lenient: lenient, tokens: make([]token, 0, len(input)+1)}
	for t.at < len(input) {
		if err := t.next(); err != nil {
			return nil, err
		}
	}
	t.add(tokenEnd, t.at, t.at, t.at)
	return t.tokens, nil
}

func (t *tokenizer) next() error {
	switch t.input[t.at] {
	case '*':
		t.one(tokenAsterisk)
	case '+', '?':
		t.one(tokenModifier)
	case '{':
		t.one(tokenOpen)
	case '}':
		t.one(tokenClose)
	case '\\':
		return t.escaped()
	case ':':
		return t.name()
	case '(':
		return t.regexp()
	default:
		t.one(tokenChar)
	}
	return nil
}

// add makes a token of what stands between from and to, and goes on at next.
func (t *tokenizer) add(kind kind, from, to, next int) {
	t.tokens = append(t.tokens, token{kind, t.at, string(t.input[from:to])})
	t.at = next
}

func (t *tokenizer) one(kind kind) { t.add(kind, t.at, t.at+1, t.at+1) }

// invalid is for a character that begins no token.
func (t *tokenizer) invalid(problem string) error {
	if !t.lenient {
		return fmt.Errorf("%w: %s at character %d", errToken, problem, t.at+1)
	}
	t.one(tokenInvalid)
	return nil
}

func (t *tokenizer) escaped() error {
	if t.at+1 == len(t.input) {
		return t.invalid("nothing follows the backslash")
	}
	t.add(tokenEscaped, t.at+1, t.at+2, t.at+2)
	return nil
}

func (t *tokenizer) name() error {
	start, end := t.at+1, t.at+1
	for end < len(t.input) && inName(t.input[end], end == start) {
		end++
	}
	if end == start {
		return t.invalid("no name follows the colon")
	}
	t.add(tokenName, start, end, end)
	return nil
}

func (t *tokenizer) regexp() error {
	start := t.at + 1
	end := closing(t.input, start)
	if end < 0 {
		return t.invalid("the parenthesis encloses no regular expression without groups")
	}
	t.add(tokenRegexp, start, end, end+1)
	return nil
}

// closing is the index of the parenthesis that ends a regular expression; -1 if there is none: it is empty, has a group that
// captures or begins as one that does not, or has a character beyond ASCII.
func closing(input []rune, start int) int {
	depth := 1
	for at := start; at < len(input); at++ {
		c := input[at]
		if c > unicode.MaxASCII || at == start && c == '?' {
			return -1
		}
		switch c {
		case '\\':
			if at++; at == len(input) || input[at] > unicode.MaxASCII {
				return -1
			}
		case '(':
			if depth++; at+1 == len(input) || input[at+1] != '?' {
				return -1
			}
		case ')':
			if depth--; depth == 0 && at > start {
				return at
			}
			if depth == 0 {
				return -1
			}
		}
	}
	return -1
}

// inName tells whether a name may have a character: those of ECMAScript's identifiers.
func inName(c rune, first bool) bool {
	if c == '$' || c == '_' || unicode.In(c, unicode.L, unicode.Nl, unicode.Other_ID_Start) {
		return !unicode.In(c, unicode.Pattern_Syntax, unicode.Pattern_White_Space) || c == '$' || c == '_'
	}
	return !first && (c == '\u200c' || c == '\u200d' ||
		unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue))
}
