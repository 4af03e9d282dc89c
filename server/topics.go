package server

import (
	"slices"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/broker"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/wsconn"
)

// everyone is the topic that all connections of an app are on: a broadcast is a publication there.
const everyone = broker.Everyone

// hub is what the connections of one loop have in common: the list of them, and which topics they are on. It is the
// worker's [appbase.Host]. It belongs to its loop; what the loops of an app share is the broker.
type hub struct {
	broker      *broker.Broker[*packet]
	port        *broker.Port[*packet]
	loop        scripting.Executor
	sweeping    bool
	maxTopics   int // of one connection
	connections []*connection
	plain       roster // of connections, those that do not speak the realtime protocol
	topics      map[string]*topic
	graces      map[graceOf]time.Time // until when members may come back
}

// topic is a named set of subscribers; it exists as long as it has any.
type topic struct {
	name    string
	members []*membership
	plain   roster // of members, those without a feed
}

// membership is one connection's place in one topic.
type membership struct {
	topic      *topic
	connection *connection
	index      int   // in topic.members
	feed       *feed // of a connection that speaks the realtime protocol; else nil
}

var _ appbase.Host = (*hub)(nil)

// newHub makes a loop's hub. It leaves the broker with [hub.close].
func newHub(b *broker.Broker[*packet], loop scripting.Executor, maxTopics int) *hub {
	h := &hub{broker: b, loop: loop, maxTopics: maxTopics, topics: map[string]*topic{}, graces: map[graceOf]time.Time{}}
	h.port = b.Port(func() { loop.Post(func() { h.drain(nil) }) })
	return h
}

func (h *hub) close() { h.port.Close() }

// add takes a connection in.
func (h *hub) add(c *connection) {
	c.index = int32(len(h.connections))
	h.connections = append(h.connections, c)
	h.plain.add(c.Conn)
	if c.live {
		h.plain.put(int(c.index), nil)
	}
	h.port.Join(everyone)
}

// remove takes a connection out, and out of all its topics.
func (h *hub) remove(c *connection) {
	h.port.Leave(everyone)
	last := len(h.connections) - 1
	h.connections[c.index] = h.connections[last]
	h.connections[c.index].index = c.index
	h.connections[last] = nil
	h.connections = h.connections[:last]
	h.plain.remove(int(c.index))
	for _, m := range c.topics {
		h.leave(m)
	}
	c.topics = nil
}

// Subscribe adds s to a topic.
func (h *hub) Subscribe(s appbase.Socket, name string) error {
	c, ok := s.(*connection)
	if !ok || c.gone {
		return appbase.ErrEnded
	}
	if _, member := c.topics[name]; member {
		return nil
	}
	_, err := h.join(c, name)
	return err
}

// join makes a membership.
func (h *hub) join(c *connection, name string) (*membership, error) {
	if err := broker.CheckName(name); err != nil {
		return nil, err
	}
	if len(c.topics) >= h.maxTopics {
		return nil, appbase.ErrManyTopics
	}
	if !h.port.Join(name) {
		return nil, appbase.ErrManyTopics
	}
	t := h.topics[name]
	if t == nil {
		t = &topic{name: name}
		h.topics[name] = t
	}
	m := &membership{topic: t, connection: c, index: len(t.members)}
	t.members = append(t.members, m)
	t.plain.add(c.Conn)
	if c.topics == nil {
		c.topics = map[string]*membership{}
	}
	c.topics[name] = m
	return m, nil
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
	t := m.topic
	last := len(t.members) - 1
	t.members[m.index] = t.members[last]
	t.members[m.index].index = m.index
	t.members[last] = nil
	t.members = t.members[:last]
	t.plain.remove(m.index)
	h.port.Leave(t.name)
	if last == 0 {
		delete(h.topics, t.name)
	}
}

// follow gives a membership its feed.
func (m *membership) follow(f *feed) {
	m.feed = f
	m.topic.plain.put(m.index, nil)
}

// Publish gives a message its place in the topic and queues it for the subscribers.
func (h *hub) Publish(name string, m appbase.Message, o appbase.PublishOptions) (appbase.Receipt, error) {
	if err := broker.CheckName(name); err != nil {
		return appbase.Receipt{}, err
	}
	p := &packet{message: m}
	receipt := h.port.Publish(name, broker.Draft[*packet]{Message: p, Bytes: p.bytes(), Key: o.Key, Except: o.Except})
	if receipt.Refused {
		return appbase.Receipt{}, appbase.ErrManyTopics
	}
	if o.Key != "" || receipt.Epoch != "" {
		h.sweepLater()
	}
	return appbase.Receipt{
		Reached: h.drain(p) + receipt.Elsewhere, Position: appbase.Position(receipt.Position), Duplicate: receipt.Duplicate,
	}, nil
}

