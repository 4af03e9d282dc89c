package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigil-server/sigil/wsconn"
)

// TLS says how the ports for apps are secured: all of them, but those in Plain. The admin port never is.
type TLS struct {
	// Config has the certificates; required. "h2" among its NextProtos offers HTTP/2.
	Config *tls.Config
	// Plain are addresses, of those in Options.Mounts, that stay plain: for callers on this machine, say.
	Plain []string
	// HTTP is the address at which plain HTTP is answered beside Options.Listen; "" is nowhere.
	HTTP string
	// ServePlain has the apps answer there. Else every request is sent on to https, with 308.
	ServePlain bool
	// Challenge is offered every request that comes there before anything else answers it; false: it did not answer. Nil:
	// nothing is offered.
	Challenge func(http.ResponseWriter, *http.Request) bool
	// Expiries tells when the certificate for each name ends, for the metric. Nil: there is none.
	Expiries func() map[string]time.Time
	// Port is where clients find https; default that of Options.Listen.
	Port int
	// HSTS is for how long browsers are told to ask this host by https only (RFC 6797); default 0, they are not told.
	HSTS time.Duration
}

// settleTLS decides which ports are secured.
func (s *Server) settleTLS() error {
	t := s.options.TLS
	if t == nil {
		return nil
	}
	if t.Config == nil {
		return errors.New("TLS needs a tls.Config")
	}
	for _, address := range t.Plain {
		if !slices.ContainsFunc(s.places.ports, func(p *port) bool { return p.own() && p.listen == address }) {
			return fmt.Errorf("%q is to stay plain, but is the address of no mount and no listener", address)
		}
	}
	for _, p := range s.places.ports {
		p.secure = !slices.Contains(t.Plain, p.listen)
	}
	return nil
}

// listenPlain opens the port for plain HTTP beside the secured ones.
func (s *Server) listenPlain() error {
	t := s.options.TLS
	if t == nil || t.HTTP == "" {
		return nil
	}
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", t.HTTP)
	if err != nil {
		return fmt.Errorf("listening on %q for plain HTTP: %w", t.HTTP, err)
	}
	plain := *s.places.main // with the same apps
	plain.listener, plain.secure = l, false
	s.plain = &plain
	return nil
}

// openPlain begins to serve it: redirects by net/http alone, apps through a door as anywhere.
func (s *Server) openPlain(server *http.Server, start func(func() error)) {
	if s.options.TLS.ServePlain {
		s.open(s.plain, server, start)
		return
	}
	start(func() error { return serve(server, s.plain.listener) })
}

// closePorts closes all ports for apps.
func (s *Server) closePorts() {
	s.places.close()
	if s.plain != nil {
		_ = s.plain.listener.Close() // for the second time where it was served
	}
}

// HTTPAddr is the address of plain HTTP beside https; nil when there is none.
func (s *Server) HTTPAddr() net.Addr {
	if s.plain == nil {
		return nil
	}
	return s.plain.listener.Addr()
}

// Secure reports whether the port for every app that has none of its own is behind TLS.
func (s *Server) Secure() bool { return s.places.main.secure }

// servePlain answers at the port for plain HTTP.
func (s *Server) servePlain(p *port, w http.ResponseWriter, r *http.Request) {
	t := s.options.TLS
	switch {
	case t.Challenge != nil && isChallengePath(r) && t.Challenge(w, r):
	case t.ServePlain:
		s.serveHTTP(p, w, r)
	default:
		s.toHTTPS(w, r)
	}
}

// isChallengePath tells the requests of certificate authorities (RFC 8555 8.3).
func isChallengePath(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/.well-known/acme-challenge/")
}

// toHTTPS sends a client to the same place behind TLS, with the same method and body.
func (s *Server) toHTTPS(w http.ResponseWriter, r *http.Request) {
	s.headers.set(w.Header())
	if r.ContentLength != 0 || wsconn.IsUpgrade(r) {
		w.Header().Set("Connection", "close") // what follows is for the other port
	}
	name := hostname(r.Host)
	if name == "" || !plausibleHost(r.Host) {
		s.fail(w, r, http.StatusBadRequest, "use https; the request does not say for which host")
		return
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port := s.publicPort(); port != 443 {
		name += ":" + strconv.Itoa(port)
	}
	w.Header().Set("Location", "https://"+name+rawTarget(r))
	w.Header().Set("Cache-Control", "no-store") // the operator may change their mind
	w.WriteHeader(http.StatusPermanentRedirect)
}

// rawTarget is path and query as the client wrote them.
func rawTarget(r *http.Request) string {
	target := rawPath(r)
	if !strings.HasPrefix(target, "/") {
		target = "/"
	}
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	return target
}

// publicPort is where clients find https.
func (s *Server) publicPort() int {
	if s.options.TLS.Port != 0 {
		return s.options.TLS.Port
	}
	if tcp, ok := s.Addr().(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 443
}

// plausibleHost reports whether text can be the Host of a request: name or address, and maybe a port.
func plausibleHost(text string) bool {
	return text != "" && len(text) <= 300 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:[]%", r)
	})
}

// serveTLS runs an HTTP server behind TLS until it is shut down. A client has Limits.HeaderTime for the TLS handshake.
func serveTLS(server *http.Server, listener net.Listener) error {
	if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", listener.Addr(), err)
	}
	return nil
}

// secureServer adds what TLS and HTTP/2 need. Of one connection 250 requests are answered at once, and one whose client does
// not take what is written, or does not answer a ping after IdleTime of silence, is cut.
func (s *Server) secureServer(server *http.Server) *http.Server {
	l := s.options.Limits
	server.TLSConfig = s.options.TLS.Config.Clone()
	server.Protocols = &http.Protocols{}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(slices.Contains(server.TLSConfig.NextProtos, "h2"))
	server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 250, SendPingTimeout: l.IdleTime, PingTimeout: l.WriteStall, WriteByteTimeout: l.WriteStall}
	server.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)
	return server
}
