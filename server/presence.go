package server

import (
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/broker"
	"github.com/sigil-server/sigil/wsconn"
)

// Enter counts a connection among those of a member of a topic; true: the member was not there.
func (h *hub) Enter(name string, m appbase.Member) bool {
	joined := h.port.Enter(name, broker.Member{ID: m.ID, Info: m.User}, changeOf(name, true))
	h.drain(nil)
	return joined
}

// Exit takes it out; left is called when the member has been away for grace.
func (h *hub) Exit(name, id string, grace time.Duration, left func(appbase.Member)) {
	if !h.port.Exit(name, id, grace) {
		return
	}
	at := graceOf{name, id}
	settle := func() { h.settle(at, left) }
	if grace <= 0 {
		settle()
		return
	}
	h.await(at, grace, settle)
}

// await calls settle at the end of an absence, unless another one of the same member has begun meanwhile.
func (h *hub) await(at graceOf, grace time.Duration, settle func()) {
	until := time.Now().Add(grace)
	h.graces[at] = until
	h.loop.AfterFunc(grace, func() {
		if h.graces[at].Equal(until) {
			delete(h.graces, at)
			settle()
		}
	})
}

// settle takes a member out whose absence is over.
func (h *hub) settle(at graceOf, left func(appbase.Member)) {
	if m, gone := h.port.Settle(at.topic, at.member, changeOf(at.topic, false)); gone {
		h.drain(nil)
		left(member(m))
	}
}

// graceOf names the absence of a member that may come back.
type graceOf struct{ topic, member string }

// bequeath gives the absences that the hub waits for to another worker, when its own loop has ended.
func (h *hub) bequeath(to *worker) {
	for at, until := range h.graces {
		to.loop.Post(func() {
			left := func(m appbase.Member) { to.script.Left(at.topic, m) }
			to.hub.await(at, max(time.Until(until), 0), func() { to.hub.settle(at, left) })
		})
	}
}

// Members are those who are on a topic, longest first, at most limit, and how many there are.
func (h *hub) Members(name string, limit int) ([]appbase.Member, int) {
	found, count := h.broker.Members(name, limit)
	list := make([]appbase.Member, len(found))
	for i, m := range found {
		list[i] = member(m)
	}
	return list, count
}

func member(m broker.Member) appbase.Member {
	return appbase.Member{ID: m.ID, User: m.Info, Connections: m.Connections, Since: m.Since}
}

// changeOf makes the packet that tells clients of a change.
func changeOf(topic string, joined bool) func(broker.Member) *packet {
	return func(m broker.Member) *packet {
		p := &packet{}
		p.live.get(func() *wsconn.Frame { return wsconn.EncodeText(appbase.LiveChange(topic, member(m), joined)) })
		return p
	}
}

// tell queues a change for the clients that asked for them. One that has no room gets the whole list later.
func (t *topic) tell(h *hub, d delivery) {
	for _, m := range t.members {
		if m.feed == nil || !m.feed.watches || m.feed.stale {
			continue
		}
		frame := d.Message.liveFrame(d.Topic, 0)
		if m.connection.roomy(frame.Len()) {
			m.connection.SendFrame(frame)
			continue
		}
		m.feed.stale = true
		h.later(m.connection)
	}
}

// refresh sends a client the whole list because it has missed changes; false: there is no room.
func (h *hub) refresh(m *membership) bool {
	members, count := h.Members(m.topic.name, appbase.MaxLiveMembers)
	frame := wsconn.EncodeText(appbase.LivePresence(m.topic.name, members, count))
	if !m.connection.roomy(frame.Len()) {
		return false
	}
	m.feed.stale = false
	return m.connection.SendFrame(frame)
}
