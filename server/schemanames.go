package server

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// schemaNames collects what the schemas of a document share. A JSON Schema refers to places within itself; as part of a
// document those places are elsewhere: what "$defs" names becomes a component, and a schema that refers to itself too.
type schemaNames struct {
	schemas map[string]any
	origins map[string]any // of a component: all that its references may lead to, as it was written
}

func newSchemaNames() *schemaNames { return &schemaNames{map[string]any{}, map[string]any{}} }

const schemaPlace = "#/components/schemas/"

// adopt decodes a schema; name is for it as a component. False: the text is no JSON object.
func (n *schemaNames) adopt(name, text string) (any, bool) {
	var schema map[string]any
	if json.Unmarshal([]byte(text), &schema) != nil || schema == nil {
		return nil, false
	}
	delete(schema, "$schema")
	defs, _ := schema["$defs"].(map[string]any)
	places := map[string]string{}
	for _, def := range slices.Sorted(maps.Keys(defs)) {
		from := [2]any{def, originOf(schema, reachable(def, defs))}
		component := n.free(componentName(def), from)
		places["#/$defs/"+escapePointer(def)] = schemaPlace + component
		n.schemas[component], n.origins[component] = nil, from
	}
	delete(schema, "$defs")
	own := n.free(componentName(name), nil)
	m := &mover{places: places, self: schemaPlace + own}
	moved := m.move(schema)
	for _, def := range slices.Sorted(maps.Keys(defs)) {
		component := strings.TrimPrefix(places["#/$defs/"+escapePointer(def)], schemaPlace)
		n.schemas[component] = m.move(defs[def])
	}
	if m.toSelf {
		n.schemas[own] = moved
		return map[string]any{"$ref": schemaPlace + own}, true
	}
	return moved, true
}

// opened is what a reference to a component leads to, for what has to be read member by member.
func (n *schemaNames) opened(schema any) any {
	members, _ := schema.(map[string]any)
	ref, _ := members["$ref"].(string)
	if component, ok := n.schemas[strings.TrimPrefix(ref, schemaPlace)]; ok && strings.HasPrefix(ref, schemaPlace) {
		return component
	}
	return schema
}

// originOf is what definitions depend on: each other, and the whole schema if one refers to it.
func originOf(schema, defs map[string]any) any {
	m := &mover{self: "#", places: map[string]string{"#/$defs": "#/$defs"}}
	m.move(defs)
	if m.toSelf {
		return maps.Clone(schema)
	}
	return defs
}

// reachable are a definition and those that it refers to.
func reachable(def string, defs map[string]any) map[string]any {
	found := map[string]any{}
	var visit func(value any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, member := range value {
				ref, _ := member.(string)
				name, isRef := strings.CutPrefix(ref, "#/$defs/")
				if key != "$ref" || !isRef {
					visit(member)
					continue
				}
				name, _, _ = strings.Cut(name, "/")
				name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
				if _, seen := found[name]; !seen && defs[name] != nil {
					found[name] = defs[name]
					visit(defs[name])
				}
			}
		case []any:
			for _, element := range value {
				visit(element)
			}
		}
	}
	visit(map[string]any{"$ref": "#/$defs/" + escapePointer(def)})
	return found
}

// free is a name that no other schema has: one of the same origin keeps it.
func (n *schemaNames) free(name string, origin any) string {
	for i, try := 2, name; ; i, try = i+1, fmt.Sprintf("%s%d", name, i) {
		if _, taken := n.schemas[try]; !taken || origin != nil && reflect.DeepEqual(n.origins[try], origin) {
			return try
		}
	}
}

// mover copies a schema with its references led to their new places.
type mover struct {
	places map[string]string // of definitions
	self   string
	toSelf bool // the schema was referred to as a whole, or a place within it
}

// dataKeywords hold values, not schemas: what is called "$ref" in them is no reference.
var dataKeywords = map[string]bool{"const": true, "enum": true, "default": true, "example": true, "examples": true}

func (m *mover) move(value any) any {
	switch value := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(value))
		for key, member := range value {
			switch ref, isText := member.(string); {
			case key == "x-ignored": // for the server only
			case key == "$ref" && isText:
				made[key] = m.lead(ref)
			case dataKeywords[key]:
				made[key] = (&mover{}).move(member)
			default:
				made[key] = m.move(member)
			}
		}
		return made
	case []any:
		made := make([]any, len(value))
		for i, element := range value {
			made[i] = m.move(element)
		}
		return made
	case float64:
		if value == math.Trunc(value) && math.Abs(value) < 1<<53 {
			return int64(value) // YAML would write 1e+06
		}
	}
	return value
}

func (m *mover) lead(ref string) string {
	for place, component := range m.places {
		if rest, ok := strings.CutPrefix(ref, place); ok && (rest == "" || rest[0] == '/') {
			return component + rest
		}
	}
	if rest, ok := strings.CutPrefix(ref, "#"); ok && m.self != "" && (rest == "" || rest[0] == '/') {
		m.toSelf = true
		return m.self + rest
	}
	return ref
}

// componentName leaves of a name what OpenAPI allows.
func componentName(name string) string {
	return cmp.Or(strings.Map(func(r rune) rune {
		if r < 0x80 && (isWord(byte(r)) || r == '.') {
			return r
		}
		return '_'
	}, name), "schema")
}

func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
