package fetch

import "strings"

// mediaType is a MIME type as the standard writes it; "" when the text is none (MIME Sniffing standard, 4.4 and 4.5).
func mediaType(text string) string {
	essence, rest, _ := strings.Cut(strings.Trim(text, "\t\n\r "), ";")
	kind, subtype, found := strings.Cut(strings.TrimRight(essence, "\t\n\r "), "/")
	if !found || !isToken(kind) || !isToken(subtype) {
		return ""
	}
	var out strings.Builder
	out.WriteString(strings.ToLower(kind + "/" + subtype))
	seen := map[string]bool{}
	for rest != "" {
		var name, value string
		name, value, rest = nextParameter(rest)
		if !isToken(name) || seen[name] || !quotable(value) {
			continue
		}
		seen[name] = true
		out.WriteString(";" + name + "=" + written(value))
	}
	return out.String()
}

// nextParameter takes a parameter off the text. The name is "" when it has no value, or none that counts.
func nextParameter(text string) (name, value, rest string) {
	text = strings.TrimLeft(text, "\t\n\r ")
	i := strings.IndexAny(text, ";=")
	if i < 0 {
		return "", "", ""
	}
	if text[i] == ';' {
		return "", "", text[i+1:]
	}
	name, text = strings.ToLower(text[:i]), text[i+1:]
	if strings.HasPrefix(text, `"`) {
		value, rest = quotedValue(text[1:])
		_, rest, _ = strings.Cut(rest, ";")
		return name, value, rest
	}
	value, rest, _ = strings.Cut(text, ";")
	if value = strings.TrimRight(value, "\t\n\r "); value == "" {
		name = ""
	}
	return name, value, rest
}

// quotedValue reads the rest of a quoted text, the closing quote included if there is one.
func quotedValue(text string) (value, rest string) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return out.String(), text[i+1:]
		case c == '\\' && i+1 < len(text):
			i++
			out.WriteByte(text[i])
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), ""
}

func written(value string) string {
	if isToken(value) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// isToken says whether a text is an HTTP token (RFC 9110, 5.6.2).
func isToken(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return text != ""
}

// quotable says whether all of a text may stand between quotes.
func quotable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '\t' && c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}
