package appbase

import (
	"log/slog"
	"slices"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// maxDraining bounds the old generations that reload: "drain" may keep alive beside the current one.
const maxDraining = 8

// Worker owns one app's current generation on one of its loops, and the connections that outlive generations. All methods
// but Prepare are called on the loop's goroutine, and so are the functions they are given.
type Worker struct {
	name      string
	executor  scripting.Executor
	host      Host
	log       *slog.Logger
	callTime  time.Duration
	maxDepth  int
	config    map[string]any
	env       map[string]string
	loadOnly  bool
	web       Web
	extra     bool
	quiet     bool // errors are told to onError and not logged
	shared    *Shared
	directory *Directory
	onError   func(*scripting.Error)
	reports   reports
	data      *Data  // nil: there is no store
	files     string // where files of forms may be saved; "" nowhere
	now       func() time.Time
	clock     Clock // nil: the machine's

	generation int
	current    *instance // nil before the first load
	next       *instance // evaluated, neither swapped nor discarded
	older      []*instance
	starting   bool // current's @OnStart has not settled
	stopped    bool
	ready      []func() // wait for that
	conns      []*Conn
	noMore     connMore           // stays empty, see Conn.own
	byID       map[string]*Conn   // nil until an app asks for one
	byUser     map[string][]*Conn // by identity.id
	rest       hibernation
	wide       bool              // its connections are in the directory
	touched    []*Conn           // whose state is to be noted there
	resume     time.Duration     // how long they wait
	upgrades   map[*Conn]upgrade // of fetch apps, until the connection is attached

	ending    int      // generations whose listeners have not ended
	whenEnded []func() // wait for them
}

// NewWorker makes a worker without code: [Worker.Prepare], [Worker.Evaluate] and [Worker.Swap] bring the first.
func NewWorker(o Options) *Worker {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	common := o.Shared
	if common == nil {
		common = NewShared()
	}
	w := &Worker{
		web:        o.Web.withDefaults(),
		name:       o.Name,
		executor:   OnClock(o.Executor, o.Clock),
		host:       o.Host,
		log:        log.With("app", o.Name),
		callTime:   o.CallTime,
		maxDepth:   o.MaxDepth,
		config:     o.Config,
		env:        o.Env,
		loadOnly:   o.LoadOnly,
		extra:      o.Extra,
		shared:     common,
		directory:  o.Directory,
		data:       o.Data,
		files:      o.Files,
		now:        nowOf(o.Clock),
		clock:      o.Clock,
		onError:    o.OnError,
		generation: o.Generation,
		byUser:     map[string][]*Conn{},
	}
	if w.directory == nil {
		w.directory = NewDirectory()
	}
	w.directory.join(w)
	w.data.observe(w)
	return w
}

// Generation is the number of the current generation; 0 before the first.
func (w *Worker) Generation() int { return w.generation }

// Outstanding is how many promises the current generation waits for that its script does not settle: because of something outside
// (a call to a store, a request to another server, a lock), and because of work on other threads that ends by itself (a digest, a file).
func (w *Worker) Outstanding() (outside, work int) {
	if w.current == nil {
		return 0, 0
	}
	return w.current.rt.Outstanding()
}

// Connections is how many connections are open.
func (w *Worker) Connections() int { return len(w.conns) }

// Generation is a program on a fresh runtime with all globals, not loaded yet.
type Generation struct {
	inst    *instance
	program *scripting.Program
}

// Prepare makes a generation of p, whose own files are in dir ("" if it has none). It touches nothing of the worker that changes, so it may be called from any
// goroutine, and spares the loop the greater part of a load.
func (w *Worker) Prepare(p *scripting.Program, dir string) (*Generation, error) {
	inst, err := newInstance(w, dir)
	if err != nil {
		return nil, err
	}
	inst.program, inst.contract = p, contractIn(p, dir)
	inst.state, inst.looks = kept(p.State())
	return &Generation{inst, p}, nil
}

// Evaluate loads g wholly beside the current generation, which goes on: its modules run, its class is found, its routes are
// read. done is called once: with what [Worker.Swap] would bring, or with why it cannot be. A generation that was evaluated is
// swapped or discarded before the next one is. One at a time; a Generation is evaluated once.
func (w *Worker) Evaluate(g *Generation, done func(*Routes, error)) {
	next := g.inst
	next.generation = w.generation + 1
	next.load(g.program, func(err error) {
		if err == nil && w.stopped {
			err = errReloaded
		}
		if err != nil {
			err = next.asError(err)
			next.close()
			done(nil, err)
			return
		}
		w.next = next
		done(next.routes, nil)
	})
}

// Discard drops the generation that was evaluated last; without one it does nothing.
func (w *Worker) Discard() {
	if w.next != nil {
		w.next.close()
		w.next = nil
	}
}

// Swap makes the generation that was evaluated last the current one: every open connection goes over by its route's reload
// policy, and done is called once it serves. Without one it does nothing but call done.
func (w *Worker) Swap(done func()) {
	next := w.next
	if next == nil {
		done()
		return
	}
	w.next = nil
	w.swap(next, done)
}

func (w *Worker) swap(next *instance, done func()) {
	old := w.current
	next.commitShared()
	w.current, w.generation, w.starting = next, next.generation, true
	w.host.Configure(next.rules())
	w.resume = next.resume
	w.widen(next.looks && next.routes.Parallel.Max != 1)
	if w.rest.stop != nil {
		w.rest.stop()
	}
	w.rest = hibernation{due: w.rest.due, falling: w.rest.falling}
	for _, c := range w.connections() {
		c.renew()
	}
	if old != nil {
		w.keepOlder(old)
		old.retire("reload")
	}
	next.begin(func() {
		w.started()
		done()
	})
}

// started lets everything in that waited for @OnStart.
func (w *Worker) started() {
	w.starting = false
	for _, c := range w.connections() {
		if c.next {
			c.takeOver()
		}
	}
	ready := w.ready
	w.ready = nil
	for _, fn := range ready {
		fn()
	}
	w.rest.due = nil
	w.watchIdle()
}

// whenReady runs fn now, or once the starting generation serves. If the app is unloaded it is loaded again.
func (w *Worker) whenReady(fn func()) {
	if w.starting {
		w.ready = append(w.ready, fn)
		w.wake()
		return
	}
	fn()
}

// keepOlder remembers a generation that may drain, and ends the oldest beyond the bound.
func (w *Worker) keepOlder(old *instance) {
	w.older = append(w.older, old)
	if len(w.older) <= maxDraining {
		return
	}
	for c := range w.older[0].drainers {
		c.leave("too many reloads since it began")
	}
}

// drop forgets an old generation that has closed.
func (w *Worker) drop(old *instance) {
	w.older = slices.DeleteFunc(w.older, func(in *instance) bool { return in == old })
}

// Open gives a new connection to its route: the route function runs before Open returns, and what it leaves to a promise
// holds the socket. The socket's events go to the Conn. An empty id is made when it is asked for.
func (w *Worker) Open(s Socket, route *Route, req *Request, a Admission, protocol, id string) *Conn {
	c := &Conn{connMore: &w.noMore, worker: w, socket: s, route: route, hs: packHandshake(req, protocol)}
	if id != "" {
		c.own().id = id
	}
	if a.User != "" {
		c.own().user = a.User
	}
	w.keepUpgrade(c, a.upgrade)
	c.index = int32(len(w.conns))
	w.conns = append(w.conns, c)
	if w.byID != nil {
		w.byID[c.ID()] = c
	}
	w.enlist(c)
	if w.wide {
		w.directory.add(c)
	}
	if w.starting {
		c.renew()
		w.wake()
		return c
	}
	if now := w.current.sameRoute(route); now != nil {
		c.attach(w.current, now)
	} else {
		c.leave("the route is gone")
	}
	return c
}

// forget takes a connection out of the table: from now on the app cannot find it.
func (w *Worker) forget(c *Conn) {
	last := w.conns[len(w.conns)-1]
	w.conns[c.index], last.index = last, c.index
	w.conns[len(w.conns)-1] = nil
	w.conns = w.conns[:len(w.conns)-1]
	delete(w.byID, c.id)
	w.delist(c)
	w.directory.remove(c)
}

// find returns the connection of an id, nil when there is none. The table is made when an app asks for the first time.
func (w *Worker) find(id string) *Conn {
	if w.byID == nil {
		w.byID = make(map[string]*Conn, len(w.conns))
		for _, c := range w.conns {
			w.byID[c.ID()] = c
		}
	}
	return w.byID[id]
}

// connections is a snapshot: what runs over it may open and close connections.
func (w *Worker) connections() []*Conn { return slices.Clone(w.conns) }

// Stop ends the app: timers stop, @OnStop runs with the reason and is waited for (at most 10 s), then the runtime closes
// and done is called. Connections are closed by whoever owns them, before.
func (w *Worker) Stop(reason string, done func()) {
	w.stopped = true
	w.directory.leave(w)
	w.Discard()
	if w.rest.stop != nil {
		w.rest.stop()
	}
	in := w.current
	if in == nil {
		if w.rest.falling {
			w.rest.asleep.close()
		}
		done()
		return
	}
	in.stopTimers()
	in.rt.StopIntervals()
	end := afterTwo(func() {
		for _, old := range append(slices.Clone(w.older), in) {
			old.retired = true
			old.close()
		}
		done()
	})
	in.stopListeners(reason, end)
	in.lifecycle("@OnStop", in.stop, retireTime, end, in.vm.ToValue(reason))
}

// afterTwo makes a function whose second call calls then.
func afterTwo(then func()) func() {
	calls := 0
	return func() {
		if calls++; calls == 2 {
			then()
		}
	}
}
