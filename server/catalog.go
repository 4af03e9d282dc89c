package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

// catalog keeps the app table in step with the apps folder: one goroutine decides what is added, built and removed.
// Builds run beside it, one at a time for each app; what changed during a build is built right after it, so an older
// state never replaces a newer one.
type catalog struct {
	options  *Options
	dir      string // absolute
	table    *table
	crew     *crew
	tenants  map[string]*tenant
	building int
	outcomes chan outcome
	compiles chan struct{} // a place for each core
	stops    sync.WaitGroup
	loaded   bool
	watched  []string
	problems string      // as last logged
	missing  *time.Timer // fires when a missing app has been missing for long enough
}

// absence is how long an app's files may be gone before it is: editors and version control delete and write anew, and
// that is no reason to close connections.
const absence = 500 * time.Millisecond

// tenant is what the catalog knows of one app.
type tenant struct {
	app      *app
	source   appbase.Source
	inputs   []string // files that the newest builds read
	building bool
	again    bool      // something changed during the build
	touched  bool      // a change of its own files, not only of others', asked for the next build
	leaving  bool      // to be stopped when the build is over
	gone     time.Time // since when its files are missing; zero: they are there
}

func newCatalog(o *Options, t *table) (*catalog, error) {
	dir, err := filepath.Abs(o.AppsDir)
	if err != nil {
		return nil, fmt.Errorf("apps folder %q: %w", o.AppsDir, err)
	}
	return &catalog{
		options: o, dir: dir, table: t, crew: newCrew(o.Limits.MaxWorkers), tenants: map[string]*tenant{}, outcomes: make(chan outcome),
		compiles: make(chan struct{}, runtime.GOMAXPROCS(0)), missing: stopped(time.NewTimer(o.absence)),
	}, nil
}

func stopped(t *time.Timer) *time.Timer {
	t.Stop()
	return t
}

// run loads all apps, calls ready, tells Options.Loaded, and follows changes until ctx is done. The error says why the apps folder cannot be
// read at the start. When run returns no build and no removal is under way; the apps in the table still run.
func (c *catalog) run(ctx context.Context, ready func()) error {
	defer c.stops.Wait()
	defer c.missing.Stop()
	c.watch()
	if err := c.sync(ctx, nil); err != nil {
		return err
	}
	c.drain(ctx)
	c.loaded = true
	for _, name := range c.options.places.missing(c.table) {
		if c.options.own(name).Disabled {
			continue
		}
		c.options.Log.Warn("an app has a mount and is not there", "mounted", name)
	}
	if ctx.Err() == nil {
		ready()
		c.options.Loaded(infos(c.table))
	}
	c.follow(ctx)
	c.drain(ctx)
	return nil
}

// drain waits for the builds that are under way.
func (c *catalog) drain(ctx context.Context) {
	for c.building > 0 {
		c.settle(ctx, <-c.outcomes)
	}
}

func (c *catalog) follow(ctx context.Context) {
	var events <-chan []string
	if c.options.Changes != nil {
		events = c.options.Changes.Events()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-c.outcomes:
			c.settle(ctx, o)
		case <-c.missing.C:
			c.look(ctx, nil)
		case batch, open := <-events:
			if !open {
				events = nil
				continue
			}
			c.look(ctx, batch)
		}
	}
}

// look is sync once the server serves: an apps folder that cannot be read changes nothing.
func (c *catalog) look(ctx context.Context, changed []string) {
	if err := c.sync(ctx, changed); err != nil {
		c.options.Log.Warn("the apps folder cannot be read; what is loaded goes on", "error", err)
	}
}

// sync compares the apps folder with what is loaded, after the given paths have changed.
func (c *catalog) sync(ctx context.Context, changed []string) error {
	sources, problems, err := appbase.Discover(c.dir)
	if err != nil {
		return err
	}
	sources, clashes := c.options.places.admit(c.options.employ(sources))
	if len(clashes) > 0 && !c.loaded {
		return errors.Join(clashes...)
	}
	c.report(append(problems, clashes...))
	present := map[string]bool{}
	for _, src := range sources {
		present[src.Name] = true
		c.visit(ctx, src, changed)
	}
	for name, t := range c.tenants {
		if !present[name] && !t.fixed() {
			c.miss(t)
		}
	}
	return nil
}

// miss removes an app whose files have been gone for absence; before that it sees to it that they are looked for again.
func (c *catalog) miss(t *tenant) {
	switch {
	case t.gone.IsZero():
		t.gone = time.Now()
		c.missing.Reset(c.options.absence)
	case time.Since(t.gone) >= c.options.absence:
		c.remove(t)
	default:
		c.missing.Reset(c.options.absence - time.Since(t.gone))
	}
}

