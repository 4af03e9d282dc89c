package appbase

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// Listeners (@Listener) run on the app's first worker, one run of each at a time over all generations: those of new code
// start when those of the old have ended. What keeps them running is in prelude/listeners.js.

// supervision is what all workers of an app know of its listeners. Any goroutine may use it.
type supervision struct {
	mu     sync.Mutex
	worker *Worker           // on which they run; nil before the first generation
	status map[string]string // as JSON, by name
	wanted map[string]string // what scripts asked for: "started", "stopped" or "paused"
}

func newSupervision() *supervision {
	return &supervision{status: map[string]string{}, wanted: map[string]string{}}
}

// take makes w the worker, and forgets listeners that the code has not any more.
func (s *supervision) take(w *Worker, names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worker = w
	for name := range s.status {
		if !slices.Contains(names, name) {
			delete(s.status, name)
			delete(s.wanted, name)
		}
	}
}

func (s *supervision) tell(name, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status[name] = status
}

func (s *supervision) want(name, verb string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted[name] = map[string]string{"start": "started", "stop": "stopped", "pause": "paused", "resume": "started"}[verb]
}

// settle notes what has ended by itself, so that it stays so when the app is unloaded and comes back.
func (s *supervision) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.status {
		s.wanted[name] = "stopped"
	}
}

func (s *supervision) wishes() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := make(map[string]string, len(s.wanted))
	for name, wish := range s.wanted {
		made[name] = wish
	}
	return made
}

func (s *supervision) statusOf(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if status, ok := s.status[name]; ok {
		return status
	}
	text, _ := json.Marshal(name) // a text has a JSON form
	return fmt.Sprintf(`{"name":%s,"state":"stopped","restarts":0,"since":0,"lastError":null}`, text)
}

// ListenerStatus is one @Listener method at one moment.
type ListenerStatus struct {
	Name      string `json:"name"`
	Method    string `json:"method"`
	State     string `json:"state"` // stopped, running, paused, stopping, waiting or failed
	Restarts  int    `json:"restarts"`
	Since     int64  `json:"since"` // milliseconds since 1970: of the state
	LastError *struct {
		Message string `json:"message"`
		At      int64  `json:"at"`
	} `json:"lastError,omitempty"`
}

