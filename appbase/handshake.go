package appbase

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// handshake is what a connection remembers of its upgrade request, packed: most connections are never asked.
type handshake struct {
	path, rawQuery, remoteAddress, protocol string
	params                                  map[string]string // nil when the route has none
	headers                                 string            // "name\x00value\x00" in order of name
}

func packHandshake(req *Request, protocol string) handshake {
	return handshake{
		path: req.Path, rawQuery: req.RawQuery, remoteAddress: req.RemoteAddress, protocol: protocol,
		params: req.Params, headers: packHeaders(req.Header),
	}
}

// request is the upgrade request again. The scheme is not remembered.
func (h *handshake) request() *Request {
	header := http.Header{}
	h.eachHeader(func(name, value string) { header.Set(name, value) })
	url := "http://" + header.Get("Host") + h.path
	if h.rawQuery != "" {
		url += "?" + h.rawQuery
	}
	return &Request{
		Method: http.MethodGet, URL: url, Path: h.path, RawQuery: h.rawQuery, Header: header, Params: h.params, RemoteAddress: h.remoteAddress,
	}
}

func packHeaders(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		b.WriteString(strings.ToLower(name))
		b.WriteByte(0)
		b.WriteString(joinHeader(name, h[name]))
		b.WriteByte(0)
	}
	return b.String()
}

// joinHeader makes one value of several, as Fetch does; cookies have a separator of their own (RFC 6265 5.4).
func joinHeader(name string, values []string) string {
	if strings.EqualFold(name, "Cookie") {
		return strings.Join(values, "; ")
	}
	return strings.Join(values, ", ")
}

// lowerName is strings.ToLower without work for names that many requests have.
func lowerName(name string) string {
	switch name {
	case "Host":
		return "host"
	case "Accept":
		return "accept"
	case "User-Agent":
		return "user-agent"
	}
	return strings.ToLower(name)
}

// eachHeader calls yield for every header, names lower-cased.
func (h *handshake) eachHeader(yield func(name, value string)) {
	rest := h.headers
	for rest != "" {
		var name, value string
		name, rest, _ = strings.Cut(rest, "\x00")
		value, rest, _ = strings.Cut(rest, "\x00")
		yield(name, value)
	}
}

func (h *handshake) header(wanted string) (found string) {
	h.eachHeader(func(name, value string) {
		if name == wanted {
			found = value
		}
	})
	return found
}

// parseQuery reads a raw query, one value a name; of a repeated name the last counts. What is no valid escape stays as
// it was written.
func parseQuery(raw string) map[string]string {
	values := map[string]string{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		values[unescape(name)] = unescape(value)
	}
	return values
}

func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// parseCookies reads a Cookie header; of a repeated name the first counts, as the most specific path is sent first
// (RFC 6265 5.4).
func parseCookies(header string) map[string]string {
	cookies := map[string]string{}
	for pair := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if _, seen := cookies[name]; !ok || seen || name == "" {
			continue
		}
		value = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		cookies[name] = value
	}
	return cookies
}
