package appbase

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// rule finds the @Topic that counts for a topic.
func (c *Conn) rule(topic string) (*topicBinding, *jsonrpc.Error) {
	i := c.worker.host.Rule(topic)
	if i < 0 || i >= len(c.inst.topics) {
		return nil, &jsonrpc.Error{Code: codeNoTopic, Message: "no topic of this name is open to clients"}
	}
	return &c.inst.topics[i], nil
}

// follow is $/subscribe: the topic's @Topic decides, then the host sends what was missed and what comes.
func (c *Conn) follow(p liveParams, respond responder) {
	binding, err := c.rule(p.Topic)
	if err != nil {
		respond("", err)
		return
	}
	cancelled := new(bool)
	c.live.asked[p.Topic] = cancelled
	c.decide(binding.authorize, "@Topic "+binding.rule.Pattern, func(err *jsonrpc.Error) {
		if c.live.asked[p.Topic] == cancelled {
			delete(c.live.asked, p.Topic)
		}
		if *cancelled && err == nil {
			err = &jsonrpc.Error{Code: codeCancelled, Message: "unsubscribed meanwhile"}
		}
		if err != nil {
			respond("", err)
			return
		}
		respond(c.followNow(p))
	}, c.inst.vm.ToValue(p.Topic))
}

func (c *Conn) followNow(p liveParams) (string, *jsonrpc.Error) {
	c.enter(p.Topic) // before it is there itself, so that it is not told of it
	f, err := c.worker.host.Follow(c.socket, p.Topic, (*Position)(p.Since), p.Presence)
	if err != nil {
		c.exit(p.Topic, false)
		return "", hostError(err)
	}
	c.noteTopic(p.Topic)
	answer := followed(f, p.Since != nil)
	c.watch(p.Topic, p.Presence, &answer)
	return jsonrpc.Encode(answer), nil
}

// watch notes whether the client wants to know who comes and goes, and adds who is there.
func (c *Conn) watch(topic string, wanted bool, answer *liveFollowing) {
	if delete(c.live.watched, topic); !wanted {
		return
	}
	c.live.watched[topic] = struct{}{}
	members := newLiveMembers(c.worker.host.Members(topic, MaxLiveMembers))
	answer.liveMembers = &members
}

// liveFollowing is the answer to $/subscribe.
type liveFollowing struct {
	livePosition
	Recovered *bool `json:"recovered,omitempty"`
	*liveMembers
}

func followed(f Following, asked bool) liveFollowing {
	answer := liveFollowing{livePosition: livePosition(f.Position)}
	if asked {
		answer.Recovered = &f.Recovered
	}
	return answer
}

// hostError tells a client why the host refused.
func hostError(err error) *jsonrpc.Error {
	if errors.Is(err, ErrManyTopics) {
		return &jsonrpc.Error{Code: codeManyTopics, Message: err.Error()}
	}
	return invalidParams(err.Error())
}

// unfollow is $/unsubscribe.
func (c *Conn) unfollow(p liveParams, respond responder) {
	if cancelled := c.live.asked[p.Topic]; cancelled != nil {
		*cancelled = true
	}
	c.leaveTopic(p.Topic)
	respond("null", nil)
}

// livePublish is $/publish.
func (c *Conn) livePublish(p liveParams, respond responder) {
	binding, err := c.rule(p.Topic)
	m, ok := liveData(p)
	switch _, on := c.topics[p.Topic]; {
	case err != nil:
	case !ok:
		err = invalidParams("one of data and base64 is needed")
	case len(p.Key) > maxKeyBytes:
		err = invalidParams("key is longer than 128 bytes")
	case binding.publish.value == nil && binding.publish.yes && !on:
		err = &jsonrpc.Error{Code: codeNotSubscribed, Message: "only subscribers of the topic may publish"}
	}
	if err != nil {
		respond("", err)
		return
	}
	c.decide(binding.publish, "@Topic "+binding.rule.Pattern, func(err *jsonrpc.Error) {
		if err != nil {
			respond("", err)
			return
		}
		respond(c.publishNow(p, m))
	}, c.inst.vm.ToValue(p.Topic), c.inst.valueOf(m))
}

func (c *Conn) publishNow(p liveParams, m Message) (string, *jsonrpc.Error) {
	key := p.Key
	if key != "" && c.who != nil {
		key = c.who.id + " " + key // one user's keys are not another's
	}
	receipt, err := c.worker.host.Publish(p.Topic, m, PublishOptions{Key: key})
	if err != nil {
		return "", hostError(err)
	}
	return jsonrpc.Encode(struct {
		livePosition
		Duplicate bool `json:"duplicate,omitempty"`
	}{livePosition(receipt.Position), receipt.Duplicate}), nil
}

// liveData is what a client publishes: a JSON text goes to plain sockets as the text itself.
func liveData(p liveParams) (m Message, ok bool) {
	if (p.Data == nil) == (p.Base64 == nil) {
		return m, false
	}
	if p.Base64 != nil {
		return Message{Bytes: *p.Base64, Binary: true}, true
	}
	if strings.HasPrefix(string(p.Data), `"`) {
		return m, json.Unmarshal(p.Data, &m.Text) == nil
	}
	return Message{Text: string(p.Data), JSON: true}, true
}

// liveHistory is $/history.
func (c *Conn) liveHistory(p liveParams, respond responder) {
	if _, on := c.topics[p.Topic]; !on {
		respond("", &jsonrpc.Error{Code: codeNotSubscribed, Message: "not subscribed to this topic"})
		return
	}
	limit := p.Limit
	if limit <= 0 || limit > maxLiveHistory {
		limit = maxLiveHistory
	}
	list := []json.RawMessage{}
	for _, kept := range c.worker.host.History(p.Topic, limit) {
		list = append(list, json.RawMessage(livePublication(kept)))
	}
	respond(jsonrpc.Encode(map[string]any{"publications": list}), nil)
}

// maxLiveHistory is how many publications one $/history answers with at most.
const maxLiveHistory = 1000

func livePublication(p Publication) string {
	entry := struct {
		livePosition
		Time   int64           `json:"time"`
		Data   json.RawMessage `json:"data,omitempty"`
		Base64 []byte          `json:"base64,omitempty"`
	}{livePosition: livePosition(p.Position), Time: p.Time.UnixMilli()}
	switch {
	case p.Message.Binary:
		entry.Base64 = p.Message.Bytes
	case p.Message.JSON:
		entry.Data = json.RawMessage(p.Message.Text)
	default:
		entry.Data = json.RawMessage(jsonrpc.Encode(p.Message.Text))
	}
	return jsonrpc.Encode(entry)
}

// tellFollowed tells a client of a subscription that the app has made or ended for it.
func (c *Conn) tellFollowed(topic string, f Following) {
	c.socket.Send(jsonrpc.Notification("$/subscribed", jsonrpc.Encode(struct {
		Topic string `json:"topic"`
		livePosition
	}{topic, livePosition(f.Position)})))
}

func (c *Conn) tellUnfollowed(topic string) {
	c.socket.Send(jsonrpc.Notification("$/unsubscribed", jsonrpc.Encode(map[string]string{"topic": topic})))
}
