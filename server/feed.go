package server

import (
	"sync"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/broker"
	"github.com/sigil-server/sigil/wsconn"
)

// feed is a subscription of the realtime protocol. It knows what the client has been sent, so that every publication
// reaches it once and in order, or the client is told that some did not.
//
// A publication is only queued while the connection's queue is not half full: the overflow rule, which would close the
// connection or drop something, never acts on it. What is left out is read from the topic's history once the queue has
// drained, if the history still has it.
type feed struct {
	broker.Position      // of what was sent last; zero: the topic keeps nothing
	behind          bool // something was left out
	watches         bool // wants to know who comes and goes
	stale           bool // and has missed some of it
}

// catchUpBatch is how many publications are read from a history at once.
const catchUpBatch = 64

// Follow subscribes s as a client of the realtime protocol, from a position on or from now.
func (h *hub) Follow(s appbase.Socket, name string, since *appbase.Position, watch bool) (appbase.Following, error) {
	c, ok := s.(*connection)
	if !ok || c.gone {
		return appbase.Following{}, appbase.ErrEnded
	}
	m := c.topics[name]
	if m == nil {
		var err error
		if m, err = h.join(c, name); err != nil {
			return appbase.Following{}, err
		}
	}
	h.sweepLater()
	now := h.broker.Position(name)
	recovered := false
	if since != nil && now.Epoch != "" {
		_, recovered = h.broker.After(name, broker.Position(*since), 0)
	}
	if recovered {
		m.follow(&feed{Position: broker.Position(*since), behind: *since != appbase.Position(now)})
		h.later(c)
	} else {
		m.follow(&feed{Position: now})
	}
	m.feed.watches = watch
	return appbase.Following{Position: appbase.Position(m.feed.Position), Recovered: recovered}, nil
}

// feed queues a publication for a client that has all before it.
func (h *hub) feed(m *membership, d delivery) bool {
	f := m.feed
	if f.behind || d.Epoch == f.Epoch && d.Offset <= f.Offset && d.Epoch != "" {
		return false // it comes from the history, or has come
	}
	frame := d.Message.liveFrame(d.Topic, d.Offset)
	follows := d.Epoch == f.Epoch && (d.Epoch == "" || d.Offset == f.Offset+1)
	if !follows || !m.connection.roomy(frame.Len()) {
		h.fallBehind(m)
		return false
	}
	f.Position = d.Position
	return m.connection.SendFrame(frame)
}

func (h *hub) fallBehind(m *membership) {
	m.feed.behind = true
	h.later(m.connection)
}

// roomy reports whether n more bytes leave half of the connection's queue free for answers.
func (c *connection) roomy(n int) bool {
	waiting := c.BufferedAmount()
	return waiting == 0 || waiting+n <= c.MaxQueueBytes()/2
}

// later catches up in another turn, when what is queued has been written as far as it goes. When the queue is still
// more than half full then, the engine tells when it has drained.
func (h *hub) later(c *connection) {
	if c.waiting {
		return
	}
	c.waiting = h.loop.Post(func() {
		c.waiting = false
		if !c.gone && c.roomy(0) {
			h.catchUp(c)
		}
	})
}

// catchUp sends what a connection has missed, as far as there is room.
func (h *hub) catchUp(c *connection) {
	for _, m := range c.topics {
		if m.feed != nil && (m.feed.behind && !h.catch(m) || m.feed.stale && !h.refresh(m)) {
			h.later(c)
			return
		}
	}
}

// catch is catchUp for one topic; false: there is no more room.
func (h *hub) catch(m *membership) bool {
	f, name := m.feed, m.topic.name
	for f.behind {
		missed, kept := h.broker.After(name, f.Position, catchUpBatch)
		if f.Epoch == "" || !kept {
			f.Position = h.broker.Position(name)
			f.behind = false
			return m.connection.Send(appbase.LiveLost(name, appbase.Position(f.Position)))
		}
		f.behind = len(missed) > 0
		for _, p := range missed {
			frame := p.Message.liveFrame(name, p.Offset)
			if !m.connection.roomy(frame.Len()) || !m.connection.SendFrame(frame) {
				return false
			}
			f.Position = p.Position
		}
	}
	return true
}

// Configure sets what is kept for which topics.
func (h *hub) Configure(rules []appbase.TopicRule) {
	list := make([]broker.Rule, len(rules))
	for i, r := range rules {
		list[i] = broker.Rule{Pattern: broker.Pattern(r.Pattern), Policy: broker.Policy{History: r.History, TTL: r.TTL}}
	}
	h.broker.SetRules(list)
}

// Rule is the index of the rule that counts for a topic, -1 for none.
func (h *hub) Rule(name string) int { return h.broker.Rule(name) }

// History are the last publications that a topic keeps, oldest first.
func (h *hub) History(name string, limit int) []appbase.Publication {
	kept := h.broker.History(name, limit)
	list := make([]appbase.Publication, len(kept))
	for i, p := range kept {
		list[i] = appbase.Publication{Position: appbase.Position(p.Position), Message: p.Message.message, Time: p.Time}
	}
	return list
}

// frameOnce is a frame that is encoded at its first use, on whichever loop that is.
type frameOnce struct {
	once  sync.Once
	frame *wsconn.Frame
}

func (f *frameOnce) get(encode func() *wsconn.Frame) *wsconn.Frame {
	f.once.Do(func() { f.frame = encode() })
	return f.frame
}
