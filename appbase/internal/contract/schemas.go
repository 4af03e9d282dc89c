package contract

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// side is who says a value: some members are only the server's to say, some only the client's.
type side int

const (
	request side = iota
	response
)

// schemas compiles the document's schemas for one side.
type schemas struct {
	compiler *jsonschema.Compiler
	made     map[string]*jsonschema.Schema // by pointer
	failed   map[string]bool
}

const documentURL = "contract:document"

func newSchemas(root *yaml.Node, old bool, of side) *schemas {
	s := &schemas{compiler: jsonschema.NewCompiler(), made: map[string]*jsonschema.Schema{}, failed: map[string]bool{}}
	s.compiler.UseLoader(noLoader{})
	s.compiler.AssertFormat()
	for _, format := range numberFormats() {
		s.compiler.RegisterFormat(format)
	}
	d := dialect{root: root, old: old, of: of}
	_ = s.compiler.AddResource(documentURL, d.convert(root, 0)) // fails for one that is there only
	return s
}

// noLoader refuses references to other documents.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is another document, and none is fetched", url)
}

// numberFormats are those of OpenAPI beside JSON Schema's.
func numberFormats() []*jsonschema.Format {
	within := func(name string, least, most float64) *jsonschema.Format {
		return &jsonschema.Format{Name: name, Validate: func(value any) error {
			number, ok := value.(json.Number)
			if !ok {
				return nil
			}
			if f, err := number.Float64(); err != nil || f < least || f > most {
				return fmt.Errorf("is outside of %s", name)
			}
			return nil
		}}
	}
	return []*jsonschema.Format{
		within("int32", math.MinInt32, math.MaxInt32), within("int64", math.MinInt64, math.MaxInt64),
		within("float", -math.MaxFloat32, math.MaxFloat32), within("double", -math.MaxFloat64, math.MaxFloat64),
	}
}

// compile is the schema at a place; nil when it is wrong, which is told of once.
func (r *reader) compile(p place, of side) *jsonschema.Schema {
	s := r.schemas[of]
	if made, ok := s.made[p.pointer]; ok || s.failed[p.pointer] {
		return made
	}
	fragment := url.URL{Fragment: p.pointer}
	made, err := s.compiler.Compile(documentURL + fragment.String())
	if err != nil {
		s.failed[p.pointer] = true
		r.schemaWrong(p, err)
		return nil
	}
	s.made[p.pointer] = made
	return made
}

// checkSchemas compiles what operations do not use, or not in a place that is whole: it is meant to be right, too.
func (r *reader) checkSchemas() {
	all := place{r.root, ""}.at("components").at("schemas")
	r.object(all.node, "schemas")
	for key := range members(all.node) {
		r.compile(all.at(key.Value), request)
	}
}

// schemaWrong tells why a schema cannot be compiled, as near to the place as the error knows.
func (r *reader) schemaWrong(p place, err error) {
	var invalid *jsonschema.SchemaValidationError
	var failed *jsonschema.ValidationError
	var pattern *jsonschema.InvalidRegexError
	switch {
	case errors.As(err, &invalid) && errors.As(invalid.Err, &failed):
		base := pointerOf(invalid.URL)
		told := ""
		for _, leaf := range leaves(failed) {
			at, where := base, ""
			for _, token := range leaf.InstanceLocation {
				at += "/" + escape(token)
			}
			if len(leaf.InstanceLocation) > 0 {
				where = strings.Join(leaf.InstanceLocation, ".") + ": "
			}
			if at == told {
				continue // another way in which the same is wrong
			}
			told = at
			r.wrong(r.nearestNode(at, p.node), "", "not a JSON Schema: %s%s", where, english(leaf))
		}
	case errors.As(err, &pattern):
		hint := "patterns are matched in linear time: what looks ahead or behind, and \\1, is not understood"
		r.wrong(r.nearestNode(pointerOf(pattern.URL), p.node), hint, "pattern %q: %v", short(pattern.Regex), pattern.Err)
	case r.hasBadReference():
	default:
		r.wrong(p.node, "", "not a JSON Schema: %s", strings.ReplaceAll(err.Error(), documentURL, ""))
	}
}

