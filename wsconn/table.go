package wsconn

// connTable numbers the connections of a loop. The generation of a slot tells an
// event for the connection that holds it from a late one for its predecessor.
type connTable struct {
	slots []tableSlot
	free  []int32
}

type tableSlot struct {
	conn       *Conn
	generation int32
}

// add gives c a slot.
func (t *connTable) add(c *Conn) {
	if n := len(t.free); n > 0 {
		c.slot = t.free[n-1]
		t.free = t.free[:n-1]
	} else {
		c.slot = int32(len(t.slots))
		t.slots = append(t.slots, tableSlot{})
	}
	t.slots[c.slot].conn = c
}

// generation is that of c's slot.
func (t *connTable) generation(c *Conn) int32 { return t.slots[c.slot].generation }

// get returns the connection in a slot, nil when it is no longer there.
func (t *connTable) get(slot, generation int32) *Conn {
	if int(slot) >= len(t.slots) || t.slots[slot].generation != generation {
		return nil
	}
	return t.slots[slot].conn
}

// remove frees c's slot; only the first call counts.
func (t *connTable) remove(c *Conn) {
	if c.slot < 0 {
		return
	}
	s := &t.slots[c.slot]
	s.conn = nil
	s.generation++
	t.free = append(t.free, c.slot)
	c.slot = -1
}

// each calls f for every connection; f may remove it.
func (t *connTable) each(f func(*Conn)) {
	for i := range t.slots {
		if c := t.slots[i].conn; c != nil {
			f(c)
		}
	}
}

// freeLists keeps the buffers that connections own only while they need them.
type freeLists struct {
	outputs  []*output
	parsers  []*parser
	backlogs []*backlog
}

// maxFree bounds each list.
const maxFree = 1024

// take returns a used T or a new one.
func take[T any](list *[]*T) *T {
	n := len(*list)
	if n == 0 {
		return new(T)
	}
	x := (*list)[n-1]
	(*list)[n-1] = nil
	*list = (*list)[:n-1]
	return x
}

// give keeps x, which must have been reset, for the next take.
func give[T any](list *[]*T, x *T) {
	if len(*list) < maxFree {
		*list = append(*list, x)
	}
}
