package server

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/wsconn"
)

// Close codes of RFC 6455 7.4.1 that a handshake may end with.
const (
	statusPolicyViolation = 1008
	statusInternalError   = 1011
	statusServiceRestart  = 1012
	statusTryAgainLater   = 1013 // of its registry
)

// refusal is why a handshake is accepted only to be closed.
type refusal struct {
	code   int
	reason string
}

// upgrade answers a WebSocket handshake. What depends on the client alone is refused before the 101 with an HTTP status;
// what it asked for and is not there, after it with a close code, which is all that a browser lets a page see.
//
// A client that offers subprotocols of which the route speaks none goes on without one (RFC 6455 4.2.2).
func (s *Server) upgrade(w *steadyWriter, r *http.Request, t target, ok bool) {
	w.Header().Set("Connection", "close") // of a refusal: clients that wanted a WebSocket have no other use for it
	up, err := parseUpgrade(r)
	if err != nil {
		s.badHandshake(w, r, err)
		return
	}
	c, refused := s.socketCall(t, ok)
	if c.app != nil {
		w.app = c.app.name
	}
	if !s.allowsOrigin(r, c.route) {
		s.noticesOf(c.app).note(limitOrigin, "origin", short(r.Header.Get("Origin")), "path", short(r.URL.Path))
		s.fail(w, r, http.StatusForbidden, "WebSockets from this origin are not allowed")
		return
	}
	address := s.proxies.client(r)
	if !s.takeSlot(w, r, address) {
		return
	}
	switch {
	case refused != nil:
		w.status = http.StatusSwitchingProtocols
		s.refuse(w, r, up, *refused)
	case !s.takePlace(w, r, c, address):
	case s.join(w, r, up, c, address):
		w.status = http.StatusSwitchingProtocols
		return // the connection has slot and place now
	default:
		c.app.taken.Add(-1)
	}
	s.slots.release(address)
}

// takeSlot takes a slot for one more connection. False: there is none, and the client has its answer.
func (s *Server) takeSlot(w http.ResponseWriter, r *http.Request, address netip.Addr) bool {
	status := s.slots.acquire(address)
	if status == 0 {
		return true
	}
	s.notices.note(map[int]string{http.StatusTooManyRequests: limitAddress, http.StatusServiceUnavailable: limitConnections}[status], "remote", address)
	w.Header().Set("Retry-After", "5")
	s.fail(w, r, status, "too many connections")
	return false
}

// takePlace takes a place among the app's connections. False: there is none, and the client has its answer.
func (s *Server) takePlace(w http.ResponseWriter, r *http.Request, c call, address netip.Addr) bool {
	if c.takePlace() {
		return true
	}
	c.app.notices.note(limitAppConnections, "remote", address)
	w.Header().Set("Retry-After", "5")
	s.fail(w, r, http.StatusServiceUnavailable, "too many connections to this app")
	return false
}

// parseUpgrade checks the handshake. One with a body is refused: the body's bytes would be read as frames.
func parseUpgrade(r *http.Request) (*wsconn.Upgrade, error) {
	if r.ContentLength != 0 {
		return nil, &wsconn.HandshakeError{Status: http.StatusBadRequest, Reason: "a handshake has no body"}
	}
	return wsconn.ParseUpgrade(r)
}

func (s *Server) badHandshake(w http.ResponseWriter, r *http.Request, err error) {
	bad := &wsconn.HandshakeError{Status: http.StatusBadRequest, Reason: err.Error()}
	errors.As(err, &bad)
	for name, values := range bad.Header {
		w.Header()[name] = append(w.Header()[name], values...) // Connection says "close" already
	}
	s.fail(w, r, bad.Status, bad.Reason)
}

