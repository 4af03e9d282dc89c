package scripting

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Outline is what the text of a source says that its running code does not: doc comments, and the types of TypeScript. It
// is immutable. It is read by eye, not by grammar: what is written in unusual ways is missing from it.
type Outline struct {
	Classes []Class
	Types   map[string]string // what aliases, interfaces and enums stand for, as a type
}

// Class is one class of a source.
type Class struct {
	Name      string // "" if it has none
	Doc       string // the text of its doc comment, without the asterisks; ""
	Line, End int    // of its first and last line, decorators left out; 1-based
	Members   []Member
}

// Member is one field, accessor or method of a class.
type Member struct {
	Name     string
	Doc      string // the text of its doc comment, without the asterisks; ""
	Type     string // of a field or a getter, as written in TypeScript; ""
	Initial  string // the expression that a field begins as; ""
	Line     int
	Method   bool // a method or an accessor
	Static   bool
	Optional bool // marked with ?
}

// Member finds a member that is not static by its name; nil: there is none.
func (c *Class) Member(name string) *Member {
	for i, m := range c.Members {
		if m.Name == name && !m.Static {
			return &c.Members[i]
		}
	}
	return nil
}

// Outline reads a source of the program, by its name in positions ([Frame.File]). Nil: there is none of that name. The result is kept, and
// may be asked for from any goroutine.
func (p *Program) Outline(name string) *Outline {
	for _, s := range p.sources {
		if s.name == name && !s.internal {
			return s.outline()
		}
	}
	return nil
}

// Sources are the names of the author's own files, packages left out, sorted.
func (p *Program) Sources() []string {
	names := map[string]bool{}
	for _, s := range p.sources {
		if !s.internal && !slices.Contains(strings.Split(path.Dir(s.name), "/"), "node_modules") {
			names[s.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// ClassAt is the innermost class that a line, 1-based, belongs to, its decorators included; nil: there is none.
func (o *Outline) ClassAt(line int) (found *Class) {
	for i, c := range o.Classes {
		if line <= c.End && (line >= c.Line || i == 0 || line > o.Classes[i-1].End) && (found == nil || c.Line > found.Line && line >= c.Line) {
			found = &o.Classes[i]
		}
	}
	return found
}

// outlineOf reads a source, JavaScript or TypeScript.
func outlineOf(text string) *Outline {
	o := &outliner{lex: lexer{src: text}, out: &Outline{Types: map[string]string{}}, line: 1}
	o.advance()
	doc := ""
	for o.t.kind != tokenEnd {
		if d := docOf(o.gap); d != "" {
			doc = d
		}
		switch {
		case o.t.is("@"):
			o.decorator()
			continue
		case o.word("class") && !o.before.is("."):
			o.class(doc)
		case o.word("type") || o.word("interface") || o.word("enum"):
			o.alias(o.t.text)
		case o.word("export") || o.word("default") || o.word("abstract") || o.word("declare"):
			o.advance()
			continue
		default:
			o.advance()
		}
		doc = ""
	}
	slices.SortStableFunc(o.out.Classes, func(a, b Class) int { return a.Line - b.Line })
	return o.out
}

// docOf is the text of the last doc comment between two tokens.
func docOf(gap string) string {
	at := strings.LastIndex(gap, "/**")
	if at < 0 {
		return ""
	}
	text, _, closed := strings.Cut(gap[at+3:], "*/")
	if !closed {
		return ""
	}
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(line, "*")
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
