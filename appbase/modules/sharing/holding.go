package sharing

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// held is the key under which a context has the names of the locks that its code holds, across its awaits: an array.
type held struct{}

// releaseAtEnd has the locks of this generation released when it ends, whatever its code does.
func (f *Fields) releaseAtEnd() {
	if !f.locking {
		f.locking = true
		f.rt.OnClose(f.releaseAll)
	}
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
			if names := f.rt.Context().Value(held{}); names != nil {
				return names
			}
			return goja.Undefined()
		},
		"hold": func(c goja.FunctionCall) goja.Value { return vm.ToValue(f.rt.SwapContext(f.holding(c.Argument(0)))) },
		"leave": func(c goja.FunctionCall) goja.Value {
			before, _ := c.Argument(0).Export().(*scripting.Context)
			f.rt.SwapContext(before)
			return goja.Undefined()
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

// holding is the present context with other locks.
func (f *Fields) holding(names goja.Value) *scripting.Context {
	c, err := f.rt.Context().With(held{}, names)
	f.throw(err)
	return c
}

// acquire asks for a lock: { id, granted } with a promise that is rejected when the time is up.
func (f *Fields) acquire(name string, timeout time.Duration) goja.Value {
	f.releaseAtEnd()
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
