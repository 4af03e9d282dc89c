package wsconn

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// readKnock reads a WebSocket handshake that data begins with, and says how many
// bytes it has. It takes plain requests only: GET, HTTP/1.1, a path, one Host,
// headers of visible ASCII, no body, in one piece. ok is false for everything
// else, which may be right or wrong: net/http is asked then. What it returns is
// what net/http would have read, which a fuzz test holds it to.
func readKnock(data []byte) (r *http.Request, size int, ok bool) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return nil, 0, false
	}
	head, fields, _ := strings.Cut(string(data[:end]), "\r\n")
	uri, ok := strings.CutPrefix(head, "GET ")
	if !ok {
		return nil, 0, false
	}
	if uri, ok = strings.CutSuffix(uri, " HTTP/1.1"); !ok || !plainURI(uri) {
		return nil, 0, false
	}
	r = &http.Request{Method: http.MethodGet, RequestURI: uri, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}
	if r.Header, ok = readFields(fields); !ok || !takeHost(r) {
		return nil, 0, false
	}
	for _, name := range []string{"Content-Length", "Transfer-Encoding", "Trailer", "Expect", "Te"} {
		if _, has := r.Header[name]; has {
			return nil, 0, false
		}
	}
	if pragma := r.Header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && r.Header["Cache-Control"] == nil {
		r.Header["Cache-Control"] = []string{"no-cache"} // as net/http does
	}
	var err error
	r.URL, err = url.ParseRequestURI(uri)
	return r, end + 4, err == nil && IsUpgrade(r)
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
	header := make(http.Header, 8)
	for more := true; more; {
		var line string
		line, lines, more = strings.Cut(lines, "\r\n")
		name, value, found := strings.Cut(line, ":")
		if !found || !isToken(name) || !plainValue(value) {
			return nil, false
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		header[name] = append(header[name], strings.Trim(value, " \t"))
	}
	return header, true
}

// takeHost moves the one Host header to where net/http has it.
func takeHost(r *http.Request) bool {
	hosts := r.Header["Host"]
	if len(hosts) != 1 || hosts[0] == "" {
		return false
	}
	for i := range len(hosts[0]) {
		if c := hosts[0][i]; !isAlphanumeric(c) && strings.IndexByte(".-:[]_", c) < 0 {
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
