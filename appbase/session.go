package appbase

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// maxSessions is how many sessions may wait for their client; beyond it the one that waits longest ends.
const maxSessions = 10_000

// session is what a client of the realtime protocol finds again when it comes back in time: its id, its topics, and
// ws.state. Only the same user may take it.
type session struct {
	token   string
	id      string // of its first connection
	user    string
	conn    *Conn // nil while it waits
	state   string
	topics  []string
	watched map[string]struct{} // of these
	stop    func() bool         // the end of waiting

	attempt int64 // the highest that a client has given
}

// hello is $/hello: it begins a session, or takes one up again.
func (c *Conn) hello(p liveParams, respond responder) {
	if c.live.session != nil {
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "$/hello was said already"})
		return
	}
	answer := struct {
		Session   string                   `json:"session"`
		ID        string                   `json:"id"`
		Resumed   bool                     `json:"resumed"`
		ResumeFor int64                    `json:"resumeFor"` // ms
		Topics    map[string]liveFollowing `json:"topics"`
	}{ResumeFor: c.worker.resume.Milliseconds(), Topics: map[string]liveFollowing{}}
	s := c.worker.sessions[p.Session]
	if s != nil && s.user == c.user && p.Attempt < s.attempt { // it was overtaken on the way by a later connection
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "a newer connection has the session"})
		c.socket.Close(statusReplaced, "a newer connection has the session")
		return
	}
	if s != nil && s.user == c.user {
		c.resume(s)
		c.live.session = s
		answer.Resumed = true
		for _, topic := range s.topics {
			if f, ok := c.restore(s, topic, p.Positions); ok {
				answer.Topics[topic] = f
			}
		}
	} else {
		s = &session{token: uuid.NewString() + uuid.NewString()[:8], id: c.id, user: c.user, conn: c}
		c.worker.sessions[s.token] = s
		c.live.session = s
	}
	s.attempt = p.Attempt
	answer.Session, answer.ID = s.token, s.id
	respond(jsonrpc.Encode(answer), nil)
}

// resume gives a session to its client's new connection. The old one may not have noticed yet that its client is gone.
func (c *Conn) resume(s *session) {
	if old := s.conn; old != nil {
		s.keep()
		old.live.session = nil
		old.socket.Close(statusReplaced, "the session goes on in a newer connection")
	} else {
		s.stop()
		c.worker.waiting = slices.DeleteFunc(c.worker.waiting, func(other *session) bool { return other == s })
	}
	s.conn = c
	if c.handle == nil {
		c.state = s.state
	}
}

// keep notes what the session's connection has.
func (s *session) keep() {
	s.topics, s.watched = slices.Sorted(maps.Keys(s.conn.topics)), s.conn.live.watched
	s.conn.saveState()
	s.state = s.conn.state
}

// restore subscribes to a topic of the session again, as far as it is still there.
func (c *Conn) restore(s *session, topic string, positions map[string]livePosition) (liveFollowing, bool) {
	if _, gone := c.rule(topic); gone != nil {
		return liveFollowing{}, false
	}
	var since *Position
	if at, known := positions[topic]; known {
		since = (*Position)(&at)
	}
	_, watch := s.watched[topic]
	c.enter(topic)
	f, err := c.worker.host.Follow(c.socket, topic, since, watch)
	if err != nil {
		c.exit(topic, false)
		return liveFollowing{}, false
	}
	c.noteTopic(topic)
	answer := followed(f, true)
	c.watch(topic, watch, &answer)
	return answer, true
}

// suspend keeps the session of a connection that was lost. One that was closed on purpose ends.
func (w *Worker) suspend(c *Conn, code int) {
	s := c.live.session
	if s == nil {
		return
	}
	switch code {
	case statusLost, statusInternalError, statusServiceRestart, statusTryAgainLater:
	default:
		delete(w.sessions, s.token)
		return
	}
	s.keep()
	s.conn = nil
	if len(w.waiting) >= maxSessions {
		w.waiting[0].stop()
		w.endSession(w.waiting[0])
	}
	w.waiting = append(w.waiting, s)
	s.stop = w.executor.AfterFunc(w.resume, func() { w.endSession(s) })
}

func (w *Worker) endSession(s *session) {
	delete(w.sessions, s.token)
	w.waiting = slices.DeleteFunc(w.waiting, func(other *session) bool { return other == s })
}
