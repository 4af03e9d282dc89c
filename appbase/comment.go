package appbase

import (
	"regexp"
	"strings"

	"github.com/dop251/goja"
)

// comment is a doc comment (JSDoc), taken apart.
type comment struct {
	summary     string // its first sentence
	description string // what follows that
	deprecated  bool
	note        string            // of @deprecated: what to use instead
	params      map[string]string // of @param, by name
	returns     string
}

var sentenceEnd = regexp.MustCompile(`[.!?](\s|$)|\n\s*\n`)

// newComment reads the text of a doc comment, without its asterisks.
func newComment(text string) comment {
	c := comment{params: map[string]string{}}
	prose, tags := text, ""
	if strings.HasPrefix(text, "@") {
		prose, tags = "", text
	} else if i := strings.Index(text, "\n@"); i >= 0 {
		prose, tags = text[:i], text[i+1:]
	}
	c.summary, c.description = splitSentence(strings.TrimSpace(prose))
	for tag := range strings.SplitSeq("\n"+tags, "\n@") {
		c.tag(strings.TrimSpace(tag))
	}
	return c
}

// splitSentence cuts a text behind its first sentence. Lines of a paragraph are joined.
func splitSentence(text string) (first, rest string) {
	end := sentenceEnd.FindStringIndex(text)
	if end == nil {
		return oneLine(text), ""
	}
	first = oneLine(text[:end[1]])
	if strings.HasSuffix(first, ".") && !strings.HasSuffix(first, "..") {
		first = strings.TrimSuffix(first, ".")
	}
	return first, paragraphs(text[end[1]:])
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// paragraphs keeps what stands between empty lines apart.
func paragraphs(text string) string {
	var all []string
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "\n\n")
}

func (c *comment) tag(text string) {
	name, rest, _ := strings.Cut(text, " ")
	name, more, _ := strings.Cut(name, "\n")
	rest = oneLine(more + " " + rest)
	switch name {
	case "deprecated":
		c.deprecated, c.note = true, rest
	case "param", "arg", "argument":
		if strings.HasPrefix(rest, "{") {
			_, rest, _ = strings.Cut(rest, "} ")
		}
		param, says, _ := strings.Cut(rest, " ")
		c.params[strings.Trim(param, "[]")] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(says), "- "))
	case "returns", "return":
		if strings.HasPrefix(rest, "{") {
			_, rest, _ = strings.Cut(rest, "} ")
		}
		c.returns = rest
	case "summary":
		c.summary = rest
	case "description":
		c.description = rest
	}
}

// whole is all of the prose.
func (c *comment) whole() string {
	switch {
	case c.description == "":
		return c.summary
	case c.summary == "":
		return c.description
	}
	if strings.HasSuffix(c.summary, "!") || strings.HasSuffix(c.summary, "?") {
		return c.summary + " " + c.description
	}
	return c.summary + ". " + c.description
}

// readComments fills what annotations leave open from the comments above the class and its methods.
func (in *instance) readComments(notes *goja.Object, routes *Routes) {
	_, class := in.classAt(notes.Get("place"), noteText(notes, "className"))
	if class == nil {
		return
	}
	if doc := newComment(class.Doc); routes.Info.Description == "" {
		routes.Info.Description = doc.whole()
	}
	of := func(method string) comment {
		if m := class.Member(method); m != nil {
			return newComment(m.Doc)
		}
		return comment{}
	}
	for _, route := range routes.all {
		doc := of(route.Method)
		doc.fill(&route.Summary, &route.Description)
		route.Deprecated, route.Parameters, route.Returns = doc.deprecated, doc.params, doc.returns
	}
	for i := range routes.Calls {
		doc := of(routes.Calls[i].Method)
		doc.fill(&routes.Calls[i].Summary, &routes.Calls[i].Description)
	}
	for i := range routes.Topics {
		doc := of(routes.Topics[i].Method)
		doc.fill(&routes.Topics[i].Summary, &routes.Topics[i].Description)
	}
}

// fill says what is not said yet.
func (c *comment) fill(summary, description *string) {
	said := c.description
	if c.deprecated && c.note != "" {
		said = strings.TrimSpace("Deprecated: " + c.note + "\n\n" + said)
	}
	if *summary == "" {
		*summary = c.summary
	}
	if *description == "" {
		*description = said
	}
}