// socketCall finds the WebSocket route a handshake asks for, or why there is none. The reason names what was looked for
// and nothing else.
func (s *Server) socketCall(t target, ok bool) (call, *refusal) {
	if !ok {
		return call{}, &refusal{statusPolicyViolation, "this is no path of an app"}
	}
	if t.rest == "" {
		t.rest = "/" // clients do not follow redirects here
	}
	a := s.table.find(t.app) // of "": nil
	if a == nil {
		return call{}, &refusal{statusPolicyViolation, "no app " + spelled(t.app)}
	}
	now := a.current.Load()
	if now.routes == nil {
		return call{}, &refusal{statusInternalError, "the app is not loaded"}
	}
	route, params, found := now.routes.On(t.listener).Socket(t.rest)
	if !found {
		return call{}, &refusal{statusPolicyViolation, "no @Websocket method at " + t.path()}
	}
	return call{app: a, now: now, target: t, route: route, params: params}, nil
}

// origins are the foreign ones that may connect.
func (s *Server) origins(route *appbase.Route) []string {
	if route == nil {
		return s.options.Origins
	}
	return slices.Concat(s.options.Origins, route.Origins)
}

// refuse accepts the handshake and closes; it blocks until the client has, for a while.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, up *wsconn.Upgrade, why refusal) {
	s.log.Debug("handshake refused", "path", r.URL.Path, "code", why.code, "reason", why.reason)
	if err := up.Refuse(w, why.code, why.reason); err != nil {
		s.log.Debug("a refused client was gone", "error", err)
	}
}

// join asks the guards, completes the handshake and gives the connection to the app. False: the client has its answer,
// and the slot is free.
func (s *Server) join(w *steadyWriter, r *http.Request, up *wsconn.Upgrade, c call, address netip.Addr) bool {
	req := s.request(r, c)
	worker := c.app.place()
	adopted := false
	defer func() {
		if !adopted {
			worker.release()
		}
	}()
	admission, ok := s.admit(w, r, c, worker, req, func(id string) {
		s.refuse(w, r, up, refusal{statusInternalError, "internal error (id " + id + ")"})
	})
	if !ok {
		return false
	}
	allow(w.Header(), admission.Header)
	in := arrival{route: c.route, api: &c.now.routes.Info.Limits, request: req, admission: admission, address: address}
	adopted = s.welcome(up, worker, in, func() (*wsconn.Accepted, error) { return up.Accept(w) })
	return adopted
}

// welcome completes a handshake that nothing is in the way of, and gives the connection to the worker. False: it could not
// be completed, or the worker takes no more.
func (s *Server) welcome(up *wsconn.Upgrade, worker *worker, in arrival, accept func() (*wsconn.Accepted, error)) bool {
	in.protocol = up.SelectProtocol(protocols(in.route, in.admission))
	up.SelectDeflate(wsconn.Deflate(in.route.Compress))
	accepted, err := accept()
	if err != nil {
		s.log.Debug("a handshake was not completed", "error", err)
		return false
	}
	return worker.adopt(accepted, s.slots, in)
}

// protocols are those the connection may speak.
func protocols(route *appbase.Route, a appbase.Admission) []string {
	if route.Whole {
		return []string{a.Protocol}
	}
	return route.Protocols
}

// allow adds the headers of an app's answer that are the app's to set.
func allow(header, given http.Header) {
	for name, values := range given {
		switch {
		case slices.Contains(framing, name):
		case name == "Vary": // the server's own reasons stay
			header[name] = append(header[name], values...)
		default:
			header[name] = values
		}
	}
}

// admit runs the guards of a route. False: they refused, or failed, and the client has its answer; broken gives that of a
// guard that threw.
func (s *Server) admit(w *steadyWriter, r *http.Request, c call, worker *worker, req *appbase.Request, broken func(id string)) (appbase.Admission, bool) {
	if !c.route.Guarded {
		return appbase.Admission{}, true
	}
	ctx, cancel := context.WithTimeoutCause(r.Context(), c.responseTime(), errSlow)
	defer cancel()
	admission, err := ask(ctx, worker, func(done func(appbase.Admission, error)) { worker.script.Admit(c.route, req, done) })
	var script *scripting.Error
	switch {
	case errors.As(err, &script):
		broken(s.logScript(c, "a guard failed", err))
		return admission, false
	case err != nil:
		s.scriptFailed(w, r, c, err)
		return admission, false
	case admission.Response != nil:
		s.send(r.Context(), w, r, c, admission.Response, &exchange{worker: worker, control: w.control, req: req, delivered: admission.Response})
		return admission, false
	}
	return admission, true
}
