package suite

import (
	"errors"
	"slices"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// group is a describe, or the module.
type group struct {
	name   string
	mode   string
	parent *group
	items  []item
	hooks  map[string][]step
	only   bool // itself, or something below it
}

// item is what stands in a group: a test, or another group.
type item struct {
	test  *test
	group *group
}

// test is an it.
type test struct {
	step
	name   string
	mode   string
	parent *group
}

// step is a function of the author's with the time it may take.
type step struct {
	fn      goja.Callable
	timeout time.Duration // 0: the suite's
	site    *goja.Object  // an error that was made where it stands
	label   string        // of a hook: beforeAll and so on
}

var errSite = errors.New("")

// enter begins a describe.
func (s *Suite) enter(call goja.FunctionCall) goja.Value {
	s.mustCollect("describe")
	g := &group{name: call.Argument(0).String(), mode: call.Argument(1).String(), parent: s.open}
	s.open.items = append(s.open.items, item{group: g})
	s.open = g
	s.focus(g, g.mode)
	return goja.Undefined()
}

func (s *Suite) leave(goja.FunctionCall) goja.Value {
	s.open = s.open.parent
	return goja.Undefined()
}

// focus notes an only in a group and all above it.
func (s *Suite) focus(g *group, mode string) {
	if mode != "only" {
		return
	}
	s.focused = true
	for ; g != nil; g = g.parent {
		g.only = true
	}
}

func (s *Suite) add(call goja.FunctionCall) goja.Value {
	s.mustCollect("it")
	t := &test{step: s.step(call.Argument(1), call.Argument(3)), name: call.Argument(0).String(), mode: call.Argument(2).String(), parent: s.open}
	s.open.items = append(s.open.items, item{test: t})
	s.focus(s.open, t.mode)
	return goja.Undefined()
}

func (s *Suite) hook(call goja.FunctionCall) goja.Value {
	kind := call.Argument(0).String()
	s.mustCollect(kind)
	if s.open.hooks == nil {
		s.open.hooks = map[string][]step{}
	}
	made := s.step(call.Argument(1), call.Argument(2))
	made.label = kind
	s.open.hooks[kind] = append(s.open.hooks[kind], made)
	return goja.Undefined()
}

// mustCollect refuses what comes when the tests run already.
func (s *Suite) mustCollect(what string) {
	if s.started {
		panic(s.rt.VM().NewTypeError("%s must be called while the file is loaded, not in a test", what))
	}
}

func (s *Suite) step(fn, timeout goja.Value) step {
	made := step{timeout: time.Duration(timeout.ToFloat() * float64(time.Millisecond))}
	made.fn, _ = goja.AssertFunction(fn)
	made.site, _ = s.rt.Reason(errSite).(*goja.Object)
	return made
}

// blame is an error that stands where the step does.
func (s *Suite) blame(at step, name, message string) *scripting.Error {
	if at.site == nil {
		return &scripting.Error{Name: name, Message: message}
	}
	_ = at.site.Set("name", name)
	_ = at.site.Set("message", message)
	return s.rt.Error(s.rt.Do(func() error { panic(at.site) }))
}

// path are the names from the outermost describe on.
func (t *test) path() []string {
	names := []string{t.name}
	for g := t.parent; g.parent != nil; g = g.parent {
		names = append(names, g.name)
	}
	slices.Reverse(names)
	return names
}

// has says whether a mode stands on the test or a describe about it.
func (t *test) has(mode string) bool {
	found := t.mode == mode
	for g := t.parent; g != nil; g = g.parent {
		found = found || g.mode == mode
	}
	return found
}

// focused says whether the test is among those that only asks for.
func (t *test) focused() bool {
	if t.mode == "only" {
		return true
	}
	for _, i := range t.parent.items { // an only beside it is nearer than one above
		if i.test != nil && i.test.mode == "only" || i.group != nil && i.group.only {
			return false
		}
	}
	for g := t.parent; g != nil; g = g.parent {
		if g.mode == "only" {
			return true
		}
	}
	return false
}
