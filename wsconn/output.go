package wsconn

import (
	"slices"

	"github.com/gobwas/ws"
)

// entry is one frame in the outgoing queue. It refers to its payload; the header
// is made when the frame is written, unless data begins with it.
type entry struct {
	data []byte
	op   ws.OpCode
	head uint8 // size of the header in data, 0: data is the payload
}

func (e *entry) payload() int { return len(e.data) - int(e.head) }

// size is the number of bytes on the wire.
func (e *entry) size() int {
	if e.head > 0 {
		return len(e.data)
	}
	return headerSize(len(e.data)) + len(e.data)
}

// output is a connection's outgoing queue, owned only while it holds something.
type output struct {
	entries  []entry
	first    int    // entries before it are written
	sent     int    // bytes on the wire of entries[first]
	bytes    int    // payload of the messages that are not wholly written
	pongs    int    // pongs among the entries
	latePong []byte // sent behind all else; nil: none
	arena    []byte // where small payloads are copied to
}

// arenaBytes is the room for copies of small payloads.
const arenaBytes = 2 << 10

// len returns the number of frames; a nil output has none.
func (o *output) len() int {
	if o == nil {
		return 0
	}
	return len(o.entries) - o.first
}

// buffered returns the payload bytes of messages that are not written.
func (o *output) buffered() int {
	if o.sent == 0 {
		return o.bytes
	}
	e := &o.entries[o.first]
	if e.op.IsControl() {
		return o.bytes
	}
	return o.bytes - max(0, o.sent-(e.size()-e.payload()))
}

// fits reports whether a message of n bytes may be added.
func (o *output) fits(n int, limits *Limits) bool {
	if o.len() == 0 {
		return true
	}
	return o.buffered()+n <= limits.MaxQueueBytes && o.len() < limits.maxQueueMessages()
}

// copy returns a copy of data that lives as long as the entry that is made of it.
func (o *output) copy(data []byte) []byte {
	if o.arena == nil && len(data) <= arenaBytes {
		o.arena = make([]byte, 0, arenaBytes)
	}
	from := len(o.arena)
	if cap(o.arena)-from < len(data) {
		return slices.Clone(data)
	}
	o.arena = append(o.arena, data...)
	return o.arena[from:len(o.arena):len(o.arena)]
}

// push adds a frame.
func (o *output) push(e entry) {
	if o.first > 32 && o.first > len(o.entries)/2 {
		o.remove(0, o.first)
		o.first = 0
	}
	o.entries = append(o.entries, e)
	if e.op.IsData() {
		o.bytes += e.payload()
	} else if e.op == ws.OpPong {
		o.pongs++
	}
}

// remove takes entries[i:j] out of the slice.
func (o *output) remove(i, j int) { o.entries = slices.Delete(o.entries, i, j) }

// leave settles the sums for an entry that leaves the queue.
func (o *output) leave(e *entry) {
	if e.op.IsData() {
		o.bytes -= e.payload()
	} else if e.op == ws.OpPong {
		o.pongs--
	}
}

// advance takes n bytes off the front: they are written.
func (o *output) advance(n int) {
	n += o.sent
	o.sent = 0
	for o.len() > 0 {
		e := &o.entries[o.first]
		size := e.size()
		if n < size {
			o.sent = n
			return
		}
		n -= size
		o.leave(e)
		*e = entry{}
		o.first++
	}
	if o.latePong != nil {
		o.push(entry{op: ws.OpPong, data: o.latePong})
		o.latePong = nil
	}
}

// dropFor drops the oldest messages until one of n bytes fits, if it can, and
// returns how many.
func (o *output) dropFor(n int, limits *Limits) (dropped int) {
	for ; !o.fits(n, limits); dropped++ {
		i := o.oldest()
		if i < 0 {
			break
		}
		o.leave(&o.entries[i])
		if i == o.first { // the common case without moving the others
			o.entries[i] = entry{}
			o.first++
		} else {
			o.remove(i, i+1)
		}
	}
	return dropped
}

// oldest returns the first message that has not begun to be written, -1: none.
func (o *output) oldest() int {
	i := o.first
	if o.sent > 0 {
		i++
	}
	for ; i < len(o.entries); i++ {
		if o.entries[i].op.IsData() {
			return i
		}
	}
	return -1
}

// dropAll drops every frame that has not begun to be written, and returns how
// many messages that were.
func (o *output) dropAll() (messages int) {
	if o == nil {
		return 0
	}
	from := o.first
	if o.sent > 0 {
		from++
	}
	for i := from; i < len(o.entries); i++ {
		if o.entries[i].op.IsData() {
			messages++
		}
		o.leave(&o.entries[i])
	}
	o.remove(from, len(o.entries))
	o.latePong = nil
	return messages
}

// keptEntries is the room for frames that an output keeps for its next owner.
const keptEntries = 64

// reset empties the queue for its next owner.
func (o *output) reset() {
	entries := o.entries[:0]
	if cap(entries) > keptEntries {
		entries = nil
	}
	clear(o.entries)
	*o = output{entries: entries, arena: o.arena[:0]}
}

// inlineBytes is the largest payload that is copied next to its header instead
// of being a piece of the write of its own.
const inlineBytes = 4 << 10

// Bounds of one write.
const (
	gatherBytes  = 64 << 10
	gatherPieces = 64
)

// gather collects what one write hands to the kernel: headers and small payloads
// side by side, large payloads where they are.
type gather struct {
	buf []byte
	vec [][]byte
}

func newGather() gather {
	return gather{buf: make([]byte, 0, gatherBytes), vec: make([][]byte, 0, gatherPieces+2)}
}

// fill collects from the front of o and returns the number of bytes.
func (g *gather) fill(o *output) (total int) {
	g.buf, g.vec = g.buf[:0], g.vec[:0]
	skip, from := o.sent, 0 // from: where the piece in buf begins
	for i := o.first; i < len(o.entries) && len(g.vec) < gatherPieces; i++ {
		e := &o.entries[i]
		if len(g.buf)+headerRoom+inlineBytes > cap(g.buf) || total >= flushBytes {
			break
		}
		total += e.size() - skip
		header := e.head
		if header == 0 && skip < e.size()-len(e.data) {
			n := len(g.buf)
			g.buf = appendHeader(g.buf, e.op, len(e.data))
			g.buf = append(g.buf[:n], g.buf[n+skip:]...)
			skip = 0
		} else if header == 0 {
			skip -= e.size() - len(e.data)
		}
		body := e.data[skip:]
		skip = 0
		if len(body) <= inlineBytes && (header == 0 || o.len() > 1) {
			g.buf = append(g.buf, body...)
			continue
		}
		from = g.cut(from)
		g.vec = append(g.vec, body)
	}
	g.cut(from)
	return total
}

// cut makes a piece of what is in buf from there on.
func (g *gather) cut(from int) int {
	if len(g.buf) > from {
		g.vec = append(g.vec, g.buf[from:len(g.buf):len(g.buf)])
	}
	return len(g.buf)
}
