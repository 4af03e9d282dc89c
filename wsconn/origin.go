package wsconn

import (
	"net/http"
	"net/url"
	"strings"
)

// CheckOrigin reports whether the page that asks for the connection may have it
// (RFC 6455 10.2). It may when the request has no Origin header (it is no
// browser's), when its origin is the host that was asked, or when allowed holds
// its origin as "scheme://host[:port]" or "*". The opaque origin "null" is
// never allowed, nor is a malformed one.
//
// Behind a proxy that ends TLS the server cannot know the scheme the browser
// used, so over plain connections only host and port are compared; over TLS an
// "http" origin is foreign.
func CheckOrigin(r *http.Request, allowed []string) bool {
	return CheckOriginAt(r, r.TLS != nil, r.Host, allowed)
}

// CheckOriginAt is CheckOrigin for a server that knows by which host, and
// whether by TLS, the browser asked: behind a proxy that says so.
func CheckOriginAt(r *http.Request, secure bool, host string, allowed []string) bool {
	values := r.Header["Origin"]
	if len(values) == 0 {
		return true
	}
	origin, ok := parseOrigin(values[0])
	if len(values) > 1 || !ok {
		return false
	}
	if origin.sameHost(host) && (!secure || origin.scheme == "https") {
		return true
	}
	return origin.in(allowed)
}

// webOrigin is a serialized origin (RFC 6454 6.2) in lower case, its port
// always given where the scheme has a default.
type webOrigin struct{ scheme, host, port string }

func parseOrigin(text string) (webOrigin, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Hostname() == "" {
		return webOrigin{}, false
	}
	if u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#") {
		return webOrigin{}, false
	}
	o := webOrigin{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(u.Hostname()), port: u.Port()}
	if o.port == "" {
		o.port = defaultPort(o.scheme)
	}
	return o, true
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	}
	return ""
}

// sameHost compares with a Host header, whose missing port is that of the
// origin's scheme.
func (o webOrigin) sameHost(host string) bool {
	if o.scheme != "http" && o.scheme != "https" {
		return false
	}
	asked, ok := parseOrigin(o.scheme + "://" + host)
	return ok && asked == o
}

func (o webOrigin) in(allowed []string) bool {
	for _, entry := range allowed {
		if entry == "*" {
			return true
		}
		if a, ok := parseOrigin(strings.TrimSuffix(entry, "/")); ok && a == o {
			return true
		}
	}
	return false
}
