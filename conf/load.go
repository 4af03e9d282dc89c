package conf

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

//go:embed default.yaml
var reference []byte

// Sources are where values come from, beside the defaults; later ones win. The zero value gives the defaults.
type Sources struct {
	// File is the path of a YAML file, which must exist. Where it is "", SIGIL_CONFIG of Environ may name one.
	File string
	// Environ is the environment, as os.Environ returns it. SIGIL_LIMITS_MESSAGE sets limits.message, and so on; empty
	// values set nothing. Every other variable that begins with SIGIL_ is an error, but SIGIL_CONFIG and those by which
	// Kubernetes announces a service of this name.
	Environ []string
	// Flags are those of the command line. A flag that was given and is named like a key ("listen", or "log-level" for
	// log.level) sets it; others are left alone.
	Flags *pflag.FlagSet
}

// Load returns the configuration. The error joins everything that is wrong, one line each: where the value comes from,
// key, value and what is allowed.
func Load(s Sources) (*Config, error) {
	l := newLoader()
	l.read(s)
	if len(l.problems) > 0 {
		return nil, errors.Join(l.problems...)
	}
	return l.config, nil
}

// read takes in all sources.
func (l *loader) read(s Sources) {
	l.layer("default.yaml", rawbytes.Provider(reference))
	if path := s.file(); path != "" {
		l.layer(path, file.Provider(path))
	}
	l.environment(s.Environ)
	if s.Flags != nil {
		l.flags(s.Flags)
	}
	l.finish()
}

func (s Sources) file() string {
	if s.File != "" {
		return s.File
	}
	for _, variable := range s.Environ {
		if path, ok := strings.CutPrefix(variable, "SIGIL_CONFIG="); ok {
			return path
		}
	}
	return ""
}

// loader lays one source over the other.
type loader struct {
	config   *Config
	fields   []field
	keys     []string          // of fields
	raw      map[string]any    // what the sources say, by key
	origin   map[string]string // of each value in raw
	own      []ownLimit        // of single apps
	settings []ownSetting      // of single apps
	named    []string          // the apps of per_app
	lines    map[string]int    // of the keys of the source that is being read
	problems []error
}

func newLoader() *loader {
	l := &loader{config: &Config{}, raw: map[string]any{}, origin: map[string]string{}}
	l.config.App = map[string]map[string]any{}
	l.config.AppLimits = map[string]Limits{}
	l.config.Mounts = map[string]Mount{}
	l.config.PerApp = map[string]Own{}
	l.fields = l.config.fields()
	for _, f := range l.fields {
		l.keys = append(l.keys, f.key)
	}
	return l
}

func (l *loader) problem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf(format, args...))
}

// layer reads one source of nested keys.
func (l *loader) layer(origin string, p koanf.Provider) {
	k := koanf.New(".")
	text, err := p.ReadBytes()
	if err == nil {
		err = k.Load(rawbytes.Provider(text), yaml.Parser())
	}
	if err != nil {
		l.problem("read the configuration %s: %w", origin, err)
		return
	}
	l.lines = linesOf(text)
	l.sift(origin, "", k.Raw())
	l.lines = nil
}

// sift takes what it knows out of a section, whose key ends in "." or is "", and complains about the rest. A key without
// a value sets nothing.
func (l *loader) sift(origin, section string, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key, raw := section+name, values[name]
		below, isSection := raw.(map[string]any)
		switch {
		case raw == nil:
			l.expectKnown(origin, key)
		case key == "app" && isSection:
			l.apps(origin, below)
		case key == "app_limits" && isSection:
			l.appLimits(origin, below)
		case key == "mounts" && isSection:
			l.mounts(origin, below)
		case key == "per_app" && isSection:
			l.perApp(origin, below)
		case l.isSection(key) && isSection && !strings.Contains(name, "."):
			l.sift(origin, key+".", below)
		case l.isSection(key) || slices.Contains(byApp(), key):
			l.problem("%s: %s %q: must hold keys of its own", l.at(origin, key), key, fmt.Sprint(raw))
		case strings.Contains(name, ".") || !slices.Contains(l.keys, key):
			l.unknown(origin, key)
		default:
			l.set(origin, key, raw)
		}
	}
}

// byApp are the sections whose keys are names of apps.
func byApp() []string { return []string{"app", "app_limits", "mounts", "per_app"} }

