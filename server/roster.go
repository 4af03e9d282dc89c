package server

import "github.com/sigil-server/sigil/wsconn"

// roster is who of a list is sent what is published as it was given: a slice beside the list, which is gone through
// without looking at anything else. Nil stands for one who is told in another way.
type roster struct {
	conns []*wsconn.Conn
	size  int // without the nils
}

// add makes a place at the end.
func (r *roster) add(c *wsconn.Conn) {
	r.conns = append(r.conns, nil)
	r.put(len(r.conns)-1, c)
}

// put sets who has a place, and returns who had it.
func (r *roster) put(i int, c *wsconn.Conn) (before *wsconn.Conn) {
	before, r.conns[i] = r.conns[i], c
	if before != nil {
		r.size--
	}
	if c != nil {
		r.size++
	}
	return before
}

// remove takes a place away; the last one comes there.
func (r *roster) remove(i int) {
	last := len(r.conns) - 1
	if moved := r.put(last, nil); i < last {
		r.put(i, moved)
	}
	r.conns = r.conns[:last]
}

// send queues p for all, and returns how many took it.
func (r *roster) send(p *packet) int {
	if r.size == 0 {
		return 0
	}
	return wsconn.SendEach(r.conns, p.plainFrame())
}
