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
	// Listeners are the addresses, host:port, of the app's named listeners: of routes that say listener.
	Listeners map[string]string
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
			l.problem("%s: %s %s: must be a path such as \"/store\", or hold path and listen", l.at(origin, key), key, quote(raw))
			continue
		}
		if err := m.check(); err != nil {
			l.problem("%s: %s: %w", l.at(origin, key), key, err)
			continue
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
		case "listeners":
			m.Listeners = l.listeners(origin, key+"."+name, values[name])
		default:
			l.unknownOfMount(origin, key+"."+name, name)
		}
	}
	return m
}

func (l *loader) unknownOfMount(origin, key, name string) {
	if meant := suggest(name, []string{"path", "listen", "listeners"}); meant != "" {
		l.problem("%s: unknown key %q; did you mean %s?", l.at(origin, key), key, meant)
		return
	}
	l.problem("%s: unknown key %q; a mount has path, listen and listeners", l.at(origin, key), key)
}

func (l *loader) listeners(origin, key string, raw any) map[string]string {
	values, ok := raw.(map[string]any)
	if !ok {
		l.problem("%s: %s %s: must hold an address for each name", l.at(origin, key), key, quote(raw))
		return nil
	}
	made := map[string]string{}
	for name, value := range values {
		made[name] = scalar(value)
	}
	return made
}

func (m Mount) check() error {
	if m.Path == "" && m.Listen == "" && len(m.Listeners) == 0 {
		return fmt.Errorf("must be a path such as \"/store\", or hold path, listen or listeners")
	}
	if m.Path != "" && !strings.HasPrefix(m.Path, "/") {
		return fmt.Errorf("path %s: must begin with /", quote(m.Path))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Listeners)) {
		listen := m.Listeners[name]
		if err := (address{&listen, false}).check(); err != nil {
			return fmt.Errorf("listeners.%s %s: %w", name, quote(listen), err)
		}
	}
	if m.Listen == "" {
		return nil
	}
	if err := (address{&m.Listen, false}).check(); err != nil {
		return fmt.Errorf("listen %s: %w", quote(m.Listen), err)
	}
	return nil
}
