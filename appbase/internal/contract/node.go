package contract

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader reads one document and collects what is wrong with it.
type reader struct {
	root     *yaml.Node // the document without aliases; nil when it cannot be read
	tree     *yaml.Node // as it was written
	old      bool       // OpenAPI 3.0, whose schemas are not quite JSON Schemas
	mistakes []Mistake
	schemes  map[string]*Scheme
	order    []string // of the schemes
	used     map[string]bool
	schemas  [2]*schemas // of requests, of answers
	shapes   map[*yaml.Node]*shape
	nodes    int
}

func newReader(text string) *reader {
	r := &reader{schemes: map[string]*Scheme{}, used: map[string]bool{}, shapes: map[*yaml.Node]*shape{}}
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\ufeff"), "{") {
		text = strings.ReplaceAll(text, "\t", " ") // JSON may be indented by tabs, and has none in its texts
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		r.syntax(err)
		return r
	}
	if len(doc.Content) == 0 {
		r.mistakes = append(r.mistakes, Mistake{Line: 1, Column: 1, Message: "the contract is empty", Hint: `begin with "openapi: 3.1.0"`})
		return r
	}
	r.tree = doc.Content[0]
	root := r.expand(r.tree, 0)
	if r.nodes > maxNodes {
		r.wrong(r.tree, "", "the contract has more than %d parts once its aliases are followed", maxNodes)
		return r
	}
	if root.Kind != yaml.MappingNode {
		r.wrong(root, `begin with "openapi: 3.1.0"`, "the contract is to be an object, not %s", kindOf(root))
		return r
	}
	r.root = root
	r.version()
	for i := range r.schemas {
		r.schemas[i] = newSchemas(r.root, r.old, side(i))
	}
	return r
}

func (r *reader) syntax(err error) {
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if _, scanErr := fmt.Sscanf(message, "line %d:", &line); scanErr == nil {
		_, message, _ = strings.Cut(message, ": ")
	}
	r.mistakes = append(r.mistakes, Mistake{Line: line, Column: 1, Message: "the contract cannot be read: " + message})
}

func (r *reader) version() {
	node := get(r.root, "openapi")
	switch v := textOf(node); {
	case node == nil && get(r.root, "swagger") != nil:
		r.wrong(get(r.root, "swagger"), "convert it, for example with npx swagger2openapi", "Swagger 2 is not understood; OpenAPI 3.0, 3.1 and 3.2 are")
	case node == nil:
		r.wrong(r.root, `begin with "openapi: 3.1.0"`, "openapi, the version, is missing")
	case strings.HasPrefix(v, "3.0"):
		r.old = true
	case !strings.HasPrefix(v, "3.1") && !strings.HasPrefix(v, "3.2"):
		r.wrong(node, "OpenAPI 3.0, 3.1 and 3.2 are understood", "openapi is %q", short(v))
	}
}

func (r *reader) info() Info {
	node := r.object(get(r.root, "info"), "info")
	if node == nil {
		if get(r.root, "info") == nil {
			r.wrong(r.root, "it says title and version", "info is missing")
		}
		return Info{}
	}
	for _, key := range []string{"title", "version"} {
		if get(node, key) == nil {
			r.wrong(node, "", "info.%s is missing", key)
		}
	}
	return Info{textOf(get(node, "title")), textOf(get(node, "version")), textOf(get(node, "description"))}
}

// wrong notes a mistake at a node.
func (r *reader) wrong(at *yaml.Node, hint, format string, args ...any) {
	m := Mistake{Message: fmt.Sprintf(format, args...), Hint: hint}
	if at != nil {
		m.Line, m.Column = at.Line, at.Column
	}
	if len(r.mistakes) < maxMistakes && !slices.Contains(r.mistakes, m) {
		r.mistakes = append(r.mistakes, m)
	}
}

func (r *reader) sorted() []Mistake {
	slices.SortStableFunc(r.mistakes, func(a, b Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return r.mistakes
}

// object is node if it is an object; else it is nil, and what stands there instead is a mistake.
func (r *reader) object(node *yaml.Node, what string) *yaml.Node {
	if node == nil {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		r.wrong(node, "", "%s is to be an object, not %s", what, kindOf(node))
		return nil
	}
	return node
}

// list is the members of node if it is a list, as with object.
func (r *reader) list(node *yaml.Node, what string) []*yaml.Node {
	if node == nil {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		r.wrong(node, "", "%s is to be a list, not %s", what, kindOf(node))
		return nil
	}
	return node.Content
}

// expand copies a tree with its aliases and merged keys ("<<") followed. Positions stay.
func (r *reader) expand(node *yaml.Node, depth int) *yaml.Node {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		r.nodes = max(r.nodes, maxNodes+1)
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	made := &yaml.Node{Kind: node.Kind, Tag: node.Tag, Value: node.Value, Line: node.Line, Column: node.Column}
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			made.Content = append(made.Content, r.expand(child, depth+1))
		}
		return made
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], r.expand(node.Content[i+1], depth+1)
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		if get(made, key.Value) != nil {
			r.wrong(key, "", "%q stands twice in one object", short(key.Value))
			continue
		}
		made.Content = append(made.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key.Value, Line: key.Line, Column: key.Column}, value)
	}
	for _, from := range merged {
		merge(made, from)
	}
	return made
}

// merge adds what "<<" brings and the object does not say itself.
func merge(into, from *yaml.Node) {
	if from.Kind == yaml.SequenceNode {
		for _, one := range from.Content {
			merge(into, one)
		}
		return
	}
	for key, value := range members(from) {
		if get(into, key.Value) == nil {
			into.Content = append(into.Content, key, value)
		}
	}
}

// members are the keys and values of an object; none of anything else.
func members(node *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

// get is the member of an object; nil when there is none.
func get(node *yaml.Node, key string) *yaml.Node {
	for k, value := range members(node) {
		if k.Value == key {
			return value
		}
	}
	return nil
}

// textOf is a scalar as it was written, "" of anything else.
func textOf(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return ""
	}
	return node.Value
}

// isTrue reports whether a member is true.
func isTrue(node *yaml.Node, key string) bool { return textOf(get(node, key)) == "true" }

func kindOf(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "an object"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Tag == "!!null":
		return "nothing"
	}
	return fmt.Sprintf("%q", short(node.Value))
}

// short is a text as errors quote it.
func short(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
