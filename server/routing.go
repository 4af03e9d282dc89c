package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// route answers a request for an app that is no upgrade.
func (s *Server) route(w *steadyWriter, r *http.Request, t target) {
	a := s.table.find(t.app)
	if a == nil {
		s.notFound(w, r)
		return
	}
	w.meet(a)
	now := a.current.Load()
	switch {
	case now.routes == nil:
		s.broken(w, r, a, now)
	case t.rest == "":
		s.toFolder(w, r, t, now)
	default:
		s.dispatch(w, r, call{app: a, now: now, target: t})
	}
}

// call is a request that has met its app.
type call struct {
	app    *app
	now    *snapshot
	target target
	route  *appbase.Route    // once found
	params map[string]string // of the route
}

// dispatch answers below an app: a route, else a public file, else a page of the server's own.
func (s *Server) dispatch(w *steadyWriter, r *http.Request, c call) {
	m := c.routes().HTTP(r.Method, c.target.rest)
	if s.cors(w, r, c, m) {
		return
	}
	switch m.Outcome {
	case appbase.Found:
		if m.Route.CatchesAll() && c.target.listener == "" && s.file(w, r, c) {
			return
		}
		c.route, c.params = m.Route, m.Params
		if m.Route.Events {
			s.events(w, r, c)
			return
		}
		s.handle(w, r, c)
	case appbase.WrongVerb:
		s.wrongVerb(w, r, m.Allow)
	case appbase.NotHTTP:
		s.fail(w, r, http.StatusBadRequest, s.notHTTP(r, c.target, m.Route))
	default:
		if c.target.listener == "" && (s.file(w, r, c) || s.describe(w, r, c)) {
			return
		}
		s.notFound(w, r)
	}
}

// toFolder redirects "/app" to "/app/" when something answers there.
func (s *Server) toFolder(w *steadyWriter, r *http.Request, t target, now *snapshot) {
	t.rest = "/"
	if now.routes.On(t.listener).HTTP(r.Method, t.rest).Outcome == appbase.NotFound && !hasPublic(now.source, t.rest) {
		s.notFound(w, r)
		return
	}
	redirect(w, r, t.path())
}

// redirect moves to another path for good, with the same method and query.
func redirect(w http.ResponseWriter, r *http.Request, path string) {
	to := url.URL{Path: path, RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", to.String())
	w.WriteHeader(http.StatusPermanentRedirect)
}

// wrongVerb answers OPTIONS and refuses what the path does not take.
func (s *Server) wrongVerb(w http.ResponseWriter, r *http.Request, allow []string) {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.fail(w, r, http.StatusMethodNotAllowed, fmt.Sprintf("%s is not allowed here; allowed: %s", r.Method, strings.Join(allow, ", ")))
}

// readOnly is what files and pages allow.
var readOnly = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// reads reports whether a request only reads; else it is answered.
func (s *Server) reads(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	s.wrongVerb(w, r, readOnly)
	return false
}

// notHTTP says what to do instead of a plain HTTP request to a WebSocket or a schedule.
func (s *Server) notHTTP(r *http.Request, t target, route *appbase.Route) string {
	if route.Kind == appbase.KindScheduled {
		return fmt.Sprintf("%s is run by the server every %s and cannot be called", t.path(), route.Every)
	}
	scheme := "ws"
	if s.proxies.scheme(r) == "https" {
		scheme = "wss"
	}
	return fmt.Sprintf("%s is a WebSocket and was asked for by plain HTTP; connect with a WebSocket client, for example:\n  npx wscat -c %s://%s%s",
		t.path(), scheme, s.host(r), rawPath(r))
}
