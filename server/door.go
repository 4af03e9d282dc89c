package server

import (
	"net/http"
	"net/netip"

	"github.com/sigil-server/sigil/wsconn"
)

// open begins to serve a port: behind TLS by net/http; else, where the system can, through a door at which common WebSocket
// handshakes, and connections with common requests, are taken without net/http, which costs several times as much.
func (s *Server) open(p *port, public *http.Server, start func(func() error)) {
	if p.secure {
		start(func() error { return serveTLS(public, p.listener) })
		return
	}
	entrance := p.listener
	door, ok := wsconn.NewDoor(p.listener, wsconn.DoorOptions{
		Knock: func(r *http.Request, k *wsconn.Knocking) { s.knock(p, r, k) }, Room: s.room, Silent: s.unheard, Log: s.log,
		HeaderTime: s.options.Limits.HeaderTime, MaxHeaderBytes: s.options.Limits.MaxHeaderBytes,
	})
	if ok {
		entrance = door
		start(door.Run)
	}
	start(func() error { return serve(public, entrance) })
}

// room reports whether there is room for one more connection beside those that have sent nothing yet.
func (s *Server) room(waiting int) bool {
	if s.slots.room(waiting + 1) {
		return true
	}
	s.notices.note(limitHTTPConnections)
	return false
}

// knock is offered the plain requests at the door. It takes the handshakes that upgrade would complete without asking anybody;
// whatever else there is to say to a client is said there. It must not take what upgrade would refuse.
func (s *Server) knock(p *port, r *http.Request, k *wsconn.Knocking) {
	if !s.gate.enter() {
		return
	}
	defer s.gate.leave()
	if !wsconn.IsUpgrade(r) {
		s.knockHTTP(p, r, k)
		return
	}
	path, ok := parsePath(rawPath(r))
	if !ok || fields(r) > s.options.Limits.MaxHeaderFields {
		return
	}
	up, err := parseUpgrade(r)
	if err != nil {
		return
	}
	c, refused := s.socketCall(p.locate(&s.table, path), ok)
	if refused != nil || c.route.Guarded || !s.allowsOrigin(r, c.route) {
		return
	}
	address := s.proxies.client(r)
	if s.slots.acquire(address) != 0 {
		return
	}
	if c.takePlace() {
		if s.joinNow(r, k, up, c, address) {
			s.options.metrics.request(c.app.name, http.StatusSwitchingProtocols, 0)
			return // the connection has slot and place now
		}
		c.app.taken.Add(-1)
	}
	s.slots.release(address)
}

// joinNow is join for a route without guards, on a worker that is there. False: the handshake was not taken, or could not
// be completed.
func (s *Server) joinNow(r *http.Request, k *wsconn.Knocking, up *wsconn.Upgrade, c call, address netip.Addr) bool {
	worker := c.app.placeNow()
	if worker == nil {
		return false
	}
	in := arrival{route: c.route, api: &c.now.routes.Info.Limits, request: s.request(r, c), address: address}
	if !s.welcome(up, worker, in, func() (*wsconn.Accepted, error) { return k.Accept(up, nil) }) {
		worker.release()
		return false
	}
	return true
}
