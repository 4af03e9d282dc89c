package appbase

import "github.com/dop251/goja"

// A connection of another worker is, to a script, a WsConn whose socket is a mailbox: what is sent goes as a task to the loop
// that has the connection. No script crosses: user and ws.state are copies.

// mailbox is the [Socket] of such a connection.
type mailbox struct{ to sighting }

var _ Socket = mailbox{}

// post runs a function with the connection on its own loop, if it is still there by then; false: it is not now.
func (m mailbox) post(do func(*Conn)) bool {
	c := m.to.conn
	return c.worker.directory.has(m.to.entry) && c.worker.executor.Post(func() {
		if !c.ended {
			do(c)
		}
	})
}

// Send hands a text on.
func (m mailbox) Send(text string) bool { return m.send(Message{Text: text}) }

// SendBytes hands bytes on.
func (m mailbox) SendBytes(data []byte) bool {
	return m.send(Message{Bytes: append([]byte(nil), data...), Binary: true})
}

func (m mailbox) send(message Message) bool { return m.post(func(c *Conn) { c.send(message) }) }

// Close has the connection closed.
func (m mailbox) Close(code int, reason string) {
	m.post(func(c *Conn) { c.socket.Close(code, reason) })
}

// ReadyState is 1 as long as the connection is known to be there.
func (m mailbox) ReadyState() int {
	if m.to.conn.worker.directory.has(m.to.entry) {
		return 1
	}
	return 3
}

// BufferedAmount is not known here.
func (mailbox) BufferedAmount() int { return 0 }

// WhenDrained is not known here.
func (mailbox) WhenDrained(func()) bool { return false }

// Hold does nothing: nothing arrives here.
func (mailbox) Hold() {}

// Release does nothing.
func (mailbox) Release() {}

// elsewhere makes the object of a connection that another worker has.
func (in *instance) elsewhere(s sighting) *goja.Object {
	from := s.conn
	box := mailbox{s}
	more := &connMore{id: from.id, user: from.user, who: from.who, state: s.state, live: &live{box: &box}}
	c := &Conn{connMore: more, worker: in.worker, socket: box, inst: in, hs: from.hs, style: elsewhereStyle{}}
	return c.object()
}

// away is the mailbox of a connection of another worker; nil: it is one of this worker's.
func (c *Conn) away() *mailbox {
	if c.live == nil {
		return nil
	}
	return c.live.box
}

// origin is the socket that the host knows the connection by.
func (c *Conn) origin() Socket {
	if box := c.away(); box != nil {
		return box.to.conn.socket
	}
	return c.socket
}

// elsewhereStyle is that of connections of other workers: nothing happens to them here.
type elsewhereStyle struct{}

func (elsewhereStyle) open(*Conn)                {}
func (elsewhereStyle) text(*Conn, string)        {}
func (elsewhereStyle) binary(*Conn, []byte)      {}
func (elsewhereStyle) closed(*Conn, int, string) {}

// frozen makes an object of a script, with all that it holds, unchangeable.
func (in *instance) frozen(value goja.Value) goja.Value {
	object, ok := value.(*goja.Object)
	if !ok {
		return value
	}
	for _, key := range object.Keys() {
		in.frozen(object.Get(key))
	}
	freeze, _ := goja.AssertFunction(in.vm.Get("Object").ToObject(in.vm).Get("freeze"))
	_, _ = freeze(goja.Undefined(), object) // plain data: nothing there runs a script
	return object
}

// batch is what goes to the connections of one worker in one task.
type batch struct {
	worker *Worker
	to     []sighting
}

// batches sorts connections of other workers by those.
func batches(list []*Conn) (all []*batch) {
	byWorker := map[*Worker]*batch{}
	for _, c := range list {
		s := c.away().to
		b := byWorker[s.conn.worker]
		if b == nil {
			b = &batch{worker: s.conn.worker}
			byWorker[s.conn.worker] = b
			all = append(all, b)
		}
		b.to = append(b.to, s)
	}
	return all
}

// post does something with each connection on their loop, and returns how many there were.
func (b *batch) post(do func(*Conn)) int {
	there := b.to[:0]
	for _, s := range b.to {
		if b.worker.directory.has(s.entry) {
			there = append(there, s)
		}
	}
	posted := b.worker.executor.Post(func() {
		for _, s := range there {
			if !s.conn.ended {
				do(s.conn)
			}
		}
	})
	if !posted {
		return 0
	}
	return len(there)
}
