// Package locale writes numbers, dates, lists and spans of time as the readers of a language expect them. Its data are a subset
// of the Unicode CLDR (licence Unicode-3.0, see data/LICENSE), written by generate/generate.mjs: 40 languages with all their regions.
//
// All of it is immutable once loaded and may be used from any goroutine. A language is unpacked at its first use.
package locale

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed data/*.json.gz
var files embed.FS

// node is a part of the data.
type node map[string]any

// sub is the part below a path; an empty one if there is none.
func (n node) sub(path ...string) node {
	for _, key := range path {
		next, _ := n[key].(map[string]any)
		n = next
	}
	return n
}

// text is the text at a path; "" if there is none.
func (n node) text(path ...string) string {
	text, _ := n.sub(path[:len(path)-1]...)[path[len(path)-1]].(string)
	return text
}

// merge is base with what over has otherwise; null takes away.
func merge(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range over {
		if value == nil {
			delete(out, key)
			continue
		}
		below, isMap := value.(map[string]any)
		if before, both := out[key].(map[string]any); isMap && both {
			out[key] = merge(before, below)
			continue
		}
		out[key] = value
	}
	return out
}

func unpack(name string) (data map[string]map[string]any, err error) {
	packed, err := files.ReadFile("data/" + name + ".json.gz")
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return data, json.NewDecoder(r).Decode(&data)
}

// common is what is not of one language.
var common = sync.OnceValue(func() *shared {
	packed, err := files.ReadFile("data/common.json.gz")
	if err != nil {
		panic(err) // the data are part of the program
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err)
	}
	c := &shared{}
	if err := json.NewDecoder(r).Decode(c); err != nil {
		panic(err)
	}
	c.known = map[string]bool{}
	for _, tag := range c.Defaults {
		c.known[tag] = true
	}
	return c
})

type shared struct {
	Cardinal, Ordinal map[string]map[string]string
	Digits            map[string]int
	Systems           map[string]string
	Periods           map[string]map[string]map[string]string
	Metazones         map[string]string
	Aliases           map[string]string
	Defaults          []string
	known             map[string]bool
}

// language is one file of the data.
type language struct {
	once sync.Once
	tags map[string]map[string]any
	mu   sync.Mutex
	made map[string]*Locale
}

// languages are all there are, by name; what they hold is read when it is wanted.
var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	entries, _ := files.ReadDir("data")
	for _, e := range entries {
		if name, _, _ := strings.Cut(e.Name(), "."); name != "common" {
			all[name] = &language{made: map[string]*Locale{}}
		}
	}
	return all
})

func (l *language) load(name string) {
	l.once.Do(func() {
		tags, err := unpack(name)
		if err != nil {
			panic(fmt.Errorf("data of %q: %w", name, err)) // they are part of the program
		}
		l.tags = tags
	})
}

// Languages are the languages there are data of, sorted.
func Languages() []string { return slices.Sorted(maps.Keys(languages())) }

// Locale is what is known of one language in one region.
type Locale struct {
	// Tag is its name, as in "pt-BR"; Language the first part of it.
	Tag, Language string
	data          node

	once    sync.Once
	catalog *catalog // of patterns for dates; made at the first use
}

// Find is the most special locale that there are data of, for a canonical tag without extensions; nil when there are none.
func Find(tag string) *Locale {
	name, _, _ := strings.Cut(tag, "-")
	l := languages()[name]
	if l == nil {
		return nil
	}
	l.load(name)
	for l.key(tag) == "" {
		tag = tag[:strings.LastIndexByte(tag, '-')]
	}
	return l.locale(name, tag)
}

// chinese are regions that write other characters than the language's name alone stands for.
var chinese = map[string]string{"TW": "Hant", "HK": "Hant", "MO": "Hant", "CN": "Hans", "SG": "Hans"}

// key is the key of the data of a tag, "" if it has none.
func (l *language) key(tag string) string {
	if _, ok := l.tags[tag]; ok {
		return tag
	}
	if name, region, ok := strings.Cut(tag, "-"); ok && name == "zh" && chinese[region] != "" {
		return l.key("zh-" + chinese[region] + "-" + region)
	}
	if !common().known[tag] {
		return ""
	}
	for l.tags[tag] == nil { // it is what its parent stands for
		tag = tag[:strings.LastIndexByte(tag, '-')]
	}
	return tag
}

func (l *language) locale(name, tag string) *Locale {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made[tag] == nil {
		l.made[tag] = &Locale{Tag: tag, Language: name, data: l.whole(l.key(tag))}
	}
	return l.made[tag]
}

// whole is what a tag has, of its own and of its parents.
func (l *language) whole(tag string) map[string]any {
	own := l.tags[tag]
	if parent, ok := own["parent"].(string); ok {
		return merge(l.whole(parent), own)
	}
	return own
}

// System is the numbering system that the locale uses unless told otherwise.
func (l *Locale) System() string { return l.data.text("numbers", "system") }

// IsSystem reports whether a numbering system is known: one of ten digits.
func IsSystem(name string) bool { return common().Systems[name] != "" }

// digitsOf are the ten digits of a numbering system; nil for the usual ones.
func digitsOf(system string) []rune {
	if system == "latn" {
		return nil
	}
	return []rune(common().Systems[system])
}

// Part is a piece of a formatted text and what it is, as formatToParts has it.
type Part struct{ Type, Value string }

// Join is the text of parts.
func Join(parts []Part) string {
	if len(parts) == 1 {
		return parts[0].Value
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Value)
	}
	return b.String()
}

// with puts one more part behind others; neighbours of one type "literal" become one, and an empty one is left out.
func with(parts []Part, kind, value string) []Part {
	if value == "" {
		return parts
	}
	if last := len(parts) - 1; kind == "literal" && last >= 0 && parts[last].Type == kind {
		parts[last].Value += value
		return parts
	}
	return append(parts, Part{kind, value})
}

// fill puts values into a text with {0} and {1}.
func fill(pattern string, parts []Part, values ...[]Part) []Part {
	for pattern != "" {
		at := strings.IndexByte(pattern, '{')
		if at < 0 || at+2 >= len(pattern) || pattern[at+2] != '}' {
			return with(parts, "literal", pattern)
		}
		parts = with(parts, "literal", pattern[:at])
		if i := int(pattern[at+1] - '0'); i >= 0 && i < len(values) {
			parts = append(parts, values[i]...)
		}
		pattern = pattern[at+3:]
	}
	return parts
}