// sweepLater forgets what is too old after a while, and again as long as anything is kept.
func (h *hub) sweepLater() {
	if h.sweeping {
		return
	}
	h.sweeping = true
	h.loop.AfterFunc(sweepEvery, func() {
		h.sweeping = false
		if h.broker.Sweep() {
			h.sweepLater()
		}
	})
}

const sweepEvery = 30 * time.Second

// Broadcast queues a message for every connection but those left out.
func (h *hub) Broadcast(m appbase.Message, except []appbase.Socket) int {
	p := &packet{message: m}
	receipt := h.port.Publish(everyone, broker.Draft[*packet]{Message: p, Except: except})
	return h.drain(p) + receipt.Elsewhere - h.strangers(except)
}

// strangers is how many of some connections are of other loops.
func (h *hub) strangers(list []appbase.Socket) (n int) {
	for _, s := range list {
		if c, ok := s.(*connection); ok && c.worker.hub != h {
			n++
		}
	}
	return n
}

// drain delivers what is in the port's inbox. It returns how many took the packet that the caller has published.
func (h *hub) drain(own *packet) (reached int) {
	deliveries, lost := h.port.Take()
	for _, d := range deliveries {
		n := 0
		switch t := h.topics[d.Topic]; {
		case d.Topic == everyone:
			n = h.toAll(d)
		case t == nil:
		case d.Notice:
			t.tell(h, d)
		default:
			n = t.deliver(h, d)
		}
		if d.Message == own {
			reached = n
		}
	}
	for name := range lost {
		h.lose(name)
	}
	return reached
}

// deliver queues a publication for the topic's members on this loop. It is encoded once; what the queues hold is shared.
// Who is left out has no place in the roster meanwhile.
func (t *topic) deliver(h *hub, d delivery) (reached int) {
	if c, ok := d.Except.(*connection); ok && c.worker.hub == h {
		if m := c.topics[t.name]; m != nil {
			defer t.plain.put(m.index, t.plain.put(m.index, nil))
		}
	}
	reached = t.plain.send(d.Message)
	if t.plain.size == len(t.members) {
		return reached
	}
	for _, m := range t.members {
		if m.feed != nil && h.feed(m, d) {
			reached++
		}
	}
	return reached
}

// toAll queues a broadcast for the connections of this loop.
func (h *hub) toAll(d delivery) (reached int) {
	except, _ := d.Except.([]appbase.Socket)
	for _, s := range except {
		if c, ok := s.(*connection); ok && c.worker.hub == h && !c.gone {
			defer h.plain.put(int(c.index), h.plain.put(int(c.index), nil))
		}
	}
	reached = h.plain.send(d.Message)
	if h.plain.size == len(h.connections) {
		return reached
	}
	for _, c := range h.connections {
		if c.live && !slices.Contains(except, appbase.Socket(c)) && c.SendFrame(d.Message.liveFrame(everyone, 0)) {
			reached++
		}
	}
	return reached
}

// lose tells the members of a topic that the loop could not keep up with it. Those that know offsets catch up or hear of
// the loss; the others cannot tell that something is missing, so they are closed.
func (h *hub) lose(name string) {
	if name == everyone {
		for _, c := range h.connections {
			c.Close(statusTryAgainLater, "messages were lost")
		}
		return
	}
	t := h.topics[name]
	if t == nil {
		return
	}
	for _, m := range t.members {
		if m.feed != nil {
			h.fallBehind(m)
		} else {
			m.connection.Close(statusTryAgainLater, "messages were lost")
		}
	}
}

// packet is a message in the forms in which it goes out, each encoded when it is first wanted.
type packet struct {
	message     appbase.Message
	plain, live frameOnce
}

type delivery = broker.Delivery[*packet]

// bytes is about what keeping the packet costs, with one of its frames.
func (p *packet) bytes() int { return 2 * (len(p.message.Text) + len(p.message.Bytes)) }

// plainFrame is the message as it was given.
func (p *packet) plainFrame() *wsconn.Frame {
	return p.plain.get(func() *wsconn.Frame {
		if p.message.Binary {
			return wsconn.EncodeBinary(p.message.Bytes)
		}
		return wsconn.EncodeText(p.message.Text)
	})
}

// liveFrame is the message as the realtime protocol tells it.
func (p *packet) liveFrame(topic string, offset uint64) *wsconn.Frame {
	return p.live.get(func() *wsconn.Frame {
		return wsconn.EncodeText(appbase.LiveMessage(topic, offset, p.message))
	})
}
