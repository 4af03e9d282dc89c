package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
)

// LocalOptions configure a [Local].
type LocalOptions struct {
	// Options are those of a [Server]. What has to do with ports and changes of files has no meaning.
	Options
	// Compile makes an app's program; default [appbase.Compile]. Several Locals may share programs.
	Compile func(context.Context, appbase.Source) (*scripting.Program, error)
}

// Local hosts the apps of a folder without ports, for tests of them: it starts apps one by one, is handed requests as an
// [http.Handler], and can tell whether anything is under way. Its methods may be called from any goroutine.
type Local struct {
	server  *Server
	compile func(context.Context, appbase.Source) (*scripting.Program, error)
	dir     string
	crew    *crew

	mu     sync.Mutex
	apps   map[string]*localApp
	closed bool
}

// localApp is an app that was asked for.
type localApp struct {
	changing sync.Mutex     // held while it is started or stopped
	app      *app           // nil: it does not run
	err      error          // why its code could not be loaded
	config   map[string]any // nil: the operator's
	source   appbase.Source
	program  *scripting.Program
	inputs   []string // guarded by the Local's mu; with the app's folder
}

// NewLocal starts nothing yet. Close ends it.
func NewLocal(o LocalOptions) (*Local, error) {
	options := o.Options.withDefaults()
	options.work, options.Uncompressed = &work{}, true
	dir, err := filepath.Abs(options.AppsDir)
	if err != nil {
		return nil, fmt.Errorf("apps folder %q: %w", options.AppsDir, err)
	}
	if options.places, err = newPlaces(options.Mounts, options.Listen); err != nil {
		return nil, err
	}
	l := &Local{compile: o.Compile, dir: dir, crew: newCrew(options.Limits.MaxWorkers), apps: map[string]*localApp{}}
	if l.compile == nil {
		l.compile = appbase.Compile
	}
	l.server = &Server{options: options, log: options.Log, proxies: newProxies(&options), headers: newHeaders(&options), places: options.places, gate: newGate(), ending: make(chan struct{})}
	l.server.slots = newSlots(options.Limits, fallbackDescriptors)
	l.server.state.Store(serving)
	return l, nil
}

// ErrNoApp is in the error of [Local.Start] for a name that no app has.
var ErrNoApp = errors.New("there is no such app")

// Start loads an app and has it serve; when it does already nothing happens. The error is that of its code, or has ErrNoApp.
func (l *Local) Start(ctx context.Context, name string) error {
	return l.change(name, func(a *localApp) error {
		if a.app != nil {
			return a.err
		}
		return l.start(ctx, name, a)
	})
}

// Restart stops an app as a server that shuts down would, and starts it again; what it has stored is there. One that does not
// run is started.
func (l *Local) Restart(ctx context.Context, name string) error {
	return l.change(name, func(a *localApp) error {
		l.stop(a)
		return l.start(ctx, name, a)
	})
}

// Configure sets what an app sees as this.config, in place of what the options say. One that runs is restarted.
func (l *Local) Configure(ctx context.Context, name string, config map[string]any) error {
	return l.change(name, func(a *localApp) error {
		a.config = config
		if a.app == nil {
			return nil
		}
		l.stop(a)
		return l.start(ctx, name, a)
	})
}

// Reload loads the same code of an app as a new generation, under its connections.
func (l *Local) Reload(ctx context.Context, name string) error {
	return l.change(name, func(a *localApp) error {
		if a.app == nil {
			return l.start(ctx, name, a)
		}
		if a.err != nil {
			return a.err
		}
		return a.app.load(ctx, a.source, a.program)
	})
}

var errClosed = errors.New("the apps have been stopped")

// change has fn change one app while nobody else does.
func (l *Local) change(name string, fn func(*localApp) error) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return errClosed
	}
	a := l.apps[name]
	if a == nil {
		a = &localApp{}
		l.apps[name] = a
	}
	l.mu.Unlock()
	l.server.options.work.begin()
	defer l.server.options.work.end()
	a.changing.Lock()
	defer a.changing.Unlock()
	return fn(a)
}

