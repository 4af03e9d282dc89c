package testrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/server"
)

// Store is a set of stores in one folder, which Close closes.
type Store interface {
	Get(ctx context.Context, app string) (appbase.Store, error)
	Exists(app string) bool
	Close() error
}

// world is the apps of one test file with their clock, their store and their clients. It is the [suite.World]: its methods
// return at once, and the goroutines they start are waited for by close.
type world struct {
	options Options
	clock   *clock
	log     *slog.Logger
	compile func(context.Context, appbase.Source) (*scripting.Program, error)
	suite   atomic.Pointer[suite.Suite]

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	moving sync.Mutex // held while the clock is moved
	calls  atomic.Int64
	total  atomic.Uint64
	inputs map[string]bool // guarded by mu; of apps that ran before fresh

	mu     sync.Mutex
	local  *server.Local
	stores Store
	dir    string // of the stores
	conns  map[*conn]struct{}
}

func newWorld(o Options, log io.Writer, compile func(context.Context, appbase.Source) (*scripting.Program, error)) (*world, error) {
	w := &world{options: o, clock: newClock(time.Now()), compile: compile, conns: map[*conn]struct{}{}, inputs: map[string]bool{}}
	w.log = slog.New(dated{o.handler(log), w.clock})
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w, w.open()
}

// open begins with apps that do not run and have stored nothing.
func (w *world) open() (err error) {
	if w.dir, err = os.MkdirTemp("", "sigil-test-"); err != nil {
		return fmt.Errorf("a folder for what the apps store: %w", err)
	}
	o := w.options.Server
	o.AppsDir, o.Log, o.Clock, o.UploadDir, o.FilesDir = w.options.Dir, w.log, w.clock, w.dir, filepath.Join(w.dir, "files")
	o.Limits.MaxWorkers = 1 // so that what runs is the same each time
	o.Web = w.web
	if w.options.Open != nil {
		w.stores = w.options.Open(w.dir, w.clock.Now)
		o.Store, o.Kept = w.stores.Get, w.stores.Exists
	}
	w.local, err = server.NewLocal(server.LocalOptions{Options: o, Compile: w.compile})
	return err
}

// shut ends what open began.
func (w *world) shut() error {
	w.mu.Lock()
	local, stores, dir := w.local, w.stores, w.dir
	w.mu.Unlock()
	local.Close()
	w.noteInputs(local)
	var err error
	if stores != nil {
		err = stores.Close()
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func (w *world) noteInputs(local *server.Local) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range local.Inputs() {
		w.inputs[path] = true
	}
}

// close ends everything. Time goes on by itself from here, so that apps can end what they wait for.
func (w *world) close() error {
	w.cancel()
	w.clock.release()
	err := w.shut()
	w.group.Wait()
	return err
}

// now is the Local of the moment.
func (w *world) now() *server.Local {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.local
}

// do runs fn beside the test; it counts as work until fn says otherwise.
func (w *world) do(fn func(ctx context.Context, rest func())) {
	w.calls.Add(1)
	w.total.Add(1)
	var once sync.Once
	rest := func() { once.Do(func() { w.calls.Add(-1) }) }
	w.group.Go(func() {
		defer rest()
		fn(w.ctx, rest)
	})
}

// --- time ---

// Now implements [suite.World].
func (w *world) Now() time.Time { return w.clock.Now() }

// move does something to the clock, once the apps are at rest; it is no work itself.
func (w *world) move(done func(error), fn func(ctx context.Context) error) {
	w.group.Go(func() {
		w.moving.Lock()
		defer w.moving.Unlock()
		err := w.settle(w.ctx, thorough)
		if err == nil {
			err = fn(w.ctx)
		}
		if err == nil {
			err = w.settle(w.ctx, thorough)
		}
		done(err)
	})
}

// Advance implements [suite.World].
func (w *world) Advance(d time.Duration, done func(error)) {
	w.move(done, func(ctx context.Context) error {
		target := w.clock.elapsed() + d
		for {
			due, ok := w.clock.next()
			if !ok || due > target {
				break
			}
			w.clock.moveTo(due)
			if err := w.settle(ctx, swift); err != nil {
				return err
			}
		}
		w.clock.moveTo(target)
		return nil
	})
}

// Set implements [suite.World].
func (w *world) Set(t time.Time, done func(error)) {
	w.move(done, func(context.Context) error {
		w.clock.set(t)
		return nil
	})
}

// Settle implements [suite.World].
func (w *world) Settle(done func(error)) {
	w.group.Go(func() { done(w.settle(w.ctx, thorough)) })
}

// Leave implements [suite.World].
func (w *world) Leave(conns []suite.Conn, done func()) {
	for _, c := range conns {
		c.Close(1001, "") // as the tab of a browser
	}
	w.group.Go(func() {
		_ = w.settle(w.ctx, swift) // that they do not come to rest is for the next test to tell
		done()
	})
}

// Hint implements [suite.World].
func (w *world) Hint() string {
	due, ok := w.clock.next()
	if !ok {
		return ""
	}
	left := (due - w.clock.elapsed()).Round(time.Millisecond).String()
	if strings.HasSuffix(left, "m0s") {
		left = strings.TrimSuffix(left, "0s")
	}
	return fmt.Sprintf("; the clock stands still, and a timer of the apps is due in %s: clock.advance(%q)", left, left)
}

// --- apps ---

func (w *world) change(done func(error), fn func(ctx context.Context) error) {
	w.do(func(ctx context.Context, _ func()) { done(fn(ctx)) })
}

// Configure implements [suite.World].
func (w *world) Configure(app, values string, done func(error)) {
	w.change(done, func(ctx context.Context) error {
		var config map[string]any
		if err := json.Unmarshal([]byte(values), &config); err != nil {
			return fmt.Errorf("the values of configure: %w", err)
		}
		return w.now().Configure(ctx, app, config)
	})
}

// Start implements [suite.World].
func (w *world) Start(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Start(ctx, app) })
}

// Restart implements [suite.World].
func (w *world) Restart(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Restart(ctx, app) })
}

// Reload implements [suite.World].
func (w *world) Reload(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Reload(ctx, app) })
}

// Fresh implements [suite.World].
func (w *world) Fresh(done func(error)) {
	w.change(done, func(ctx context.Context) error {
		if err := w.shut(); err != nil {
			return err
		}
		w.mu.Lock()
		err := w.open()
		w.mu.Unlock()
		if err != nil || w.options.own == "" {
			return err
		}
		return w.now().Start(ctx, w.options.own)
	})
}
