package conf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mount says where an app answers, if not below its name on the port of all.
type Mount struct {
	Path   string // "/", or "/store"; "" is the default
	Listen string // host:port of its own; "" is that of all
}

// mounts reads the places of apps: a path, or path and listen.
func (l *loader) mounts(origin string, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key, m := "mounts."+name, Mount{}
		switch raw := values[name].(type) {
		case nil:
			continue
		case string:
			m.Path = raw
		case map[string]any:
			m = l.mount(origin, key, raw)
		default:
			l.problem("%s: %s %s: must be a path such as \"/store\", or hold path and listen", origin, key, quote(raw))
			continue
		}
		if err := m.check(); err != nil {
			l.problem("%s: %s: %w", origin, key, err)
		}
		l.config.Mounts[name] = m
	}
}

func (l *loader) mount(origin, key string, values map[string]any) (m Mount) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch name {
		case "path":
			m.Path = scalar(values[name])
		case "listen":
			m.Listen = scalar(values[name])
		default:
			l.problem("%s: unknown key %q; a mount has path and listen", origin, key+"."+name)
		}
	}
	return m
}

func (m Mount) check() error {
	if m.Path == "" && m.Listen == "" {
		return fmt.Errorf("must be a path such as \"/store\", or hold path and listen")
	}
	if m.Path != "" && !strings.HasPrefix(m.Path, "/") {
		return fmt.Errorf("path %s: must begin with /", quote(m.Path))
	}
	if m.Listen == "" {
		return nil
	}
	if err := (address{&m.Listen, false}).check(); err != nil {
		return fmt.Errorf("listen %s: %w", quote(m.Listen), err)
	}
	return nil
}
