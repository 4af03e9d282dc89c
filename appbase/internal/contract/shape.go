package contract

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v3"
)

// shape is what a schema says of how texts become values, and of defaults. Shapes of recursive schemas are circular.
type shape struct {
	types      []string // empty: any
	properties map[string]*shape
	rest       *shape // of other members; nil: nothing is said
	items      *shape
	fallback   any  // its default
	defaulted  bool // it has one
	deep       bool // it, or something in it, has
}

// shapeOf reads the shape of a schema. It never fails: what a schema leaves open stays open.
func (r *reader) shapeOf(p place) *shape {
	s := r.shape(p.node)
	s.findDefaults(map[*shape]bool{})
	return s
}

func (r *reader) shape(node *yaml.Node) *shape {
	if made, ok := r.shapes[node]; ok {
		return made
	}
	s := &shape{}
	if p, ok := r.follow(place{node: node}); ok && p.node != node {
		if len(node.Content) == 2 { // nothing beside the reference
			return r.shape(p.node)
		}
		r.shapes[node] = s
		r.into(s, p.node)
	}
	if node != nil {
		r.shapes[node] = s
	}
	r.read(s, node)
	return s
}

// into adds what another schema says, whose shape may be still in the making.
func (r *reader) into(s *shape, node *yaml.Node) {
	other := r.shape(node)
	if len(s.types) == 0 {
		s.types = other.types
	}
	for name, p := range other.properties {
		s.set(name, p)
	}
	if s.items == nil {
		s.items = other.items
	}
	if s.rest == nil {
		s.rest = other.rest
	}
	if other.defaulted && !s.defaulted {
		s.fallback, s.defaulted = other.fallback, true
	}
}

func (s *shape) set(name string, p *shape) {
	if s.properties == nil {
		s.properties = map[string]*shape{}
	}
	if s.properties[name] == nil {
		s.properties[name] = p
	}
}

func (r *reader) read(s *shape, node *yaml.Node) {
	if types := get(node, "type"); types != nil {
		s.types = typesOf(types)
	}
	for key, value := range members(get(node, "properties")) {
		s.set(key.Value, r.shape(value))
	}
	if items := get(node, "items"); items != nil {
		s.items = r.shape(items)
	}
	if rest := get(node, "additionalProperties"); rest != nil && rest.Kind == yaml.MappingNode {
		s.rest = r.shape(rest)
	}
	if fallback := get(node, "default"); fallback != nil {
		s.fallback, s.defaulted = valueOf(fallback), true
	}
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		r.readAll(s, get(node, key), key == "allOf")
	}
	if len(s.types) == 0 {
		s.types = guessTypes(node, s)
	}
}

// readAll adds what the members of allOf, oneOf or anyOf say. Of alternatives the defaults are not known to be meant.
func (r *reader) readAll(s *shape, list *yaml.Node, all bool) {
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	var types []string
	for _, item := range list.Content {
		other := *r.shape(item)
		if !all {
			types = append(types, other.types...)
			for name, p := range other.properties {
				plain := *p
				plain.fallback, plain.defaulted = nil, false
				s.set(name, &plain)
			}
			continue
		}
		r.into(s, item)
	}
	if len(s.types) == 0 {
		s.types = types
	}
}

func typesOf(node *yaml.Node) (types []string) {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}
	}
	for _, item := range node.Content {
		types = append(types, item.Value)
	}
	return types
}

// guessTypes is what a schema is of that does not say it.
func guessTypes(node *yaml.Node, s *shape) []string {
	switch {
	case s.properties != nil || s.rest != nil:
		return []string{"object"}
	case s.items != nil:
		return []string{"array"}
	}
	for _, item := range itemsOf(get(node, "enum")) {
		switch scalarOf(item).(type) {
		case json.Number:
			return []string{"number"}
		case bool:
			return []string{"boolean"}
		}
	}
	return nil
}

// itemsOf are the items of a list; none of anything else.
func itemsOf(node *yaml.Node) []*yaml.Node {
	if node == nil || node.Kind != yaml.SequenceNode {
		return nil
	}
	return node.Content
}

// findDefaults marks the shapes that have defaults in them.
func (s *shape) findDefaults(seen map[*shape]bool) bool {
	if s == nil {
		return false
	}
	if seen[s] {
		return s.deep
	}
	seen[s] = true
	s.deep = s.defaulted
	for _, p := range s.properties {
		s.deep = p.findDefaults(seen) || s.deep
	}
	s.deep = s.items.findDefaults(seen) || s.deep
	s.deep = s.rest.findDefaults(seen) || s.deep
	return s.deep
}

// fill adds the defaults of members that are missing, at any depth; it reports whether there were any.
func (s *shape) fill(value any) (filled bool) {
	if s == nil || !s.deep {
		return false
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			filled = s.items.fill(item) || filled
		}
	case map[string]any:
		for name, p := range s.properties {
			if member, there := v[name]; there {
				filled = p.fill(member) || filled
			} else if p.defaulted {
				v[name] = clone(p.fallback)
				filled = true
			}
		}
	}
	return filled
}

// clone copies a default: what fills it further must not change the document's.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(v))
		for key, member := range v {
			made[key] = clone(member)
		}
		return made
	case []any:
		made := make([]any, len(v))
		for i, item := range v {
			made[i] = clone(item)
		}
		return made
	}
	return value
}

// is reports whether a value may be of a type.
func (s *shape) is(kind string) bool { return s != nil && slices.Contains(s.types, kind) }

// value turns a text into what the schema says it is. What cannot be turned stays a text, and the schema says what is
// wrong with it.
func (s *shape) value(text string) any {
	switch {
	case (s.is("integer") || s.is("number")) && isNumber(text):
		return json.Number(text)
	case s.is("boolean") && (text == "true" || text == "false"):
		return text == "true"
	case s.is("null") && (text == "null" || text == "" && !s.is("string")):
		return nil
	}
	return text
}

// isNumber reports whether a text is a number as JSON has it, of a length that is cheap to compare.
func isNumber(text string) bool {
	if text == "" || len(text) > maxNumberBytes || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	for i := range len(text) {
		if text[i] == 'e' || text[i] == 'E' {
			return false
		}
	}
	return json.Valid([]byte(text))
}

// member is the shape of an object's member.
func (s *shape) member(name string) *shape {
	if s == nil {
		return nil
	}
	if p := s.properties[name]; p != nil {
		return p
	}
	return s.rest
}

// element is the shape of a list's items.
func (s *shape) element() *shape {
	if s == nil {
		return nil
	}
	return s.items
}
