package appbase

import (
	"fmt"
	"strings"
)

// pattern is a path template: literal segments and ":name" parameters, each matching exactly one non-empty segment.
type pattern struct {
	text     string // "" never; begins with "/"
	segments []string
	params   int
}

// parsePattern reads "/items/:id". A missing leading slash is added.
func parsePattern(text string) (pattern, error) {
	if !strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	p := pattern{text: text, segments: strings.Split(text[1:], "/")}
	seen := map[string]bool{}
	for i, s := range p.segments {
		name, isParam := strings.CutPrefix(s, ":")
		switch {
		case s == "" && len(p.segments) > 1, s == ".", s == "..":
			return p, fmt.Errorf("path %q: segment %d is %q", text, i+1, s)
		case strings.ContainsAny(s, "*?#{}\\% "):
			return p, fmt.Errorf("path %q: segment %q: only literal text and :name are understood", text, s)
		case isParam && (name == "" || seen[name]):
			return p, fmt.Errorf("path %q: parameter %q needs a name of its own", text, s)
		case isParam:
			seen[name] = true
			p.params++
		}
	}
	return p, nil
}

// match compares with a decoded path whose segments hold no slash of their own.
func (p pattern) match(path string) (map[string]string, bool) {
	if p.params == 0 {
		return nil, p.text == path
	}
	var params map[string]string
	rest := strings.TrimPrefix(path, "/")
	for i, want := range p.segments {
		got, after, more := strings.Cut(rest, "/")
		if more != (i < len(p.segments)-1) {
			return nil, false
		}
		rest = after
		name, isParam := strings.CutPrefix(want, ":")
		switch {
		case !isParam && got != want, isParam && got == "":
			return nil, false
		case isParam && params == nil:
			params = make(map[string]string, p.params)
			fallthrough
		case isParam:
			params[name] = got
		}
	}
	return params, true
}

// before reports whether p is to be preferred to q where both match: the first literal against a parameter wins.
func (p pattern) before(q pattern) bool {
	for i := range min(len(p.segments), len(q.segments)) {
		a, b := strings.HasPrefix(p.segments[i], ":"), strings.HasPrefix(q.segments[i], ":")
		if a != b {
			return b
		}
	}
	return false
}

// same reports whether p and q match the same paths.
func (p pattern) same(q pattern) bool {
	if len(p.segments) != len(q.segments) {
		return false
	}
	for i, a := range p.segments {
		b := q.segments[i]
		if a != b && (!strings.HasPrefix(a, ":") || !strings.HasPrefix(b, ":")) {
			return false
		}
	}
	return true
}