// report logs what looks like an app and is none, once.
func (c *catalog) report(problems []error) {
	text := fmt.Sprint(problems)
	if text == c.problems {
		return
	}
	c.problems = text
	for _, problem := range problems {
		c.options.Log.Warn("not an app", "error", problem)
	}
}

// visit adds an app that is new and builds one that changed.
func (c *catalog) visit(ctx context.Context, src appbase.Source, changed []string) {
	t := c.tenants[src.Name]
	if t == nil {
		a, err := newApp(src, c.options, c.crew)
		if err != nil {
			c.options.Log.Error("an app cannot be started", "app", src.Name, "error", err)
			return
		}
		t = &tenant{app: a, source: src, touched: true}
		c.tenants[src.Name] = t
		c.table.put(a)
		c.start(ctx, t)
		return
	}
	if t.fixed() {
		return
	}
	back := !t.gone.IsZero()
	t.gone = time.Time{}
	own := back || t.source != src || t.concerns(changed)
	if own || t.app.current.Load().err != nil && len(changed) > 0 {
		t.source = src
		t.touched = t.touched || own
		c.start(ctx, t)
	}
}

// fixed reports whether what serves is to stay, whatever happens to its files.
func (t *tenant) fixed() bool { return t.app.own.NoReload && t.app.current.Load().routes != nil }

// concerns reports whether one of the paths is the app's entry, lies in its folder (public files do not count) or is
// one of the files it was built from, or a folder of these.
func (t *tenant) concerns(changed []string) bool {
	public := t.source.PublicDir()
	return slices.ContainsFunc(changed, func(path string) bool {
		switch {
		case path == t.source.Entry:
			return true
		case public != "" && within(public, path):
			return false
		case t.source.Dir != "" && (within(t.source.Dir, path) || within(path, t.source.Dir)):
			return true
		}
		return slices.ContainsFunc(t.inputs, func(input string) bool { return within(path, input) })
	})
}

// within reports whether path is dir or lies below it.
func within(dir, path string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == filepath.Separator)
}

// remove takes an app out of the table and stops it once no build of it is under way.
func (c *catalog) remove(t *tenant) {
	delete(c.tenants, t.source.Name)
	c.table.remove(t.app)
	t.app.log.Info("app removed")
	if t.leaving = t.building; !t.leaving {
		c.stop(t)
	}
}

func (c *catalog) stop(t *tenant) {
	c.stops.Go(func() {
		t.app.stop("removed", statusGoingAway, "app removed")
		c.options.metrics.forget(t.app.name)
	})
}

// start builds an app now, or again after the build that is under way.
func (c *catalog) start(ctx context.Context, t *tenant) {
	if t.building {
		t.again = true
		return
	}
	if ctx.Err() != nil {
		return
	}
	t.building = true
	c.building++
	src, touched := t.source, t.touched
	t.touched = false
	go func() {
		o := c.build(ctx, t.app, src)
		o.tenant, o.touched = t, touched
		c.outcomes <- o
	}()
}

// settle takes in what came of a build.
func (c *catalog) settle(ctx context.Context, o outcome) {
	t := o.tenant
	t.building = false
	c.building--
	switch {
	case t.leaving:
		c.stop(t)
		return
	case errors.Is(o.err, context.Canceled): // the server stops
		return
	}
	c.publish(o)
	t.inputs = o.inputsAfter(t.inputs)
	if grown := c.watch(); grown || t.again {
		t.again = false
		c.start(ctx, t) // what changed in a file before it was watched would be missed otherwise
	}
}

// watch renews what is watched: the apps folder, and what apps are built from outside of it. It reports whether
// something was added to that.
func (c *catalog) watch() (grown bool) {
	if c.options.Changes == nil {
		return false
	}
	paths := []string{c.dir}
	for _, t := range c.tenants {
		for _, input := range t.inputs {
			if !within(c.dir, input) {
				paths = append(paths, input)
			}
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	if slices.Equal(paths, c.watched) {
		return false
	}
	before := c.watched
	c.watched = paths
	if err := c.options.Changes.Watch(paths); err != nil {
		c.options.Log.Warn("some changes will not be noticed", "error", err)
	}
	return before != nil && slices.ContainsFunc(paths, func(p string) bool {
		_, known := slices.BinarySearch(before, p)
		return !known
	})
}
