package appbase

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/sharing"
	"github.com/sigil-server/sigil/appbase/modules/templates"
	"github.com/sigil-server/sigil/scripting"
)

// Waits of a generation's life.
const (
	loadTime   = 10 * time.Second // top-level await
	startTime  = 10 * time.Second // @OnStart
	retireTime = 10 * time.Second // calls in flight, and @OnStop, once a newer generation serves
)

// instance is one generation of an app on one runtime: its class's one object, its routes, and who still uses it.
type instance struct {
	worker     *Worker
	generation int
	program    *scripting.Program
	hibernate  time.Duration        // idle for so long it is unloaded; 0: never
	due        map[string]time.Time // of schedules, by method, if it hibernates
	dir        string               // of the app's own files; "" none
	rt         *scripting.Runtime
	vm         *goja.Runtime
	app        *goja.Object // the object of the app's class
	routes     *Routes
	state      []scripting.State // where the code keeps some
	looks      bool              // at its connections, which may be on other workers
	bound      map[*Route]binding
	shared     *sharing.Fields
	start      []goja.Callable // @OnStart
	stop       []goja.Callable // @OnStop
	prelude
	realtime
	contract *Contract // of the app's folder; nil: none
	// schemeGuards and challenges are by the names of the contract's security schemes.
	schemeGuards map[string]goja.Value
	challenges   map[string]string
	fileSlots    chan struct{} // a place in it for each file that is being read
	templates    *templates.Set
	wsConn       *goja.Object // the prototype of handles
	noMore       handleMore   // stays empty, see handle.rest
	calling      *handle      // the one whose callback ran last

	jsonParse, jsonStringify, isView goja.Callable
	records                          records

	data    instanceData
	outside outside

	schedules []*schedule // that run

	users    int // attached connections and calls in flight
	retired  bool
	closed   bool
	timers   []func() bool // stop what the server itself has set for this generation
	calls    map[*httpCall]struct{}
	streams  map[*Stream]struct{}      // of answers under way
	drainers map[*Conn]struct{}        // connections that stay until they end (reload: "drain")
	events   map[*EventStream]struct{} // streams of server-sent events that are open
}

// binding is what a route runs.
type binding struct {
	call     goja.Callable
	function goja.Value
	guards   goja.Value // array of functions
	guarded  bool       // there are some
	site     goja.Value // an error made where the annotation stands
	style    style      // of a WebSocket without callbacks of its own; nil: with
	timing   timing     // of @Scheduled
	terms    *terms     // of an operation of the contract; nil: it is none
}

func newInstance(w *Worker, dir string) (*instance, error) {
	rt, err := scripting.New(scripting.Options{
		Executor: w.executor, Now: w.now, CallTime: w.callTime, MaxCallDepth: w.maxDepth,
		OnError: func(e *scripting.Error) { w.report(e) },
	})
	if err != nil {
		return nil, err
	}
	in := &instance{worker: w, dir: dir, rt: rt, vm: rt.VM(), calls: map[*httpCall]struct{}{}, streams: map[*Stream]struct{}{}, fileSlots: make(chan struct{}, maxFileReadings), templates: templates.New(filepath.Join(dir, "templates"))}
	if err := rt.Prepare(in.install); err != nil {
		rt.Close()
		return nil, fmt.Errorf("preparing the runtime: %w", err)
	}
	return in, nil
}

// load evaluates the app's module, makes the object of its class and reads the routes. done is called once.
func (in *instance) load(p *scripting.Program, done func(error)) {
	finished := false
	finish := func(err error) {
		if !finished {
			finished = true
			done(err)
		}
	}
	stop := in.worker.executor.AfterFunc(loadTime, func() {
		finish(fmt.Errorf("loading took longer than %v: top-level await has not settled", loadTime))
	})
	in.rt.Run(p, func(exports *goja.Object, err error) {
		stop()
		if err == nil && !finished {
			err = in.rt.Do(func() error { return in.instantiate(exports) })
		}
		finish(err)
	})
}

// instantiate finds the class, makes its object and binds its routes.
func (in *instance) instantiate(exports *goja.Object) error {
	base := in.vm.Get("AppBase")
	if isFetchApp(exports) {
		in.ignoreContract()
		notes, err := in.describeFetch(goja.Undefined(), exports)
		return in.become(notes, base, err)
	}
	class, err := in.findClass(goja.Undefined(), exports, base)
	if err != nil {
		return err
	}
	notes, err := in.describe(goja.Undefined(), class, base, in.wantedOperations())
	return in.become(notes, class, err)
}

// become binds the routes and makes the app's object.
func (in *instance) become(notes, class goja.Value, err error) error {
	if err != nil {
		return err
	}
	base := in.vm.Get("AppBase").ToObject(in.vm).Get("prototype").ToObject(in.vm)
	proto, _ := class.ToObject(in.vm).Get("prototype").(*goja.Object)
	extendsBase := proto != nil && (proto.SameAs(base) || inherits(proto, base))
	if err = in.bind(notes.ToObject(in.vm), extendsBase); err != nil {
		return err
	}
	if in.app, err = in.vm.New(class); err != nil {
		return err
	}
	return in.shared.Rehearse()
}