// hasBadReference reports whether a reference leads nowhere, of which a schema's error would only tell again.
func (r *reader) hasBadReference() bool {
	return slices.ContainsFunc(r.mistakes, func(m Mistake) bool { return strings.HasPrefix(m.Message, "$ref ") })
}

// pointerOf is the fragment of a place as the compiler names it.
func pointerOf(location string) string {
	_, fragment, _ := strings.Cut(location, "#")
	pointer, err := url.PathUnescape(fragment)
	if err != nil {
		return fragment
	}
	return pointer
}

// nearestNode is the node at a pointer, or its nearest parent that is there.
func (r *reader) nearestNode(pointer string, fallback *yaml.Node) *yaml.Node {
	node := r.root
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next := child(node, unescape(token))
		if next == nil {
			break
		}
		node = next
	}
	if node == r.root {
		return fallback
	}
	return node
}

// leaves are the causes of a failure that have no cause of their own, in the order of their places.
func leaves(err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	list := causes(err, nil)
	slices.SortStableFunc(list, func(a, b *jsonschema.ValidationError) int {
		return cmp.Or(slices.Compare(a.InstanceLocation, b.InstanceLocation), -strings.Compare(english(a), english(b)))
	})
	return list[:min(len(list), maxFaults)]
}

// maxCauses bounds what is sorted: of more, which are told is left to chance.
const maxCauses = 200

func causes(err *jsonschema.ValidationError, list []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(err.Causes) == 0 {
		return append(list, err)
	}
	for _, cause := range err.Causes {
		if len(list) >= maxCauses {
			return list
		}
		list = causes(cause, list)
	}
	return list
}

func english(err *jsonschema.ValidationError) string {
	return err.ErrorKind.LocalizedString(message.NewPrinter(language.English))
}

// dialect turns a document's schemas into JSON Schemas of 2020-12 for one side.
type dialect struct {
	root *yaml.Node
	old  bool
	of   side
}

// convert is a tree as plain values, with what is a schema in it converted. An object is taken for a schema when it looks
// like one; no other object of OpenAPI has these members.
func (d dialect) convert(node *yaml.Node, depth int) any {
	switch {
	case node.Kind == yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = d.convert(item, depth+1)
		}
		return list
	case node.Kind != yaml.MappingNode:
		return scalarOf(node)
	}
	object := make(map[string]any, len(node.Content)/2)
	for key, value := range members(node) {
		if plainData[key.Value] && value.Kind != yaml.MappingNode {
			object[key.Value] = valueOf(value)
			continue
		}
		object[key.Value] = d.convert(value, depth+1)
	}
	d.dropRequired(node, object)
	if d.old {
		modernize(object)
	}
	return object
}

// dropRequired takes members that the other side says out of "required".
func (d dialect) dropRequired(node *yaml.Node, object map[string]any) {
	required, ok := object["required"].([]any)
	properties := get(node, "properties")
	if !ok || properties == nil {
		return
	}
	hidden := "readOnly"
	if d.of == response {
		hidden = "writeOnly"
	}
	r := reader{root: d.root}
	object["required"] = slices.DeleteFunc(required, func(name any) bool {
		text, _ := name.(string)
		p, ok := r.follow(place{node: get(properties, text)})
		return ok && isTrue(p.node, hidden)
	})
}

// modernize turns a schema of OpenAPI 3.0 into one of 2020-12.
func modernize(schema map[string]any) {
	for _, bound := range [][2]string{{"exclusiveMinimum", "minimum"}, {"exclusiveMaximum", "maximum"}} {
		exclusive, isBool := schema[bound[0]].(bool)
		if !isBool {
			continue
		}
		delete(schema, bound[0])
		if limit, ok := schema[bound[1]]; ok && exclusive {
			schema[bound[0]] = limit
			delete(schema, bound[1])
		}
	}
	nullable, isBool := schema["nullable"].(bool)
	if !isBool {
		return
	}
	delete(schema, "nullable")
	if kind, ok := schema["type"].(string); ok && nullable {
		schema["type"] = []any{kind, "null"}
		if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, nil) {
			schema["enum"] = append(slices.Clone(enum), nil)
		}
	}
}
