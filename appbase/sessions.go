package appbase

import (
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// maxSessions is how many sessions may wait for their client; beyond it the one that waits longest ends.
const maxSessions = 10_000

// session is what a client of the realtime protocol finds again when it comes back in time: its id, its topics, and
// ws.state. Only the same user may take it. One that has a connection belongs to that one's worker; one that waits is data, for
// any worker to take.
type session struct {
	token string
	id    string // of its first connection
	user  string

	conn    *Conn // of the worker that owns it
	state   string
	topics  []string
	watched map[string]struct{} // of these

	owner   *Worker     // nil while it waits; this and what follows is guarded by sessions.mu
	attempt int64       // the highest that a client has given
	ends    time.Time   // of waiting
	stop    func() bool // the end of waiting; of the loop where that began
	waiter  *Worker     // whose loop that is
}

// sessions are those of one app. It may be used by several goroutines.
type sessions struct {
	mu      sync.Mutex
	byToken map[string]*session
	waiting []*session // longest first
}

// begin makes a session for a connection.
func (t *sessions) begin(c *Conn, attempt int64) *session {
	s := &session{token: uuid.NewString() + uuid.NewString()[:8], id: c.ID(), user: c.user, conn: c, owner: c.worker, attempt: attempt}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byToken[s.token] = s
	return s
}

// claiming is the outcome of a claim.
type claiming int

const (
	claimNothing   claiming = iota // there is no such session, or it is another user's
	claimOvertaken                 // a later connection of the client has it
	claimed                        // it is the worker's
	claimElsewhere                 // it is another worker's, who has to give it up
)

// claim takes a session that waits, or is the worker's already.
func (t *sessions) claim(token, user string, attempt int64, w *Worker) (*session, *Worker, claiming) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.byToken[token]
	switch {
	case s == nil || s.user != user || s.owner == nil && !time.Now().Before(s.ends):
		return nil, nil, claimNothing
	case attempt < s.attempt: // it was overtaken on the way by a later connection
		return nil, nil, claimOvertaken
	case s.owner != nil && s.owner != w:
		return s, s.owner, claimElsewhere
	case s.owner == nil:
		t.unpark(s)
		s.owner = w
	}
	s.attempt = attempt
	return s, w, claimed
}

// belongs reports whether a session is a worker's. It stays so while that one's loop does not give it away.
func (t *sessions) belongs(s *session, w *Worker) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byToken[s.token] == s && s.owner == w
}

// move gives a session of one worker to another; false: it is not the first one's any more, or was overtaken.
func (t *sessions) move(s *session, from, to *Worker, attempt int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byToken[s.token] != s || s.owner != from || attempt < s.attempt {
		return false
	}
	s.owner, s.attempt = to, attempt
	return true
}

// park lets a session wait for its client. Its worker's loop ends the waiting; if that ends first, the session ends when
// another is parked.
func (t *sessions) park(s *session, w *Worker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	s.owner, s.conn, s.ends, s.waiter = nil, nil, now.Add(w.resume), w
	for len(t.waiting) > 0 && (len(t.waiting) >= maxSessions || now.After(t.waiting[0].ends)) {
		t.drop(t.waiting[0])
	}
	t.waiting = append(t.waiting, s)
	ends := s.ends
	s.stop = w.executor.AfterFunc(w.resume, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if s.owner == nil && s.ends == ends {
			t.drop(s)
		}
	})
}

// end forgets a session.
func (t *sessions) end(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(s)
}

// drop is end with mu held.
func (t *sessions) drop(s *session) {
	delete(t.byToken, s.token)
	t.unpark(s)
}

// unpark takes a session out of those that wait. Its timer is stopped where it runs; it would do nothing.
func (t *sessions) unpark(s *session) {
	if s.waiter == nil {
		return
	}
	t.waiting = slices.DeleteFunc(t.waiting, func(other *session) bool { return other == s })
	stop := s.stop
	s.waiter.executor.Post(func() { stop() })
	s.waiter, s.stop = nil, nil
}
