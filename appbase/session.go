package appbase

import (
	"maps"
	"slices"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// maxMoves is how many workers a session may be looked for on: it moves only when its client comes back again meanwhile.
const maxMoves = 3

// hello is $/hello: it begins a session, or takes one up again. One that another worker has is given up there first; until then
// what the client sends waits.
func (c *Conn) hello(p liveParams, respond responder) {
	if c.live.session != nil || c.live.greeted {
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "$/hello was said already"})
		return
	}
	c.live.greeted = true
	c.claim(p, respond, maxMoves)
}

func (c *Conn) claim(p liveParams, respond responder, moves int) {
	t := &c.worker.directory.sessions
	s, owner, outcome := t.claim(p.Session, c.user, p.Attempt, c.worker)
	switch {
	case outcome == claimOvertaken:
		c.overtaken(respond)
	case outcome == claimed:
		c.resume(s)
		c.welcome(s, p, respond)
	case outcome == claimElsewhere && moves > 0:
		c.fetch(s, owner, p, respond, moves)
	default:
		c.live.session = t.begin(c, p.Attempt)
		c.answerHello(c.live.session, false, map[string]liveFollowing{}, respond)
	}
}

func (c *Conn) overtaken(respond responder) {
	respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "a newer connection has the session"})
	c.socket.Close(statusReplaced, "a newer connection has the session")
}

// fetch asks the worker that has a session to give it up. The connection is held until the answer.
func (c *Conn) fetch(s *session, owner *Worker, p liveParams, respond responder, moves int) {
	inst, here := c.inst, c.worker
	c.occupy()
	answered := func(moved bool) {
		// On the way another connection of this worker may have taken it, which is asked like any other then.
		moved = moved && here.directory.sessions.belongs(s, here) && s.conn == nil
		switch {
		case moved && (c.ended || c.inst == nil): // the client is gone again: it finds the session waiting
			here.directory.sessions.park(s, here)
		case c.ended || c.inst == nil:
		case moved:
			c.take(s)
			c.welcome(s, p, respond)
		default:
			c.claim(p, respond, moves-1)
		}
		c.idle(inst)
	}
	asked := owner.executor.Post(func() {
		moved := owner.giveUp(s, here, p.Attempt)
		if !here.executor.Post(func() { answered(moved) }) && moved {
			here.directory.sessions.end(s) // that loop has ended, with the connection
		}
	})
	if !asked {
		here.executor.Post(func() { answered(false) })
	}
}

// giveUp lets another worker have a session; false: it is not this one's any more.
func (w *Worker) giveUp(s *session, to *Worker, attempt int64) bool {
	if !w.directory.sessions.belongs(s, w) { // so that nobody else touches what is not guarded
		return false
	}
	old := s.conn
	if old == nil || old.ended {
		return false
	}
	s.keep()
	s.conn = nil
	if !w.directory.sessions.move(s, w, to, attempt) {
		s.conn = old
		return false
	}
	old.replaced()
	return true
}

// replaced ends a connection whose session goes on in another one: its client is gone, which may not have been noticed.
func (c *Conn) replaced() {
	c.live.session = nil
	c.socket.Close(statusReplaced, "the session goes on in a newer connection")
}

// resume gives a session that is the worker's own to its client's new connection.
func (c *Conn) resume(s *session) {
	if old := s.conn; old != nil {
		s.keep()
		old.replaced()
	}
	c.take(s)
}

func (c *Conn) take(s *session) {
	s.conn = c
	c.live.session = s
	if c.handle == nil {
		c.own().state = s.state
		c.worker.directory.note(c.entry, func(e *entry) { e.state = s.state })
	}
}

// welcome answers $/hello with a session that was taken up.
func (c *Conn) welcome(s *session, p liveParams, respond responder) {
	topics := map[string]liveFollowing{}
	for _, topic := range s.topics {
		if f, ok := c.restore(s, topic, p.Positions); ok {
			topics[topic] = f
		}
	}
	c.answerHello(s, true, topics, respond)
}

func (c *Conn) answerHello(s *session, resumed bool, topics map[string]liveFollowing, respond responder) {
	respond(jsonrpc.Encode(struct {
		Session   string                   `json:"session"`
		ID        string                   `json:"id"`
		Resumed   bool                     `json:"resumed"`
		ResumeFor int64                    `json:"resumeFor"` // ms
		Topics    map[string]liveFollowing `json:"topics"`
	}{s.token, s.id, resumed, c.worker.resume.Milliseconds(), topics}), nil)
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
		s.keep()
		w.directory.sessions.park(s, w)
	default:
		w.directory.sessions.end(s)
	}
}
