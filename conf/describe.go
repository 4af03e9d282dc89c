package conf

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Describe is the whole configuration that the sources give, as YAML that could be a file, with a comment where each value that
// is not the default comes from. Passwords, and values of apps that are called like secrets, are not shown. The error joins
// everything that is wrong, as that of [Load].
func Describe(s Sources) (string, error) {
	l := newLoader()
	l.read(s)
	if len(l.problems) > 0 {
		return "", errors.Join(l.problems...)
	}
	root := mapping()
	for _, f := range l.fields {
		putSetting(root, f.key, f.value.raw(), l.comment(f.key))
	}
	apps := mapping()
	for _, app := range l.mentioned() {
		add(apps, app, l.describeApp(app))
	}
	add(root, "per_app", apps)
	text, err := yaml.Marshal(root)
	return string(text), err
}

// comment says where a value comes from, if it is not the default.
func (l *loader) comment(key string) string {
	if origin := l.origin[key]; !strings.HasPrefix(origin, "default.yaml") {
		return origin
	}
	return ""
}

// mentioned are the apps of which anything is said, sorted.
func (l *loader) mentioned() []string {
	names := map[string]bool{}
	c := l.config
	for _, keys := range [][]string{slices.Collect(maps.Keys(c.App)), slices.Collect(maps.Keys(c.AppLimits)), slices.Collect(maps.Keys(c.Mounts)), l.named} {
		for _, app := range keys {
			names[app] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// describeApp is all that is said of an app, in the words of per_app.
func (l *loader) describeApp(app string) *yaml.Node {
	node, own, m := mapping(), l.config.OwnOf(app), l.config.Mounts[app]
	for _, f := range own.fields() {
		if raw := f.value.raw(); raw != "" {
			putSetting(node, f.key, raw, l.commentOf(app, f.key))
		}
	}
	for _, at := range []struct{ key, value string }{{"mount", m.Path}, {"listen", m.Listen}} {
		if at.value != "" {
			putSetting(node, at.key, at.value, "")
		}
	}
	if len(m.Listeners) > 0 {
		putSetting(node, "listeners", m.Listeners, "")
	}
	for _, o := range l.own {
		if o.app == app {
			putSetting(node, "limits."+o.name, o.raw, o.origin)
		}
	}
	if values := l.config.App[app]; len(values) > 0 {
		putSetting(node, "config", hideSecrets(values), "")
	}
	return node
}

func (l *loader) commentOf(app, name string) string {
	for _, s := range slices.Backward(l.settings) {
		if s.app == app && s.name == name {
			return s.origin
		}
	}
	return ""
}

// secretName are the names of values that are not shown.
var secretName = regexp.MustCompile(`(?i)secret|password|passwd|token|credential|private|api_?key|dsn`)

// hideSecrets copies plain data without the texts that are called like secrets.
func hideSecrets(value any) any {
	switch value := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(value))
		for key, inner := range value {
			if _, text := inner.(string); text && secretName.MatchString(key) {
				inner = "(hidden)"
			}
			made[key] = hideSecrets(inner)
		}
		return made
	case []any:
		made := make([]any, len(value))
		for i, inner := range value {
			made[i] = hideSecrets(inner)
		}
		return made
	}
	return value
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func add(node *yaml.Node, name string, value *yaml.Node) {
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
}

// putSetting adds a key with its sections: "limits.message" below limits.
func putSetting(node *yaml.Node, key string, raw any, comment string) {
	section, name, nested := strings.Cut(key, ".")
	if nested {
		putSetting(child(node, section), name, raw, comment)
		return
	}
	value := &yaml.Node{}
	if err := value.Encode(raw); err != nil {
		value.SetString(fmt.Sprint(raw))
	}
	if comment != "" {
		comment = "# " + comment
	}
	value.LineComment = comment
	if value.Kind == yaml.SequenceNode {
		value.Style = yaml.FlowStyle
	}
	add(node, key, value)
}

// child is the section of a name, made if there is none.
func child(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	made := mapping()
	add(node, name, made)
	return made
}
