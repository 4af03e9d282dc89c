package contract

import (
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is a node and where it stands in the document (RFC 6901).
type place struct {
	node    *yaml.Node
	pointer string
}

// at is a member of a place's object.
func (p place) at(key string) place {
	return place{get(p.node, key), p.pointer + "/" + escape(key)}
}

// item is a member of a place's list.
func (p place) item(i int) place {
	return place{p.node.Content[i], p.pointer + "/" + strconv.Itoa(i)}
}

func escape(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

func unescape(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// follow goes where a place refers to. false: to nowhere, which checkReferences has told of.
func (r *reader) follow(p place) (place, bool) {
	for range maxRefs {
		ref := reference(p.node)
		if ref == nil {
			return p, p.node != nil
		}
		node := r.find(ref.Value)
		if node == nil {
			return place{}, false
		}
		pointer, _ := url.PathUnescape(strings.TrimPrefix(ref.Value, "#"))
		p = place{node, pointer}
	}
	return place{}, false
}

// reference is the $ref of an object; nil when it has none.
func reference(node *yaml.Node) *yaml.Node {
	ref := get(node, "$ref")
	if ref == nil || ref.Kind != yaml.ScalarNode {
		return nil
	}
	return ref
}

// find is the node that a reference within the document names.
func (r *reader) find(ref string) *yaml.Node {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	pointer, err := url.PathUnescape(pointer)
	if err != nil || pointer != "" && pointer[0] != '/' {
		return nil
	}
	node := r.root
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		node = child(node, unescape(token))
		if node == nil {
			return nil
		}
	}
	return node
}

func child(node *yaml.Node, token string) *yaml.Node {
	if node.Kind != yaml.SequenceNode {
		return get(node, token)
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i >= len(node.Content) {
		return nil
	}
	return node.Content[i]
}

// plainData are the members that hold values, in which "$ref" is no reference.
var plainData = map[string]bool{"example": true, "default": true, "enum": true, "const": true, "value": true}

// checkReferences tells of every reference that leads nowhere, or only to itself.
func (r *reader) checkReferences(node *yaml.Node, depth int) {
	if ref := reference(node); ref != nil {
		r.checkReference(node, ref)
	}
	for key, value := range members(node) {
		if !plainData[key.Value] || value.Kind == yaml.MappingNode && isSchemaMap(node) {
			r.checkReferences(value, depth+1)
		}
	}
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			r.checkReferences(item, depth+1)
		}
	}
}

// isSchemaMap guesses whether an object maps names to schemas: a property may be called "value".
func isSchemaMap(node *yaml.Node) bool {
	for _, value := range members(node) {
		if value.Kind != yaml.MappingNode {
			return false
		}
	}
	return true
}

func (r *reader) checkReference(node, ref *yaml.Node) {
	switch {
	case !strings.HasPrefix(ref.Value, "#"):
		r.wrong(ref, "only this one document is read: move it here, below components, or bundle the parts (npx @redocly/cli bundle)", "$ref %q leads to another document", short(ref.Value))
	case !strings.HasPrefix(ref.Value, "#/") && ref.Value != "#":
		// an anchor of JSON Schema: compiling the schema tells
	case r.find(ref.Value) == nil:
		r.wrong(ref, r.similar(ref.Value), "$ref %q leads to nothing", short(ref.Value))
	default:
		if _, ok := r.follow(place{node: node}); !ok {
			r.wrong(ref, "", "$ref %q leads back to itself, or to a reference that leads nowhere", short(ref.Value))
		}
	}
}

// similar is a hint at what the author may have meant.
func (r *reader) similar(ref string) string {
	parent, name := ref[:strings.LastIndexByte(ref, '/')], unescape(ref[strings.LastIndexByte(ref, '/')+1:])
	siblings := r.find(parent)
	if siblings == nil {
		return short(parent) + " is not there either"
	}
	var names []string
	for key := range members(siblings) {
		names = append(names, key.Value)
	}
	if near := Nearest(name, names); near != "" {
		return "did you mean " + parent + "/" + escape(near) + "?"
	}
	return ""
}
