package appbase

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// EventSink is the way out of one stream of server-sent events (HTML standard, 9.2). All methods are called on the worker's
// goroutine and return at once.
type EventSink interface {
	// Send queues encoded events; false when the stream has ended or its queue is full (then the overflow rule acts). The
	// bytes are not changed by anyone once handed over.
	Send(event []byte) bool
	// BufferedAmount is the number of bytes that were accepted and not yet handed to the network.
	BufferedAmount() int
	// WhenDrained has fn called on the worker's goroutine once nothing is queued any more; false, and fn is never called,
	// when nothing is queued now.
	WhenDrained(fn func()) bool
	// Close ends the stream after what is queued; later calls do nothing.
	Close()
}

// EventStream is the script's side of one stream. It belongs to the generation it was opened on and ends with it: an
// EventSource then connects again, to the new code, and says which event it saw last.
type EventStream struct {
	inst   *instance
	sink   EventSink
	req    *Request
	lastID string
	object goja.Value // the script's EventStream; nil before it is made
	ended  bool
	over   bool // the script has ended it
	header http.Header
}

// Header is what the script has set of the header that the stream begins with: complete, and the caller's, once done was
// told that the stream is open.
func (s *EventStream) Header() http.Header { return s.header }

// Events runs the guards and the method of an @Sse route. done is called once: with nil when the stream is open, with the
// answer of a guard or a method that refuses, or with an error as of [Worker.Serve]. Closed must be called on what is
// returned, whatever done was told; nil is returned when nothing was begun.
func (w *Worker) Events(sink EventSink, route *Route, req *Request, done func(*Response, error)) *EventStream {
	s := &EventStream{sink: sink, req: req, header: http.Header{}, lastID: req.Header.Get("Last-Event-ID")}
	w.whenReady(func() {
		in := w.current
		b, err := in.resolve(route)
		if err != nil {
			done(nil, err)
			return
		}
		if s.ended { // gone before the generation was ready
			done(nil, errReloaded)
			return
		}
		raw, err := in.request(req)
		if err != nil {
			done(nil, in.asError(err))
			return
		}
		s.attach(in)
		in.run(in.openEvents, func(value goja.Value, err error) {
			if err == nil && goja.IsUndefined(value) {
				req.addCookies(func() http.Header { return s.header })
				done(nil, nil)
				return
			}
			done(in.answer(b.site, req, value, err))
		}, in.app, b.guards, b.function, raw, in.vm.ToValue(s))
	})
	return s
}

func (s *EventStream) attach(in *instance) {
	s.inst = in
	in.retain()
	if in.events == nil {
		in.events = map[*EventStream]struct{}{}
	}
	in.events[s] = struct{}{}
}

// Closed tells that the stream has ended, whoever ended it.
func (s *EventStream) Closed() {
	if s == nil || s.ended {
		return
	}
	s.ended = true
	in := s.inst
	if in == nil {
		return
	}
	delete(in.events, s)
	if !s.over {
		s.req.Abort("the stream has ended")
	}
	if s.object != nil && !in.closed {
		if _, err := in.rt.Call(in.endEvents, goja.Undefined(), s.object); err != nil {
			in.worker.report(in.rt.Error(err))
		}
	}
	in.release()
}

// close is the script's: it has nothing more to send.
func (s *EventStream) close() {
	s.over = true
	s.sink.Close()
}

// endStreams asks the clients of this generation to come again, soon and not all at once.
func (in *instance) endStreams() {
	for s := range in.events {
		s.sink.Send([]byte("retry: " + strconv.Itoa(100+rand.IntN(400)) + "\n\n"))
		s.sink.Close()
	}
}

