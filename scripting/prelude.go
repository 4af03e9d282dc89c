package scripting

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

//go:embed prelude.js
var preludeSource string

// compilePrelude compiles the server's own script once for all runtimes.
var compilePrelude = sync.OnceValues(func() (*goja.Program, error) {
	return compileTrusted("prelude", preludeSource)
})

// compileTrusted compiles a script of the server's own. Frames of it are left
// out of stacks, by the name it gets.
func compileTrusted(name, source string) (*goja.Program, error) {
	tree, err := goja.Parse(trustedPrefix+name, source, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("parse the script %q: %w", name, err)
	}
	program, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, fmt.Errorf("compile the script %q: %w", name, err)
	}
	return program, nil
}

// Script is a script of the server's own, compiled when it first runs and
// shared by any number of runtimes, on any goroutine.
type Script struct {
	compile func() (*goja.Program, error)
}

// NewScript takes a script of the server's own, in strict mode. Frames of it
// never stand in an author's stack.
func NewScript(name, source string) *Script {
	return &Script{sync.OnceValues(func() (*goja.Program, error) { return compileTrusted(name, source) })}
}

// RunScript runs a script of the server's own and returns the value of its
// last expression. The error is also a mistake in the script.
func (rt *Runtime) RunScript(s *Script) (goja.Value, error) {
	program, err := s.compile()
	if err != nil {
		return nil, err
	}
	var v goja.Value
	err = rt.Do(func() (err error) {
		v, err = rt.vm.RunProgram(program)
		return err
	})
	return v, err
}

// RunTrusted compiles and runs a script of the server's own, in strict mode.
// For one that many runtimes run see [NewScript].
func (rt *Runtime) RunTrusted(name, source string) (goja.Value, error) {
	return rt.RunScript(NewScript(name, source))
}

// installPrelude runs the prelude, which fills the gaps of the engine, and
// takes what Await needs from it.
func (rt *Runtime) installPrelude() error {
	program, err := compilePrelude()
	if err != nil {
		return err
	}
	v, err := rt.vm.RunProgram(program)
	if err != nil {
		return fmt.Errorf("run the prelude: %w", err)
	}
	main, _ := goja.AssertFunction(v)
	host := rt.vm.NewObject()
	for name, fn := range map[string]func(goja.FunctionCall) goja.Value{
		"settled":  rt.waiting.settled,
		"failed":   rt.failedMicrotask,
		"makeWeak": rt.makeWeak,
		"readWeak": rt.readWeak,
	} {
		if err := host.Set(name, rt.native(name, 0, fn)); err != nil {
			return err
		}
	}
	made, err := main(goja.Undefined(), host)
	if err != nil {
		return fmt.Errorf("run the prelude: %w", err)
	}
	rt.waiting.attach, _ = goja.AssertFunction(made.(*goja.Object).Get("attach"))
	rt.bounds.deepFlat = rt.bounds.callable(made.(*goja.Object).Get("deepFlat"))
	rt.bounds.intrinsics = made.(*goja.Object).Get("intrinsics").(*goja.Object)
	return nil
}

// failedMicrotask keeps what a callback of queueMicrotask threw until the
// entry has ended.
func (rt *Runtime) failedMicrotask(call goja.FunctionCall) goja.Value {
	rt.loose = append(rt.loose, call.Argument(0))
	return goja.Undefined()
}

// reportLoose tells OnError what microtasks threw.
func (rt *Runtime) reportLoose() {
	loose := rt.loose
	rt.loose = nil
	for _, reason := range loose[:min(len(loose), maxReports)] {
		rt.o.OnError(rt.reason(reason, maxCauseDepth))
	}
}
