package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// location is where an answer redirects to, beside the URL that was asked for. found is false when it does not say.
func location(asked *url.URL, response *http.Response) (target *url.URL, found bool, err error) {
	values := response.Header.Values("Location")
	if len(values) == 0 {
		return nil, false, nil
	}
	target, err = asked.Parse(spelled(values[0]))
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, true, fmt.Errorf("redirected to %q, which is no address", shorten(values[0]))
	}
	if target.User != nil {
		return nil, true, fmt.Errorf("redirected to an address with a user name or password in it")
	}
	target.Fragment, target.RawFragment = "", ""
	return target, true, nil
}

// spelled writes a reference as the URL standard reads it (4.4), where url.Parse is stricter or keeps it raw: without white space
// around it, tabs and line breaks; "/" for a backslash in the path; blanks and bytes beyond ASCII in percent.
func spelled(reference string) string {
	var out strings.Builder
	path := true
	for _, c := range []byte(strings.Trim(reference, controls)) {
		path = path && c != '?' && c != '#'
		switch {
		case c == '\t', c == '\n', c == '\r':
		case c == '\\' && path:
			out.WriteByte('/')
		case c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>':
			fmt.Fprintf(&out, "%%%02X", c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// controls are the C0 controls and the blank.
const controls = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
