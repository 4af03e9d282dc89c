package conf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ownLimit is one key below app_limits, in the order in which the sources set them.
type ownLimit struct {
	origin, key, app, name string // key is the whole one: "app_limits.chat.message"
	raw                    any
}

// serverWide are the limits that one app cannot have of its own: they act before the app is known, or on all apps together.
func serverWide() []string {
	return []string{"partial_bytes", "connections_per_address", "handshake_time", "header_bytes", "header_fields", "idle_time", "stop_within"}
}

// appLimits notes what a source says of single apps.
func (l *loader) appLimits(origin string, values map[string]any) {
	for _, app := range slices.Sorted(maps.Keys(values)) {
		section, ok := values[app].(map[string]any)
		if !ok && values[app] != nil {
			l.problem("%s: app_limits.%s %q: must hold keys of its own", l.at(origin, "app_limits."+app), app, fmt.Sprint(values[app]))
		}
		l.limitsBelow(origin, "app_limits."+app, app, section)
	}
}

// limitsBelow notes the limits of one app, which stand below section.
func (l *loader) limitsBelow(origin, section, app string, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := section + "." + name
		if own := (ownLimit{l.at(origin, key), key, app, name, values[name]}); own.raw != nil && l.mayOwn(own) {
			l.own = append(l.own, own)
		}
	}
}

// mayOwn reports whether an app may have a limit of this name, or complains.
func (l *loader) mayOwn(o ownLimit) bool {
	var names []string
	for _, key := range l.keys {
		if name, ok := strings.CutPrefix(key, "limits."); ok && !slices.Contains(serverWide(), name) {
			names = append(names, name)
		}
	}
	switch meant := suggest(o.name, names); {
	case slices.Contains(names, o.name):
		return true
	case slices.Contains(serverWide(), o.name):
		l.problem("%s: %s: is a limit of the whole server; set limits.%s", o.origin, o.key, o.name)
	case meant != "":
		l.problem("%s: unknown key %q; did you mean %s?", o.origin, o.key, meant)
	default:
		l.problem("%s: unknown key %q; an app may have %s", o.origin, o.key, strings.Join(names, ", "))
	}
	return false
}

// finishApps lays what single apps have of their own over the limits of the server.
func (l *loader) finishApps() {
	for _, own := range l.own {
		limits := l.config.LimitsOf(own.app)
		for _, f := range limits.fields() {
			if f.key != "limits."+own.name {
				continue
			}
			if err := f.value.set(own.raw); err != nil {
				l.problem("%s: %s %s: %w", own.origin, own.key, quote(own.raw), err)
			} else if err := f.value.check(); err != nil {
				l.problem("%s: %s %s: %w", own.origin, own.key, quote(own.raw), err)
			}
		}
		l.config.AppLimits[own.app] = limits
	}
}
