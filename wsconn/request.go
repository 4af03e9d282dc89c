package wsconn

import (
	"bytes"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// reading is what readRequest has made of some bytes.
type reading uint8

const (
	readWhole   reading = iota // a plain request
	readPart                   // the beginning of what may become one
	readUnusual                // anything else, right or wrong: net/http is asked
)

// readRequest reads the request that data begins with, and says how many bytes
// it has. It takes plain requests only: a common method, a path, HTTP/1.1, one
// Host, headers of visible ASCII, a body of a stated length or none, at most
// bodyBytes; no Upgrade but to a WebSocket. What it returns is what net/http
// would have read, which a fuzz test holds it to. So there is one place that
// refuses requests, and none that both read, but differently (RFC 9112 11.2).
// The body refers to data.
func readRequest(data []byte, bodyBytes int) (r *http.Request, size int, _ reading) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return nil, 0, readPart
	}
	head, fields, _ := strings.Cut(string(data[:end]), "\r\n")
	r, ok := readHead(head, fields)
	if !ok {
		return nil, 0, readUnusual
	}
	length, ok := bodyLength(r.Header["Content-Length"])
	if !ok || length > bodyBytes || length > 0 && r.Header["Upgrade"] != nil {
		return nil, 0, readUnusual
	}
	size = end + 4 + length
	switch {
	case size > len(data):
		return nil, 0, readPart
	case length > 0:
		r.ContentLength = int64(length)
		r.Body = io.NopCloser(bytes.NewReader(data[end+4 : size]))
	}
	return r, size, readWhole
}

// readHead reads the first line and the header, without its body.
func readHead(head, fields string) (r *http.Request, ok bool) {
	method, uri, _ := strings.Cut(head, " ")
	if uri, ok = strings.CutSuffix(uri, " HTTP/1.1"); !ok || !plainURI(uri) || !plainMethod(method) {
		return nil, false
	}
	r = &http.Request{Method: method, RequestURI: uri, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}
	if r.Header, ok = readFields(fields); !ok || !takeHost(r) || !plainFraming(r) {
		return nil, false
	}
	if pragma := r.Header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && r.Header["Cache-Control"] == nil {
		r.Header["Cache-Control"] = []string{"no-cache"} // as net/http does
	}
	var err error
	r.URL, err = url.ParseRequestURI(uri)
	return r, err == nil
}

func plainMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// plainFraming reports whether nothing but Content-Length says where the request
// ends and what follows it, and reads Connection.
func plainFraming(r *http.Request) bool {
	for _, name := range []string{"Transfer-Encoding", "Trailer", "Expect", "Te", "Http2-Settings"} {
		if r.Header[name] != nil {
			return false
		}
	}
	if r.Header["Upgrade"] != nil {
		return r.Method == http.MethodGet && IsUpgrade(r)
	}
	switch connection := r.Header["Connection"]; {
	case connection == nil, slices.Equal(connection, []string{"keep-alive"}):
		return true
	case slices.Equal(connection, []string{"close"}):
		r.Close = true
		return true
	}
	return false
}

// bodyLength reads Content-Length. One is enough: two, even equal ones, are not
// plain, nor is a length with a sign or blanks, or a long one.
func bodyLength(values []string) (length int, ok bool) {
	if len(values) == 0 {
		return 0, true
	}
	if len(values) > 1 || values[0] == "" || len(values[0]) > 9 {
		return 0, false
	}
	for _, c := range []byte(values[0]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		length = 10*length + int(c-'0')
	}
	return length, true
}

// plainURI reports whether a request target is a path, with a query perhaps, of
// characters that need no second look.
func plainURI(uri string) bool {
	if uri == "" || uri[0] != '/' || strings.HasPrefix(uri, "//") {
		return false
	}
	for i := range len(uri) {
		if c := uri[i]; c <= ' ' || c >= 0x7F || c == '#' {
			return false
		}
	}
	return true
}

// readFields reads header lines.
func readFields(lines string) (http.Header, bool) {
	n := strings.Count(lines, "\n") + 1
	header, values := make(http.Header, n), make([]string, n)
	for more := true; more; {
		var line string
		line, lines, more = strings.Cut(lines, "\r\n")
		name, value, found := strings.Cut(line, ":")
		if !found || !isToken(name) || !plainValue(value) {
			return nil, false
		}
		name = canonical(name)
		value = strings.Trim(value, " \t")
		if before := header[name]; before != nil || len(values) == 0 {
			header[name] = append(before, value)
			continue
		}
		values[0] = value
		header[name], values = values[:1:1], values[1:]
	}
	return header, true
}

// canonical is [textproto.CanonicalMIMEHeaderKey], without a copy for those names
// of a handshake that are usually written in another way.
func canonical(name string) string {
	switch name {
	case "Sec-WebSocket-Key":
		return "Sec-Websocket-Key"
	case "Sec-WebSocket-Version":
		return "Sec-Websocket-Version"
	case "Sec-WebSocket-Extensions":
		return "Sec-Websocket-Extensions"
	case "Sec-WebSocket-Protocol":
		return "Sec-Websocket-Protocol"
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// takeHost moves the one Host header to where net/http has it.
func takeHost(r *http.Request) bool {
	hosts := r.Header["Host"]
	if len(hosts) != 1 || hosts[0] == "" {
		return false
	}
	name, port, _ := strings.Cut(hosts[0], ":")
	if strings.Trim(port, "0123456789") != "" {
		return false // an address of IPv6 among them
	}
	for i := range len(name) {
		if c := name[i]; !isAlphanumeric(c) && strings.IndexByte(".-_", c) < 0 {
			return false
		}
	}
	r.Host = hosts[0]
	delete(r.Header, "Host")
	return true
}

// isToken reports whether text is a token (RFC 9110 5.6.2).
func isToken(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// plainValue reports whether a header's value is visible ASCII, blanks and tabs.
func plainValue(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c >= 0x7F {
			return false
		}
	}
	return true
}
