package broker

import (
	"slices"
	"time"
)

// entryBytes is what keeping a publication costs beside its message.
const entryBytes = 160

// topic is one name: the ports that have subscribers, and what is kept. All of it is guarded by Broker.mu.
type topic[M any] struct {
	name   string
	policy Policy
	Position
	ports   []member[M] // that have subscribers
	log     []*entry[M]
	present map[string]*presence
	touched time.Time // last publication, or end of the last subscription
}

// member is how many subscribers a port has.
type member[M any] struct {
	port  *Port[M]
	count int
}

// index finds a port among the members; -1: it has no subscribers.
func (t *topic[M]) index(p *Port[M]) int {
	return slices.IndexFunc(t.ports, func(m member[M]) bool { return m.port == p })
}

// entry is a kept publication: in its topic's log, and in the chain of all.
type entry[M any] struct {
	Publication[M]
	topic      *topic[M]
	bytes      int
	prev, next *entry[M]
}

// open returns a topic, made now if the rules say that it keeps something; else nil when it is not there, or cannot be.
func (b *Broker[M]) open(name string) *topic[M] {
	if t := b.topics[name]; t != nil {
		return t
	}
	policy := b.policy(name)
	if policy.History == 0 || len(b.topics) >= b.options.MaxTopics {
		return nil
	}
	return b.add(name, policy)
}

// add makes a topic.
func (b *Broker[M]) add(name string, policy Policy) *topic[M] {
	t := &topic[M]{name: name, policy: policy, touched: b.options.Now()}
	if policy.History > 0 {
		t.Epoch = newEpoch()
	}
	b.topics[name] = t
	return t
}

// fit brings a topic in line with the rules.
func (b *Broker[M]) fit(t *topic[M]) {
	before := t.policy
	t.policy = b.policy(t.name)
	switch {
	case t.policy.History == 0:
		b.cut(t, len(t.log))
		t.Position = Position{}
	case before.History == 0:
		t.Position = Position{Epoch: newEpoch()}
	}
	b.expire(t)
	b.leave(t)
}

// append keeps a publication at the end of its topic.
func (b *Broker[M]) append(t *topic[M], p Publication[M], bytes int) *Publication[M] {
	e := &entry[M]{Publication: p, topic: t, bytes: bytes + entryBytes}
	t.log = append(t.log, e)
	b.kept.push(e)
	b.expire(t)
	for b.kept.bytes > b.options.MaxHistoryBytes {
		oldest := b.kept.first
		b.cut(oldest.topic, 1) // within a topic the oldest is the first
	}
	return &e.Publication
}

// expire drops what is too much or too old.
func (b *Broker[M]) expire(t *topic[M]) {
	over, limit := max(0, len(t.log)-t.policy.History), b.options.Now().Add(-t.policy.ttl())
	for over < len(t.log) && t.log[over].Time.Before(limit) {
		over++
	}
	b.cut(t, over)
}

// cut drops the first n kept publications of a topic.
func (b *Broker[M]) cut(t *topic[M], n int) {
	if n == 0 {
		return
	}
	for _, e := range t.log[:n] {
		b.kept.remove(e)
	}
	clear(t.log[:n])
	t.log = t.log[n:] // append moves what is left when it runs out of room
}

// leave forgets a topic that nobody subscribes to and that has been quiet for as long as it keeps publications. Until
// then its offsets go on, so that who comes back can be told that nothing was missed.
func (b *Broker[M]) leave(t *topic[M]) {
	if len(t.ports) > 0 || len(t.present) > 0 {
		return
	}
	if t.policy.History == 0 || b.options.Now().Sub(t.touched) > t.policy.ttl() {
		b.cut(t, len(t.log))
		delete(b.topics, t.name)
	}
}

// chain is the list of all kept publications in the order of publication.
type chain[M any] struct {
	first, last *entry[M]
	bytes       int
}

func (c *chain[M]) push(e *entry[M]) {
	e.prev = c.last
	if c.last == nil {
		c.first = e
	} else {
		c.last.next = e
	}
	c.last = e
	c.bytes += e.bytes
}

func (c *chain[M]) remove(e *entry[M]) {
	if e.prev == nil {
		c.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		c.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
	c.bytes -= e.bytes
}