// Listeners tells of the app's @Listener methods, by name.
func (s *Shared) Listeners() []ListenerStatus {
	s.supervision.mu.Lock()
	defer s.supervision.mu.Unlock()
	var all []ListenerStatus
	for _, text := range s.supervision.status {
		var one ListenerStatus
		if json.Unmarshal([]byte(text), &one) == nil {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b ListenerStatus) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// outside is what one generation has of listeners.
type outside struct {
	part   *part
	names  []string
	within time.Duration // until they have to have ended
	notes  goja.Value
	over   func() // the end of their ending; nil: they are not to end
}

func (o *outside) finish() {
	if o.over != nil {
		o.over()
	}
}

// listenerNames reads which listeners the class has.
func (in *instance) listenerNames(notes goja.Value) (names []string) {
	if notes == nil {
		return nil // a fetch app
	}
	in.vm.ForOf(notes, func(item goja.Value) bool {
		note := item.ToObject(in.vm)
		names = append(names, note.Get("name").String())
		in.outside.within = max(in.outside.within, spanOf(note.Get("within").ToFloat()))
		return true
	})
	return names
}

func (in *instance) supervisionHost() (map[string]any, error) {
	shared := in.worker.shared.supervision
	return map[string]any{
		"show": calls.Show,
		"app":  func() goja.Value { return in.app },
		"tell": shared.tell, "status": shared.statusOf, "command": in.commandListener, "flow": in.flow,
		"enter": in.retain,
		"leave": func() { in.worker.executor.Post(in.release) },
		"report": func(reason goja.Value, name, source string, restartIn float64, attempt int) {
			attrs := []any{"listener", name, "in", source}
			if restartIn >= 0 {
				attrs = append(attrs, "attempt", attempt, "again", spanOf(restartIn).Round(time.Millisecond))
			}
			in.worker.report(in.rt.Error(in.thrown(reason)), attrs...)
		},
	}, nil
}

// flow has gate asked before more is taken from a WebSocket or an EventSource.
func (in *instance) flow(source, gate goja.Value) {
	name := source.ToObject(in.vm).Get("constructor").ToObject(in.vm).Get("name").String()
	module := "websocket"
	if name == "EventSource" {
		module = "eventsource"
	}
	shared, err := in.rt.Shared(module)
	if err == nil {
		set, _ := goja.AssertFunction(shared.Get("internals").ToObject(in.vm).Get("flow"))
		_, err = set(goja.Undefined(), source, gate)
	}
	if err != nil {
		in.rt.Throw(err)
	}
}

// supervised calls a function of the supervisor; without listeners there is nothing to do.
func (in *instance) supervised(name string, args ...goja.Value) goja.Value {
	if len(in.outside.names) == 0 {
		return goja.Undefined()
	}
	value, err := in.rt.Call(in.outside.part.door(name), goja.Undefined(), args...)
	if err != nil {
		in.worker.report(in.rt.Error(err), "method", "@Listener")
		return goja.Undefined()
	}
	return value
}

// superviseListeners lets listeners run as soon as those of the code before have ended.
func (in *instance) superviseListeners() {
	w := in.worker
	if w.loadOnly || w.extra {
		return
	}
	w.shared.supervision.take(w, in.outside.names)
	in.supervised("declare", in.outside.notes)
	w.afterListeners(func() {
		if !in.closed {
			in.supervised("begin")
		}
	})
}

func (in *instance) startListeners() {
	if len(in.outside.names) == 0 || in.worker.loadOnly || in.worker.extra || in.retired {
		return
	}
	in.supervised("autostart", in.vm.ToValue(in.worker.shared.supervision.wishes()))
}

// afterListeners calls fn when no listener of an older generation runs any more.
func (w *Worker) afterListeners(fn func()) {
	if w.ending == 0 {
		fn()
		return
	}
	w.whenEnded = append(w.whenEnded, fn)
}

// stopListeners tells the listeners to end and calls done when they have. Code whose listeners do not end in time is closed: at
// no moment two of one name run.
func (in *instance) stopListeners(reason string, done func()) {
	if len(in.outside.names) == 0 || in.worker.loadOnly || in.worker.extra || in.outside.over != nil || in.app == nil {
		done()
		return
	}
	w := in.worker
	in.retain()
	w.ending++
	over := false
	stopTimer := func() bool { return false }
	in.outside.over = func() {
		if over {
			return
		}
		over = true
		stopTimer()
		in.release()
		done()
		w.listenersEnded()
	}
	in.rt.Await(in.supervised("end", in.vm.ToValue(reason)), func(goja.Value, error) { in.outside.over() })
	stopTimer = w.executor.AfterFunc(in.outside.within, func() {
		w.log.Error("a listener has not ended when it was told to: its code is closed", "after", in.outside.within, "reason", reason)
		for c := range in.drainers {
			c.leave("a listener of its code did not end")
		}
		in.close()
	})
}

func (w *Worker) listenersEnded() {
	if w.ending--; w.ending > 0 {
		return
	}
	waiting := w.whenEnded
	w.whenEnded = nil
	for _, fn := range waiting {
		fn()
	}
}

// listenerHandle is this.listener(name).
func (in *instance) listenerHandle(call goja.FunctionCall) goja.Value {
	name := call.Argument(0)
	if text, ok := name.Export().(string); !ok || !slices.Contains(in.outside.names, text) {
		panic(in.vm.NewTypeError("the app has no listener %s; it has %s", calls.Show(name), listenersText(in.outside.names)))
	}
	handle, err := in.outside.part.door("handle")(goja.Undefined(), name)
	if err != nil {
		in.rt.Throw(err)
	}
	return handle
}

func listenersText(names []string) string {
	if len(names) == 0 {
		return "none: mark a method @Listener"
	}
	return strings.Join(names, ", ")
}

// commandListener is start, stop, pause or resume of a listener, from whichever worker and generation: the promise of its outcome.
func (in *instance) commandListener(name, verb string) goja.Value {
	s := in.worker.shared.supervision
	s.want(name, verb)
	if in.worker.current == in && !in.worker.extra {
		return in.supervised("command", in.vm.ToValue(name), in.vm.ToValue(verb))
	}
	s.mu.Lock()
	first := s.worker
	s.mu.Unlock()
	promise, settle := in.rt.NewPromise()
	end := func(err error) { settle(func() (goja.Value, error) { return goja.Undefined(), err }) }
	if first == nil || !first.executor.Post(func() { first.commandListener(name, verb, end) }) {
		end(ErrNotServing)
	}
	return promise
}

func (w *Worker) commandListener(name, verb string, done func(error)) {
	w.whenReady(func() {
		in := w.current
		if in == nil || w.stopped || !slices.Contains(in.outside.names, name) {
			done(ErrNotServing)
			return
		}
		value := in.supervised("command", in.vm.ToValue(name), in.vm.ToValue(verb))
		in.rt.Await(value, func(_ goja.Value, err error) {
			if err != nil {
				err = errors.New(in.rt.Error(err).Message) // what was thrown belongs to this runtime
			}
			done(err)
		})
	})
}
