package server

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/sigil-server/sigil/wsconn"
)

// Where WebSockets are blocked, a client has the same connections over plain HTTP (docs/protocol.md): an answer that does
// not end brings what the app sends, requests carry what the client sends. Behind both is a [wsconn.Tunnel], so that to the
// app, its limits and its topics it is a connection like every other.

// The headers of a connection over HTTP. They are none that a page can send to another origin unasked, nor a form at all.
const (
	socketHeader   = "Sigil-Socket"   // "open", or the token of an open connection
	sequenceHeader = "Sigil-Sequence" // of a request with messages: 1, 2, 3 ...
	protocolHeader = "Sigil-Protocol" // the subprotocols that a client offers
)

// openTunnel is the value of socketHeader that asks for a connection.
const openTunnel = "open"

// tunnels are the connections over HTTP by their tokens. It may be used from any goroutine.
type tunnels struct {
	mu      sync.Mutex
	byToken map[string]*tunnel
}

// tunnel is one connection over HTTP.
type tunnel struct {
	*wsconn.Tunnel
	token string
	app   *app
	path  string        // below the app
	turn  chan struct{} // holds a token while no request is looked at
	last  uint64        // number of the last request that was taken; for whoever has the turn
}

func (t *tunnels) add(tun *tunnel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byToken == nil {
		t.byToken = map[string]*tunnel{}
	}
	t.byToken[tun.token] = tun
}

func (t *tunnels) remove(tun *tunnel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byToken, tun.token)
}

func (t *tunnels) find(token string) *tunnel {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byToken[token]
}

// isTunnel reports whether a request belongs to a connection over HTTP, or asks whether it may.
func isTunnel(r *http.Request) bool {
	if r.Method == http.MethodOptions {
		return strings.Contains(strings.ToLower(r.Header.Get("Access-Control-Request-Headers")), strings.ToLower(socketHeader))
	}
	return r.Header[socketHeader] != nil
}

// overHTTP answers what belongs to a connection over HTTP. Pages of those origins may use it that may open WebSockets.
func (s *Server) overHTTP(w *steadyWriter, r *http.Request, t target, ok bool) {
	c, refused := s.socketCall(t, ok)
	if c.app != nil {
		w.app = c.app.name
	}
	if !s.allowsOrigin(r, c.route) {
		s.noticesOf(c.app).note(limitOrigin, "origin", short(r.Header.Get("Origin")), "path", short(r.URL.Path))
		s.fail(w, r, http.StatusForbidden, "connections from this origin are not allowed")
		return
	}
	shareTunnel(w.Header(), r)
	switch {
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	case refused != nil && refused.code == statusPolicyViolation:
		s.fail(w, r, http.StatusNotFound, refused.reason)
	case refused != nil:
		s.unavailable(w, r, refused.reason)
	case r.Method == http.MethodPost:
		s.upstream(w, r, c)
	case r.Method == http.MethodGet && r.Header.Get(socketHeader) == openTunnel:
		s.openTunnel(w, r, c)
	default:
		s.wrongVerb(w, r, []string{http.MethodGet, http.MethodOptions, http.MethodPost})
	}
}

// shareTunnel lets the page of an origin that was found good send and read.
func shareTunnel(header http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	header.Add("Vary", "Origin")
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	if r.Method == http.MethodOptions {
		header.Set("Access-Control-Allow-Methods", "GET, POST")
		header.Set("Access-Control-Allow-Headers", strings.Join([]string{socketHeader, sequenceHeader, protocolHeader}, ", "))
		header.Set("Access-Control-Max-Age", "600")
	}
}

// openTunnel asks the guards as a handshake does, gives the connection to the app, and brings what that sends until either
// side ends it.
func (s *Server) openTunnel(w *steadyWriter, r *http.Request, c call) {
	address := s.proxies.client(r)
	if !s.takeSlot(w, r, address) {
		return
	}
	if !s.takePlace(w, r, c, address) {
		s.slots.release(address)
		return
	}
	if r.ProtoMajor == 1 { // else it is one of several on a connection
		s.slots.http.Add(-1) // it is counted as a connection of the app's now
		defer s.slots.http.Add(1)
	}
	tun, in := s.joinTunnel(w, r, c, address)
	if tun == nil {
		c.app.taken.Add(-1)
		s.slots.release(address)
		return
	}
	s.tunnels.add(tun)
	defer tun.Wait()
	defer tun.Close()
	defer s.tunnels.remove(tun)
	stop := s.watchTunnel(r.Context(), tun)
	defer stop()
	s.downstream(w, r, tun, in)
}

