package appbase

import (
	"encoding/json"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// defaultGrace is how long a member whose last connection is gone is still there.
const defaultGrace = 5 * time.Second

// MaxLiveMembers is how many members a client is told at once; beside them it gets the count of all.
const MaxLiveMembers = 1000

// Member is somebody on a topic: a user with all its connections, or one connection without a user.
type Member struct {
	ID          string // the user's id as JSON, else that of the session or connection, as JSON too
	User        string // JSON; "" none
	Connections int
	Since       time.Time
}

// enter makes the connection present on a topic whose @Topic wants that.
func (c *Conn) enter(topic string) {
	i := c.worker.host.Rule(topic)
	if i < 0 || c.inst == nil || i >= len(c.inst.topics) || !c.inst.topics[i].presence || c.present[topic].id != "" {
		return
	}
	b := c.inst.topics[i]
	at := place{id: c.memberID(), grace: b.grace}
	if at.grace == 0 {
		at.grace = defaultGrace
	}
	if c.present == nil {
		c.own().present = map[string]place{}
	}
	c.present[topic] = at
	m := Member{ID: at.id, User: c.user, Connections: 1, Since: c.worker.now()}
	if c.worker.host.Enter(topic, m) {
		c.worker.changed(topic, m, true)
	}
}

// place is a connection's presence on a topic.
type place struct {
	id    string
	grace time.Duration
}

// memberID is who the connection counts as.
func (c *Conn) memberID() string {
	switch {
	case c.who != nil && c.who.id != "":
		return c.who.id
	case c.live != nil && c.live.session != nil:
		return jsonrpc.Encode(c.live.session.id)
	}
	return jsonrpc.Encode(c.ID())
}

// exit ends the presence on a topic: at once when it was left, after its grace when the connection has ended.
func (c *Conn) exit(topic string, lost bool) {
	at, there := c.present[topic]
	if !there {
		return
	}
	delete(c.present, topic)
	if !lost {
		at.grace = 0
	}
	w := c.worker
	w.host.Exit(topic, at.id, at.grace, func(m Member) { w.changed(topic, m, false) })
}

// exitAll is exit from everything because the connection has ended.
func (c *Conn) exitAll() {
	for topic := range c.present {
		c.exit(topic, true)
	}
}

// Left tells the app that a member has left a topic, after a grace that began on a worker which has ended.
func (w *Worker) Left(topic string, m Member) { w.changed(topic, m, false) }

// changed runs the app's @OnJoin and @OnLeave methods. An app that is unloaded is loaded for them if it has any.
func (w *Worker) changed(topic string, m Member, joined bool) {
	in := w.current
	if in == nil {
		in = w.rest.asleep
	}
	if w.stopped || in == nil || len(in.hooks(joined)) == 0 {
		return
	}
	w.whenReady(func() {
		in := w.current
		if in == nil {
			return
		}
		rule := w.host.Rule(topic)
		for _, hook := range in.hooks(joined) {
			if rule >= 0 && rule < len(in.topics) && in.topics[rule].rule.Pattern == hook.pattern {
				in.callLogged("@OnJoin/@OnLeave "+hook.pattern, hook.call, func() {}, in.member(m), in.vm.ToValue(topic))
			}
		}
	})
}

func (in *instance) hooks(joined bool) []presenceHook {
	if joined {
		return in.joins
	}
	return in.leaves
}

// member is a Member as the script sees it.
func (in *instance) member(m Member) goja.Value {
	object := in.vm.NewObject()
	_ = object.Set("id", in.parseJSON(m.ID))
	_ = object.Set("user", in.parseJSON(m.User))
	_ = object.Set("connections", m.Connections)
	_ = object.Set("since", m.Since.UnixMilli())
	return object
}

// members is this.presence(topic).
func (in *instance) members(name goja.Value) goja.Value {
	found, _ := in.worker.host.Members(in.topicName(name), maxScriptMembers)
	list := make([]any, len(found))
	for i, m := range found {
		list[i] = in.member(m)
	}
	return in.vm.NewArray(list...)
}

// maxScriptMembers bounds the list that a script gets.
const maxScriptMembers = 100_000

// --- on the wire ---

type liveMember struct {
	ID          json.RawMessage `json:"id"`
	User        json.RawMessage `json:"user,omitempty"`
	Connections int             `json:"connections"`
	Since       int64           `json:"since"`
}

func newLiveMember(m Member) liveMember {
	return liveMember{ID: json.RawMessage(m.ID), User: json.RawMessage(m.User), Connections: m.Connections, Since: m.Since.UnixMilli()}
}

// liveMembers is who is on a topic.
type liveMembers struct {
	Count   int          `json:"count"`
	Members []liveMember `json:"members"`
}

func newLiveMembers(members []Member, count int) liveMembers {
	list := liveMembers{Count: count, Members: []liveMember{}}
	for _, m := range members {
		list.Members = append(list.Members, newLiveMember(m))
	}
	return list
}

// LiveChange tells a client that a member has come or gone. It may be called from any goroutine.
func LiveChange(topic string, m Member, joined bool) string {
	method := "$/leave"
	if joined {
		method = "$/join"
	}
	return jsonrpc.Notification(method, jsonrpc.Encode(struct {
		Topic  string     `json:"topic"`
		Member liveMember `json:"member"`
	}{topic, newLiveMember(m)}))
}

// LivePresence tells a client the members anew because it has missed changes.
func LivePresence(topic string, members []Member, count int) string {
	return jsonrpc.Notification("$/presence", jsonrpc.Encode(struct {
		Topic string `json:"topic"`
		liveMembers
	}{topic, newLiveMembers(members, count)}))
}

// livePresence is $/presence.
func (c *Conn) livePresence(p liveParams, respond responder) {
	if _, on := c.topics[p.Topic]; !on {
		respond("", &jsonrpc.Error{Code: codeNotSubscribed, Message: "not subscribed to this topic"})
		return
	}
	respond(jsonrpc.Encode(newLiveMembers(c.worker.host.Members(p.Topic, MaxLiveMembers))), nil)
}
