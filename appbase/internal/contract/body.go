package contract

import (
	"encoding/json"
	"mime"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Media types that are understood.
const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// body is what an operation takes, or an answer has, beside its parameters.
type body struct {
	required bool
	media    []*media // the more special first
}

// media is one media type of a body.
type media struct {
	kind   string // in lower case, without parameters: "application/json", "image/*"
	schema *jsonschema.Schema
	shape  *shape
	fields map[string]field // of a form, by name
}

// field is how a member of a form is written.
type field struct {
	style   string
	explode bool
	json    bool
}

// requestBody reads what an operation takes; nil when it takes nothing.
func (r *reader) requestBody(given place) *body {
	if given.node == nil {
		return nil
	}
	at, ok := r.follow(given)
	if !ok || r.object(at.node, "requestBody") == nil {
		return nil
	}
	if get(at.node, "content") == nil {
		r.wrong(at.node, "add: content: { application/json: { schema: ... } }", "requestBody has no content")
	}
	return &body{required: isTrue(at.node, "required"), media: r.content(at.at("content"), request)}
}

// content reads the media types of a body.
func (r *reader) content(at place, of side) (list []*media) {
	r.object(at.node, "content")
	for key, value := range members(at.node) {
		kind, _, err := mime.ParseMediaType(key.Value)
		if err != nil || !strings.Contains(kind, "/") {
			r.wrong(key, "", "%q is not a media type", short(key.Value))
			continue
		}
		m := &media{kind: kind}
		if schema := at.at(key.Value).at("schema"); schema.node != nil {
			m.schema, m.shape = r.compile(schema, of), r.shapeOf(schema)
		}
		if kind == typeForm {
			m.fields = r.fields(place{node: get(value, "encoding")}, m.shape)
		}
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b *media) int { return strings.Count(a.kind, "*") - strings.Count(b.kind, "*") })
	return list
}

// fields reads how the members of a form are written (OpenAPI 3.1, Encoding Object). Objects are JSON unless they have a style.
func (r *reader) fields(encoding place, s *shape) map[string]field {
	all := map[string]field{}
	if s == nil {
		return all
	}
	for name, member := range s.properties {
		f := field{style: "form", explode: true, json: member.is("object")}
		if given := get(encoding.node, name); given != nil {
			f.json = isJSON(textOf(get(given, "contentType")))
			if style := get(given, "style"); style != nil {
				f.style, f.explode, f.json = style.Value, style.Value == "form", false
				if !slices.Contains(styles[inQuery], f.style) {
					r.wrong(style, "a form has the style "+strings.Join(styles[inQuery], ", "), "%q has the style %q", short(name), short(f.style))
				}
			}
			if explode := get(given, "explode"); explode != nil {
				f.explode, f.json = explode.Value == "true", false
			}
		}
		all[name] = f
	}
	return all
}

// match is the media type that a Content-Type is of; nil when the body does not declare it. Without one a body is taken for
// JSON, or for the only type there is.
func (b *body) match(contentType string) *media {
	if contentType == "" {
		contentType = typeJSON
		if len(b.media) == 1 && !strings.Contains(b.media[0].kind, "*") {
			return b.media[0]
		}
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil
	}
	major, _, _ := strings.Cut(kind, "/")
	for _, m := range b.media {
		if m.kind == kind || m.kind == "*/*" || m.kind == major+"/*" {
			return m
		}
	}
	return nil
}

// isValue reports whether the whole body is read for a handler, as a value.
func isValue(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (isJSON(kind) || kind == typeForm || strings.HasPrefix(kind, "text/"))
}

// form reads a form as an object.
func (m *media) form(text string) (any, bool) {
	pairs, ok := pairsOf(text)
	if !ok {
		return nil, false
	}
	object := map[string]any{}
	for name, f := range m.fields {
		if value, there := m.shape.member(name).field(pairs, name, f); there {
			object[name] = value
		}
	}
	for _, p := range pairs {
		if _, declared := m.fields[p.name]; declared || object[p.name] != nil || m.belongs(p.name) {
			continue
		}
		object[p.name] = m.rest().fromRepeated(pairs, p.name)
	}
	return object, true
}

// rest is the shape of members that are not declared.
func (m *media) rest() *shape {
	if m.shape == nil {
		return nil
	}
	return m.shape.rest
}

// belongs reports whether a name of a form is a part of a declared member: "address[city]", "tags[]".
func (m *media) belongs(name string) bool {
	head, _, bracket := strings.Cut(name, "[")
	_, declared := m.fields[head]
	return bracket && declared
}

// field reads one member of a form.
func (s *shape) field(pairs []pair, name string, f field) (any, bool) {
	if !f.json {
		return s.fromPairs(pairs, name, f.style, f.explode)
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.name == name })
	if i < 0 {
		return s.fromDeep(pairs, name)
	}
	value, err := parseJSON(pairs[i].value)
	if err != nil {
		return pairs[i].value, true // the schema says what is wrong
	}
	return value, true
}

// fromRepeated is a text, or the list of those of one name.
func (s *shape) fromRepeated(pairs []pair, name string) any {
	var list []any
	for _, p := range pairs {
		if p.name == name {
			list = append(list, s.value(p.value))
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// parseJSON reads one value, with numbers as they are written.
func parseJSON(text string) (any, error) {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	tamed, ok := tame(value)
	if !ok {
		return nil, errNumber
	}
	return tamed, nil
}

// marshal writes values that came from JSON or from texts: it cannot fail.
func marshal(value any) []byte {
	text, _ := json.Marshal(value)
	return text
}
