package contract

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is the contract as it is shown.
type document struct{ tree *yaml.Node }

// YAML is the document for clients that find the app at mount ("/shop"; "" is the root), with its comments and its order.
// If none of its servers is there, one is put before them.
func (c *Contract) YAML(mount string) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(c.document.at(mount)); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

// JSON is the same in JSON.
func (c *Contract) JSON(mount string) ([]byte, error) {
	r := reader{}
	return json.MarshalIndent(valueOf(r.expand(c.document.at(mount), 0)), "", "  ")
}

// at is the tree with a server at mount. The tree that was read stays as it is.
func (d document) at(mount string) *yaml.Node {
	servers := get(d.tree, "servers")
	for _, server := range itemsOf(servers) {
		if parsed, err := url.Parse(textOf(get(server, "url"))); err == nil && strings.TrimSuffix(parsed.Path, "/") == mount {
			return d.tree
		}
	}
	if mount == "" {
		mount = "/"
	}
	here := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("url"), scalar(mount)}}
	list := &yaml.Node{Kind: yaml.SequenceNode, Content: append([]*yaml.Node{here}, itemsOf(servers)...)}
	tree := *d.tree
	tree.Content = nil
	for i := 0; i+1 < len(d.tree.Content); i += 2 {
		key, value := d.tree.Content[i], d.tree.Content[i+1]
		switch {
		case key.Value == "servers":
			tree.Content = append(tree.Content, key, list)
			continue
		case key.Value == "paths" && servers == nil:
			tree.Content = append(tree.Content, scalar("servers"), list)
		}
		tree.Content = append(tree.Content, key, value)
	}
	return &tree
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