// isSection says whether there are keys below key.
func (l *loader) isSection(key string) bool {
	return slices.ContainsFunc(l.keys, func(known string) bool { return strings.HasPrefix(known, key+".") })
}

func (l *loader) expectKnown(origin, key string) {
	if !slices.Contains(l.keys, key) && !l.isSection(key) && !slices.Contains(byApp(), key) {
		l.unknown(origin, key)
	}
}

func (l *loader) unknown(origin, key string) {
	meant := suggest(key, append(append(slices.Clone(l.keys), byApp()...), "log", "limits", "database", "tls", "fetch"))
	origin = l.at(origin, key)
	switch {
	case meant == key: // right, but for its dot
		section, name, _ := strings.Cut(key, ".")
		l.problem("%s: unknown key %q; write %s below %s", origin, key, name, section)
	case meant != "":
		l.problem("%s: unknown key %q; did you mean %s?", origin, key, meant)
	default:
		l.problem("%s: unknown key %q; default.yaml lists all keys", origin, key)
	}
}

func (l *loader) set(origin, key string, raw any) {
	l.raw[key], l.origin[key] = raw, l.at(origin, key)
}

// apps keeps what the apps are to see.
func (l *loader) apps(origin string, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch config := plain(values[name]).(type) {
		case nil:
		case map[string]any:
			l.config.App[name] = config
		default:
			l.problem("%s: app.%s %q: must hold keys of its own", l.at(origin, "app."+name), name, fmt.Sprint(config))
		}
	}
}

// environment reads the variables that begin with SIGIL_.
func (l *loader) environment(environ []string) {
	names := make(map[string]string, len(l.keys)) // of variables, to their keys
	for _, key := range l.keys {
		names["SIGIL_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = key
	}
	values, err := env.Provider("", env.Opt{
		Prefix:        "SIGIL_",
		EnvironFunc:   func() []string { return environ },
		TransformFunc: func(name, text string) (string, any) { return name, text },
	}).Read()
	if err != nil {
		l.problem("read the environment: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key, known := names[name]
		switch {
		case values[name] == "" || foreign(name):
		case known:
			l.set(name, key, values[name])
		default:
			l.unknownVariable(name, slices.Sorted(maps.Keys(names)))
		}
	}
}

// foreign says whether a variable is none of the configuration's. Kubernetes gives SIGIL_SERVICE_HOST, SIGIL_PORT and so
// on to every container when there is a service named sigil.
func foreign(name string) bool {
	return name == "SIGIL_CONFIG" || name == "SIGIL_PORT" ||
		strings.HasPrefix(name, "SIGIL_PORT_") || strings.HasPrefix(name, "SIGIL_SERVICE_")
}

func (l *loader) unknownVariable(name string, known []string) {
	const prefix = "SIGIL_"
	for i := range known {
		known[i] = strings.TrimPrefix(known[i], prefix)
	}
	if meant := suggest(strings.TrimPrefix(name, prefix), known); meant != "" {
		l.problem("environment: unknown variable %s; did you mean %s?", name, prefix+meant)
		return
	}
	l.problem("environment: unknown variable %s; default.yaml lists all keys", name)
}

// flags reads the flags that were given and are named like a key.
func (l *loader) flags(flags *pflag.FlagSet) {
	names := make(map[string]string, len(l.keys)) // of flags, to their keys
	for _, key := range l.keys {
		names[strings.NewReplacer(".", "-", "_", "-").Replace(key)] = key
	}
	values, err := posflag.ProviderWithFlag(flags, "", nil, func(f *pflag.Flag) (string, any) {
		if !f.Changed {
			return "", nil
		}
		return names[f.Name], posflag.FlagVal(flags, f)
	}).Read()
	if err != nil {
		l.problem("read the flags: %w", err)
	}
	for _, key := range l.keys {
		if raw, ok := values[key]; ok {
			l.set("--"+strings.NewReplacer(".", "-", "_", "-").Replace(key), key, raw)
		}
	}
}

// finish turns what the sources say into the configuration.
func (l *loader) finish() {
	for _, f := range l.fields {
		raw := l.raw[f.key]
		err := f.value.set(raw)
		if err == nil {
			err = f.value.check()
		}
		if err != nil {
			l.problem("%s: %s %s: %w", l.origin[f.key], f.key, quote(raw), err)
		}
	}
	l.finishApps()
	l.finishOwn()
	l.problems = append(l.problems, l.config.together()...)
}
