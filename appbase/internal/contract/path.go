package contract

import (
	"strings"
)

// segment is one segment of a path: a text, or a parameter with what stands before and after it.
type segment struct {
	before, name, after string
}

// pathOf takes a template apart.
func pathOf(template string) (segments []segment, problem string) {
	rest, ok := strings.CutPrefix(template, "/")
	if !ok {
		return nil, "does not begin with /"
	}
	for text := range strings.SplitSeq(rest, "/") {
		if strings.HasPrefix(text, ":") || strings.HasPrefix(text, "*") {
			return nil, "has a segment that begins with : or *, which stand for parameters"
		}
		s := segment{before: text}
		if before, inner, found := strings.Cut(text, "{"); found {
			name, after, closed := strings.Cut(inner, "}")
			if !closed || name == "" || strings.ContainsAny(after, "{}") || strings.ContainsAny(name, "{}?#") {
				return nil, "has a segment that is not understood: a segment holds one parameter at most, as in /books/{id}"
			}
			s = segment{before, name, after}
		} else if text == "" && len(rest) > 0 || text == "." || text == ".." || strings.ContainsAny(text, "?#}") {
			return nil, "has a segment that no request can have"
		}
		segments = append(segments, s)
	}
	return segments, ""
}

// shapeOfPath is a path without the names of its parameters: two of one shape are one path.
func shapeOfPath(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + s.before)
		if s.name != "" {
			b.WriteString("{}" + s.after)
		}
	}
	return b.String()
}

// pathTexts are the raw texts of the path's parameters. The path of a request may have more in front: its app's mount.
func (o *Operation) pathTexts(path string) map[string]string {
	parts := strings.Split(path, "/")
	if len(parts) < len(o.segments) {
		return nil
	}
	parts = parts[len(parts)-len(o.segments):]
	texts := map[string]string{}
	for i, s := range o.segments {
		if s.name == "" {
			continue
		}
		text := strings.TrimSuffix(strings.TrimPrefix(parts[i], s.before), s.after)
		texts[s.name] = text
	}
	return texts
}

// fromPath reads a path parameter in its style. false: the text is not of it.
func (p *parameter) fromPath(text string) (any, bool) {
	switch p.style {
	case "label":
		rest, ok := strings.CutPrefix(text, ".")
		separator := ","
		if p.explode {
			separator = "."
		}
		return p.shape.fromText(rest, separator, p.explode, decodePath), ok
	case "matrix":
		return p.fromMatrix(text)
	}
	return p.shape.fromText(text, ",", p.explode, decodePath), true
}

// fromMatrix reads ";color=blue,black", exploded ";color=blue;color=black" or ";R=100;G=200".
func (p *parameter) fromMatrix(text string) (any, bool) {
	rest, ok := strings.CutPrefix(text, ";")
	if !ok {
		return nil, false
	}
	switch {
	case p.explode && p.shape.is("object"):
		return p.shape.fromText(rest, ";", true, decodePath), true
	case p.explode && p.shape.is("array"):
		list := []any{}
		for part := range strings.SplitSeq(rest, ";") {
			name, value, _ := strings.Cut(part, "=")
			if name != p.name {
				return nil, false
			}
			list = append(list, p.shape.element().value(decodePath(value)))
		}
		return list, true
	}
	name, value, _ := strings.Cut(rest, "=")
	return p.shape.fromText(value, ",", false, decodePath), name == p.name
}
