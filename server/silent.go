package server

import (
	"net"
	"net/http"
	"sync"
)

// silent knows the connections of an HTTP server that have not said anything yet. Browsers open such in advance, and the
// shutdown of net/http would wait 5 s for them. It may be used from any goroutine.
type silent struct {
	mu       sync.Mutex
	conns    map[net.Conn]struct{}
	stopping bool // none is kept any more
}

// watch is part of an http.Server's ConnState.
func (s *silent) watch(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.conns, conn)
	case s.stopping:
		_ = conn.Close() // its goroutine sees that and ends
	default:
		if s.conns == nil {
			s.conns = map[net.Conn]struct{}{}
		}
		s.conns[conn] = struct{}{}
	}
}

// cut closes them, and those that are still to come.
func (s *silent) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for conn := range s.conns {
		_ = conn.Close() // its goroutine sees that and ends
	}
}
