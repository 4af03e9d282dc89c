package server

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

// events answers with a stream of server-sent events. It counts as a connection, as a WebSocket does; the goroutine of the
// request writes what the app's loop queues.
func (s *Server) events(w *steadyWriter, r *http.Request, c call) {
	if r.Method == http.MethodHead {
		s.eventsHead(w, r, c)
		return
	}
	address := s.proxies.client(r)
	if status := s.slots.acquire(address); status != 0 {
		w.Header().Set("Retry-After", "5")
		s.fail(w, r, status, "too many connections")
		return
	}
	defer s.slots.release(address)
	if r.ProtoMajor == 1 { // else it is one of several on a connection
		s.slots.http.Add(-1) // it is counted as a connection of the app's now
		defer s.slots.http.Add(1)
	}
	worker := c.app.place()
	defer worker.release()
	stream := newEventStream(worker, c.app.socketLimits(&c.now.routes.Info.Limits, c.route).MaxQueueBytes, c.route.Limits.Overflow == "drop-oldest")
	defer stream.end()
	if s.openEvents(w, r, c, stream) {
		s.pour(w, r, stream)
	}
}

// openEvents asks the app. False: it refused, or failed, and the client has its answer.
func (s *Server) openEvents(w *steadyWriter, r *http.Request, c call, stream *eventStream) bool {
	ctx, cancel := context.WithTimeoutCause(r.Context(), s.options.Limits.ResponseTime, errSlow)
	defer cancel()
	req := s.request(r, c)
	res, err := ask(ctx, stream.worker, func(done func(*appbase.Response, error)) {
		stream.script = stream.worker.script.Events(stream, c.route, req, done)
	})
	switch {
	case err != nil:
		s.scriptFailed(w, r, c, err)
	case res != nil:
		respond(w, r, res)
	}
	return err == nil && res == nil
}

// eventsHead answers HEAD with what a GET would be answered with, as far as guards can tell.
func (s *Server) eventsHead(w *steadyWriter, r *http.Request, c call) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), s.options.Limits.ResponseTime, errSlow)
	defer cancel()
	worker := c.app.place()
	defer worker.release()
	req := s.request(r, c)
	admission, err := ask(ctx, worker, func(done func(appbase.Admission, error)) { worker.script.Admit(c.route, req, done) })
	switch {
	case err != nil:
		s.scriptFailed(w, r, c, err)
	case admission.Response != nil:
		respond(w, r, admission.Response)
	default:
		eventsHeader(w.Header())
		w.WriteHeader(http.StatusOK)
	}
}

func eventsHeader(header http.Header) {
	header.Set("Content-Type", typeEvents)
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no") // nginx would keep events back
}

// pour writes what is queued, and a comment when nothing was for a while, until either side ends it. A client that takes
// nothing of it for Limits.WriteStall is cut.
func (s *Server) pour(w *steadyWriter, r *http.Request, stream *eventStream) {
	maps.Copy(w.Header(), stream.script.Header())
	eventsHeader(w.Header())
	w.WriteHeader(http.StatusOK)
	quiet := time.NewTimer(s.options.Limits.EventPing)
	defer quiet.Stop()
	next := []byte("retry: 3000\n\n") // proxies pass a header on with the first byte
	for {
		if _, err := w.Write(next); err != nil || w.flush() != nil {
			return
		}
		quiet.Reset(s.options.Limits.EventPing)
		var open bool
		if next, open = stream.take(); len(next) > 0 {
			continue
		}
		if !open {
			return
		}
		s.options.work.end()
		select {
		case <-stream.wake: // who woke it has begun the work
			next, _ = stream.take()
			continue
		case <-quiet.C:
			next = []byte(":\n\n")
		case <-r.Context().Done():
			open = false
		case <-s.ending:
			open = false
		case <-stream.worker.ended:
			open = false
		}
		if s.options.work.begin(); !open {
			return
		}
	}
}

// eventStream is the queue between an app's loop and the goroutine of the request. It is the [appbase.EventSink].
type eventStream struct {
	worker *worker
	script *appbase.EventStream // on the loop only
	limit  int
	drop   bool // the oldest, when the queue is full; else the stream ends
	wake   chan struct{}

	mu     sync.Mutex
	queue  [][]byte
	bytes  int // in the queue, and in what is being written
	taken  int // being written
	closed bool
	over   bool     // cut: what is queued is not written any more
	idle   []func() // to be called on the loop when nothing is queued
}

var _ appbase.EventSink = (*eventStream)(nil)

func newEventStream(w *worker, limit int, drop bool) *eventStream {
	return &eventStream{worker: w, limit: limit, drop: drop, wake: make(chan struct{}, 1)}
}

// Send queues an event. Beyond the limit the stream is cut, or the oldest events go.
func (e *eventStream) Send(event []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.drop && len(e.queue) > 0 && e.bytes+len(event) > e.limit {
		e.bytes -= len(e.queue[0])
		e.queue = e.queue[1:]
	}
	switch {
	case e.closed:
		return false
	case e.bytes+len(event) > e.limit:
		e.closed, e.over = !e.drop, !e.drop // one event that is larger than the queue is not worth the stream
		e.wakeUp()
		return false
	}
	e.queue = append(e.queue, event)
	e.bytes += len(event)
	e.wakeUp()
	return true
}

func (e *eventStream) wakeUp() {
	e.work().begin()
	select {
	case e.wake <- struct{}{}:
	default:
		e.work().end()
	}
}

func (e *eventStream) work() *work { return e.worker.app.options.work }

// BufferedAmount is how much is queued or being written.
func (e *eventStream) BufferedAmount() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bytes
}

// WhenDrained has fn called on the loop when nothing is queued, or the stream is over.
func (e *eventStream) WhenDrained(fn func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bytes == 0 || e.over {
		return false
	}
	e.idle = append(e.idle, fn)
	return true
}

// Close ends the stream after what is queued.
func (e *eventStream) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.closed = true
		e.wakeUp()
	}
}

// take returns everything that is queued, and whether more may come. What was taken before has been written.
func (e *eventStream) take() (next []byte, open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bytes -= e.taken
	e.taken = 0
	if e.over {
		return nil, false
	}
	for _, event := range e.queue {
		next = append(next, event...)
	}
	e.queue, e.taken = nil, len(next)
	if e.bytes == 0 {
		e.tellIdle()
	}
	return next, !e.closed
}

// tellIdle runs what waits for the queue to be empty.
func (e *eventStream) tellIdle() {
	idle := e.idle
	e.idle = nil
	for _, fn := range idle {
		fn() // settles a promise, from any goroutine
	}
}

// end tells the app that the stream is over; it returns when that is on its way.
func (e *eventStream) end() {
	e.mu.Lock()
	e.closed, e.over = true, true
	e.tellIdle()
	select {
	case <-e.wake:
		e.work().end()
	default:
	}
	e.mu.Unlock()
	for !e.worker.loop.Post(func() { e.script.Closed() }) {
		select {
		case <-e.worker.ended:
			return
		case <-time.After(10 * time.Millisecond): // the queue is full
		}
	}
}
