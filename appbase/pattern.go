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

// InnerSlash stands in a decoded path for a slash that belongs to a segment ("%2F"): only a parameter can match one, whose value
// has the slash. No path holds it otherwise.
const InnerSlash = "\x00"

// A segment of a contract's path may also be text around one "{name}".

// segmentKind orders segments by how much they match.
type segmentKind int

const (
	literal segmentKind = iota
	mixed               // "report.{format}"
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
	if strings.IndexByte(s, '{') >= 0 {
		_, name, _ := strings.Cut(s, "{")
		name, _, _ = strings.Cut(name, "}")
		return name, mixed
	}
	return s, literal
}

// parsePattern reads "/items/:id" or "/files/*path". A missing leading slash is added.
func parsePattern(text string) (pattern, error) {
	if strings.ContainsAny(text, "{}") {
		return pattern{text: text}, fmt.Errorf("path %q: only literal text, :name and, at the end, *name are understood", text)
	}
	return parseTemplate(text)
}

// parseTemplate is parsePattern for paths that may have segments with text around one "{name}".
func parseTemplate(text string) (pattern, error) {
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
		case strings.ContainsAny(name, "*?#{}\\% "+InnerSlash):
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

// match compares with a decoded path, where a slash that belongs to a segment is an InnerSlash. A wildcard matches none: what it
// takes may be written with slashes.
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
		case kind == literal && got != want, kind > literal && got == "", kind == wildcard && strings.Contains(got, InnerSlash):
			return nil, false
		case kind == mixed && !mixes(want, &got):
			return nil, false
		case kind > literal && params == nil:
			params = make(map[string]string, p.params)
			fallthrough
		case kind > literal:
			params[name] = strings.ReplaceAll(got, InnerSlash, "/")
		}
	}
	return params, true
}

// mixes reports whether a segment is text around a parameter, whose value it becomes.
func mixes(want string, got *string) bool {
	before, rest, _ := strings.Cut(want, "{")
	_, after, _ := strings.Cut(rest, "}")
	if len(*got) <= len(before)+len(after) || !strings.HasPrefix(*got, before) || !strings.HasSuffix(*got, after) {
		return false
	}
	*got = (*got)[len(before) : len(*got)-len(after)]
	return true
}

// around is a mixed segment without the name in it.
func around(s string) string {
	before, rest, _ := strings.Cut(s, "{")
	_, after, _ := strings.Cut(rest, "}")
	return before + "{}" + after
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
		if _, kindB := parseSegment(b); kindA != kindB || kindA == literal && a != b || kindA == mixed && around(a) != around(b) {
			return false
		}
	}
	return true
}
