package server

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// silent knows the connections of an HTTP server that have not said anything yet. Browsers open such in advance, and the
// shutdown of net/http would wait 5 s for them. It knows how those that come with a caller have ended, too. It may be used
// from any goroutine.
type silent struct {
	mu       sync.Mutex
	conns    map[net.Conn]*caller // nil: nobody asks how it ends
	stopping bool                 // none is kept any more
}

// expect notes who comes, before the first watch.
func (s *silent) expect(c *caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(c.Conn, c)
}

func (s *silent) keep(conn net.Conn, c *caller) {
	if s.conns == nil {
		s.conns = map[net.Conn]*caller{}
	}
	s.conns[conn] = c
}

// watch is part of an http.Server's ConnState. It returns the caller whose connection ends before its first answer.
func (s *silent) watch(conn net.Conn, state http.ConnState) (ended *caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[conn]
	switch {
	case state == http.StateActive && c != nil:
		c.spoke = time.Now()
	case state != http.StateNew:
		delete(s.conns, conn)
	case s.stopping:
		_ = conn.Close() // its goroutine sees that and ends
	case c == nil:
		s.keep(conn, nil)
	}
	if state == http.StateClosed {
		return c
	}
	return nil
}

// cut closes those that are silent, and those that are still to come.
func (s *silent) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for conn, c := range s.conns {
		if c == nil || c.spoke.IsZero() {
			_ = conn.Close() // its goroutine sees that and ends
		}
	}
}
