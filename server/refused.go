package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/sigil-server/sigil/wsconn"
)

// Why a connection ended before a request of it was served, by the reasons of the metric. Those for which there is no room
// are counted by limitHTTPConnections.
const (
	refusedSilent = "silent"
	refusedTime   = "header_time"
	refusedBytes  = "header_bytes"
	refusedBroken = "broken"
	refusedRoom   = "no_room"
)

// refusals are the reasons that are counted here.
func refusals() []string { return []string{refusedSilent, refusedTime, refusedBytes, refusedBroken} }

// refusalEffect says what was done for a reason.
func refusalEffect(reason string) string {
	return map[string]string{
		refusedSilent: "the connection was cut: it sent nothing for handshake_time",
		refusedTime:   "the connection was cut: its header was not whole within handshake_time",
		refusedBytes:  "answered with 431: the header has more bytes than header_bytes",
		refusedBroken: "the connection ended: its request was malformed or broke off",
	}[reason]
}

// caller is a connection that net/http serves, until its first request has been answered.
type caller struct {
	net.Conn
	by     time.Time // when its header must be there
	spoke  time.Time // when net/http had read a header, or given it up; of silent
	served atomic.Bool
}

// lingers is for how long net/http at least keeps a connection after it has answered that a header is too large, so that the
// client can read that. After no other refusal it waits.
const lingers = 500 * time.Millisecond

// refusal is why the connection ended before a request of it was served; "": it is not known to be the server's doing.
func (c *caller) refusal(now time.Time) string {
	switch {
	case c.served.Load():
		return ""
	case c.spoke.IsZero() && now.Before(c.by):
		return "" // the client went, or there was no room
	case c.spoke.IsZero():
		return refusedSilent
	case !c.spoke.Before(c.by):
		return refusedTime
	case now.Sub(c.spoke) >= lingers:
		return refusedBytes
	}
	return refusedBroken
}

// connKey finds the caller of a request in its context.
type connKey struct{}

// meet is an http.Server's ConnContext.
func (s *Server) meet(ctx context.Context, conn net.Conn) context.Context {
	by, ok := wsconn.HeaderBy(conn)
	if !ok {
		by = time.Now().Add(s.options.Limits.HeaderTime)
	}
	c := &caller{Conn: conn, by: by}
	s.silent.public.expect(c)
	return context.WithValue(ctx, connKey{}, c)
}

// connOf is the connection of a request; nil when it is not net/http's.
func connOf(r *http.Request) net.Conn {
	if c, ok := r.Context().Value(connKey{}).(*caller); ok {
		return c.Conn
	}
	return nil
}

// heard notes that a request has come whole.
func heard(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*caller); ok && !c.served.Load() {
		c.served.Store(true)
	}
}

// farewell counts how a connection has ended.
func (s *Server) farewell(c *caller) {
	if c == nil || s.state.Load() == stopping {
		return
	}
	if reason := c.refusal(time.Now()); reason != "" {
		s.refused.note(reason, "remote", c.RemoteAddr())
	}
}

// unheard is told by a door of who has sent nothing.
func (s *Server) unheard(peer netip.AddrPort) { s.refused.note(refusedSilent, "remote", peer) }

// refused samples the connections that were refused.
func (s *sample) refused(server *Server) {
	for reason, times := range server.refused.totals() {
		s.counter("connections_refused_total", times, reason)
	}
	s.counter("connections_refused_total", server.notices.totals()[limitHTTPConnections], refusedRoom)
}
