package conf

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Own is what the operator says of one app, beside its place, its limits and its values.
type Own struct {
	Enabled bool     // false: it is not loaded
	Workers string   // auto (the app decides), a number, or connection
	Env     []string // names of environment variables that it may read
	Level   string   // the least that it logs; "" is Log.Level
	Public  string   // folder of its static files; "" is its own, "off" none
	API     bool     // its OpenAPI and AsyncAPI documents answer
	Doc     bool     // its documentation page answers
	Reload  bool     // its new code replaces what serves

	// Headers are those of its answers over HTTP, before those of Config.
	Headers map[string]string
}

// fields is the table of the keys of one app that stand for themselves. Mount, limits and config go elsewhere.
func (o *Own) fields() []field {
	return []field{
		{"enabled", boolean{&o.Enabled}},
		{"workers", workers{&o.Workers}},
		{"env", variables{&o.Env}},
		{"log.level", choice{&o.Level, []string{"debug", "info", "warn", "error"}}},
		{"public", public{&o.Public}},
		{"api", boolean{&o.API}},
		{"doc", boolean{&o.Doc}},
		{"reload", boolean{&o.Reload}},
		{"headers", headers{&o.Headers, nil}},
	}
}

// OwnOf returns what the operator says of an app, which is the default of all for what is said of none.
func (c *Config) OwnOf(app string) Own {
	if own, ok := c.PerApp[app]; ok {
		return own
	}
	return Own{Enabled: true, Workers: "auto", API: c.API, Doc: c.Doc, Reload: c.Reload}
}

// perAppSections are the keys of one app that hold keys of their own, or are read with another section.
func perAppSections() []string {
	return []string{"mount", "listen", "listeners", "limits", "config", "log"}
}

// perApp notes what a source says of single apps.
func (l *loader) perApp(origin string, values map[string]any) {
	for _, app := range slices.Sorted(maps.Keys(values)) {
		key := "per_app." + app
		section, ok := values[app].(map[string]any)
		if !ok {
			if values[app] != nil {
				l.problem("%s: %s %s: must hold keys of its own", l.at(origin, key), key, quote(values[app]))
			}
			continue
		}
		if !goodName(app) {
			l.problem("%s: per_app %q: must be the name of an app", l.at(origin, key), app)
			continue
		}
		l.oneApp(origin, app, section)
	}
}

// oneApp hands the keys of one app to where they belong.
func (l *loader) oneApp(origin, app string, section map[string]any) {
	place := map[string]any{}
	l.named = append(l.named, app)
	for _, name := range slices.Sorted(maps.Keys(section)) {
		key, raw := "per_app."+app+"."+name, section[name]
		below, isSection := raw.(map[string]any)
		switch {
		case raw == nil && l.knownOfApp(origin, key, name):
		case raw == nil:
		case name == "mount" || name == "listen" || name == "listeners":
			place[name] = raw
		case slices.Contains(perAppSections(), name) && !isSection:
			l.problem("%s: %s %s: must hold keys of its own", l.at(origin, key), key, quote(raw))
		case name == "limits":
			l.limitsOfApp(origin, key, app, below)
		case name == "config":
			l.once(origin, key, "app."+app, l.config.App[app] != nil)
			l.config.App[app], _ = plain(below).(map[string]any)
		case name == "log":
			for inner := range below {
				l.ownKey(origin, key+"."+inner, app, "log."+inner, below[inner])
			}
		default:
			l.ownKey(origin, key, app, name, raw)
		}
	}
	l.placeOfApp(origin, app, place)
}

// once complains about what two sections say of one app.
func (l *loader) once(origin, key, other string, taken bool) {
	if taken {
		l.problem("%s: %s: %s is set too; keep one of them", l.at(origin, key), key, other)
	}
}

