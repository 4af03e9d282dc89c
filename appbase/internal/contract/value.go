package contract

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// valueOf is a tree as JSON has it: objects, lists, texts, booleans, nil and json.Number. What JSON has no form for is a
// text.
func valueOf(node *yaml.Node) any {
	switch node.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		for key, value := range members(node) {
			object[key.Value] = valueOf(value)
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = valueOf(item)
		}
		return list
	}
	return scalarOf(node)
}

func scalarOf(node *yaml.Node) any {
	switch node.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int", "!!float":
		return numberOf(node)
	}
	return node.Value
}

// numberOf keeps a number as it was written where JSON would write it so, too.
func numberOf(node *yaml.Node) any {
	var number json.Number
	if json.Unmarshal([]byte(node.Value), &number) == nil {
		return number
	}
	var whole int64
	if node.Decode(&whole) == nil {
		return json.Number(strconv.FormatInt(whole, 10))
	}
	var f float64
	if node.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
	}
	return node.Value
}

// maxNumberBytes is the length of a number that is compared exactly.
const maxNumberBytes = 40

// tame replaces numbers that are dear to compare by the nearest that JavaScript has. false: there is one it has not.
func tame(value any) (any, bool) {
	switch v := value.(type) {
	case json.Number:
		if len(v) <= maxNumberBytes && !strings.ContainsAny(string(v), "eE") {
			return v, true
		}
		f, err := strconv.ParseFloat(string(v), 64)
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), err == nil
	case []any:
		for i := range v {
			item, ok := tame(v[i])
			if !ok {
				return nil, false
			}
			v[i] = item
		}
	case map[string]any:
		for key := range v {
			item, ok := tame(v[key])
			if !ok {
				return nil, false
			}
			v[key] = item
		}
	}
	return value, true
}
