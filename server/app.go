package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/broker"
	"github.com/sigil-server/sigil/scripting"
)

// app is one hosted app: its workers, and what of them others may read.
type app struct {
	name      string
	at        place
	listeners []Listener // named ones of the app's own
	own       Own
	headers   []fixedHeader // of its answers, from own
	plainLog  *slog.Logger  // at the app's level
	log       *slog.Logger  // the same, and names the app
	limits    Limits
	options   *Options
	notices   *notices
	tally     tally
	crew      *crew
	topics    *broker.Broker[*packet]
	shared    *appbase.Shared
	directory *appbase.Directory
	data      *appbase.Data // what the app keeps; nil: nothing

	current atomic.Pointer[snapshot] // never nil
	open    atomic.Int64             // connections
	errors  atomic.Uint64            // of its code
	taken   atomic.Int64             // places for them: of those that are open or about to be

	changing sync.Mutex // held while a generation is loaded or a worker is added
	mu       sync.Mutex
	workers  []*worker // guarded by mu; the first stays as long as the app
	growing  bool      // guarded by mu: one is being started for others to come
	stopping bool      // guarded by mu
	ending   sync.WaitGroup
}

// snapshot is what answers for an app at one moment. It is immutable.
type snapshot struct {
	source     appbase.Source
	program    *scripting.Program
	routes     *appbase.Routes // nil: nothing serves
	parallel   appbase.Parallel
	generation int
	hash       string
	err        error // of the newest build, when it failed
}

// isFetch reports whether a function of the app's answers every request.
func (s *snapshot) isFetch() bool {
	if s.routes == nil {
		return false
	}
	m := s.routes.HTTP("GET", "/")
	return m.Outcome == appbase.Found && m.Route.Whole
}

// newApp starts an app's first worker, with no code on it yet. It ends with [app.stop].
func newApp(src appbase.Source, o *Options, c *crew) (*app, error) {
	a := &app{
		name:      src.Name,
		at:        o.places.of(src.Name),
		listeners: o.places.listenersOf(src.Name),
		limits:    o.limitsOf(src.Name),
		options:   o,
		crew:      c,
		shared:    appbase.NewShared(),
		directory: appbase.NewDirectory(),
		data:      newData(src.Name, o),
	}
	a.own = o.own(src.Name)
	a.headers = fixed(a.own.Headers)
	a.plainLog = atLevel(o.Log, a.own.Level)
	a.log = a.plainLog.With("app", src.Name)
	a.topics = broker.New[*packet](broker.Options{MaxTopics: a.limits.MaxTopics, MaxHistoryBytes: a.limits.MaxHistoryBytes, Now: o.now()})
	a.notices = newNotices(a.log, appLimits())
	a.current.Store(&snapshot{source: src})
	first, err := newWorker(a, false)
	if err != nil {
		return nil, err
	}
	c.add()
	a.workers = []*worker{first}
	return a, nil
}

// Why an app could not be asked. Each is answered with 503.
var (
	errStopped    = errors.New("the app is stopping")
	errOverloaded = errors.New("the app has too much to do")
)

// failed publishes that the newest build did not become a generation; what served goes on.
func (a *app) failed(src appbase.Source, err error) {
	next := *a.current.Load()
	next.source, next.err = src, err
	a.current.Store(&next)
}

// mended publishes that the newest build is the generation that serves already.
func (a *app) mended(src appbase.Source) { a.failed(src, nil) }

// all returns the workers of the moment.
func (a *app) all() []*worker {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*worker(nil), a.workers...)
}

// size is how many workers there are.
func (a *app) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.workers)
}

// max is on how many workers the app may run now, on so many cores.
func (s *snapshot) max(cores int) int {
	switch {
	case s.routes == nil:
		return 1
	case s.parallel.PerConnection:
		return maxPerConnection
	case s.parallel.Max == 0:
		return cores
	}
	return s.parallel.Max
}

// maxPerConnection bounds the workers of an app that wants one for each connection, beside the crew's own bound.
const maxPerConnection = 1024

// crew counts the workers of all apps.
type crew struct {
	cores int
	max   int64
	count atomic.Int64
}

