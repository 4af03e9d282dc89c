package server

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// proxies are the peers whose word about a request is taken, and the headers they say it in.
type proxies struct {
	trusted  []netip.Prefix
	standard bool // in Forwarded; else in X-Forwarded-...
}

func newProxies(o *Options) proxies { return proxies{trusted: o.TrustedProxies, standard: o.Forwarded} }

// told is where a request comes from, as trusted proxies say or as it is seen.
type told struct {
	client netip.Addr // without zone
	scheme string     // "http" or "https"; "" is not told
	host   string     // "" is not told
}

// ask finds what is told of a request. The headers are read from their end, where only trusted proxies can have written.
func (p *proxies) ask(r *http.Request) told {
	peer := hostAddress(r.RemoteAddr)
	switch {
	case !p.trust(peer):
		return told{client: peer}
	case p.standard:
		return p.forwarded(r.Header["Forwarded"], peer)
	}
	return p.xForwarded(r.Header, peer)
}

// client is the address a request comes from: behind trusted proxies the last one that none of them has.
func (p *proxies) client(r *http.Request) netip.Addr { return p.ask(r).client }

// scheme is the one the client used, as far as is known.
func (p *proxies) scheme(r *http.Request) string { return p.ask(r).schemeOf(r) }

func (t told) schemeOf(r *http.Request) string {
	switch {
	case t.scheme != "":
		return t.scheme
	case r.TLS != nil:
		return "https"
	}
	return "http"
}

// xForwarded reads the headers that most proxies write. Each appends the address it was asked from; scheme and host it
// replaces or appends.
func (p *proxies) xForwarded(header http.Header, peer netip.Addr) told {
	t, count := told{client: peer}, 1
	hops := elements(header["X-Forwarded-For"])
	for i := len(hops) - 1; i >= 0; i-- {
		hop := hostAddress(hops[i])
		if !hop.IsValid() {
			break
		}
		t.client = hop
		if !p.trust(hop) {
			break
		}
		count++
	}
	t.scheme = schemeName(outermost(header["X-Forwarded-Proto"], count))
	if host := outermost(header["X-Forwarded-Host"], count); plausibleHost(host) {
		t.host = host
	}
	return t
}

// elements splits the lines of a header at their commas.
func elements(lines []string) (all []string) {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			all = append(all, strings.TrimSpace(element))
		}
	}
	return all
}

// outermost is the element that the first of so many proxies wrote, the last of them having written at the end.
func outermost(lines []string, proxies int) string {
	all := elements(lines)
	if len(all) == 0 {
		return ""
	}
	return all[max(0, len(all)-proxies)]
}

// schemeName is "http" or "https"; "" for any other. Some proxies tell those of WebSockets.
func schemeName(text string) string {
	switch strings.ToLower(text) {
	case "https", "wss":
		return "https"
	case "http", "ws":
		return "http"
	}
	return ""
}

func (p *proxies) trust(address netip.Addr) bool {
	for _, prefix := range p.trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// hostAddress reads an address with or without port. IPv4 in IPv6 becomes IPv4; a zone is dropped. Not valid when it is
// no address.
func hostAddress(text string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// host is the name the client used for the server, else the server's address.
func (s *Server) host(r *http.Request) string { return s.hostOf(r, s.proxies.ask(r)) }

func (s *Server) hostOf(r *http.Request, t told) string {
	switch {
	case t.host != "":
		return t.host
	case r.Host != "":
		return r.Host
	}
	return s.Addr().String()
}

// allowsOrigin reports whether the page that asks for a WebSocket may have it: one of the host that the client used may.
func (s *Server) allowsOrigin(r *http.Request, route *appbase.Route) bool {
	if len(r.Header["Origin"]) == 0 {
		return true
	}
	t := s.proxies.ask(r)
	return wsconn.CheckOriginAt(r, t.schemeOf(r) == "https", s.hostOf(r, t), s.origins(route))
}
