package server

import (
	"net/netip"
	"strings"
)

// forwarded reads the header of RFC 7239. Each proxy appends an element: for whom it asks, by what scheme and for which host
// it was asked.
func (p *proxies) forwarded(lines []string, peer netip.Addr) told {
	t := told{client: peer}
	rest, more := strings.Join(lines, ","), true
	var list []forwardedElement
	for more {
		var element forwardedElement
		var ok bool
		if element, rest, more, ok = cutElement(rest); !ok {
			list = nil // what was before cannot be told from what is behind
			continue
		}
		list = append(list, element)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].proto != "" {
			t.scheme = schemeName(list[i].proto)
		}
		if plausibleHost(list[i].host) {
			t.host = list[i].host
		}
		hop := hostAddress(list[i].by)
		if !hop.IsValid() { // "unknown", or a name that a proxy made up
			break
		}
		t.client = hop
		if !p.trust(hop) {
			break
		}
	}
	return t
}

// forwardedElement is what one proxy says.
type forwardedElement struct{ by, proto, host string }

// cutElement reads the first element of a list; more says whether a comma follows. It is not ok when it is malformed; then
// rest begins behind the next comma.
func cutElement(list string) (e forwardedElement, rest string, more, ok bool) {
	for {
		name, value, after, good := cutPair(list)
		if !good {
			_, rest, more = strings.Cut(list, ",")
			return forwardedElement{}, rest, more, false
		}
		switch strings.ToLower(name) {
		case "for":
			e.by = value
		case "proto":
			e.proto = value
		case "host":
			e.host = value
		}
		after = strings.TrimLeft(after, " \t")
		switch {
		case after == "":
			return e, "", false, true
		case after[0] == ',':
			return e, after[1:], true, true
		case after[0] != ';':
			_, rest, more = strings.Cut(after, ",")
			return forwardedElement{}, rest, more, false
		}
		list = after[1:]
	}
}

// cutPair reads "name=value", the value a token or a quoted string; nothing at all is a pair, too.
func cutPair(text string) (name, value, rest string, ok bool) {
	text = strings.TrimLeft(text, " \t")
	if text == "" || text[0] == ',' || text[0] == ';' {
		return "", "", text, true
	}
	name, rest, ok = strings.Cut(text, "=")
	if !ok || strings.ContainsAny(name, " \t,;\"") {
		return "", "", text, false
	}
	if quoted, is := strings.CutPrefix(rest, `"`); is {
		value, rest, ok = cutQuoted(quoted)
		return name, value, rest, ok
	}
	end := strings.IndexAny(rest, ",; \t\"")
	if end < 0 {
		end = len(rest)
	}
	return name, rest[:end], rest[end:], true
}

// cutQuoted reads up to the quote that ends a quoted string (RFC 9110 5.6.4).
func cutQuoted(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}
