package contract

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// The places of parameters, as problems name them.
const (
	inPath   = "path"
	inQuery  = "query"
	inHeader = "header"
	inCookie = "cookie"
	inBody   = "body"
)

// parameter is one parameter of an operation.
type parameter struct {
	name, in string
	key      string // under which handlers find it: of a header the name in lower case
	required bool
	style    string
	explode  bool
	json     bool // its text is JSON, as "content" says
	empty    bool // allowEmptyValue
	schema   *jsonschema.Schema
	shape    *shape
}

// styles are the styles that a place has, its default first (OpenAPI 3.1, Style Values).
var styles = map[string][]string{
	inPath:   {"simple", "label", "matrix"},
	inQuery:  {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
	inHeader: {"simple"},
	inCookie: {"form", "cookie"},
}

// parameters reads those of an operation: its own, then those of its path that it does not replace.
func (r *reader) parameters(own, shared place) (list []*parameter) {
	for i, places := range []place{own, shared} {
		local := map[[2]string]bool{}
		r.list(places.node, "parameters")
		for j := range itemsOf(places.node) {
			at := places.item(j)
			p := r.parameter(at)
			if p == nil {
				continue
			}
			same := func(q *parameter) bool { return q.in == p.in && q.name == p.name }
			switch {
			case local[[2]string{p.in, p.name}]:
				r.wrong(at.node, "", "the %s parameter %q stands twice", p.in, short(p.name))
			case i == 1 && slices.ContainsFunc(list, same):
			default:
				list = append(list, p)
			}
			local[[2]string{p.in, p.name}] = true
		}
	}
	return list
}

// reserved are the headers that are described otherwise than as parameters, which do nothing (OpenAPI 3.1, Parameter Object).
var reserved = []string{"accept", "content-type", "authorization"}

// parameter reads one; nil when it has no effect or cannot be understood.
func (r *reader) parameter(given place) *parameter {
	at, ok := r.follow(given)
	if !ok || r.object(at.node, "a parameter") == nil {
		return nil
	}
	p := &parameter{
		name: textOf(get(at.node, "name")), in: textOf(get(at.node, "in")),
		required: isTrue(at.node, "required"), empty: isTrue(at.node, "allowEmptyValue"),
	}
	known := styles[p.in]
	switch {
	case p.name == "":
		r.wrong(at.node, "", "a parameter has no name")
		return nil
	case known == nil:
		r.wrong(orNode(get(at.node, "in"), at.node), "in is path, query, header or cookie", "parameter %q is in %q", short(p.name), short(p.in))
		return nil
	case p.in == inHeader && slices.Contains(reserved, strings.ToLower(p.name)):
		return nil
	case p.in == inPath && !p.required:
		r.wrong(at.node, "add: required: true", "path parameter %q is not required, and a path is always whole", short(p.name))
	}
	if p.key = p.name; p.in == inHeader {
		p.key = strings.ToLower(p.name)
	}
	r.serialization(p, at, known)
	r.parameterSchema(p, at)
	return p
}

func (r *reader) serialization(p *parameter, at place, known []string) {
	p.style = known[0]
	if style := get(at.node, "style"); style != nil {
		p.style = style.Value
		if !slices.Contains(known, p.style) {
			r.wrong(style, "a "+p.in+" parameter has the style "+strings.Join(known, ", "), "parameter %q has the style %q", short(p.name), short(p.style))
		}
	}
	p.explode = p.style == "form" || p.style == "cookie"
	if explode := get(at.node, "explode"); explode != nil {
		p.explode = explode.Value == "true"
	}
}

func (r *reader) parameterSchema(p *parameter, at place) { r.parameterSchemaOf(p, at, request) }

func (r *reader) parameterSchemaOf(p *parameter, at place, of side) {
	schema, content := at.at("schema"), at.at("content")
	switch {
	case schema.node != nil && content.node != nil:
		r.wrong(content.node, "keep one of them", "parameter %q has both schema and content", short(p.name))
	case schema.node == nil && content.node == nil:
		r.wrong(at.node, "add: schema: { type: string }", "parameter %q has neither schema nor content", short(p.name))
		return
	case content.node != nil:
		if len(content.node.Content) != 2 {
			r.wrong(content.node, "", "content of parameter %q has to name one media type", short(p.name))
			return
		}
		kind := content.node.Content[0].Value
		p.json = isJSON(kind)
		if schema = content.at(kind).at("schema"); schema.node == nil {
			return
		}
	}
	p.schema, p.shape = r.compile(schema, of), r.shapeOf(schema)
}

// orNode is the first that is there.
func orNode(a, b *yaml.Node) *yaml.Node {
	if a != nil {
		return a
	}
	return b
}

// isJSON reports whether a media type without parameters is JSON.
func isJSON(kind string) bool {
	kind = strings.ToLower(kind)
	return kind == typeJSON || strings.HasSuffix(kind, "+json") && strings.HasPrefix(kind, "application/")
}