// placeOfApp is mounts in the words of per_app: mount is the path.
func (l *loader) placeOfApp(origin, app string, place map[string]any) {
	if len(place) == 0 {
		return
	}
	key := "per_app." + app
	for _, name := range []string{"listeners", "listen", "mount"} {
		if place[name] != nil {
			key = "per_app." + app + "." + name
		}
	}
	_, taken := l.config.Mounts[app]
	l.once(origin, key, "mounts."+app, taken)
	var m Mount
	if path, ok := place["mount"]; ok {
		m.Path = scalar(path)
	}
	if listen, ok := place["listen"]; ok {
		m.Listen = scalar(listen)
	}
	if names, ok := place["listeners"]; ok {
		m.Listeners = l.listeners(origin, "per_app."+app+".listeners", names)
	}
	if err := m.check(); err != nil {
		l.problem("%s: per_app.%s: %w", l.at(origin, key), app, errors.New(strings.Replace(err.Error(), "path ", "mount ", 1)))
		return
	}
	l.config.Mounts[app] = m
}

// limitsOfApp is app_limits in the words of per_app.
func (l *loader) limitsOfApp(origin, key, app string, values map[string]any) {
	taken := slices.ContainsFunc(l.own, func(o ownLimit) bool { return o.app == app })
	l.once(origin, key, "app_limits."+app, taken)
	l.limitsBelow(origin, key, app, values)
}

// ownSetting is one key of one app, in the order in which the sources set them.
type ownSetting struct {
	origin, key, app, name string
	raw                    any
}

func (l *loader) ownKey(origin, key, app, name string, raw any) {
	if l.knownOfApp(origin, key, name) && raw != nil {
		l.settings = append(l.settings, ownSetting{l.at(origin, key), key, app, name, raw})
	}
}

// knownOfApp reports whether there is a key of that name for an app, or complains.
func (l *loader) knownOfApp(origin, key, name string) bool {
	var names []string
	for _, f := range new(Own).fields() {
		names = append(names, f.key)
	}
	names = append(names, perAppSections()...)
	if slices.Contains(names, name) {
		return true
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s == "log" })
	if meant := suggest(name, names); meant != "" && meant != name {
		l.problem("%s: unknown key %q; did you mean %s?", l.at(origin, key), key, meant)
	} else {
		l.problem("%s: unknown key %q; an app has %s", l.at(origin, key), key, strings.Join(names, ", "))
	}
	return false
}

// finishOwn turns what the sources say of single apps into the configuration.
func (l *loader) finishOwn() {
	for _, app := range l.named {
		own := l.config.OwnOf(app)
		for _, s := range l.settings {
			if s.app == app {
				l.apply(&own, s)
			}
		}
		l.config.PerApp[app] = own
	}
}

func (l *loader) apply(own *Own, s ownSetting) {
	for _, f := range own.fields() {
		if f.key != s.name {
			continue
		}
		if err := f.value.set(s.raw); err != nil {
			l.problem("%s: %s %s: %w", s.origin, s.key, quote(s.raw), err)
		}
	}
}

// workers is on how many an app runs: auto, a number, or connection.
type workers struct{ p *string }

func (v workers) set(raw any) error {
	*v.p = scalar(raw)
	return v.check()
}

func (v workers) raw() any { return *v.p }

func (v workers) check() error {
	if *v.p == "auto" || *v.p == "connection" {
		return nil
	}
	if n, err := strconv.Atoi(*v.p); err != nil || n < 1 || n > 256 {
		return errors.New("must be auto, connection or a number from 1 to 256")
	}
	return nil
}

// public is a folder, or off.
type public struct{ p *string }

func (v public) set(raw any) error {
	*v.p = scalar(raw)
	if *v.p == "false" { // YAML of old reads off as false
		*v.p = "off"
	}
	return v.check()
}

func (v public) raw() any { return *v.p }

func (v public) check() error {
	if folder := (folder{v.p, false}); folder.check() != nil {
		return errors.New("must be the path of a folder, or off")
	}
	return nil
}

// variables are names of environment variables.
type variables struct{ p *[]string }

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (v variables) set(raw any) (err error) {
	if *v.p, err = list(raw); err != nil {
		return errors.New(`must be a list of names of environment variables, such as ["MAIL_KEY"]`)
	}
	return v.check()
}

func (v variables) raw() any { return slices.Clone(*v.p) }

func (v variables) check() error {
	for _, name := range *v.p {
		if !variableName.MatchString(name) {
			return errors.New(`must be a list of names of environment variables, such as ["MAIL_KEY"]`)
		}
	}
	return nil
}
