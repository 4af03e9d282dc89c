package url

import "strings"

// parseQuery reads application/x-www-form-urlencoded (URL standard, 5.1).
func parseQuery(query string) ([]pair, error) {
	if len(query) > maxQueryBytes {
		return nil, errQuery
	}
	var list []pair
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		if len(list) == maxParams {
			return nil, errMany
		}
		name, value, _ := strings.Cut(part, "=")
		list = append(list, pair{decodeForm(name), decodeForm(value)})
	}
	return list, nil
}

// decodeForm undoes + and %xx, and decodes the bytes as UTF-8 without byte order mark.
func decodeForm(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return wellFormed(out)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// serializeQuery writes application/x-www-form-urlencoded (URL standard, 5.2).
func serializeQuery(list []pair) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteByte('&')
		}
		encodeForm(&b, p.name)
		b.WriteByte('=')
		encodeForm(&b, p.value)
	}
	return b.String()
}

func encodeForm(b *strings.Builder, s string) {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('+')
		case plainInForm(c):
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
}

func plainInForm(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("*-._", c) >= 0
}
