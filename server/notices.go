package server

import (
	"cmp"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/sigil-server/sigil/wsconn"
)

// The limits that act before a connection is the engine's, by the names of their metric. Those of connections are
// wsconn's.
const (
	limitConnections     = "connections"
	limitAddress         = "connections_per_address"
	limitAppConnections  = "app_connections"
	limitHTTPConnections = "http_connections"
	limitOrigin          = "origin"
	limitHeaderFields    = "header_fields"
	limitBodyBytes       = "body_bytes"
	limitBodyStall       = "body_stall"
	limitHTTPWriteStall  = "http_write_stall"
	limitResponseTime    = "response_time"
	limitTasks           = "tasks"
	limitCallTime        = "call_time"
)

// bodyLimits are the limits behind the statuses of readBody.
var bodyLimits = map[int]string{http.StatusRequestEntityTooLarge: limitBodyBytes, http.StatusRequestTimeout: limitBodyStall}

// serverLimits are the limits that act where no app is known.
func serverLimits() []string {
	return []string{limitConnections, limitAddress, limitHTTPConnections, limitHeaderFields, limitOrigin, limitHTTPWriteStall}
}

// appLimits are the limits that act on an app's clients, or on its code.
func appLimits() []string {
	names := []string{limitAppConnections, limitOrigin, limitBodyBytes, limitBodyStall, limitResponseTime, limitTasks, limitCallTime}
	for l := range wsconn.LimitCount {
		names = append(names, l.String())
	}
	return names
}

// effectOf says what a limit does to whom.
func effectOf(limit string) string {
	switch limit {
	case limitConnections:
		return "the handshake was answered with 503: the server has all connections it may have"
	case limitAddress:
		return "the handshake was answered with 429: the address has all connections it may have"
	case limitAppConnections:
		return "the handshake was answered with 503: the app has all connections it may have"
	case limitHTTPConnections:
		return "an HTTP connection was cut: there are too few descriptors left"
	case limitOrigin:
		return "the handshake was answered with 403: the page's origin is not allowed"
	case limitHeaderFields:
		return "answered with 431: the request has too many header fields"
	case limitBodyBytes:
		return "answered with 413: the body is too large"
	case limitBodyStall:
		return "answered with 408: the body did not arrive in time"
	case limitHTTPWriteStall:
		return "the connection was cut: the client took nothing of the answer"
	case limitResponseTime:
		return "answered with 503: the handler took too long"
	case limitTasks:
		return "answered with 503: too much waits for the app already"
	case limitCallTime:
		return "the script was interrupted: it kept the thread for too long"
	}
	return cmp.Or(socketEffect(limit), refusalEffect(limit))
}

// socketEffect is effectOf for the limits of connections.
func socketEffect(limit string) string {
	return map[string]string{
		wsconn.LimitMessageBytes.String(): "closed with 1009: the message is too big",
		wsconn.LimitFragments.String():    "closed with 1008: the message has too many fragments",
		wsconn.LimitPartial.String():      "closed with 1013: too much is held of unfinished messages of all connections",
		wsconn.LimitQueue.String():        "closed with 1013, or dropped, as overflow says: the client reads too slowly",
		wsconn.LimitBacklog.String():      "not read until its handler has caught up",
		wsconn.LimitRate.String():         "not read for the rest of the second, or closed with 1008, as rate_exceeded says",
		wsconn.LimitPong.String():         "cut: the client did not answer a ping",
		wsconn.LimitWriteStall.String():   "cut: the client stopped reading",
		wsconn.LimitClose.String():        "cut: the client did not finish the closing handshake",
		wsconn.LimitIdle.String():         "closed with 1001: no message for too long",
	}[limit]
}

// noticeEvery is how often one limit of one app is logged at most.
const noticeEvery = time.Second

// notices counts how often limits have acted, and logs it: for each of them once a second at most, with the number of
// times since the line before. It may be used from any goroutine.
type notices struct {
	log         *slog.Logger
	now         func() time.Time
	event, name string // of the log line, and of its limit

	mu     sync.Mutex
	limits map[string]*notice
}

// notice is what is known of one limit.
type notice struct {
	total    uint64
	unlogged uint64
	next     time.Time // when it may be logged again
}

// newNotices knows the given limits from the beginning, so that their metrics begin with 0.
func newNotices(log *slog.Logger, names []string) *notices {
	n := &notices{log: log, now: time.Now, event: "limit reached", name: "limit", limits: map[string]*notice{}}
	for _, name := range names {
		n.limits[name] = &notice{}
	}
	return n
}

// note counts and perhaps logs that a limit has acted; attrs are details of this time.
func (n *notices) note(limit string, attrs ...any) {
	if n == nil { // nobody wants to know
		return
	}
	if count := n.count(limit); count > 0 {
		n.log.Warn(n.event, append([]any{n.name, limit, "effect", effectOf(limit), "times", count}, attrs...)...)
	}
}

// count returns how many times there are to log, 0 when it is too early.
func (n *notices) count(limit string) (times uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	one := n.limits[limit]
	if one == nil {
		one = &notice{}
		n.limits[limit] = one
	}
	one.total++
	one.unlogged++
	now := n.now()
	if now.Before(one.next) {
		return 0
	}
	times, one.unlogged, one.next = one.unlogged, 0, now.Add(noticeEvery)
	return times
}

// totals returns how often each limit has acted.
func (n *notices) totals() map[string]uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	totals := make(map[string]uint64, len(n.limits))
	for name, one := range n.limits {
		totals[name] = one.total
	}
	return totals
}

// flush logs what has not been logged; it is for the end.
func (n *notices) flush() {
	n.mu.Lock()
	left := map[string]uint64{}
	for name, one := range n.limits {
		if one.unlogged > 0 {
			left[name], one.unlogged = one.unlogged, 0
		}
	}
	n.mu.Unlock()
	for name, times := range left {
		n.log.Warn(n.event, n.name, name, "effect", effectOf(name), "times", times)
	}
}

// noticesOf are those of an app, or the server's where there is none.
func (s *Server) noticesOf(a *app) *notices {
	if a == nil {
		return s.notices
	}
	return a.notices
}

// limited is told by the loop that a limit acted on a connection.
func (a *app) limited(c *wsconn.Conn, limit wsconn.Limit) {
	a.notices.note(limit.String(), "remote", c.RemoteAddr())
}
