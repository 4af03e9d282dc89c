package appbase

import (
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// realtime is what a generation declares of topics and @Rpc methods, and what of the prelude serves them.
type realtime struct {
	livePart                    *part // of the prelude
	invoke, cancelCall, newCall goja.Callable
	eventProto                  *goja.Object // see eventPrototype

	topics        []topicBinding // by index of the rule given to the host
	rpcs          map[string]rpcBinding
	joins, leaves []presenceHook
	resume        time.Duration
}

// topicBinding is one @Topic.
type topicBinding struct {
	rule      TopicRule
	presence  bool
	grace     time.Duration
	authorize decision
	publish   decision
}

// decision is a function that decides, or the answer itself.
type decision struct {
	value goja.Value // nil: no function
	yes   bool
}

// rpcBinding is one @Rpc method.
type rpcBinding struct {
	method  goja.Value
	timeout time.Duration
}

// presenceHook is one @OnJoin or @OnLeave method.
type presenceHook struct {
	pattern string
	call    goja.Callable
}

// defaultResume is how long a lost connection's session waits for its client.
const defaultResume = 2 * time.Minute

// installRealtime defines the names of the prelude's part, which runs when a class uses one of them.
func (in *instance) installRealtime(annotations *goja.Object) (err error) {
	in.livePart, err = in.later(realtimeScript, func() (map[string]any, error) { return in.realtimeHost(annotations.Get("kit")), nil },
		"Topic", "Rpc", "Realtime", "RpcError", "OnConnect", "OnMessage", "OnBinary", "OnDisconnect", "OnJoin", "OnLeave")
	if err != nil {
		return err
	}
	in.invoke, in.cancelCall, in.newCall = in.livePart.door("invoke"), in.livePart.door("cancelCall"), in.livePart.door("newCall")
	plain, _ := goja.AssertFunction(annotations.Get("describe"))
	whole := in.livePart.door("describe")
	in.describe = func(this goja.Value, args ...goja.Value) (goja.Value, error) {
		if in.livePart.made == nil {
			return plain(this, args...)
		}
		return whole(this, args...)
	}
	return nil
}

func (in *instance) realtimeHost(kit goja.Value) map[string]any {
	return map[string]any{
		"kit":        kit,
		"show":       calls.Show,
		"span":       in.span,
		"connection": in.connection,
		"checkTopic": func(pattern string) {
			if pattern == "" || len(pattern) > 256 || strings.Count(pattern, "*") > 4 {
				panic(in.vm.NewTypeError("@Topic(%.40q): a topic has a name of 1 to 256 bytes with at most 4 asterisks", pattern))
			}
		},
	}
}

// eventPrototype is that of the objects which event handlers get.
func (in *instance) eventPrototype() *goja.Object {
	if in.eventProto == nil {
		in.eventProto = in.livePart.made.Get("eventPrototype").ToObject(in.vm) // made: an annotation of its named the handler
	}
	return in.eventProto
}

// bindRealtime reads the notes; those of a fetch app have none of it.
func (in *instance) bindRealtime(notes *goja.Object) {
	in.rpcs, in.resume = map[string]rpcBinding{}, defaultResume
	in.eachNote(notes, "topics", func(n *goja.Object) {
		in.topics = append(in.topics, topicBinding{
			rule: TopicRule{
				Pattern: n.Get("pattern").String(), History: int(n.Get("history").ToInteger()), TTL: milliseconds(n.Get("ttl")),
			},
			presence: n.Get("presence").ToBoolean(), grace: milliseconds(n.Get("grace")),
			authorize: newDecision(n.Get("authorize")), publish: newDecision(n.Get("publish")),
		})
	})
	in.eachNote(notes, "rpcs", func(n *goja.Object) {
		in.rpcs[n.Get("rpc").String()] = rpcBinding{method: n.Get("method"), timeout: milliseconds(n.Get("timeout"))}
	})
	hooks := func(key string) (list []presenceHook) {
		in.eachNote(notes, key, func(n *goja.Object) {
			call, _ := goja.AssertFunction(n.Get("method"))
			list = append(list, presenceHook{n.Get("pattern").String(), call})
		})
		return list
	}
	in.joins, in.leaves = hooks("joins"), hooks("leaves")
	if resume := notes.Get("resume"); resume != nil && !goja.IsUndefined(resume) {
		in.resume = milliseconds(resume)
	}
}

// offers are the topics and calls that the notes declare.
func (in *instance) offers(notes *goja.Object) (topics []Topic, calls []Call) {
	in.eachNote(notes, "topics", func(n *goja.Object) {
		topics = append(topics, Topic{
			Pattern: noteText(n, "pattern"), Method: noteText(n, "name"), Summary: noteText(n, "summary"), Description: noteText(n, "description"), Data: noteText(n, "data"),
			Publish: n.Get("publish").ToBoolean(), Presence: n.Get("presence").ToBoolean(),
		})
	})
	in.eachNote(notes, "rpcs", func(n *goja.Object) {
		calls = append(calls, Call{
			Name: noteText(n, "rpc"), Method: noteText(n, "name"), Summary: noteText(n, "summary"), Description: noteText(n, "description"),
			Params: noteText(n, "params"), Result: noteText(n, "result"),
		})
	})
	return topics, calls
}

// noteText is a member of a note; "" when it is not there.
func noteText(n *goja.Object, key string) string {
	if value := n.Get(key); value != nil && !goja.IsUndefined(value) {
		return value.String()
	}
	return ""
}

func (in *instance) eachNote(notes *goja.Object, key string, read func(*goja.Object)) {
	list := notes.Get(key)
	if list == nil || goja.IsUndefined(list) {
		return
	}
	in.vm.ForOf(list, func(item goja.Value) bool {
		read(item.ToObject(in.vm))
		return true
	})
}

func newDecision(value goja.Value) decision {
	if _, function := goja.AssertFunction(value); function {
		return decision{value: value}
	}
	return decision{yes: value.ToBoolean()}
}

func milliseconds(value goja.Value) time.Duration {
	return time.Duration(value.ToFloat() * float64(time.Millisecond))
}

// rules are what the host is to keep for which topics.
func (in *instance) rules() []TopicRule {
	list := make([]TopicRule, len(in.topics))
	for i, t := range in.topics {
		list[i] = t.rule
	}
	return list
}