func newCrew(limit int) *crew {
	cores := runtime.GOMAXPROCS(0)
	if limit <= 0 {
		limit = 4 * cores
	}
	return &crew{cores: cores, max: int64(limit)}
}

// add counts an app's first worker, which every app has.
func (c *crew) add() { c.count.Add(1) }

// tryAdd counts one more, if there may be one.
func (c *crew) tryAdd() bool {
	if c.count.Add(1) > c.max {
		c.count.Add(-1)
		return false
	}
	return true
}

// room reports whether there may be one more.
func (c *crew) room() bool { return c.count.Load() < c.max }

func (c *crew) remove() { c.count.Add(-1) }

// place chooses the worker for a connection or a request: the one with the least to do, or one more when all have something
// and there may be one. The caller releases it.
func (a *app) place() *worker {
	w, busy := a.leastBusy()
	if !busy || a.current.Load().max(a.crew.cores) <= 1 {
		return w
	}
	if extra := a.grow(); extra != nil {
		w.release()
		return extra
	}
	return w
}

// placeNow is place without waiting for one more worker to start; nil when one would be started.
func (a *app) placeNow() *worker {
	w, busy := a.leastBusy()
	if busy && a.size() < a.current.Load().max(a.crew.cores) && a.crew.room() {
		w.release()
		return nil
	}
	return w
}

// leastBusy takes the worker with the least to do, and says whether that is anything.
func (a *app) leastBusy() (best *worker, busy bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.workers {
		if best == nil || w.load.Load() < best.load.Load() {
			best = w
		}
	}
	best.used.Store(true)
	return best, best.load.Add(1) > 1
}

// placeDirect is place for an HTTP connection, which stays: when there may be one more worker it is started meanwhile, for
// the next ones.
func (a *app) placeDirect() *worker {
	w, busy := a.leastBusy()
	if !busy || a.size() >= a.current.Load().max(a.crew.cores) || !a.crew.room() {
		return w
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.growing && !a.stopping {
		a.growing = true
		a.ending.Go(a.growLater)
	}
	return w
}

func (a *app) growLater() {
	if w := a.grow(); w != nil {
		w.release()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.growing = false
}

// calmer takes the worker with the least to do if that is less than half of what busy has; else it is nil.
func (a *app) calmer(busy *worker) *worker {
	w, _ := a.leastBusy()
	if w != busy && 2*w.load.Load() < busy.load.Load() {
		return w
	}
	w.release()
	return nil
}

// grow adds a worker that runs what the others run; nil when there may be none, or not now.
func (a *app) grow() *worker {
	if !a.changing.TryLock() { // a generation is being loaded
		return nil
	}
	defer a.changing.Unlock()
	now := a.current.Load()
	if len(a.all()) >= now.max(a.crew.cores) || !a.crew.tryAdd() {
		return nil
	}
	w, err := a.start(now)
	if err != nil {
		a.crew.remove()
		a.log.Error("one more worker could not be started", "error", err)
		return nil
	}
	w.load.Add(1)
	w.used.Store(true)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.workers = append(a.workers, w)
	return w
}

// start makes an extra worker and loads what serves.
func (a *app) start(now *snapshot) (*worker, error) {
	w, err := newWorker(a, true)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.limits.ResponseTime)
	defer cancel()
	if _, err = w.evaluate(ctx, now.source, now.program); err == nil {
		err = w.swap(ctx)
	}
	if err != nil {
		w.stop("", statusServiceRestart, "the worker could not be started")
		return nil, err
	}
	w.loop.Post(w.watchIdle)
	return w, nil
}

// retire ends an extra worker if it has nothing to do. It returns at once; the worker's end is waited for by stop.
func (a *app) retire(w *worker) bool {
	if !a.changing.TryLock() {
		return false
	}
	defer a.changing.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if w.load.Load() > 0 {
		return false
	}
	a.dismiss(w, statusServiceRestart, "the worker ends")
	return true
}

// dismiss takes an extra worker out and ends it. a.mu is held.
func (a *app) dismiss(w *worker, code int, reason string) {
	for i, other := range a.workers {
		if other == w {
			a.workers = append(a.workers[:i:i], a.workers[i+1:]...)
			a.ending.Go(func() {
				w.stop("", code, reason)
				a.crew.remove()
			})
		}
	}
}
