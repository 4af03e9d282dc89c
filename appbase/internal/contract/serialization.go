package contract

import (
	"net/url"
	"strings"
)

// pair is one name and value of a query or a form, decoded.
type pair struct {
	name, value string
	raw         string // the value as it came
}

// maxPairs bounds a query or form.
const maxPairs = 2000

// pairsOf takes a query or form apart. false: there are too many pairs.
func pairsOf(text string) ([]pair, bool) {
	if text == "" {
		return nil, true
	}
	count := strings.Count(text, "&") + 1
	if count > maxPairs {
		return nil, false
	}
	pairs := make([]pair, 0, count)
	for one := range strings.SplitSeq(text, "&") {
		if name, value, _ := strings.Cut(one, "="); one != "" {
			pairs = append(pairs, pair{decodeForm(name), decodeForm(value), value})
		}
	}
	return pairs, true
}

// decodeForm decodes what a form encodes; a broken escape stays as it is.
func decodeForm(text string) string {
	if strings.IndexByte(text, '%') < 0 && strings.IndexByte(text, '+') < 0 {
		return text
	}
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

func decodePath(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// fromText reads a value that is one text with its parts separated: "a,b" or "role,admin,name,Ann" or "role=admin,name=Ann".
// The parts are decoded after they have been separated.
func (s *shape) fromText(text, separator string, keyed bool, decode func(string) string) any {
	switch {
	case s.is("array"):
		list := []any{}
		if text == "" {
			return list
		}
		for part := range strings.SplitSeq(text, separator) {
			list = append(list, s.element().value(decode(part)))
		}
		return list
	case s.is("object"):
		return s.objectFromText(text, separator, keyed, decode)
	}
	return s.value(decode(text))
}

func (s *shape) objectFromText(text, separator string, keyed bool, decode func(string) string) any {
	object := map[string]any{}
	if text == "" {
		return object
	}
	parts := strings.Split(text, separator)
	if keyed {
		for _, part := range parts {
			name, value, _ := strings.Cut(part, "=")
			name = decode(name)
			object[name] = s.member(name).value(decode(value))
		}
		return object
	}
	if len(parts)%2 == 1 {
		return decode(text) // no object: the schema says so
	}
	for i := 0; i < len(parts); i += 2 {
		name := decode(parts[i])
		object[name] = s.member(name).value(decode(parts[i+1]))
	}
	return object
}

// fromPairs reads a value of the style form or its kin out of a query, a form or cookies. false: it is not there.
func (s *shape) fromPairs(pairs []pair, name, style string, explode bool) (value any, there bool) {
	switch {
	case style == "deepObject":
		return s.fromDeep(pairs, name)
	case s.is("array") && explode:
		var list []any
		for _, p := range pairs {
			if p.name == name || p.name == name+"[]" {
				list = append(list, s.element().value(p.value))
			}
		}
		return list, list != nil
	case s.is("object") && explode && (s.properties != nil || s.rest == nil):
		object := map[string]any{}
		for _, p := range pairs {
			if member := s.properties[p.name]; member != nil {
				object[p.name] = member.value(p.value)
			}
		}
		return object, len(object) > 0
	}
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].name == name {
			return s.fromDelimited(pairs[i], style), true
		}
	}
	return nil, false
}

// fromDelimited reads a value whose parts stand in one.
func (s *shape) fromDelimited(p pair, style string) any {
	if !s.is("array") && !s.is("object") {
		return s.value(p.value)
	}
	switch style {
	case "spaceDelimited":
		return s.fromText(strings.ReplaceAll(p.raw, "+", "%20"), "%20", false, decodeForm)
	case "pipeDelimited":
		return s.fromText(strings.ReplaceAll(strings.ReplaceAll(p.raw, "%7C", "|"), "%7c", "|"), "|", false, decodeForm)
	}
	raw := p.raw
	if !strings.Contains(raw, ",") { // a client that encodes the whole text, separators included
		raw = strings.ReplaceAll(strings.ReplaceAll(raw, "%2C", ","), "%2c", ",")
	}
	return s.fromText(raw, ",", false, decodeForm)
}

// maxDeep is how many brackets a deepObject may have: filter[a][b].
const maxDeep = 8

// fromDeep reads filter[price][min]=3&filter[tags]=a&filter[tags]=b.
func (s *shape) fromDeep(pairs []pair, name string) (any, bool) {
	object := map[string]any{}
	for _, p := range pairs {
		rest, ok := strings.CutPrefix(p.name, name+"[")
		if !ok || !strings.HasSuffix(rest, "]") {
			continue
		}
		keys := strings.Split(strings.TrimSuffix(rest, "]"), "][")
		if len(keys) > maxDeep {
			continue // the schema may miss it
		}
		s.setDeep(object, keys, p.value)
	}
	return object, len(object) > 0
}

func (s *shape) setDeep(object map[string]any, keys []string, text string) {
	member := s.member(keys[0])
	if len(keys) == 1 || len(keys) == 2 && keys[1] == "" && member.is("array") {
		if member.is("array") {
			list, _ := object[keys[0]].([]any)
			object[keys[0]] = append(list, member.element().value(text))
			return
		}
		object[keys[0]] = member.value(text)
		return
	}
	inner, ok := object[keys[0]].(map[string]any)
	if !ok {
		inner = map[string]any{}
		object[keys[0]] = inner
	}
	member.setDeep(inner, keys[1:], text)
}
