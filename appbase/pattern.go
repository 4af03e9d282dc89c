package appbase

import (
	"fmt"
	"strings"
)

// pattern is a path template: literal segments, ":name" parameters, each matching exactly one non-empty segment, and at
// the end perhaps "*name", which matches all that follows: one character at least, slashes included.
type pattern struct {
	text     string // "" never; begins with "/"
	segments []string
	params   int  // the wildcard included
	wild     bool // the last segment is a wildcard
}

// segmentKind orders segments by how much they match.
type segmentKind int

const (
	literal segmentKind = iota
	parameter
	wildcard
)

func parseSegment(s string) (name string, kind segmentKind) {
	if name, ok := strings.CutPrefix(s, ":"); ok {
		return name, parameter
	}
	if name, ok := strings.CutPrefix(s, "*"); ok {
		return name, wildcard
	}
	return s, literal
}

// parsePattern reads "/items/:id" or "/files/*path". A missing leading slash is added.
func parsePattern(text string) (pattern, error) {
	if !strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	p := pattern{text: text, segments: strings.Split(text[1:], "/")}
	seen := map[string]bool{}
	for i, s := range p.segments {
		name, kind := parseSegment(s)
		switch {
		case s == "" && len(p.segments) > 1, s == ".", s == "..":
			return p, fmt.Errorf("path %q: segment %d is %q", text, i+1, s)
		case strings.ContainsAny(name, "*?#{}\\% "):
			return p, fmt.Errorf("path %q: segment %q: only literal text, :name and, at the end, *name are understood", text, s)
		case kind == wildcard && i < len(p.segments)-1:
			return p, fmt.Errorf("path %q: %q takes all that follows, so it can only be the last segment", text, s)
		case kind > literal && (name == "" || seen[name]):
			return p, fmt.Errorf("path %q: parameter %q needs a name of its own", text, s)
		case kind > literal:
			seen[name] = true
			p.params++
		}
		p.wild = kind == wildcard
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
		name, kind := parseSegment(want)
		got, after, more := strings.Cut(rest, "/")
		if kind == wildcard {
			got = rest
		} else if more != (i < len(p.segments)-1) {
			return nil, false
		}
		rest = after
		switch {
		case kind == literal && got != want, kind > literal && got == "":
			return nil, false
		case kind > literal && params == nil:
			params = make(map[string]string, p.params)
			fallthrough
		case kind > literal:
			params[name] = got
		}
	}
	return params, true
}

// before reports whether p is to be preferred to q where both match: at the first difference a literal goes before a
// parameter, and that before a wildcard.
func (p pattern) before(q pattern) bool {
	for i := range min(len(p.segments), len(q.segments)) {
		_, a := parseSegment(p.segments[i])
		if _, b := parseSegment(q.segments[i]); a != b {
			return a < b
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
		_, kindA := parseSegment(a)
		if _, kindB := parseSegment(b); kindA != kindB || kindA == literal && a != b {
			return false
		}
	}
	return true
}
