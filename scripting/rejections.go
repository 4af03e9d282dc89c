package scripting

import (
	"fmt"

	"github.com/dop251/goja"
)

// maxReports is how many unhandled rejections of one entry are told singly.
const maxReports = 16

// rejections are the promises that were rejected and have no handler yet.
type rejections struct {
	order  []*goja.Promise // with those that were handled since
	open   map[*goja.Promise]struct{}
	posted bool // the report is on its way
}

// due reports whether a report has to be arranged. Promises that were handled
// in the entry that rejected them need none.
func (r *rejections) due() bool {
	if len(r.order) > 0 && len(r.open) == 0 {
		r.order = nil
	}
	return len(r.order) > 0 && !r.posted
}

// track is the engine's rejection tracker.
func (r *rejections) track(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionHandle {
		r.remove(p)
		return
	}
	if r.open == nil {
		r.open = make(map[*goja.Promise]struct{})
	}
	r.order = append(r.order, p)
	r.open[p] = struct{}{}
}

// remove forgets a promise that has been handled.
func (r *rejections) remove(p *goja.Promise) { delete(r.open, p) }

// take returns those that still have no handler, in order, and forgets them.
func (r *rejections) take() []*goja.Promise {
	var unhandled []*goja.Promise
	for _, p := range r.order {
		if _, ok := r.open[p]; ok {
			unhandled = append(unhandled, p)
		}
	}
	r.order = nil
	clear(r.open)
	return unhandled
}

// postRejections has the rejections that an entry left behind reported as the
// next task of the loop: until then the caller of the entry may still await a
// promise that it got from it.
func (rt *Runtime) postRejections() {
	rt.rejected.posted = rt.o.Executor.Post(rt.reportRejections)
	if !rt.rejected.posted {
		rt.reportRejections()
	}
}

func (rt *Runtime) reportRejections() {
	rt.rejected.posted = false
	if rt.closed {
		return
	}
	unhandled := rt.rejected.take()
	for i, p := range unhandled {
		if i == maxReports {
			rest := fmt.Sprintf("%d more promises were rejected and not handled", len(unhandled)-i)
			rt.o.OnError(&Error{Name: "Error", Message: rest})
			return
		}
		rt.o.OnError(rt.rejectionError(p.Result()))
	}
}

// rejectionError is the Error of a reason that nobody handled.
func (rt *Runtime) rejectionError(reason goja.Value) *Error {
	e := *rt.reason(reason, maxCauseDepth)
	e.Message = "unhandled rejection: " + e.Message
	if e.Hint == "" {
		e.Hint = "await the promise, or give it a catch()"
	}
	return &e
}
