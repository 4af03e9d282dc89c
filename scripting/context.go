package scripting

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dop251/goja"
)

// maxContextValues bounds what one context holds: a copy of it is made for each change.
const maxContextValues = 256

// errContext says that a context is full.
var errContext = fmt.Errorf("a context of asynchronous work holds at most %d values", maxContextValues)

// Context is what goes with a chain of work across its awaits, timers and callbacks: values by key. It never changes; nil is
// the empty one. Its values belong to their runtime.
type Context struct {
	entries []contextEntry
	chain   *chain
}

// chain stands for what began in one entry and goes on from there. It is told from others by its address.
type chain struct{ _ byte }

type contextEntry struct {
	key   any
	value goja.Value
}

// Value is what stands under a key, which is compared with ==; nil if nothing does.
func (c *Context) Value(key any) goja.Value {
	if c == nil {
		return nil
	}
	for _, e := range c.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// With is a context with another value under a key; a nil value takes the key out. The error says that it holds too much.
func (c *Context) With(key any, value goja.Value) (*Context, error) {
	next := &Context{}
	if c != nil {
		next.chain = c.chain
		next.entries = slices.DeleteFunc(slices.Clone(c.entries), func(e contextEntry) bool { return e.key == key })
	}
	if value != nil {
		next.entries = append(next.entries, contextEntry{key, value})
	}
	switch {
	case len(next.entries) > maxContextValues:
		return nil, errContext
	case len(next.entries) == 0 && next.chain == nil:
		return nil, nil
	}
	return next, nil
}

// IsContextFull tells the error of [Context.With].
func IsContextFull(err error) bool { return errors.Is(err, errContext) }

// contexts follow the chains of work of one runtime: the engine asks for the present context when something is to go on with
// a promise, and gives it back when that goes on. Code that waits for nothing pays nothing.
type contexts struct {
	current *Context
	root    *Context // of what the entry, or the last one, had wait first; nil: nothing
}

// Grab is asked by the engine for what goes on with a promise.
func (c *contexts) Grab() any {
	if c.current == nil || c.current.chain == nil {
		c.current = c.begin()
	}
	return c.current
}

// begin is the present context as one of the entry's chain.
func (c *contexts) begin() *Context {
	next := &Context{}
	if c.current != nil {
		next.entries = c.current.entries
	}
	if c.root == nil {
		c.root, next.chain = next, new(chain)
	}
	next.chain = c.root.chain
	return next
}

// Resumed is told when it goes on.
func (c *contexts) Resumed(tracked any) { c.current, _ = tracked.(*Context) }

// Exited is told when it waits again, or ends.
func (c *contexts) Exited() { c.current = nil }

// Context is that of the code that runs now.
func (rt *Runtime) Context() *Context { return rt.contexts.current }

// SwapContext makes c the context of the code that runs now, until the entry ends or the next swap, and returns the one
// before.
func (rt *Runtime) SwapContext(c *Context) (before *Context) {
	before = rt.contexts.current
	rt.contexts.current = c
	return before
}

// InContext is fn, called in the present context whenever that is.
func (rt *Runtime) InContext(fn goja.Callable) goja.Callable {
	c := rt.contexts.current
	if c == nil || len(c.entries) == 0 || fn == nil {
		return fn
	}
	return func(this goja.Value, args ...goja.Value) (goja.Value, error) {
		defer rt.SwapContext(rt.SwapContext(c))
		return fn(this, args...)
	}
}
