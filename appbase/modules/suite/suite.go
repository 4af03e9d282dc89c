// Package suite is what a test file sees: describe and it, expect, and the virtual clients, requests and clock that reach the
// apps under test. It collects the tests of one module and runs them; the apps themselves are the [World]'s.
package suite

import (
	_ "embed" // the scripts and the declarations
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// ModuleName is what test files import.
const ModuleName = "sigil:test"

var (
	//go:embed expect.js
	expectJS string
	//go:embed suite.js
	suiteJS string
	//go:embed world.js
	worldJS string
	//go:embed suite.d.ts
	declarations string
)

// Declarations are the TypeScript declarations of the module.
func Declarations() string { return declarations }

// names are what the module exports.
var names = []string{
	"describe", "it", "test", "beforeAll", "beforeEach", "afterEach", "afterAll", "expect", "fn", "spyOn",
	"connect", "request", "events", "clock", "outside", "configure", "start", "restart", "reload", "fresh",
}

// Module is the module's source: the globals that [New] defines, by their names.
func Module() string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("export const " + name + " = globalThis." + name + ";\n")
	}
	return b.String()
}

// The scripts are compiled once for all suites.
var (
	expectScript = scripting.NewScript("expect", expectJS)
	suiteScript  = scripting.NewScript("suite", suiteJS)
	worldScript  = scripting.NewScript("world", worldJS)
)

// Options configure a [Suite]. All but Timeout are required.
type Options struct {
	Runtime  *scripting.Runtime
	Executor scripting.Executor // of the runtime
	World    World
	// Show is how console.log writes values.
	Show func([]goja.Value) string
	// Timeout is how long a test or a hook may take that names no other time; default 5 s.
	Timeout time.Duration
}

// Suite is the tests of one module. It belongs to the runtime's goroutine.
type Suite struct {
	rt       *scripting.Runtime
	executor scripting.Executor
	world    World
	timeout  time.Duration
	show     func([]goja.Value) string

	root    *group
	open    *group // that describe fills
	focused bool   // there is an only
	started bool

	begin, end, restore goja.Callable // of the assertions and spies of a test
	answer              goja.Callable // see Outside
	outside             atomic.Bool   // the file answers for the outside
	conns               map[int64]Conn
	bodies              map[int64]Body
	last                int64

	current *running // nil between tests
	loose   []*scripting.Error
}

// New defines the names of the module as globals of a runtime that has everything else an app has.
func New(o Options) (*Suite, error) {
	s := &Suite{
		rt: o.Runtime, executor: o.Executor, world: o.World, timeout: o.Timeout, show: o.Show,
		root: &group{}, conns: map[int64]Conn{}, bodies: map[int64]Body{},
	}
	if s.timeout <= 0 {
		s.timeout = 5 * time.Second
	}
	s.open = s.root
	return s, s.rt.Do(s.install)
}

func (s *Suite) install() error {
	show := func(call goja.FunctionCall) goja.Value {
		return s.value(s.show(call.Arguments[:min(1, len(call.Arguments))]))
	}
	milliseconds := func(call goja.FunctionCall) goja.Value { return s.value(s.milliseconds(call.Argument(0))) }
	expect, err := s.run(expectScript, host{"show": show})
	if err != nil {
		return err
	}
	tests, err := s.run(suiteScript, host{
		"show": show, "milliseconds": milliseconds, "enter": s.enter, "leave": s.leave, "add": s.add, "hook": s.hook,
	})
	if err != nil {
		return err
	}
	reach := s.worldHost()
	reach["milliseconds"], reach["matches"] = milliseconds, s.matcher(expect)
	world, err := s.run(worldScript, reach)
	if err != nil {
		return err
	}
	for name, slot := range map[string]*goja.Callable{"begin": &s.begin, "end": &s.end} {
		*slot, _ = goja.AssertFunction(expect.Get(name))
	}
	s.restore, _ = goja.AssertFunction(tests.Get("restore"))
	s.answer, _ = goja.AssertFunction(world.Get("answer"))
	return s.define(expect.Get("expect"), tests.Get("names"), world.Get("names"))
}

// define publishes everything by its name.
func (s *Suite) define(expect goja.Value, sets ...goja.Value) error {
	found := map[string]goja.Value{"expect": expect}
	for _, set := range sets {
		object := set.ToObject(s.rt.VM())
		for _, key := range object.Keys() {
			found[key] = object.Get(key)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if err := s.rt.VM().GlobalObject().DefineDataProperty(name, found[name], goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
			return err
		}
	}
	return nil
}

// host are the functions that one of the scripts is given.
type host map[string]func(goja.FunctionCall) goja.Value

func (s *Suite) run(script *scripting.Script, functions host) (*goja.Object, error) {
	factory, err := s.rt.RunScript(script)
	if err != nil {
		return nil, err
	}
	object := s.rt.VM().NewObject()
	for name, fn := range functions {
		if err := object.Set(name, globals.Function(s.rt.VM(), name, 0, fn)); err != nil {
			return nil, err
		}
	}
	call, _ := goja.AssertFunction(factory)
	made, err := call(goja.Undefined(), object)
	if err != nil {
		return nil, err
	}
	return made.ToObject(s.rt.VM()), nil
}

func (s *Suite) value(v any) goja.Value { return s.rt.VM().ToValue(v) }

// matcher is expect's toMatchObject as a function.
func (s *Suite) matcher(expect *goja.Object) func(goja.FunctionCall) goja.Value {
	matches, _ := goja.AssertFunction(expect.Get("matches"))
	return func(call goja.FunctionCall) goja.Value {
		v, err := matches(goja.Undefined(), call.Arguments...)
		if err != nil {
			panic(s.rt.Reason(err))
		}
		return v
	}
}

// milliseconds reads "10m", "1h30m", "2d" or a number of milliseconds.
func (s *Suite) milliseconds(v goja.Value) float64 {
	ms := v.ToFloat()
	if text, ok := v.Export().(string); ok {
		d, err := parseDuration(text)
		if err != nil {
			panic(s.rt.VM().NewTypeError("%q is no duration; it is one such as \"30s\", \"10m\", \"24h\" or \"7d\", or a number of milliseconds", text))
		}
		ms = float64(d) / float64(time.Millisecond)
	}
	if !(ms >= 0) || ms > float64(100*366*24*time.Hour/time.Millisecond) {
		panic(s.rt.VM().NewTypeError("a duration is one such as \"30s\", \"10m\", \"24h\" or \"7d\", or a number of milliseconds, up to a hundred years"))
	}
	return ms
}

// parseDuration is [time.ParseDuration] that knows days.
func parseDuration(text string) (time.Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil || !(n >= 0 && n <= 36600) {
		return 0, fmt.Errorf("%q has no number of days", text)
	}
	whole := time.Duration(n * float64(24*time.Hour))
	if rest == "" {
		return whole, nil
	}
	d, err := time.ParseDuration(rest)
	return whole + d, err
}
