package websocket

import (
	"context"
	"sync"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

const (
	maxIncoming      = 64      // events that wait for the script
	maxIncomingBytes = 1 << 20 // of their messages, beside the one that comes last
)

// kinds of events.
const (
	opened = iota
	message
	closed
)

// event is what the script is told next.
type event struct {
	kind   int
	text   string
	isText bool
	data   []byte
	end    closing
}

func (e *event) size() int { return len(e.text) + len(e.data) }

// incoming is the queue from the connection to the script. put waits while it is full.
type incoming struct {
	rt *scripting.Runtime

	mu     sync.Mutex
	events []event
	bytes  int
	settle func(func() (goja.Value, error)) // of the promise that waits
	room   chan struct{}
}

func newIncoming(rt *scripting.Runtime) *incoming {
	return &incoming{rt: rt, room: make(chan struct{}, 1)}
}

func (q *incoming) full() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events) >= maxIncoming || q.bytes >= maxIncomingBytes
}

// put waits for room, at most until ctx ends, when the event is dropped.
func (q *incoming) put(ctx context.Context, e event) {
	for q.full() {
		select {
		case <-q.room:
		case <-ctx.Done():
			return
		}
	}
	q.add(e)
}

func (q *incoming) end(c closing) { q.add(event{kind: closed, end: c}) }

func (q *incoming) add(e event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settle != nil {
		q.settle(func() (goja.Value, error) { return q.value(e), nil })
		q.settle = nil
		return
	}
	q.events, q.bytes = append(q.events, e), q.bytes+e.size()
}

// next is a promise of the next event. It is asked for again only when that has come.
func (q *incoming) next() goja.Value {
	promise, settle := q.rt.NewPromise()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) == 0 {
		q.settle = settle
		return promise
	}
	e := q.events[0]
	q.events[0] = event{}
	q.events, q.bytes = q.events[1:], q.bytes-e.size()
	settle(func() (goja.Value, error) { return q.value(e), nil })
	select {
	case q.room <- struct{}{}:
	default:
	}
	return promise
}

// value is an event as an array: its kind and what belongs to it.
func (q *incoming) value(e event) goja.Value {
	vm := q.rt.VM()
	switch {
	case e.kind == opened:
		return vm.NewArray(e.kind, e.text, string(e.data))
	case e.kind == closed:
		failure := goja.Undefined()
		if e.end.err != nil {
			failure = q.rt.Reason(e.end.err)
		}
		return vm.NewArray(e.kind, e.end.code, e.end.reason, e.end.clean, failure)
	case e.isText:
		return vm.NewArray(e.kind, e.text)
	}
	return vm.NewArray(e.kind, vm.NewArrayBuffer(e.data))
}
