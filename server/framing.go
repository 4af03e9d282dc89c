package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// goOn lets the client go on with the connection, as the body of r has been read. Not behind a chunked one: where such a request
// has a Content-Length, too, somebody in front may have gone by that and take the rest for a request, so the connection has to
// end (RFC 9112, 6.1); and net/http does not tell whether it had one.
func goOn(header http.Header, r *http.Request) {
	if len(r.TransferEncoding) == 0 {
		header.Del("Connection")
	}
}

// validHost reports whether a Host is one: a name or an address, and a port at most (RFC 9112, 3.2; RFC 3986, 3.2.2). net/http has
// looked at its characters.
func validHost(host string) bool {
	rest := ""
	if literal, ok := strings.CutPrefix(host, "["); ok {
		var closed bool
		literal, rest, closed = strings.Cut(literal, "]")
		if address, err := netip.ParseAddr(literal); !closed || err != nil || !address.Is6() || address.Zone() != "" {
			return false
		}
	} else if at := strings.IndexByte(host, ':'); at >= 0 {
		rest = host[at:]
	}
	port, ok := strings.CutPrefix(rest, ":")
	return rest == "" || ok && strings.Trim(port, "0123456789") == ""
}
