package server

import (
	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// Bounds of subscriptions.
const (
	maxTopics         = 1000 // of one connection
	maxTopicNameBytes = 256
)

// hub is what a worker's connections have in common: the list of them and their topics. It is the worker's
// [appbase.Host]. It belongs to the worker's loop and needs no lock; what is for the connections of other workers goes to
// their loops as tasks, in order.
type hub struct {
	worker      *worker
	directory   *directory
	connections []*connection
	topics      map[string]*topic
}

// topic is a named set of subscribers; it exists as long as it has any.
type topic struct {
	name    string
	members []*membership
}

// membership is one connection's place in one topic.
type membership struct {
	topic      *topic
	connection *connection
	index      int // in topic.members
}

var _ appbase.Host = (*hub)(nil)

func newHub(w *worker, d *directory) *hub {
	return &hub{worker: w, directory: d, topics: map[string]*topic{}}
}

// add takes a connection in.
func (h *hub) add(c *connection) {
	c.index = len(h.connections)
	h.connections = append(h.connections, c)
	h.directory.connect(h, 1)
}

// remove takes a connection out, and out of all its topics.
func (h *hub) remove(c *connection) {
	h.directory.connect(h, -1)
	last := len(h.connections) - 1
	h.connections[c.index] = h.connections[last]
	h.connections[c.index].index = c.index
	h.connections[last] = nil
	h.connections = h.connections[:last]
	for _, m := range c.topics {
		h.leave(m)
	}
	c.topics = nil
}

// Subscribe adds s to a topic. It is false beyond 1,000 topics of a connection, for a name that is empty or has more
// than 256 bytes, and when the connection has ended.
func (h *hub) Subscribe(s appbase.Socket, name string) bool {
	c, ok := s.(*connection)
	if !ok || c.gone || name == "" || len(name) > maxTopicNameBytes {
		return false
	}
	if _, member := c.topics[name]; member {
		return true
	}
	if len(c.topics) >= maxTopics {
		return false
	}
	t := h.topics[name]
	if t == nil {
		t = &topic{name: name}
		h.topics[name] = t
	}
	m := &membership{topic: t, connection: c, index: len(t.members)}
	t.members = append(t.members, m)
	h.directory.join(name, h, 1)
	if c.topics == nil {
		c.topics = map[string]*membership{}
	}
	c.topics[name] = m
	return true
}

// Unsubscribe takes s out of a topic, if it was in.
func (h *hub) Unsubscribe(s appbase.Socket, name string) {
	c, ok := s.(*connection)
	if !ok {
		return
	}
	if m := c.topics[name]; m != nil {
		delete(c.topics, name)
		h.leave(m)
	}
}

// leave takes a membership out of its topic; the last one takes the topic along.
func (h *hub) leave(m *membership) {
	h.directory.join(m.topic.name, h, -1)
	members := m.topic.members
	last := len(members) - 1
	members[m.index] = members[last]
	members[m.index].index = m.index
	members[last] = nil
	m.topic.members = members[:last]
	if last == 0 {
		delete(h.topics, m.topic.name)
	}
}

// Publish queues a message for every subscriber but one and returns how many took it; those of other workers count when it
// is on its way to them. It is encoded once; what the queues hold is shared.
func (h *hub) Publish(name string, m appbase.Message, except appbase.Socket) int {
	others, there := h.directory.others(h, name, false)
	if len(others) == 0 && h.topics[name] == nil {
		return 0
	}
	frame := frameOf(m)
	h.pass(others, func(other *hub) { other.publish(name, frame, nil) })
	left, _ := except.(*connection)
	return h.publish(name, frame, left) + there
}

func (h *hub) publish(name string, frame *wsconn.Frame, except *connection) (reached int) {
	t := h.topics[name]
	if t == nil {
		return 0
	}
	for _, member := range t.members {
		if member.connection != except && member.connection.SendFrame(frame) {
			reached++
		}
	}
	return reached
}

// Broadcast is Publish to every connection of the app.
func (h *hub) Broadcast(m appbase.Message, except appbase.Socket) int {
	others, there := h.directory.others(h, "", true)
	if len(others) == 0 && len(h.connections) == 0 {
		return 0
	}
	frame := frameOf(m)
	h.pass(others, func(other *hub) { other.broadcast(frame, nil) })
	left, _ := except.(*connection)
	return h.broadcast(frame, left) + there
}

func (h *hub) broadcast(frame *wsconn.Frame, except *connection) (reached int) {
	for _, c := range h.connections {
		if c != except && c.SendFrame(frame) {
			reached++
		}
	}
	return reached
}

// pass runs fn for other hubs on their loops.
func (h *hub) pass(others []*hub, fn func(*hub)) {
	for _, other := range others {
		if !other.worker.loop.Post(func() { fn(other) }) {
			h.worker.app.log.Warn("a publication did not reach another worker, which has too much to do")
		}
	}
}

func frameOf(m appbase.Message) *wsconn.Frame {
	if m.Binary {
		return wsconn.EncodeBinary(m.Bytes)
	}
	return wsconn.EncodeText(m.Text)
}
