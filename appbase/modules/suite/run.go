package suite

import (
	"fmt"
	"slices"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// Status is what came of a test.
type Status int

// The outcomes of a test.
const (
	Passed Status = iota
	Failed
	Skipped
	Todo
)

// Result is one test that is over. Errors are detached from the runtime.
type Result struct {
	Path   []string // the names of the describes about it, and its own
	Status Status
	Took   time.Duration
	Errors []*scripting.Error
}

// Plan says how [Suite.Run] goes about it. The functions are called on the runtime's goroutine.
type Plan struct {
	// Wanted says which tests are to run, by their path; nil: all. Others are left out, and not told.
	Wanted func(path []string) bool
	// Began is told before a test, or the hooks of a describe ("(beforeAll)"), runs; Ended after it. Ended may return false:
	// then nothing more runs, but hooks that clean up.
	Began func(path []string)
	Ended func(Result) bool
}

// running is the test or hook that runs now.
type running struct {
	errors []*scripting.Error
	opened []Conn // in it
	hook   bool   // about a whole group
}

// runner is one run of a suite.
type runner struct {
	*Suite
	plan Plan
	over bool
}

// Run runs the tests one after the other and then calls done, with the errors that belong to none of them. It returns at once.
func (s *Suite) Run(p Plan, done func([]*scripting.Error)) {
	s.started = true
	r := &runner{Suite: s, plan: p}
	r.group(s.root, func() { done(detached(s.loose)) })
}

// Report takes what no caller receives: unhandled rejections, exceptions in timers. The test that runs has failed by it.
func (s *Suite) Report(e *scripting.Error) {
	if s.current != nil {
		s.current.errors = append(s.current.errors, e)
		return
	}
	s.loose = append(s.loose, e)
}

func detached(list []*scripting.Error) (all []*scripting.Error) {
	for _, e := range list {
		all = append(all, e.Detached())
	}
	return all
}

// --- which tests ---

func (r *runner) wanted(t *test) bool {
	return (r.plan.Wanted == nil || r.plan.Wanted(t.path())) && (!r.focused || t.focused())
}

func (r *runner) runs(t *test) bool { return r.wanted(t) && !t.has("skip") && !t.has("todo") }

// hasWork says whether a test of the group runs.
func (r *runner) hasWork(g *group) bool {
	return slices.ContainsFunc(g.items, func(i item) bool {
		if i.test != nil {
			return r.runs(i.test)
		}
		return r.hasWork(i.group)
	})
}

// --- in which order ---

// group runs the hooks and items of a describe.
func (r *runner) group(g *group, done func()) {
	if !r.hasWork(g) {
		r.items(g, 0, nil, done)
		return
	}
	r.around(g, "beforeAll", func(failed []*scripting.Error) {
		r.items(g, 0, failed, func() { r.around(g, "afterAll", func([]*scripting.Error) { done() }) })
	})
}

// around runs the hooks about a whole group. That they fail is told as of a test of their name.
func (r *runner) around(g *group, kind string, done func([]*scripting.Error)) {
	hooks := g.hooks[kind]
	if len(hooks) == 0 {
		done(nil)
		return
	}
	at := append((&test{name: "(" + kind + ")", parent: g}).path()[:0:0], (&test{name: "(" + kind + ")", parent: g}).path()...)
	r.begun(at)
	r.current.hook = true
	began := time.Now()
	r.steps(hooks, func() {
		errs := r.ended()
		if len(errs) > 0 {
			r.told(Result{Path: at, Status: Failed, Took: time.Since(began), Errors: errs})
		}
		done(errs)
	})
}

// items runs those of a group from one on; when its beforeAll has failed, its tests have, too.
func (r *runner) items(g *group, from int, failed []*scripting.Error, done func()) {
	if from == len(g.items) {
		done()
		return
	}
	next := func() {
		// Each item begins with a turn of the loop of its own: a thousand tests make no stack of a thousand calls.
		if !r.executor.Post(func() { r.items(g, from+1, failed, done) }) {
			r.items(g, from+1, failed, done)
		}
	}
	switch i := g.items[from]; {
	case i.group != nil && len(failed) > 0:
		r.items(i.group, 0, failed, next)
	case i.group != nil:
		r.group(i.group, next)
	default:
		r.test(i.test, failed, next)
	}
}

// test runs one with its hooks.
func (r *runner) test(t *test, failed []*scripting.Error, done func()) {
	switch {
	case r.over || !r.wanted(t):
		done()
		return
	case t.has("skip"):
		r.told(Result{Path: t.path(), Status: Skipped})
		done()
		return
	case t.has("todo"):
		r.told(Result{Path: t.path(), Status: Todo})
		done()
		return
	case len(failed) > 0:
		r.told(Result{Path: t.path(), Status: Failed, Errors: failed})
		done()
		return
	}
	r.begun(t.path())
	began := time.Now()
	r.steps(t.before(), func() {
		r.itself(t, func() {
			r.steps(t.after(), func() {
				took, opened := time.Since(began), r.current.opened
				r.settle(t, Result{Path: t.path(), Took: took, Errors: r.ended()})
				r.leave(opened, done)
			})
		})
	})
}

// leave closes what a test has opened, so that the next one does not hear of it.
func (r *runner) leave(opened []Conn, done func()) {
	if len(opened) == 0 {
		done()
		return
	}
	r.world.Leave(opened, func() { r.executor.Post(done) })
}

// settle tells what came of a test.
func (r *runner) settle(t *test, result Result) {
	failed := len(result.Errors) > 0
	if t.mode == "fails" {
		if failed = !failed; failed {
			result.Errors = []*scripting.Error{r.blame(t.step, "AssertionError", "the test was to fail (it.fails), and passed").Detached()}
		} else {
			result.Errors = nil
		}
	}
	if failed {
		result.Status = Failed
	}
	r.told(result)
}

func (r *runner) told(result Result) {
	if !r.over && !r.plan.Ended(result) {
		r.over = true
	}
}

// before are the beforeEach of all groups about a test, the outermost first; after are the afterEach, the innermost first.
func (t *test) before() (all []step) {
	for g := t.parent; g != nil; g = g.parent {
		all = append(slices.Clone(g.hooks["beforeEach"]), all...)
	}
	return all
}

func (t *test) after() (all []step) {
	for g := t.parent; g != nil; g = g.parent {
		own := slices.Clone(g.hooks["afterEach"])
		slices.Reverse(own)
		all = append(all, own...)
	}
	return all
}

// itself runs the test's own function, unless a hook has failed.
func (r *runner) itself(t *test, done func()) {
	if len(r.current.errors) > 0 {
		done()
		return
	}
	_, _ = r.rt.Call(r.begin, goja.Undefined()) // cannot fail
	r.step(t.step, func() {
		if len(r.current.errors) == 0 {
			_, err := r.rt.Call(r.end, goja.Undefined())
			r.failed(err)
		}
		done()
	})
}

// --- one after the other ---

func (r *runner) begun(path []string) {
	r.current = &running{}
	r.plan.Began(path)
}

// ended ends the test that runs, and returns what has failed in it.
func (r *runner) ended() []*scripting.Error {
	_, _ = r.rt.Call(r.restore, goja.Undefined()) // cannot fail
	errs := r.current.errors
	r.current = nil
	return detached(errs)
}

func (r *runner) failed(err error) {
	if err != nil {
		r.current.errors = append(r.current.errors, r.rt.Error(err))
	}
}

// steps runs functions in order, all of them whatever fails.
func (r *runner) steps(list []step, done func()) {
	if len(list) == 0 {
		done()
		return
	}
	r.step(list[0], func() { r.steps(list[1:], done) })
}

// step runs one function and waits for its promise, for a while.
func (r *runner) step(st step, done func()) {
	limit := st.timeout
	if limit <= 0 {
		limit = r.timeout
	}
	over := false
	finish := func(err error) {
		if !over {
			over = true
			r.failed(err)
			done()
		}
	}
	stop := r.executor.AfterFunc(limit, func() {
		what := "the test"
		if st.label != "" {
			what = st.label
		}
		finish(r.blame(st, "TimeoutError", fmt.Sprintf("%s took longer than %v%s", what, limit, r.world.Hint())))
	})
	value, err := r.rt.Call(st.fn, goja.Undefined())
	if err != nil {
		stop()
		finish(err)
		return
	}
	r.rt.Await(value, func(_ goja.Value, err error) {
		stop()
		finish(err)
	})
}