// start loads the code of an app that does not run. When it cannot be loaded the app is there all the same, and answers that.
func (l *Local) start(ctx context.Context, name string, a *localApp) error {
	src, err := l.find(name)
	if err != nil {
		return err
	}
	a.source = src
	options := l.server.options
	if a.config != nil {
		options.AppConfig = map[string]map[string]any{name: a.config}
	}
	if a.app, err = newApp(src, &options, l.crew); err != nil {
		return err
	}
	l.publish(a.app)
	if a.program, err = l.compile(ctx, src); err == nil {
		l.noteInputs(a, src, a.program.Inputs())
		err = lasting(a.app.load(ctx, src, a.program))
	} else if failed := (interface{ Inputs() []string })(nil); errors.As(err, &failed) {
		l.noteInputs(a, src, failed.Inputs())
	}
	if a.err = err; err != nil {
		a.app.failed(src, err)
	}
	return err
}

func (l *Local) noteInputs(a *localApp, src appbase.Source, inputs []string) {
	if src.Dir != "" {
		inputs = append(slices.Clone(inputs), src.Dir)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a.inputs = inputs
}

func (l *Local) find(name string) (appbase.Source, error) {
	sources, _, err := appbase.Discover(l.dir)
	if err != nil {
		return appbase.Source{}, err
	}
	for _, src := range l.server.options.employ(sources) {
		if src.Name == name {
			return src, nil
		}
	}
	return appbase.Source{}, fmt.Errorf("app %q in %s: %w", name, l.dir, ErrNoApp)
}

func (l *Local) publish(a *app) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server.table.put(a)
}

// stop ends an app if it runs.
func (l *Local) stop(a *localApp) {
	if a.app == nil {
		return
	}
	l.mu.Lock()
	l.server.table.remove(a.app)
	l.mu.Unlock()
	a.app.stop("shutdown", statusGoingAway, "server going away")
	a.app = nil
}

// AppAt is the name of the app that a path of a URL belongs to, whether there is one or not; "": none.
func (l *Local) AppAt(path string) string {
	if decoded, ok := parsePath(path); ok {
		main := l.server.places.main
		for _, at := range main.places {
			if below(decoded, at.path) {
				return at.app
			}
		}
		at := main.locate(&l.server.table, decoded)
		if _, err := l.find(at.app); err != nil && main.root != "" {
			return main.root
		}
		return at.app
	}
	return ""
}

// Inputs are the files that the apps which were started are made of, and their folders.
func (l *Local) Inputs() (paths []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.apps {
		paths = append(paths, a.inputs...)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Serve answers as a [Server] does, handshakes included: w must be an [http.Hijacker] for these, and should do what
// [http.ResponseController] asks of it. listener is "app/name" of a named listener, "" the port of all. entered is called when
// the request counts as work.
func (l *Local) Serve(w http.ResponseWriter, r *http.Request, listener string, entered func()) {
	l.server.options.work.begin()
	defer l.server.options.work.end()
	entered()
	at := l.server.places.main
	if app, name, ok := strings.Cut(listener, "/"); ok {
		at = &port{main: at, root: app, serves: name}
	}
	l.server.serveHTTP(at, w, r)
}

// all are the apps of the moment.
func (l *Local) all() []*app { return l.server.table.all() }

// Work is how much the server and its apps were given to do so far, and whether they are busy with some. Apps that are not
// wait for requests, messages, their clock or what [Local.Outstanding] counts.
func (l *Local) Work() (total uint64, busy bool) {
	total, busy = l.server.options.work.total.Load(), l.server.options.work.now.Load() > 0
	add := func(n uint64, b bool) { total, busy = total+n, busy || b }
	apps := l.server.table.apps.Load()
	if apps == nil {
		return total, busy
	}
	for _, a := range *apps {
		add(a.data.Work())
		a.mu.Lock()
		for _, w := range a.workers {
			add(w.loop.Work())
		}
		a.mu.Unlock()
	}
	return total, busy
}

// Outstanding is how many promises of the apps wait for what lies outside of their code: a call to another server or a lock,
// which may take any time, and work on other threads, as of a digest, which ends by itself. It asks every loop, which adds to Work.
func (l *Local) Outstanding(ctx context.Context) (outside, work int) {
	for _, a := range l.all() {
		for _, w := range a.all() {
			n, _ := ask(ctx, w, func(done func([2]int, error)) { // one that ends waits for nothing
				outside, work := w.script.Outstanding()
				done([2]int{outside, work}, nil)
			})
			outside, work = outside+n[0], work+n[1]
		}
	}
	return outside, work
}

// Close stops all apps, as a server that shuts down does, and waits until all requests are answered. It is idempotent.
func (l *Local) Close() {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if !first {
		return
	}
	l.server.state.Store(stopping)
	close(l.server.ending)
	l.server.gate.close()
	stopAll(l.all(), "shutdown", statusGoingAway, "server going away")
	<-l.server.gate.empty
}
