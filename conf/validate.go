package conf

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// Validate says what is wrong with a configuration that was made or changed in Go; that of [Load] is valid. The error joins
// all mistakes, one line each: key, value and what is allowed.
func (c *Config) Validate() error {
	var problems []error
	for _, f := range c.fields() {
		if err := f.value.check(); err != nil {
			problems = append(problems, fmt.Errorf("%s %s: %w", f.key, quote(f.value.raw()), err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.AppLimits)) {
		own := c.AppLimits[name]
		for _, f := range own.fields() {
			if err := f.value.check(); err != nil {
				problems = append(problems, fmt.Errorf("app_%s %s: %w", strings.Replace(f.key, ".", "."+name+".", 1), quote(f.value.raw()), err))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.PerApp)) {
		own := c.PerApp[name]
		for _, f := range own.fields() {
			if err := f.value.check(); err != nil && f.value.raw() != "" {
				problems = append(problems, fmt.Errorf("per_app.%s.%s %s: %w", name, f.key, quote(f.value.raw()), err))
			}
		}
	}
	if len(problems) == 0 {
		problems = c.together()
	}
	return errors.Join(problems...)
}

// together checks values that are good by themselves against each other.
func (c *Config) together() []error {
	var problems []error
	if c.Listen == c.Admin {
		if _, port, err := net.SplitHostPort(c.Listen); err == nil && port != "0" {
			problems = append(problems, fmt.Errorf("admin %q: must not be the same as listen", c.Admin))
		}
	}
	problems = append(problems, c.TLS.together(c)...)
	for name, m := range c.Mounts {
		if err := m.check(); err != nil {
			problems = append(problems, fmt.Errorf("mounts.%s: %w", name, err))
		}
		if _, port, err := net.SplitHostPort(m.Listen); err == nil && port != "0" && m.Listen == c.Admin {
			problems = append(problems, fmt.Errorf("mounts.%s.listen %q: must not be the same as admin", name, m.Listen))
		}
		for listener, at := range m.Listeners {
			if _, port, err := net.SplitHostPort(at); err == nil && port != "0" && at == c.Admin {
				problems = append(problems, fmt.Errorf("mounts.%s.listeners.%s %q: must not be the same as admin", name, listener, at))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.App)) {
		if !goodName(name) {
			problems = append(problems, fmt.Errorf("app %q: must be the name of an app", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.AppLimits)) {
		if !goodName(name) {
			problems = append(problems, fmt.Errorf("app_limits %q: must be the name of an app", name))
		}
	}
	return problems
}

// goodName says whether an app can have this name.
func goodName(name string) bool { return name != "" && !strings.ContainsAny(name, "/\\") }

// quote shows a value in an error, cut when it is long.
func quote(raw any) string {
	const most = 80
	text := fmt.Sprint(raw)
	if len(text) > most {
		text = text[:most] + "..."
	}
	return fmt.Sprintf("%q", text)
}

// plain makes a value out of YAML one of plain data, as Config.App promises: dates and times become text.
func plain(raw any) any {
	switch raw := raw.(type) {
	case map[string]any:
		made := make(map[string]any, len(raw))
		for key, value := range raw {
			made[key] = plain(value)
		}
		return made
	case map[any]any:
		made := make(map[string]any, len(raw))
		for key, value := range raw {
			made[fmt.Sprint(key)] = plain(value)
		}
		return made
	case []any:
		made := make([]any, len(raw))
		for i, value := range raw {
			made[i] = plain(value)
		}
		return made
	case time.Time:
		return strings.TrimSuffix(raw.Format(time.RFC3339Nano), "T00:00:00Z")
	}
	return raw
}
