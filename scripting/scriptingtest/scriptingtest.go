// Package scriptingtest gives tests a runtime on a loop that runs when the
// test says so: in memory, on the test's own goroutine, with a clock that
// jumps to the next timer.
package scriptingtest

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// Loop is an Executor that runs nothing by itself. Post may be called from
// any goroutine, everything else belongs to the test's.
//
// Timers are due by a clock of the loop's own, which starts at zero and only
// moves in RunUntilIdle and Advance; no real time passes.
type Loop struct {
	mu    sync.Mutex
	tasks []func()
	wake  chan struct{}

	now    time.Duration
	timers []*entry // by due time, then by the order they were made in
}

type entry struct {
	due time.Duration
	fn  func()
}

// NewLoop makes an empty loop.
func NewLoop() *Loop { return &Loop{wake: make(chan struct{}, 1)} }

// Post queues fn; it is never refused.
func (l *Loop) Post(fn func()) bool {
	l.mu.Lock()
	l.tasks = append(l.tasks, fn)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// AfterFunc has fn run when the loop's clock has moved by d.
func (l *Loop) AfterFunc(d time.Duration, fn func()) (stop func() bool) {
	e := &entry{due: l.now + max(d, 0), fn: fn}
	at, _ := slices.BinarySearchFunc(l.timers, e, func(a, b *entry) int {
		if a.due <= b.due {
			return -1
		}
		return 1
	})
	l.timers = slices.Insert(l.timers, at, e)
	return func() bool {
		i := slices.Index(l.timers, e)
		if i < 0 {
			return false
		}
		l.timers = slices.Delete(l.timers, i, i+1)
		return true
	}
}

// RunPosted runs the queued tasks, and those they queue, until none is left.
// It reports whether there were any.
func (l *Loop) RunPosted() bool {
	ran := false
	for {
		l.mu.Lock()
		tasks := l.tasks
		l.tasks = nil
		l.mu.Unlock()
		if len(tasks) == 0 {
			return ran
		}
		ran = true
		for _, fn := range tasks {
			fn()
		}
	}
}

// RunUntilIdle runs tasks and timers, jumping from one timer to the next,
// until neither is left. An interval that is never cleared would keep it from
// returning: it gives up after 10,000 timers.
func (l *Loop) RunUntilIdle() {
	for range 10000 {
		l.RunPosted()
		if len(l.timers) == 0 {
			return
		}
		l.fireNext()
	}
}

// Advance moves the clock by d and runs the timers that are due on the way.
func (l *Loop) Advance(d time.Duration) {
	until := l.now + d
	l.RunPosted()
	for len(l.timers) > 0 && l.timers[0].due <= until {
		l.fireNext()
		l.RunPosted()
	}
	l.now = until
}

func (l *Loop) fireNext() {
	e := l.timers[0]
	l.timers = l.timers[1:]
	l.now = max(l.now, e.due)
	e.fn()
}

// RunUntil runs the loop until done reports true, waiting for other
// goroutines' Post when there is nothing to do. It is for work that ends
// elsewhere; ctx bounds the wait.
func (l *Loop) RunUntil(ctx context.Context, done func() bool) error {
	for !done() {
		if l.RunPosted() {
			continue
		}
		if len(l.timers) > 0 {
			l.fireNext()
			continue
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Wait runs tasks until done reports true, waiting for other goroutines' Post
// when there are none. Timers are left alone; ctx bounds the wait.
func (l *Loop) Wait(ctx context.Context, done func() bool) error {
	for !done() {
		if l.RunPosted() {
			continue
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Timers is how many timers are pending.
func (l *Loop) Timers() int { return len(l.timers) }

// Runtime is a runtime on a Loop, with what went to OnError.
type Runtime struct {
	*scripting.Runtime
	Loop   *Loop
	Errors []*scripting.Error

	t testing.TB
}

// New makes a runtime with the default options, and closes it when the test
// ends.
func New(t testing.TB) *Runtime { return NewWith(t, scripting.Options{}) }

// NewWith is New with options; Executor and OnError are set by it. Where
// CallTime is not, it is a minute: a machine may be busy.
func NewWith(t testing.TB, o scripting.Options) *Runtime {
	t.Helper()
	r := &Runtime{Loop: NewLoop(), t: t}
	o.Executor = r.Loop
	if o.CallTime == 0 {
		o.CallTime = time.Minute
	}
	o.OnError = func(e *scripting.Error) { r.Errors = append(r.Errors, e) }
	rt, err := scripting.New(o)
	if err != nil {
		t.Fatalf("make a runtime: %v", err)
	}
	r.Runtime = rt
	t.Cleanup(rt.Close)
	return r
}

// Load compiles one module of JavaScript, named app.ts, and runs it until the
// loop is idle. It fails the test when that fails.
func (r *Runtime) Load(source string) *goja.Object {
	r.t.Helper()
	exports, err := r.TryLoad(source)
	if err != nil {
		r.t.Fatalf("load: %v", err)
	}
	return exports
}

// TryLoad is Load, and returns what went wrong.
func (r *Runtime) TryLoad(source string) (*goja.Object, error) {
	r.t.Helper()
	program, err := Compile(r.t, map[string]string{"app.ts": source}, nil)
	if err != nil {
		return nil, err
	}
	var exports *goja.Object
	r.Run(program, func(o *goja.Object, failed error) { exports, err = o, failed })
	r.Loop.RunUntilIdle()
	return exports, err
}

// CallExport calls a function of a module's exports.
func (r *Runtime) CallExport(exports *goja.Object, name string, args ...any) (goja.Value, error) {
	r.t.Helper()
	fn, ok := goja.AssertFunction(exports.Get(name))
	if !ok {
		r.t.Fatalf("the export %q is no function", name)
	}
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		values[i] = r.VM().ToValue(arg)
	}
	return r.Call(fn, goja.Undefined(), values...)
}

// Compile writes files into a folder of the test's and compiles app.ts, or
// the only one there is.
func Compile(t testing.TB, files, builtins map[string]string) (*scripting.Program, error) {
	t.Helper()
	root := Write(t, files)
	entry := "app.ts"
	if _, ok := files[entry]; !ok && len(files) == 1 {
		entry = slices.Collect(maps.Keys(files))[0]
	}
	return scripting.Compile(context.Background(), scripting.CompileOptions{
		Entry: filepath.Join(root, entry), Root: root, Builtins: builtins, JSXImportSource: "ours",
	})
}

// Write writes files, by their path with slashes, into a folder of the test's
// and returns the folder.
func Write(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
