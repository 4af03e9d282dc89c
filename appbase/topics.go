package appbase

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// maxKeyBytes is the length of the longest idempotency key.
const maxKeyBytes = 128

// topicName reads a topic's name; the host checks what names may be.
func (in *instance) topicName(value goja.Value) string {
	name := value.String()
	if _, isText := value.Export().(string); !isText || name == "" {
		panic(in.vm.NewTypeError("a topic is a text that is not empty, not %s", calls.Show(value)))
	}
	return name
}

// refused throws what a host said no with.
func (in *instance) refused(what, topic string, err error) {
	if err != nil {
		panic(in.rangeError(fmt.Sprintf("cannot %s %s: %v", what, quote(topic), err)))
	}
}

func (h *handle) subscribe(call goja.FunctionCall) goja.Value {
	topic := h.inst.topicName(call.Argument(0))
	if box := h.conn.away(); box != nil {
		return h.inst.vm.ToValue(box.post(func(c *Conn) { c.subscribeLogged(topic) }))
	}
	err := h.conn.subscribe(topic)
	if errors.Is(err, ErrEnded) {
		return h.inst.vm.ToValue(false)
	}
	h.inst.refused("subscribe to", topic, err)
	return h.inst.vm.ToValue(true)
}

func (h *handle) unsubscribe(call goja.FunctionCall) goja.Value {
	topic := h.inst.topicName(call.Argument(0))
	if box := h.conn.away(); box != nil {
		box.post(func(c *Conn) { c.unsubscribe(topic) })
		return goja.Undefined()
	}
	h.conn.unsubscribe(topic)
	return goja.Undefined()
}

func (h *handle) publish(call goja.FunctionCall) goja.Value {
	reached := h.inst.publish(call.Argument(0), call.Argument(1), call.Argument(2), h.conn.origin())
	if box := h.conn.away(); box != nil && h.conn.worker.directory.isOn(box.to.entry, call.Argument(0).String()) {
		return h.inst.vm.ToValue(reached.ToInteger() - 1) // its loop is reached, it is not
	}
	return reached
}

// publish is publish(topic, data, { key }) of an app or of a connection, which is left out then.
func (in *instance) publish(name, data, options goja.Value, except Socket) goja.Value {
	topic := in.topicName(name)
	receipt, err := in.worker.host.Publish(topic, in.message(data), PublishOptions{Except: except, Key: in.key(options)})
	in.refused("publish to", topic, err)
	return in.vm.ToValue(receipt.Reached)
}

func (in *instance) key(options goja.Value) string {
	object, ok := options.(*goja.Object)
	if !ok {
		return ""
	}
	value := object.Get("key")
	if value == nil || goja.IsUndefined(value) {
		return ""
	}
	if key := value.String(); key != "" && len(key) <= maxKeyBytes {
		return key
	}
	panic(in.vm.NewTypeError("key is a text of 1 to %d bytes, not %s", maxKeyBytes, calls.Show(value)))
}

// broadcast sends to all but the connections that except names: one, or a list.
func (in *instance) broadcast(data, except goja.Value) int {
	return in.worker.host.Broadcast(in.message(data), in.sockets(except))
}

func (in *instance) sockets(value goja.Value) (list []Socket) {
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return nil
	}
	object, ok := value.(*goja.Object)
	switch {
	case ok && object.ExportType() == handleType:
		return []Socket{object.Export().(*handle).conn.origin()}
	case ok && object.ClassName() == "Array":
		in.vm.ForOf(value, func(item goja.Value) bool {
			list = append(list, in.sockets(item)...)
			return true
		})
		return list
	}
	panic(in.vm.NewTypeError("except is a connection or a list of connections, not %s", calls.Show(value)))
}

// history is this.history(topic, { limit }): what the topic keeps, oldest first.
func (in *instance) history(name goja.Value, limit int) goja.Value {
	list := []any{}
	for _, p := range in.worker.host.History(in.topicName(name), limit) {
		entry := in.vm.NewObject()
		_ = entry.Set("data", in.valueOf(p.Message))
		_ = entry.Set("epoch", p.Epoch)
		_ = entry.Set("offset", p.Offset)
		_ = entry.Set("time", p.Time.UnixMilli())
		list = append(list, entry)
	}
	return in.vm.NewArray(list...)
}

// valueOf is a message as it was before it was sent.
func (in *instance) valueOf(m Message) goja.Value {
	switch {
	case m.Binary:
		return in.vm.ToValue(in.vm.NewArrayBuffer(append([]byte(nil), m.Bytes...)))
	case m.JSON:
		return in.parseJSON(m.Text)
	}
	return in.vm.ToValue(m.Text)
}

// subscribe puts the connection on a topic.
func (c *Conn) subscribe(topic string) error {
	if c.ended {
		return ErrEnded
	}
	if _, on := c.topics[topic]; on {
		return nil
	}
	c.enter(topic)
	if err := c.join(topic); err != nil {
		c.exit(topic, false)
		return err
	}
	c.noteTopic(topic)
	return nil
}

func (c *Conn) join(topic string) error {
	if c.live == nil {
		return c.worker.host.Subscribe(c.socket, topic)
	}
	f, err := c.worker.host.Follow(c.socket, topic, nil, false)
	if err == nil {
		c.tellFollowed(topic, f)
	}
	return err
}

func (c *Conn) noteTopic(topic string) {
	if c.topics == nil {
		c.own().topics = make(map[string]struct{})
	}
	c.topics[topic] = struct{}{}
	c.worker.directory.note(c.entry, func(e *entry) { e.topics[topic] = struct{}{} })
}

// subscribeLogged is subscribe for another worker, which cannot be told what is wrong.
func (c *Conn) subscribeLogged(topic string) {
	if err := c.subscribe(topic); err != nil {
		c.worker.log.Warn("a connection was not subscribed", "connection", c.ID(), "topic", quote(topic), "error", err)
	}
}

func (c *Conn) unsubscribe(topic string) {
	if _, on := c.topics[topic]; !on {
		return
	}
	c.leaveTopic(topic)
	if c.live != nil {
		c.tellUnfollowed(topic)
	}
}

func (c *Conn) leaveTopic(topic string) {
	delete(c.topics, topic)
	c.worker.directory.note(c.entry, func(e *entry) { delete(e.topics, topic) })
	c.worker.host.Unsubscribe(c.socket, topic)
	c.exit(topic, false)
}

// send queues a message for the connection.
func (c *Conn) send(m Message) bool {
	if box := c.away(); box != nil {
		return box.send(m)
	}
	if c.live != nil {
		return c.socket.Send(LiveMessage("", 0, m))
	}
	if m.Binary {
		return c.socket.SendBytes(m.Bytes)
	}
	return c.socket.Send(m.Text)
}
