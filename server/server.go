// Package server is all between the port and an app: it listens, decides for every request which app and route it meets,
// holds clients to their limits, and swaps an app's code when its files change.
//
// A [Server] keeps an immutable table of apps that requests read without locks. Every app has a goroutine of its own, its
// loop, on which its code, its connections and its topics live; requests meet an app only by posting to that loop.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/sigil-server/sigil/wsconn"
)

// statusGoingAway is the close code of RFC 6455 7.4.1 for a server that stops.
const statusGoingAway = 1001

// Server hosts the apps of one folder. Its methods may be called from any goroutine.
type Server struct {
	options Options
	log     *slog.Logger
	table   table
	catalog *catalog
	slots   *slots
	tunnels tunnels
	notices *notices
	refused *notices
	codings *codings                       // nil: nothing is compressed
	silent  struct{ public, admin silent } // connections of the two ports
	proxies proxies
	places  *places
	plain   *port // plain HTTP beside https; nil: there is none
	headers headers
	admin   net.Listener // nil: off
	gate    *gate
	direct  *wsconn.HTTPLimits // of connections that apps' loops serve
	state   atomic.Int32
	started atomic.Bool
	ending  chan struct{} // closed when the shutdown begins
}

// The states of a Server.
const (
	starting int32 = iota
	serving
	stopping
)

// New opens the listeners, so an address that is in use is an error here, and raises the process's limit of open
// descriptors to what the system grants. Nothing is answered before [Server.Run].
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	o.metrics = newMetrics()
	var err error
	if o.places, err = newPlaces(o.Mounts, o.Listen); err != nil {
		return nil, err
	}
	s := &Server{options: o, log: o.Log, proxies: newProxies(&o), headers: newHeaders(&o), places: o.places, gate: newGate(), ending: make(chan struct{}), notices: newNotices(o.Log, serverLimits())}
	s.refused = newNotices(o.Log, refusals())
	s.refused.event, s.refused.name = "connection refused", "reason"
	if err := s.settleTLS(); err != nil {
		return nil, err
	}
	if s.catalog, err = newCatalog(&s.options, &s.table); err != nil {
		return nil, err
	}
	s.direct = &wsconn.HTTPLimits{
		MaxHeaderBytes: o.Limits.MaxHeaderBytes, MaxBodyBytes: eagerBytes,
		HeaderTime: o.Limits.HeaderTime, IdleTime: o.Limits.IdleTime, WriteStall: o.Limits.WriteStall,
	}
	if !o.Uncompressed {
		s.codings = newCodings()
	}
	s.slots = newSlots(o.Limits, s.raiseDescriptors())
	s.options.metrics.registry.MustRegister(newLoopStats(s))
	if o.TLS != nil && o.TLS.Expiries != nil {
		s.options.metrics.registry.MustRegister(newExpiries(o.TLS.Expiries))
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) raiseDescriptors() int {
	descriptors, err := raiseDescriptors()
	if err != nil {
		s.log.Warn("the descriptor limit stays as it is", "error", err)
	}
	s.log.Info("descriptor limit", "descriptors", descriptors)
	return descriptors
}

func (s *Server) listen() (err error) {
	if err := s.places.open(context.Background()); err != nil {
		return err
	}
	if err = s.listenPlain(); err != nil {
		s.places.close()
		return err
	}
	if s.options.AdminListen == "" {
		return nil
	}
	var config net.ListenConfig
	if s.admin, err = config.Listen(context.Background(), "tcp", adminAddress(s.options.AdminListen)); err != nil {
		s.closePorts()
		return fmt.Errorf("listening on the admin address %q: %w", s.options.AdminListen, err)
	}
	return nil
}

// Addr is the address that is listened on for every app that has no port of its own.
func (s *Server) Addr() net.Addr { return s.places.main.listener.Addr() }

// AdminAddr is the address of the admin port, or nil when it is off.
func (s *Server) AdminAddr() net.Addr {
	if s.admin == nil {
		return nil
	}
	return s.admin.Addr()
}

// Apps tells of every app, in order of name. It is empty before Run has loaded them.
func (s *Server) Apps() []AppInfo { return infos(&s.table) }

func infos(t *table) []AppInfo {
	var list []AppInfo
	for _, a := range t.all() {
		list = append(list, a.info())
	}
	return list
}

var errRunTwice = errors.New("the server has run already")

// Run loads the apps, serves, and follows changes until ctx is done; then it shuts down in order and returns nil once
// every goroutine, connection and descriptor of the server is gone. The order: the listeners close; HTTP calls in flight
// finish (at most Limits.StopWithin), those on which nothing was asked are cut; all WebSockets are closed with 1001 and their closing handshakes awaited (the
// same); @OnStop("shutdown") of every app; their loops.
//
// The error says why there was nothing to serve (the apps folder cannot be read) or why serving failed. A Server runs
// once.
func (s *Server) Run(ctx context.Context) error {
	if s.started.Swap(true) {
		return errRunTwice
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var parts sync.WaitGroup
	start := func(run func() error) {
		parts.Go(func() {
			if err := run(); err != nil {
				fail(&failure{err})
			}
		})
	}
	var public []*http.Server
	for _, p := range s.places.ports {
		public = append(public, s.httpServer(p, s.serveHTTP))
	}
	if s.plain != nil {
		public = append(public, s.httpServer(s.plain, s.servePlain))
	}
	admin := s.adminServer()
	loaded := make(chan struct{})
	start(func() error {
		defer close(loaded)
		return s.catalog.run(ctx, func() {
			s.state.Store(serving)
			for i, p := range s.places.ports {
				s.open(p, public[i], start)
			}
			if s.plain != nil {
				s.openPlain(public[len(public)-1], start)
			}
		})
	})
	if s.admin != nil {
		start(func() error { return serve(admin, s.admin) })
	}
	<-ctx.Done()
	s.shutdown(public, admin, loaded)
	parts.Wait()
	var failed *failure
	if errors.As(context.Cause(ctx), &failed) {
		return failed.error
	}
	return nil
}

// failure tells an error of a part of the server from the end of the caller's context.
type failure struct{ error }

// serve runs an HTTP server until it is shut down.
func serve(server *http.Server, listener net.Listener) error {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", listener.Addr(), err)
	}
	return nil
}

// shutdown ends everything in the order that Run describes. loaded is closed when the catalog is at rest.
func (s *Server) shutdown(public []*http.Server, admin *http.Server, loaded <-chan struct{}) {
	s.state.Store(stopping)
	close(s.ending)
	s.gate.close()
	s.closePorts()
	s.silent.public.cut()
	s.finish(public...)
	<-loaded
	stopAll(s.table.all(), "shutdown", statusGoingAway, "server going away")
	<-s.gate.empty
	s.notices.flush()
	s.refused.flush()
	if s.admin != nil {
		_ = s.admin.Close()
		s.silent.admin.cut()
		s.finish(admin)
	}
}

// finish lets the calls in flight end, for a while, and then cuts those of HTTP servers.
func (s *Server) finish(servers ...*http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), s.options.Limits.StopWithin)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			s.log.Warn("calls were cut at shutdown", "error", err)
			_ = server.Close()
		}
	}
	select { // those on the loops, which their end cuts
	case <-s.gate.empty:
	case <-ctx.Done():
		s.log.Warn("calls were cut at shutdown")
	}
}
