package appbase

import (
	"time"

	"github.com/dop251/goja"
)

// An app that asked for it (@Api({ hibernate })) and has been idle is unloaded: its runtime goes, its connections stay. The
// engine goes on answering pings. The next message, request, connection or schedule loads the same code again, which is
// then as fresh as after a reload; what came meanwhile waits, in order.
//
// While the app is unloaded the worker is in the state "starting", in which everything waits for [Worker.started].

// idleChecks is how many times within its span an app is looked at.
const idleChecks = 4

// hibernation is what a worker knows of an app that may be unloaded.
type hibernation struct {
	entries uint64 // of the runtime, when it was last looked at
	quiet   int    // how many looks in a row found nothing
	stop    func() bool

	asleep  *instance            // the generation that is to come back; nil: awake
	falling bool                 // its @OnStop has not settled
	wanted  bool                 // something waits for it
	due     map[string]time.Time // when its schedules are due, by method
}

// watchIdle looks at the current generation from time to time, if it may be unloaded.
func (w *Worker) watchIdle() {
	if w.rest.stop != nil {
		w.rest.stop()
		w.rest.stop = nil
	}
	in := w.current
	if in == nil || in.hibernate == 0 || w.loadOnly || w.stopped {
		return
	}
	w.rest.entries, w.rest.quiet = in.rt.Entries(), 0
	w.lookLater(in)
}

func (w *Worker) lookLater(in *instance) {
	w.rest.stop = w.executor.AfterFunc(in.hibernate/idleChecks, func() {
		if w.current != in || w.stopped {
			return
		}
		now := in.rt.Entries()
		if now != w.rest.entries || !w.idle(in) {
			w.rest.entries, w.rest.quiet = now, 0
		} else if w.rest.quiet++; w.rest.quiet >= idleChecks {
			w.sleep(in)
			return
		}
		w.lookLater(in)
	})
}

// idle reports whether nothing is under way: no call, timer or promise, no older generation, and no connection that has
// something in the script.
func (w *Worker) idle(in *instance) bool {
	if w.starting || w.next != nil || len(w.older) > 0 || len(in.calls) > 0 || in.rt.Pending() {
		return false
	}
	for _, c := range w.conns {
		if c.style == nil || c.busy > 0 || c.next {
			return false
		}
	}
	return in.users == len(w.conns)
}

// sleep unloads the generation: its @OnStop runs, then its runtime goes.
func (w *Worker) sleep(in *instance) {
	for _, c := range w.conns {
		if !c.saveState() {
			return // it is being closed; another time
		}
	}
	w.rest = hibernation{asleep: in, falling: true, due: in.due}
	w.current, w.starting = nil, true
	in.retired = true
	in.retain() // by @OnStop
	for _, c := range w.connections() {
		c.detach()
		c.style = sleeper{}
	}
	in.stopTimers()
	w.shared.supervision.settle()
	in.lifecycle("@OnStop", in.stop, retireTime, func() {
		in.release()
		in.close()
		w.log.Debug("the app hibernates", "connections", len(w.conns))
		w.rest.falling = false
		if w.rest.asleep == in {
			w.fallen()
		}
	}, in.vm.ToValue("hibernate"))
}

// fallen wakes the app again if something came meanwhile, or when its next schedule is due.
func (w *Worker) fallen() {
	if w.rest.wanted || len(w.ready) > 0 {
		w.wake()
		return
	}
	var first time.Time
	for _, at := range w.rest.due {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if !first.IsZero() {
		w.rest.stop = w.executor.AfterFunc(first.Sub(w.now()), w.wake)
	}
}

// wake loads the app again if it is unloaded.
func (w *Worker) wake() {
	in := w.rest.asleep
	if in == nil || w.stopped {
		return
	}
	if w.rest.falling {
		w.rest.wanted = true
		return
	}
	if w.rest.stop != nil {
		w.rest.stop()
	}
	w.rest = hibernation{due: w.rest.due}
	next, err := newInstance(w, in.dir)
	if err != nil {
		w.unable(in, err)
		return
	}
	next.state, next.looks, next.program, next.contract, next.generation = in.state, in.looks, in.program, in.contract, w.generation
	next.load(in.program, func(err error) {
		switch {
		case w.current != nil || w.stopped: // newer code has come meanwhile
			next.close()
		case err != nil:
			next.close()
			w.unable(in, next.asError(err))
		default:
			w.swap(next, func() {})
		}
	})
}

// unable ends what waits for an app that cannot be loaded again; the next that comes tries anew.
func (w *Worker) unable(in *instance, err error) {
	w.log.Error("the app cannot be loaded again", "error", err)
	w.rest.asleep = in
	for _, c := range w.connections() {
		if c.next {
			c.socket.Close(statusInternalError, "the app cannot be loaded")
			c.socket.Release()
		}
	}
	ready := w.ready
	w.ready = nil
	for _, fn := range ready {
		fn()
	}
}

// sleeper is the style of connections whose app is unloaded: whatever comes wakes it, and waits.
type sleeper struct{}

func (sleeper) open(*Conn) {}

func (sleeper) text(c *Conn, text string) { c.wakeFor(func() { c.Text(text) }) }

func (sleeper) binary(c *Conn, data []byte) { c.wakeFor(func() { c.Binary(data) }) }

// closed tells the app that is loaded again, if it listens.
func (sleeper) closed(c *Conn, code int, reason string) {
	w := c.worker
	if c.live != nil {
		liveStyle{}.closed(c, code, reason)
		return
	}
	w.whenReady(func() {
		if w.current == nil {
			return
		}
		route := w.current.sameRoute(c.route)
		if route == nil {
			return
		}
		if listens, ok := w.current.bound[route].style.(*eventStyle); ok {
			w.current.retain()
			c.inst, c.style = w.current, listens
			listens.closed(c, code, reason)
			if c.busy == 0 {
				c.detach()
			}
		}
	})
}

// wakeFor keeps one thing for when the app is there; what comes after it is kept by the socket.
func (c *Conn) wakeFor(do func()) {
	c.own().kept = do
	c.renew()
	c.worker.wake()
}

// deliverKept does what woke the app.
func (c *Conn) deliverKept() {
	if do := c.kept; do != nil && c.inst != nil && !c.ended {
		c.own().kept = nil
		do()
	}
}

// dueIn is when a schedule runs first: after its whole span, or what hibernation has left of it.
func (in *instance) dueIn(method string, every time.Duration) time.Duration {
	wait := every
	if at, known := in.worker.rest.due[method]; known {
		wait = min(max(at.Sub(in.worker.now()), 0), every)
	}
	in.noteDue(method, wait)
	return wait
}

func (in *instance) noteDue(method string, wait time.Duration) {
	if in.hibernate == 0 {
		return
	}
	if in.due == nil {
		in.due = map[string]time.Time{}
	}
	in.due[method] = in.worker.now().Add(wait)
}

// readHibernate reads @Api({ hibernate }), which the annotation has turned into milliseconds.
func (in *instance) readHibernate(api *goja.Object) {
	if span := api.Get("hibernate"); span != nil && !goja.IsUndefined(span) {
		in.hibernate = milliseconds(span)
	}
}
