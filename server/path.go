package server

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/sigil-server/sigil/appbase"
)

// target is a request path that has been taken apart. Every path has one spelling here: what is encoded that need not
// be, doubled, or climbs, is no path at all, so that no proxy in front and no file system below sees another one than
// the route table does.
type target struct {
	mount    string // where the app's paths begin: "/shop"; "" at the root
	app      string // whose mount that is
	rest     string // what follows, decoded, beginning with "/"; "" when there is no slash behind the mount
	listener string // the app's name of the listener it came in at; "" is where most routes are
}

// path is the whole path, decoded but for slashes that belong to a segment: those stay "%2F", so that who looks at the path sees
// the segments that the route table sees.
func (t target) path() string { return spelled(t.mount + t.rest) }

func spelled(path string) string { return strings.ReplaceAll(path, appbase.InnerSlash, "%2F") }

// parsePath decodes an escaped path ("/app/items/a%20b"). It is split before it is decoded, and an encoded slash, which is part of a
// segment, becomes an [appbase.InnerSlash]. False for anything that must not reach a method or a file: what climbs ("." and ".."
// between slashes of either kind), empty segments, backslashes and NUL in any spelling, needless escapes of letters,
// digits, "-", "_" and ".", broken escapes, and what is not UTF-8.
func parsePath(escaped string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(escaped, "/")
	if !ok {
		return "", false
	}
	plain := true // nothing had to be decoded
	for more := true; more; {
		var raw string
		raw, rest, more = strings.Cut(rest, "/")
		segment, ok := decodeSegment(raw)
		if !ok || segment == "" && more {
			return "", false
		}
		plain = plain && segment == raw
	}
	if plain {
		return escaped, true
	}
	path, err := url.PathUnescape(innerSlashes.Replace(escaped))
	return path, err == nil
}

var innerSlashes = strings.NewReplacer("%2F", appbase.InnerSlash, "%2f", appbase.InnerSlash)

func decodeSegment(raw string) (string, bool) {
	if hasNeedlessEscape(raw) {
		return "", false
	}
	segment, err := url.PathUnescape(raw)
	if err != nil || climbs(segment) || !utf8.ValidString(segment) {
		return "", false
	}
	return segment, !strings.ContainsAny(segment, "\\\x00")
}

// climbs looks for "." and ".." between slashes and backslashes.
func climbs(path string) bool {
	for part := range strings.FieldsFuncSeq(path, func(c rune) bool { return c == '/' || c == '\\' }) {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// wellSpelled is the part of an escaped path, whole segments, before the first that parsePath refuses.
func wellSpelled(escaped string) string {
	end := 0
	for end < len(escaped) {
		segment, _, _ := strings.Cut(escaped[end+1:], "/")
		if _, ok := decodeSegment(segment); !ok || segment == "" {
			break
		}
		end += 1 + len(segment)
	}
	return escaped[:end]
}

// decodeOdd decodes a path whatever its spelling. False when it climbs, or is broken.
func decodeOdd(escaped string) (string, bool) {
	decoded, err := url.PathUnescape(escaped)
	return strings.ToValidUTF8(decoded, "\ufffd"), err == nil && !climbs(decoded)
}

// hasNeedlessEscape looks for "%65" where "e" would do.
func hasNeedlessEscape(raw string) bool {
	for i := 0; i+2 < len(raw); i++ {
		if raw[i] != '%' {
			continue
		}
		if c, ok := unhex(raw[i+1], raw[i+2]); ok && (isWord(c) || c == '.') {
			return true
		}
	}
	return false
}

// isWord reports whether c is an ASCII letter, a digit, "-" or "_".
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func unhex(high, low byte) (byte, bool) {
	h, ok := hexDigit(high)
	l, ok2 := hexDigit(low)
	return h<<4 | l, ok && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// belowMount is the escaped path of a request without the mount, which has nothing to escape.
func belowMount(uri string, t target) string {
	below := strings.TrimPrefix(uri, t.mount)
	if !strings.HasPrefix(below, "/") {
		below = "/" + below
	}
	return below
}
