package appbase

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/dop251/goja"
)

// identity is what a connection's user is found by: the members id, token and access of what the guards left, or the
// user itself as the id if it is no object.
type identity struct {
	id            string // as JSON, so that 7 and "7" are two; "" none
	token, access string
}

// identify reads a user, which is JSON; nil when there is none.
func identify(user string) *identity {
	if user == "" || user == "null" {
		return nil
	}
	var fields struct {
		ID            json.RawMessage
		Token, Access any
	}
	if err := json.Unmarshal([]byte(user), &fields); err != nil {
		return &identity{id: user} // a text or a number
	}
	who := &identity{id: string(fields.ID)}
	who.token, _ = fields.Token.(string)
	who.access, _ = fields.Access.(string)
	return who
}

// selection says which connections are meant. All members that are given must hold.
type selection struct {
	ids, users, tokens []string // nil: any; users as JSON
	path, topic        *string
	access             *string
}

func (in *instance) selection(value goja.Value) selection {
	object := value.ToObject(in.vm)
	text := func(v goja.Value) string { return v.String() }
	return selection{
		ids: in.list(object.Get("ids"), text), users: in.list(object.Get("users"), in.identityOf), tokens: in.list(object.Get("tokens"), text),
		path: textOf(object.Get("path")), topic: textOf(object.Get("topic")), access: textOf(object.Get("access")),
	}
}

// identityOf is a user's id as identities have it.
func (in *instance) identityOf(value goja.Value) string {
	text, err := in.stringify(value)
	if err != nil {
		in.rt.Throw(err)
	}
	return text
}

func (in *instance) list(value goja.Value, read func(goja.Value) string) []string {
	if value == nil || goja.IsUndefined(value) {
		return nil
	}
	list := []string{}
	in.vm.ForOf(value, func(item goja.Value) bool {
		list = append(list, read(item))
		return true
	})
	return list
}

func textOf(value goja.Value) *string {
	if value == nil || goja.IsUndefined(value) {
		return nil
	}
	text := value.String()
	return &text
}

func (s *selection) has(c *Conn) bool { return s.fits(c, c.topics) }

// fits looks at nothing of the connection that changes: whoever is looked for by its id has one already.
func (s *selection) fits(c *Conn, topics map[string]struct{}) bool {
	if s.path != nil && *s.path != c.hs.path() || s.ids != nil && !slices.Contains(s.ids, c.id) {
		return false
	}
	if s.topic != nil {
		if _, on := topics[*s.topic]; !on {
			return false
		}
	}
	if s.users == nil && s.tokens == nil && s.access == nil {
		return true
	}
	who := c.who
	return who != nil && (s.users == nil || who.id != "" && slices.Contains(s.users, who.id)) &&
		(s.tokens == nil || who.token != "" && slices.Contains(s.tokens, who.token)) && (s.access == nil || who.access == *s.access)
}

// candidates are connections among which all that are meant are: the few that an index knows, or all.
func (w *Worker) candidates(s *selection) (list []*Conn) {
	switch {
	case s.ids != nil:
		for _, id := range s.ids {
			if c := w.find(id); c != nil && !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	case s.users != nil:
		for i, id := range s.users {
			if !slices.Contains(s.users[:i], id) {
				list = append(list, w.byUser[id]...)
			}
		}
	default:
		list = w.conns
	}
	return list
}

// selected are the connections of this generation that are meant, as objects of the script.
func (in *instance) selected(value goja.Value) goja.Value {
	s := in.selection(value)
	list := []any{}
	for _, c := range in.worker.candidates(&s) {
		if c.inst == in && s.has(c) {
			list = append(list, c.object())
		}
	}
	in.lookAround()
	if in.worker.wide {
		for _, there := range in.worker.directory.elsewhere(in.worker, &s) {
			list = append(list, in.elsewhere(there))
		}
	}
	return in.vm.NewArray(list...)
}

// userIDs are the ids of all users, in order of their JSON.
func (in *instance) userIDs() goja.Value {
	in.lookAround()
	ids := slices.Collect(maps.Keys(in.worker.byUser))
	if in.worker.wide {
		ids = in.worker.directory.userIDs()
	}
	slices.Sort(ids)
	list := []any{}
	for _, id := range ids {
		list = append(list, in.parseJSON(id))
	}
	return in.vm.NewArray(list...)
}

// sendTo sends one message to many connections and returns how many took it.
func (in *instance) sendTo(list, data goja.Value) int {
	m, reached := in.message(data), 0
	away := in.eachConn(list, func(c *Conn) {
		if c.send(m) {
			reached++
		}
	})
	for _, b := range away {
		reached += b.post(func(c *Conn) { c.send(m) })
	}
	return reached
}

// closeAll closes many connections and returns how many there were.
func (in *instance) closeAll(list, code, reason goja.Value) int {
	status, why := in.closeArguments(code, reason)
	count := 0
	away := in.eachConn(list, func(c *Conn) {
		c.socket.Close(status, why)
		count++
	})
	for _, b := range away {
		count += b.post(func(c *Conn) { c.socket.Close(status, why) })
	}
	return count
}

// eachConn does something with the connections of this worker, and returns those of others.
func (in *instance) eachConn(list goja.Value, do func(*Conn)) []*batch {
	var away []*Conn
	in.vm.ForOf(list, func(item goja.Value) bool {
		if object, ok := item.(*goja.Object); ok && object.ExportType() == handleType {
			if c := object.Export().(*handle).conn; c.away() != nil {
				away = append(away, c)
			} else {
				do(c)
			}
		}
		return true
	})
	return batches(away)
}

// countConns is how many connections the app has.
func (in *instance) countConns() int {
	in.lookAround()
	if in.worker.wide {
		return in.worker.directory.count()
	}
	return len(in.worker.conns)
}

// enlist and delist keep the index of users.
func (w *Worker) enlist(c *Conn) {
	if c.user == "" {
		return
	}
	if c.own().who = identify(c.user); c.who != nil && c.who.id != "" {
		w.byUser[c.who.id] = append(w.byUser[c.who.id], c)
	}
}

func (w *Worker) delist(c *Conn) {
	if c.who == nil || c.who.id == "" {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(w.byUser[c.who.id]), func(other *Conn) bool { return other == c })
	if len(rest) == 0 {
		delete(w.byUser, c.who.id)
		return
	}
	w.byUser[c.who.id] = rest
}
