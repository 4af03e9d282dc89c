package scripting

import (
	"strings"

	"github.com/dop251/goja"
)

// Program is a compiled app: immutable, and shared by any number of runtimes.
type Program struct {
	program    *goja.Program
	sources    map[string]*source // by the name that the engine gives them
	hash       string
	inputs     []string
	warnings   []*Error
	state      []State
	companions map[string]any
	words      func() []string // the names in the sources, computed once
}

// Hash is a hexadecimal hash over the contents and the relative names of all
// inputs: programs of equal hashes were compiled from the same sources.
func (p *Program) Hash() string { return p.hash }

// Inputs are the absolute paths of every file that was read, sorted. The
// caller must not change the slice.
func (p *Program) Inputs() []string { return p.inputs }

// Warnings are what the compiler found odd in the author's code.
func (p *Program) Warnings() []*Error { return p.warnings }

// source is one of the author's files, for positions.
type source struct {
	name     string // relative to the root
	content  string
	internal bool // the server's own; left out of stacks
	outline  func() *Outline
}

// line returns the text of a line, counted from 1, or "".
func (s *source) line(n int) string {
	rest := s.content
	for ; n > 1; n-- {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimRight(rest, "\r")
}

// Run evaluates a program's modules. done is called once, with the entry
// module's exports or with the *Error that its evaluation ended with: before
// Run returns, or later when the modules await something at their top level.
func (rt *Runtime) Run(p *Program, done func(exports *goja.Object, err error)) {
	if rt.closed {
		done(nil, ErrClosed)
		return
	}
	rt.programs = append(rt.programs, p)
	var exports *goja.Object
	promise, err := rt.evaluate(p, rt.native("", 1, func(call goja.FunctionCall) goja.Value {
		exports, _ = call.Argument(0).(*goja.Object)
		return goja.Undefined()
	}))
	if err != nil {
		done(nil, err)
		return
	}
	rt.Await(promise, func(_ goja.Value, err error) {
		if err != nil {
			exports = nil
		}
		done(exports, err)
	})
}

// evaluate calls the bundle's wrapper, an async function that hands the entry
// module's exports to host.
func (rt *Runtime) evaluate(p *Program, host *goja.Object) (promise goja.Value, err error) {
	err = rt.Do(func() error {
		wrapper, err := rt.vm.RunProgram(p.program)
		if err != nil {
			return err
		}
		main, _ := goja.AssertFunction(wrapper)
		promise, err = main(goja.Undefined(), host, rt.native("", 0, rt.checkDepth))
		return err
	})
	return promise, err
}
