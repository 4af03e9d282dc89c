package broker

import (
	"cmp"
	"slices"
	"time"
)

// Member is somebody who is on a topic, with one or several connections.
type Member struct {
	ID          string
	Info        string // the caller's, of the first connection
	Connections int
	Since       time.Time
}

// presence is a member and, when its last connection is gone, until when it may come back.
type presence struct {
	Member
	until time.Time
}

// Enter counts a connection of a member. True: it was not there; then notice, if it is not nil, goes to every port that has
// subscribers. One that comes back in time has never been away.
func (p *Port[M]) Enter(name string, m Member, notice func(Member) M) bool {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		if len(b.topics) >= b.options.MaxTopics {
			return false
		}
		t = b.add(name, b.policy(name))
	}
	if there := t.present[m.ID]; there != nil {
		there.Connections++
		there.until = time.Time{}
		return false
	}
	m.Connections, m.Since = 1, b.options.Now()
	if t.present == nil {
		t.present = map[string]*presence{}
	}
	t.present[m.ID] = &presence{Member: m}
	p.notify(t, m, notice)
	return true
}

// Exit counts a connection less. True: it was the last; the member is there until grace has passed, when [Port.Settle] is to
// be called.
func (p *Port[M]) Exit(name, id string, grace time.Duration) bool {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil || t.present[id] == nil {
		return false
	}
	m := t.present[id]
	if m.Connections = max(m.Connections-1, 0); m.Connections > 0 {
		return false
	}
	m.until = b.options.Now().Add(grace)
	return true
}

// Settle ends the presence of a member whose grace has passed. True: it has left; then notice goes out as with Enter.
func (p *Port[M]) Settle(name, id string, notice func(Member) M) (Member, bool) {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil || t.present[id] == nil {
		return Member{}, false
	}
	m := t.present[id]
	if m.Connections > 0 || b.options.Now().Before(m.until) {
		return Member{}, false
	}
	delete(t.present, id)
	p.notify(t, m.Member, notice)
	b.leave(t)
	return m.Member, true
}

func (p *Port[M]) notify(t *topic[M], m Member, notice func(Member) M) {
	if notice == nil || len(t.ports) == 0 {
		return
	}
	pub := &Publication[M]{Topic: t.name, Message: notice(m)}
	for _, other := range t.ports {
		other.port.put(Delivery[M]{Publication: pub, Notice: true}, other.port != p)
	}
}

// Members are those who are on a topic, longest first, at most limit of them, and how many there are.
func (b *Broker[M]) Members(name string, limit int) (list []Member, count int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		return nil, 0
	}
	for _, m := range t.present {
		list = append(list, m.Member)
	}
	slices.SortFunc(list, func(a, b Member) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return list[:min(limit, len(list))], len(list)
}