func (in *instance) eventsHost(http *part) (map[string]any, error) {
	web, err := http.object()
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"show":         calls.Show,
		"refusal":      web.Get("refusal"),
		"encode":       web.Get("encode"),
		"encodeThrown": web.Get("encodeThrown"),
		"isResponse":   web.Get("isResponse"),
		"report":       func(reason goja.Value) { in.worker.report(in.rt.Error(in.thrown(reason))) },
		"isStream": func(raw goja.Value) bool {
			object, ok := raw.(*goja.Object)
			if !ok {
				return false
			}
			_, ok = object.Export().(*EventStream)
			return ok
		},
		"bind":     func(s *EventStream, object goja.Value) { s.object = object },
		"lastID":   func(s *EventStream) string { return s.lastID },
		"ended":    func(s *EventStream) bool { return s.ended },
		"buffered": func(s *EventStream) int { return s.sink.BufferedAmount() },
		"close":    (*EventStream).close,
		"send":     func(s *EventStream, data, options goja.Value) bool { return s.sink.Send(in.event(data, options)) },
		"comment":  func(s *EventStream, text string) bool { return s.sink.Send(lines(nil, "", text)) },
		"drained":  func(s *EventStream, least int) goja.Value { return in.eventsDrained(s, least) },
		"soon":     func() goja.Value { return in.settled() },
	}, nil
}

// settled is a promise that settles once everything that can run now has run.
func (in *instance) settled() goja.Value {
	promise, settle := in.rt.NewPromise()
	settle(func() (goja.Value, error) { return goja.Undefined(), nil })
	return promise
}

// eventsDrained is undefined when at most least bytes are queued, else a promise of that being over.
func (in *instance) eventsDrained(s *EventStream, least int) goja.Value {
	if s.ended || s.sink.BufferedAmount() <= least {
		return goja.Undefined()
	}
	promise, settle := in.rt.NewPromise()
	done := func() { settle(func() (goja.Value, error) { return goja.Undefined(), nil }) }
	if !s.sink.WhenDrained(done) {
		done()
	}
	return promise
}

// eventKeys are the members of an object that is an event and not its data.
var eventKeys = []string{"data", "event", "id", "retry"}

// event encodes what was sent: data with options, or an object of data and at most event, id and retry, or data alone.
func (in *instance) event(data, options goja.Value) []byte {
	record, ok := options.(*goja.Object)
	if !ok && options != nil && !goja.IsUndefined(options) {
		panic(in.vm.NewTypeError("the options of an event are an object of event, id and retry, not %s", calls.Show(options)))
	}
	if object, isObject := data.(*goja.Object); !ok && isObject && isEvent(object) {
		record, data = object, object.Get("data")
	}
	var event []byte
	if record != nil {
		event = in.eventFields(record)
	}
	return append(lines(event, "data", in.eventData(data)), '\n')
}

func isEvent(object *goja.Object) bool {
	keys := object.Keys()
	return slices.Contains(keys, "data") && !slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(eventKeys, key) })
}

// eventData is the text of an event: a text as it is, everything else as JSON.
func (in *instance) eventData(data goja.Value) string {
	m := in.message(data)
	if m.Binary {
		panic(in.vm.NewTypeError("an event is text; bytes have to be encoded, with btoa for example"))
	}
	return m.Text
}

// eventFields encodes event, id and retry.
func (in *instance) eventFields(record *goja.Object) (event []byte) {
	for _, key := range eventKeys[1:] {
		value := record.Get(key)
		if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
			continue
		}
		text := value.String()
		if strings.ContainsAny(text, "\r\n\x00") {
			panic(in.vm.NewTypeError("the %s of an event is one line, not %s", key, quote(text)))
		}
		if ms, err := strconv.ParseUint(text, 10, 32); key == "retry" && (err != nil || fmt.Sprint(ms) != text) {
			panic(in.vm.NewTypeError("the retry of an event is a number of milliseconds, not %s", calls.Show(value)))
		}
		event = append(event, key+": "+text+"\n"...)
	}
	return event
}

// lines encodes a text that may have several lines; a field of "" is a comment.
func lines(event []byte, field, text string) []byte {
	event = slices.Grow(event, len(text)+len(field)+8)
	rest := []byte(text)
	for more := true; more; {
		line := rest
		at := bytes.IndexAny(rest, "\r\n")
		if more = at >= 0; more {
			line = rest[:at]
			if rest[at] == '\r' && at+1 < len(rest) && rest[at+1] == '\n' {
				at++
			}
			rest = rest[at+1:]
		}
		event = append(append(append(event, field+": "...), line...), '\n')
	}
	return event
}
