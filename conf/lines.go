package conf

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how far into a file lines are told.
const maxDepth = 20

// linesOf is where each key of a YAML text stands, by its path: "limits.message". What is not YAML has none.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	var document yaml.Node
	if yaml.Unmarshal(text, &document) == nil && len(document.Content) == 1 {
		noteLines(lines, "", document.Content[0], 0)
	}
	return lines
}

// noteLines follows mappings only: what is behind an alias stands elsewhere.
func noteLines(lines map[string]int, section string, node *yaml.Node, depth int) {
	if node.Kind != yaml.MappingNode || depth > maxDepth {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := section + node.Content[i].Value
		lines[key] = node.Content[i].Line
		noteLines(lines, key+".", node.Content[i+1], depth+1)
	}
}

// at is where a key of the source that is being read stands: "sigil.yaml:12", by the nearest section that has a line.
func (l *loader) at(origin, key string) string {
	for key != "" {
		if line, ok := l.lines[key]; ok {
			return fmt.Sprintf("%s:%d", origin, line)
		}
		key = key[:max(strings.LastIndexByte(key, '.'), 0)]
	}
	return origin
}
