package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the peers whose word about a request's origin is taken.
type proxies []netip.Prefix

// client is the address a request comes from, without port and zone. Behind trusted proxies it is the last address in
// X-Forwarded-For that no trusted proxy has: the list is read from its end, where only they can have written.
func (p proxies) client(r *http.Request) netip.Addr {
	address := hostAddress(r.RemoteAddr)
	if !p.trust(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := hostAddress(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		address = hop
		if !p.trust(hop) {
			break
		}
	}
	return address
}

// scheme is the one the client used, as far as is known.
func (p proxies) scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	if forwarded := r.Header.Get("X-Forwarded-Proto"); strings.EqualFold(forwarded, "https") && p.trust(hostAddress(r.RemoteAddr)) {
		return "https"
	}
	return "http"
}

func (p proxies) trust(address netip.Addr) bool {
	for _, prefix := range p {
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
