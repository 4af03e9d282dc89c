package appbase

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Directory is what the workers of one app know of each other's connections and sessions. It may be used by several goroutines.
//
// Only an app that looks at its connections (this.connections and the like) and may run on several workers has its
// connections here: for all others it stays empty and costs nothing.
type Directory struct {
	sessions sessions

	mu      sync.RWMutex
	workers map[*Worker]struct{}
	wanted  bool // a script has looked in a way that its code did not show before
	next    uint64
	byID    map[string]*entry
	byUser  map[string]map[*entry]struct{} // by identity.id
}

// entry is one connection as other workers see it.
type entry struct {
	conn *Conn // of which others may read what never changes: id, worker, socket, hs, user, who
	seq  uint64

	topics map[string]struct{} // guarded by Directory.mu, as is
	state  string              // ws.state as JSON, as it was when its worker last ran code of its
}

// NewDirectory knows nobody.
func NewDirectory() *Directory {
	return &Directory{
		workers: map[*Worker]struct{}{}, byID: map[string]*entry{}, byUser: map[string]map[*entry]struct{}{}, sessions: sessions{byToken: map[string]*session{}},
	}
}

func (d *Directory) join(w *Worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.workers[w] = struct{}{}
}

func (d *Directory) leave(w *Worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.workers, w)
}

// want has all workers note their connections, those that are there and those to come.
func (d *Directory) want() {
	d.mu.Lock()
	d.wanted = true
	all := slices.Collect(maps.Keys(d.workers))
	d.mu.Unlock()
	for _, w := range all {
		w.executor.Post(func() { w.widen(true) })
	}
}

func (d *Directory) isWanted() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.wanted
}

// add notes a connection. It is called on its worker's goroutine, as are the next four.
func (d *Directory) add(c *Conn) {
	id := c.ID()
	e := &entry{conn: c, state: c.state, topics: maps.Clone(c.topics)}
	if e.topics == nil {
		e.topics = map[string]struct{}{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	e.seq = d.next
	c.own().entry = e
	d.byID[id] = e
	if c.who != nil && c.who.id != "" {
		if d.byUser[c.who.id] == nil {
			d.byUser[c.who.id] = map[*entry]struct{}{}
		}
		d.byUser[c.who.id][e] = struct{}{}
	}
}

func (d *Directory) remove(c *Conn) {
	e := c.entry
	if e == nil {
		return
	}
	c.own().entry = nil
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byID, c.id)
	if c.who != nil && c.who.id != "" {
		if delete(d.byUser[c.who.id], e); len(d.byUser[c.who.id]) == 0 {
			delete(d.byUser, c.who.id)
		}
	}
}

// note changes what an entry says.
func (d *Directory) note(e *entry, change func(*entry)) {
	if e == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	change(e)
}

// count is how many connections all workers have.
func (d *Directory) count() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.byID)
}

// userIDs are the ids of all users, as JSON.
func (d *Directory) userIDs() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Collect(maps.Keys(d.byUser))
}

// has reports whether a connection is open.
func (d *Directory) has(e *entry) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.byID[e.conn.id] == e
}

// isOn reports whether a connection is on a topic.
func (d *Directory) isOn(e *entry, topic string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, on := e.topics[topic]
	return on
}

// elsewhere are the connections of other workers that are meant, oldest first, each with its state.
func (d *Directory) elsewhere(w *Worker, s *selection) (list []sighting) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	look := func(e *entry) {
		if e != nil && e.conn.worker != w && s.fits(e.conn, e.topics) {
			list = append(list, sighting{e, e.state})
		}
	}
	switch {
	case s.ids != nil:
		for i, id := range s.ids {
			if !slices.Contains(s.ids[:i], id) {
				look(d.byID[id])
			}
		}
	case s.users != nil:
		for i, id := range s.users {
			if !slices.Contains(s.users[:i], id) {
				d.eachOf(id, look)
			}
		}
	default:
		for _, e := range d.byID {
			look(e)
		}
	}
	slices.SortFunc(list, func(a, b sighting) int { return cmp.Compare(a.seq, b.seq) })
	return list
}

func (d *Directory) eachOf(user string, look func(*entry)) {
	for e := range d.byUser[user] {
		look(e)
	}
}

// sighting is an entry with its state at one moment.
type sighting struct {
	*entry
	state string
}

// widen has the worker note its connections in the directory, or not.
func (w *Worker) widen(wide bool) {
	wide = wide || w.directory.isWanted()
	if w.wide == wide || w.stopped {
		return
	}
	w.wide = wide
	for _, c := range w.conns {
		if wide {
			w.directory.add(c)
		} else {
			w.directory.remove(c)
		}
	}
}

// lookAround is called when a script looks at connections: those of all workers have to be known.
func (in *instance) lookAround() {
	if w := in.worker; !w.wide && in.routes != nil && in.routes.Parallel.Max != 1 && !w.loadOnly {
		w.widen(true)
		w.directory.want()
	}
}

// touch has the state of a connection, which a script has just got hold of, noted for other workers in the next turn.
func (w *Worker) touch(c *Conn) {
	if c.entry == nil || c.touched {
		return
	}
	c.touched = true
	w.touched = append(w.touched, c)
	if len(w.touched) == 1 && !w.executor.Post(w.noteStates) {
		w.noteStates()
	}
}

func (w *Worker) noteStates() {
	touched := w.touched
	w.touched = nil
	for _, c := range touched {
		c.touched = false
		c.noteState()
	}
}

// noteState notes the state of a connection for other workers, if a script has it.
func (c *Conn) noteState() {
	if c.ended || c.entry == nil || c.handle == nil || c.handle.rest().state == nil || c.inst.closed {
		return
	}
	if state, err := c.handle.stateJSON(); err == nil { // what cannot be kept is told when it has to be
		c.worker.directory.note(c.entry, func(e *entry) { e.state = state })
	}
}