// joinTunnel makes a connection and gives it to a worker. Nil: the client has its answer.
func (s *Server) joinTunnel(w *steadyWriter, r *http.Request, c call, address netip.Addr) (*tunnel, arrival) {
	worker := c.app.place()
	req := s.request(r, c)
	asHandshake(req.Header)
	admission, ok := s.admit(w, r, c, worker, req, func(id string) { s.internalError(w, r, id, nil) })
	if !ok {
		worker.release()
		return nil, arrival{}
	}
	in := arrival{
		route: c.route, api: &c.now.routes.Info.Limits, request: req, admission: admission, address: address, id: uuid.NewString(),
		protocol: wsconn.SelectProtocol(req.Header, protocols(c.route, admission)),
	}
	far, near := wsconn.NewTunnel()
	if !worker.adopt(near, s.slots, in) { // it has closed near
		worker.release()
		far.Close()
		s.unavailable(w, r, errStopped.Error())
		return nil, arrival{}
	}
	allow(w.Header(), admission.Header)
	tun := &tunnel{Tunnel: far, token: rand.Text(), app: c.app, path: c.target.rest, turn: make(chan struct{}, 1)}
	tun.turn <- struct{}{}
	return tun, in
}

// asHandshake makes the header what that of a WebSocket's handshake would be.
func asHandshake(header http.Header) {
	if offered := header.Get(protocolHeader); offered != "" {
		header.Set("Sec-Websocket-Protocol", offered)
	}
	header.Set("Upgrade", "websocket")
	header.Set("Connection", "Upgrade")
	header.Set("Sec-Websocket-Version", "13")
	header.Del(socketHeader)
	header.Del(protocolHeader)
}

// watchTunnel ends a tunnel when its client is gone, and says goodbye when the server stops. The function it returns ends
// the watch.
func (s *Server) watchTunnel(client context.Context, tun *tunnel) (stop func()) {
	ctx, cancel := context.WithCancel(client)
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-ctx.Done():
			tun.Close()
			return
		case <-s.ending:
		}
		late, done := context.WithTimeout(ctx, s.options.Limits.StopWithin)
		defer done()
		if tun.Offer(late, []wsconn.Packet{{Kind: wsconn.PacketClose, Code: statusGoingAway, Reason: "server going away"}}) != nil {
			tun.Close()
		}
		<-ctx.Done()
		tun.Close()
	})
	return func() {
		cancel()
		watching.Wait()
	}
}

// downstream writes what the app sends, as server-sent events.
func (s *Server) downstream(w *steadyWriter, r *http.Request, tun *tunnel, in arrival) {
	eventsHeader(w.Header())
	if r.ProtoMajor == 1 { // else the connection is not this one's alone
		narrowSendBuffer(r, tun.app.socketLimits(in.api, in.route).SendBufferBytes)
		w.Header().Set("Connection", "close") // its buffers are not what others want
	}
	w.WriteHeader(http.StatusOK)
	event := encodeEvent(opened{Token: tun.token, Protocol: in.protocol, ID: in.id})
	for {
		_, err := w.Write(event)
		if err == nil && !tun.Buffered() {
			err = w.flush()
		}
		if err != nil {
			return
		}
		packet, err := tun.Read()
		if err != nil {
			return
		}
		event = encodeEvent(eventOf(packet))
	}
}

// upstream takes the messages of one request: whole, once, and in the order of their numbers.
func (s *Server) upstream(w *steadyWriter, r *http.Request, c call) {
	tun := s.tunnels.find(r.Header.Get(socketHeader))
	if tun == nil || tun.app != c.app || tun.path != c.target.rest {
		s.fail(w, r, http.StatusNotFound, "there is no such connection, or it has ended")
		return
	}
	packets, sequence, status := s.readPackets(w, r, c)
	if status != 0 {
		s.fail(w, r, status, packetProblem[status])
		return
	}
	goOn(w.Header(), r)
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), c.responseTime())
	defer cancel()
	switch err := tun.take(ctx, sequence, packets); {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, errSequence):
		s.fail(w, r, http.StatusConflict, err.Error())
	case errors.Is(err, wsconn.ErrTunnelClosed):
		s.fail(w, r, http.StatusNotFound, err.Error())
	default: // the app is busy: nothing was taken
		s.unavailable(w, r, "the app has not taken the messages before yet")
	}
}

// take hands a request's messages on, unless they were before.
func (tun *tunnel) take(ctx context.Context, sequence uint64, packets []wsconn.Packet) error {
	select {
	case <-tun.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { tun.turn <- struct{}{} }()
	switch {
	case sequence <= tun.last:
		return nil
	case sequence != tun.last+1:
		return errSequence
	}
	if err := tun.Offer(ctx, packets); err != nil {
		return err
	}
	tun.last = sequence
	return nil
}

// narrowSendBuffer bounds what the kernel takes for a client that does not read, as for a WebSocket; else that is up to
// 4 MiB before anybody notices. bytes 0: the default.
func narrowSendBuffer(r *http.Request, bytes int) {
	if bytes <= 0 {
		bytes = defaultSendBuffer
	}
	conn := connOf(r)
	for conn != nil {
		switch c := conn.(type) {
		case interface{ SetWriteBuffer(int) error }:
			_ = c.SetWriteBuffer(bytes) // without it it works too
			return
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return
		}
	}
}

const defaultSendBuffer = 128 << 10
