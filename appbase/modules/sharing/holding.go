package sharing

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// chains tell which locks the code that runs now holds, across its awaits.
type chains struct{ current any }

// Grab is asked by the engine for what goes on with a promise.
func (c *chains) Grab() any { return c.current }

// Resumed is told when it goes on.
func (c *chains) Resumed(chain any) { c.current = chain }

// Exited is told when it waits again, or ends.
func (c *chains) Exited() { c.current = nil }

// track begins to follow chains, at the first lock: an app without locks pays nothing.
func (f *Fields) track() *chains {
	if f.chains == nil {
		f.chains = &chains{}
		f.rt.VM().SetAsyncContextTracker(f.chains)
		f.rt.OnClose(f.releaseAll)
	}
	return f.chains
}

// releaseAll ends what this generation's code holds or waits for.
func (f *Fields) releaseAll() {
	for _, w := range f.wishes {
		f.o.Locks.Release(w.ticket)
	}
	clear(f.wishes)
}

// wish is a lock that is held or waited for.
type wish struct {
	ticket *Ticket
	stop   func() bool // the timeout
}

var errExpired = errors.New("the lock was not free in time")

// lockHost are the functions of locks.js.
func (f *Fields) lockHost() globals.Host {
	vm := f.rt.VM()
	return globals.Host{
		"held": func(goja.FunctionCall) goja.Value {
			if held, ok := f.track().current.(goja.Value); ok {
				return held
			}
			return goja.Undefined()
		},
		"within": func(c goja.FunctionCall) goja.Value {
			fn, _ := goja.AssertFunction(c.Argument(1))
			chains := f.track()
			before := chains.current
			chains.current = c.Argument(0)
			value, err := fn(goja.Undefined())
			chains.current = before
			if err != nil {
				f.rt.Throw(err)
			}
			return value
		},
		"acquire": func(c goja.FunctionCall) goja.Value {
			return f.acquire(c.Argument(0).String(), time.Duration(c.Argument(1).ToFloat()*float64(time.Millisecond)))
		},
		"release": func(c goja.FunctionCall) goja.Value {
			id := int(c.Argument(0).ToInteger())
			if w, ok := f.wishes[id]; ok {
				delete(f.wishes, id)
				w.stop()
				f.o.Locks.Release(w.ticket)
			}
			return goja.Undefined()
		},
		"isExpired": func(c goja.FunctionCall) goja.Value {
			return vm.ToValue(c.Argument(0).String() == "Error: "+errExpired.Error())
		},
	}
}

// acquire asks for a lock: { id, granted } with a promise that is rejected when the time is up.
func (f *Fields) acquire(name string, timeout time.Duration) goja.Value {
	promise, settle := f.rt.NewPromise()
	var decided atomic.Bool
	ticket, err := f.o.Locks.Acquire(name, func() {
		if !decided.Swap(true) {
			settle(func() (goja.Value, error) { return nil, nil })
		}
	})
	f.throw(err)
	stop := f.o.After(timeout, func() {
		if !decided.Swap(true) {
			f.o.Locks.Release(ticket)
			settle(func() (goja.Value, error) { return nil, errExpired })
		}
	})
	f.last++
	f.wishes[f.last] = wish{ticket, stop}
	o := f.rt.VM().NewObject()
	_ = o.Set("id", f.last)
	_ = o.Set("granted", promise)
	return o
}
