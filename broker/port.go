package broker

import "slices"

// Port is one loop's door to a broker. Publish may be called from any goroutine; the other methods belong to the loop.
type Port[M any] struct {
	broker *Broker[M]
	wake   func()

	// Guarded by broker.mu.
	inbox []Delivery[M]
	spare []Delivery[M]
	lost  map[string]struct{} // topics of which deliveries were dropped
}

// Port makes a door. wake is called when the inbox has something and was empty before, unless that is the port's own
// publication; it may come from any goroutine, and must not block or call the broker.
func (b *Broker[M]) Port(wake func()) *Port[M] { return &Port[M]{broker: b, wake: wake} }

// Join counts a subscriber of the port's loop; publications of the topic arrive at the port as long as there is one. False:
// the topic would be one too many.
func (p *Port[M]) Join(name string) bool {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		if len(b.topics) >= b.options.MaxTopics && name != Everyone {
			return false
		}
		policy := b.policy(name)
		t = b.add(name, policy)
	}
	i := t.index(p)
	if i < 0 {
		i = len(t.ports)
		t.ports = append(t.ports, member[M]{port: p})
	}
	t.ports[i].count++
	return true
}

// Leave undoes Join.
func (p *Port[M]) Leave(name string) {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		return
	}
	i := t.index(p)
	if i < 0 {
		return
	}
	if t.ports[i].count--; t.ports[i].count > 0 {
		return
	}
	t.ports = slices.Delete(t.ports, i, i+1)
	if len(t.ports) == 0 {
		t.touched = b.options.Now()
		b.leave(t)
	}
}

// Publish gives a message its place in the topic and puts it into the inbox of every port that has subscribers, its own included:
// the caller takes it from there if it is on the port's loop.
func (p *Port[M]) Publish(name string, d Draft[M]) Receipt {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.Key != "" {
		if first, seen := b.keys.seen(name, d.Key, b.options.Now()); seen {
			return Receipt{Position: first, Duplicate: true}
		}
	}
	t := b.open(name)
	if t == nil {
		return p.unheard(name, d)
	}
	pub := b.place(t, d)
	if d.Key != "" {
		b.keys.add(name, d.Key, pub.Position, pub.Time)
	}
	elsewhere := 0
	for _, m := range t.ports {
		m.port.put(Delivery[M]{Publication: pub, Except: d.Except}, m.port != p)
		if m.port != p {
			elsewhere += m.count
		}
	}
	return Receipt{Position: pub.Position, Elsewhere: elsewhere}
}

// unheard is the publication that nobody waits for and nothing keeps.
func (p *Port[M]) unheard(name string, d Draft[M]) Receipt {
	b := p.broker
	if policy := b.policy(name); policy.History > 0 {
		return Receipt{Refused: true}
	}
	if d.Key != "" {
		b.keys.add(name, d.Key, Position{}, b.options.Now())
	}
	return Receipt{}
}

// place gives a message its offset, and keeps it if the topic does.
func (b *Broker[M]) place(t *topic[M], d Draft[M]) *Publication[M] {
	pub := Publication[M]{Topic: t.name, Message: d.Message}
	if t.policy.History == 0 {
		if d.Key != "" {
			pub.Time = b.options.Now()
		}
		return &pub
	}
	pub.Time = b.options.Now()
	t.touched = pub.Time
	t.Offset++
	pub.Position = t.Position
	return b.append(t, pub, d.Bytes)
}

// put adds a delivery to the inbox.
func (p *Port[M]) put(d Delivery[M], wake bool) {
	if len(p.inbox) >= p.broker.options.MaxInbox {
		if p.lost == nil {
			p.lost = map[string]struct{}{}
		}
		p.lost[d.Topic] = struct{}{}
		return
	}
	p.inbox = append(p.inbox, d)
	if wake && len(p.inbox) == 1 && p.wake != nil {
		p.wake()
	}
}

// Take empties the inbox: what is to be delivered, in order, and the topics of which something was dropped behind that. The
// slice may be used until the next call.
func (p *Port[M]) Take() (deliveries []Delivery[M], lost map[string]struct{}) {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	deliveries, lost = p.inbox, p.lost
	clear(p.spare)
	p.inbox, p.lost = p.spare[:0], nil
	if cap(deliveries) > 1024 { // a rush is over
		p.spare = nil
	} else {
		p.spare = deliveries
	}
	return deliveries, lost
}

// Close leaves every topic.
func (p *Port[M]) Close() {
	b := p.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.topics {
		t.ports = slices.DeleteFunc(t.ports, func(m member[M]) bool { return m.port == p })
		b.leave(t)
	}
	p.inbox, p.spare, p.lost = nil, nil, nil
}
