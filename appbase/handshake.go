package appbase

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// handshake is what a connection remembers of its upgrade request, packed: most connections are never asked.
type handshake struct {
	// text is path, raw query, remote address and protocol, then a name and a value for each header in order of name, a NUL
	// behind each. None of them can have a NUL: the server refuses it in paths, net/http everywhere else.
	text   string
	params map[string]string // nil when the route has none
}

// fixedFields are those before the headers.
const fixedFields = 4

func packHandshake(req *Request, protocol string) handshake {
	text := make([]byte, 0, 512)
	for _, field := range [fixedFields]string{req.Path, req.RawQuery, req.RemoteAddress, protocol} {
		text = append(append(text, field...), 0)
	}
	names := make([]string, 0, 32)
	for name := range req.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text = append(appendName(text, name), 0)
		text = append(append(text, joinHeader(name, req.Header[name])...), 0)
	}
	return handshake{text: string(text), params: req.Params}
}

// commonNames are kept as one byte each, their place here and one, which no name of a header begins with.
var commonNames = [...]string{
	"host", "connection", "upgrade", "origin", "user-agent", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
	"sec-websocket-protocol", "accept-encoding", "accept-language", "cache-control", "pragma", "cookie",
}

// appendName appends a name, in lower case.
func appendName(text []byte, name string) []byte {
	for i, common := range commonNames {
		if len(name) == len(common) && strings.EqualFold(name, common) {
			return append(text, byte(i+1))
		}
	}
	return append(text, lowerName(name)...)
}

func unpackName(name string) string {
	if name == "" || name[0] >= ' ' {
		return name
	}
	return commonNames[name[0]-1]
}

// field is one of the first fields.
func (h *handshake) field(n int) string {
	rest := h.text
	for range n {
		_, rest, _ = strings.Cut(rest, "\x00")
	}
	text, _, _ := strings.Cut(rest, "\x00")
	return text
}

func (h *handshake) path() string          { return h.field(0) }
func (h *handshake) rawQuery() string      { return h.field(1) }
func (h *handshake) remoteAddress() string { return h.field(2) }
func (h *handshake) protocol() string      { return h.field(3) }

// request is the upgrade request again. The scheme is not remembered.
func (h *handshake) request() *Request {
	header := http.Header{}
	h.eachHeader(func(name, value string) { header.Set(name, value) })
	url := "http://" + header.Get("Host") + h.path()
	if h.rawQuery() != "" {
		url += "?" + h.rawQuery()
	}
	return &Request{
		Method: http.MethodGet, URL: url, Path: h.path(), RawQuery: h.rawQuery(), Header: header, Params: h.params,
		RemoteAddress: h.remoteAddress(),
	}
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
	rest := h.text
	for range fixedFields {
		_, rest, _ = strings.Cut(rest, "\x00")
	}
	for rest != "" {
		var name, value string
		name, rest, _ = strings.Cut(rest, "\x00")
		value, rest, _ = strings.Cut(rest, "\x00")
		yield(unpackName(name), value)
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
