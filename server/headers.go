package server

import (
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// DefaultHeaders are what every answer over HTTP has unless Options say something else: contents are what their type says,
// other sites may neither frame a page nor see more of its address than its origin.
func DefaultHeaders() map[string]string {
	return map[string]string{
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options":        "SAMEORIGIN",
		"Referrer-Policy":        "strict-origin-when-cross-origin",
	}
}

// headers are those of answers, unless who answers sets others. It is immutable.
type headers struct {
	all  []fixedHeader
	hsts []string // empty: none
}

type fixedHeader struct {
	name   string
	values []string // shared by answers: never changed; empty: not to be sent
}

func newHeaders(o *Options) headers {
	all := o.Headers
	if all == nil {
		all = DefaultHeaders()
	}
	h := headers{all: fixed(all)}
	if o.TLS != nil && o.TLS.HSTS > 0 {
		h.hsts = []string{fmt.Sprintf("max-age=%d", o.TLS.HSTS/time.Second)}
	}
	return h
}

func fixed(given map[string]string) (list []fixedHeader) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		one := fixedHeader{name: http.CanonicalHeaderKey(name)}
		if given[name] != "" {
			one.values = []string{given[name]}
		}
		list = append(list, one)
	}
	return list
}

// set sets them before anybody else sets any.
func (h *headers) set(header http.Header) { setFixed(header, h.all) }

func setFixed(header http.Header, list []fixedHeader) {
	for _, one := range list {
		if one.values == nil {
			delete(header, one.name)
			continue
		}
		header[one.name] = one.values
	}
}

// setHSTS tells a browser that came by TLS to go on doing so: by a name, as addresses cannot be told (RFC 6797 8.1.1), and not
// by that of the browser's own machine, whose other ports are somebody else's.
func (h *headers) setHSTS(header http.Header, r *http.Request) {
	if len(h.hsts) == 0 || r.TLS == nil {
		return
	}
	name := strings.ToLower(strings.TrimSuffix(hostname(r.Host), "."))
	if _, err := netip.ParseAddr(name); err != nil && name != "localhost" && !strings.HasSuffix(name, ".localhost") {
		header["Strict-Transport-Security"] = h.hsts
	}
}