// inherits reports whether base is in the chain of object's prototypes.
func inherits(object, base *goja.Object) bool {
	for o := object.Prototype(); o != nil; o = o.Prototype() {
		if o.SameAs(base) {
			return true
		}
	}
	return false
}

// begin runs @OnStart and calls done when all of it has settled, or after startTime. What it throws is only logged: the
// generation serves all the same.
func (in *instance) begin(done func()) {
	in.superviseListeners()
	in.lifecycle("@OnStart", in.start, startTime, func() {
		in.schedule()
		in.fireAlarms()
		in.startListeners()
		done()
	})
}

// lifecycle calls methods in order and waits for their promises, at most for the given time.
func (in *instance) lifecycle(label string, methods []goja.Callable, limit time.Duration, done func(), args ...goja.Value) {
	if in.worker.loadOnly || in.worker.extra {
		methods = nil
	}
	waiting := 1
	var stopTimer func() bool
	one := func() {
		if waiting--; waiting == 0 {
			if stopTimer != nil {
				stopTimer()
			}
			done()
		}
	}
	for _, method := range methods {
		waiting++
		in.callLogged(label, method, one, args...)
	}
	if one(); waiting > 0 {
		stopTimer = in.worker.executor.AfterFunc(limit, func() {
			in.worker.log.Warn(label+" has not settled: going on without it", "after", limit)
			waiting = 1
			one()
		})
	}
}

// callLogged calls a method of the app and logs what it throws. done is called when it has settled.
func (in *instance) callLogged(label string, method goja.Callable, done func(), args ...goja.Value) {
	value, err := in.rt.Call(method, in.app, args...)
	if err != nil {
		in.worker.report(in.rt.Error(err), "method", label)
		done()
		return
	}
	in.rt.Await(value, func(_ goja.Value, err error) {
		if err != nil {
			in.worker.report(in.rt.Error(err), "method", label)
		}
		done()
	})
}

// stopTimers stops the schedules, or the wait of a retired generation; without it they would keep the runtime in memory.
func (in *instance) stopTimers() {
	for _, stop := range in.timers {
		stop()
	}
	in.timers = nil
}

// sameRoute is the WebSocket route that answers where old did; nil when there is none.
func (in *instance) sameRoute(old *Route) *Route {
	for _, route := range in.routes.all {
		if route.Kind == KindWebsocket && route.pattern.same(old.pattern) {
			return route
		}
	}
	return nil
}

// --- who uses it ---

func (in *instance) retain() { in.users++ }

func (in *instance) release() {
	if in.users--; in.users == 0 && in.retired {
		in.close()
	}
}

// drain keeps a connection on this generation until it ends.
func (in *instance) drain(c *Conn) {
	if in.drainers == nil {
		in.drainers = make(map[*Conn]struct{})
	}
	in.drainers[c] = struct{}{}
}

func (in *instance) draining(c *Conn) bool {
	_, ok := in.drainers[c]
	return ok
}

// retire ends the generation because a newer one serves: intervals stop at once, timeouts that calls in flight may wait
// for go on with them, @OnStop runs, and the runtime closes when nobody uses it, or after retireTime.
func (in *instance) retire(reason string) {
	in.retired = true
	in.stopListeners(reason, func() {})
	in.endStreams()
	in.stopTimers()
	in.rt.StopIntervals()
	in.retain() // by @OnStop
	in.lifecycle("@OnStop", in.stop, retireTime, in.release, in.vm.ToValue(reason))
	if !in.closed {
		in.timers = append(in.timers, in.worker.executor.AfterFunc(retireTime, in.expire))
	}
}

// expire ends the waiting for calls in flight. Draining connections alone keep the runtime.
func (in *instance) expire() {
	if in.closed {
		return
	}
	if len(in.drainers) == 0 {
		in.close()
		return
	}
	in.handOver()
}

// close drops the runtime and everything that still waits for it.
func (in *instance) close() {
	if in.closed {
		return
	}
	in.closed = true
	in.outside.finish()
	in.endStreams()
	in.data.end()
	in.stopTimers()
	in.worker.drop(in)
	in.handOver()
	for _, c := range in.worker.connections() {
		if c.inst == in {
			c.detach()
		}
	}
	for call := range in.calls {
		call.end(nil, errReloaded)
	}
	for stream := range in.streams {
		stream.end(errReloaded)
	}
	in.rt.Close()
}

// handOver brings connections that wait for one of this generation's promises to the newer code.
func (in *instance) handOver() {
	for _, c := range in.worker.connections() {
		if c.inst == in && c.next {
			c.busy = 0
			c.takeOver()
		}
	}
}

var errReloaded = errors.New("the app was reloaded or stopped and the call did not end in time")
