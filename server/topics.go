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

// hub is what an app's connections have in common: the list of them and their topics. It is the worker's
// [appbase.Host]. It belongs to the app's loop and needs no lock.
type hub struct {
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

func newHub() *hub { return &hub{topics: map[string]*topic{}} }

// add takes a connection in.
func (h *hub) add(c *connection) {
	c.index = len(h.connections)
	h.connections = append(h.connections, c)
}

// remove takes a connection out, and out of all its topics.
func (h *hub) remove(c *connection) {
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

// Publish queues a message for every subscriber but one and returns how many took it. It is encoded once; what the
// queues hold is shared.
func (h *hub) Publish(name string, m appbase.Message, except appbase.Socket) int {
	t := h.topics[name]
	if t == nil {
		return 0
	}
	frame, reached := frameOf(m), 0
	left, _ := except.(*connection)
	for _, member := range t.members {
		if member.connection != left && member.connection.SendFrame(frame) {
			reached++
		}
	}
	return reached
}

// Broadcast is Publish to every connection of the app.
func (h *hub) Broadcast(m appbase.Message, except appbase.Socket) int {
	if len(h.connections) == 0 {
		return 0
	}
	frame, reached := frameOf(m), 0
	left, _ := except.(*connection)
	for _, c := range h.connections {
		if c != left && c.SendFrame(frame) {
			reached++
		}
	}
	return reached
}

func frameOf(m appbase.Message) *wsconn.Frame {
	if m.Binary {
		return wsconn.EncodeBinary(m.Bytes)
	}
	return wsconn.EncodeText(m.Text)
}
