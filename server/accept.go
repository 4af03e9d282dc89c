package server

import (
	"net/http"
	"strconv"
	"strings"
)

// The media types an answer of the server's own may have.
const (
	typeText = "text/plain"
	typeJSON = "application/json"
	typeHTML = "text/html"

	typeEvents = "text/event-stream"
)

// preferred is the offer that the client's Accept header values most (RFC 9110 12.5.1); of equals the first. Without a
// header, or when none fits, it is the first.
func preferred(r *http.Request, offers ...string) string {
	ranges := strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",")
	best, most := offers[0], 0.0
	for _, offer := range offers {
		if q := quality(ranges, offer); q > most {
			best, most = offer, q
		}
	}
	return best
}

// accepts reports whether the client names a media type itself, not only by a wildcard.
func accepts(r *http.Request, offer string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		if name, q := mediaRange(part); name == offer && q > 0 {
			return true
		}
	}
	return false
}

// quality is the weight of the most specific range that fits.
func quality(ranges []string, offer string) float64 {
	kind, _, _ := strings.Cut(offer, "/")
	best, specific := 0.0, 0
	for _, part := range ranges {
		name, q := mediaRange(part)
		rank := 0
		switch name {
		case offer:
			rank = 3
		case kind + "/*":
			rank = 2
		case "*/*":
			rank = 1
		}
		if rank > specific {
			best, specific = q, rank
		}
	}
	return best
}

// mediaRange reads "text/html;level=1;q=0.5"; parameters other than q are not told apart.
func mediaRange(text string) (name string, q float64) {
	name, params, _ := strings.Cut(text, ";")
	q = 1
	for param := range strings.SplitSeq(params, ";") {
		if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q="); ok {
			if n, err := strconv.ParseFloat(value, 64); err == nil && n >= 0 && n <= 1 {
				q = n
			}
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), q
}
