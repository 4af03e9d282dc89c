package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// knownHosts answers 403 to requests for a host that is not this one's, as Options.AdminHosts describes.
func (s *Server) knownHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.adminHost(r) {
			w.Header().Set("Connection", "close")
			s.log.Debug("the admin port was asked for by a foreign name", "host", short(r.Host), "remote", r.RemoteAddr)
			s.fail(w, r, http.StatusForbidden, "the admin port does not answer to this host name; admin_hosts in the configuration allows more")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// adminHost reports whether a request names this host. One without Host is no browser's.
func (s *Server) adminHost(r *http.Request) bool {
	name := strings.ToLower(strings.TrimSuffix(hostname(r.Host), "."))
	switch {
	case name == "", name == "localhost", strings.HasSuffix(name, ".localhost"):
		return true
	case strings.EqualFold(name, hostname(s.options.AdminListen)):
		return true
	}
	if address, err := netip.ParseAddr(name); err == nil {
		return address.IsLoopback() || cameInAt(r, address) || s.allowsAdmin(address.String())
	}
	return s.allowsAdmin(name)
}

func (s *Server) allowsAdmin(name string) bool {
	return slices.ContainsFunc(s.options.AdminHosts, func(allowed string) bool {
		return allowed == "*" || strings.EqualFold(hostname(allowed), name)
	})
}

// hostname is the host of "host:port", "host", "[::1]:port" or "[::1]".
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// cameInAt reports whether address is the one of this machine that the client connected to.
func cameInAt(r *http.Request, address netip.Addr) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	tcp, ok := local.(*net.TCPAddr)
	return ok && tcp.AddrPort().Addr().Unmap() == address.Unmap()
}

// short is a client's text as a log can hold it.
func short(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
