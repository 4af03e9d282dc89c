package url

import (
	"errors"
	"fmt"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// part names a component of a URL. The classes use the same numbers.
type part int

const (
	href part = iota
	origin
	protocol
	username
	password
	host
	hostname
	port
	pathname
	search
	hash
)

// parser differs from the library's default in the path, where the standard encodes ^ too.
var parser = whatwg.NewParser(whatwg.WithPathPercentEncodeSet(whatwg.PathPercentEncodeSet.Set('^')))

var errInvalid = errors.New("it is not a valid URL")

// record is the URL behind a URL object, and the parameters that follow it.
type record struct {
	url    *whatwg.Url
	params *params
}

// parse reads a URL, relative to base if there is one.
func parse(input string, base *string) (u *whatwg.Url, err error) {
	if base == nil {
		return parseOne(input, nil)
	}
	resolved, err := parseOne(*base, nil)
	if err != nil {
		return nil, fmt.Errorf("its base %.100q cannot be used: %w", *base, err)
	}
	return parseOne(input, resolved)
}

func parseOne(input string, base *whatwg.Url) (u *whatwg.Url, err error) {
	if err := checkSize(input); err != nil {
		return nil, err
	}
	failed := guarded(func() { u, err = parser.BasicParser(input, base, nil, whatwg.NoState) })
	if failed || err != nil || u == nil {
		return nil, errInvalid
	}
	if base != nil && checkPath(u.Pathname()) != nil {
		return nil, errLong
	}
	return u, nil
}

// guarded tells whether fn panicked: a mistake of the library must not be more than an invalid URL.
func guarded(fn func()) (failed bool) {
	defer func() { failed = recover() != nil }()
	fn()
	return false
}

// replace is the setter of href.
func (r *record) replace(input string) error {
	u, err := parseOne(input, nil)
	if err != nil {
		return err
	}
	if r.params == nil {
		r.url = u
		return nil
	}
	list, err := parseQuery(u.Query())
	if err != nil {
		return err
	}
	r.url, r.params.list, r.params.bytes = u, list, size(list)
	return nil
}

func (r *record) read(p part) string {
	switch p {
	case href:
		return r.url.Href(false)
	case origin:
		return r.origin()
	case protocol:
		return r.url.Protocol()
	case username:
		return r.url.Username()
	case password:
		return r.url.Password()
	case host:
		return r.url.Host()
	case hostname:
		return r.url.Hostname()
	case port:
		return r.url.Port()
	case pathname:
		return r.url.Pathname()
	case search:
		return r.url.Search()
	}
	return r.url.Hash()
}

// origin is the serialized origin; that of a blob URL is the origin of the URL in its path.
func (r *record) origin() string {
	switch r.url.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return r.url.Protocol() + "//" + r.url.Host()
	case "blob":
		inner, err := parseOne(r.url.Pathname(), nil)
		if err == nil && (inner.Scheme() == "http" || inner.Scheme() == "https") {
			return (&record{url: inner}).origin()
		}
	}
	return "null"
}

// write is the setter of a component. As the standard has it, a value that does not fit changes nothing.
func (r *record) write(p part, value string) {
	if tooLong(p, value) {
		return
	}
	changed := r.url.Clone()
	if guarded(func() { writeTo(changed, p, value) }) {
		return
	}
	if p == search && r.params != nil {
		list, err := parseQuery(strings.TrimPrefix(value, "?"))
		if err != nil {
			return
		}
		r.params.list, r.params.bytes = list, size(list)
	}
	r.url = changed
}

func writeTo(u *whatwg.Url, p part, value string) {
	switch p {
	case protocol:
		u.SetProtocol(value)
	case username:
		u.SetUsername(value)
	case password:
		u.SetPassword(value)
	case host:
		u.SetHost(value)
	case hostname:
		u.SetHostname(value)
	case port:
		u.SetPort(value)
	case pathname:
		u.SetPathname(value)
	case search:
		u.SetSearch(value)
	case hash:
		u.SetHash(value)
	}
}

// searchParams are the parameters that follow this URL, the same ones at each call.
func (r *record) searchParams() (*params, error) {
	if r.params == nil {
		p, err := newParams(r.url.Query())
		if err != nil {
			return nil, err
		}
		p.url, r.params = r, p
	}
	return r.params, nil
}
