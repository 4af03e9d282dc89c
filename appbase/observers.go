package appbase

import (
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/repository"
)

// observer is a method marked @Observes.
type observer struct {
	repository, name string
	call, when       goja.Callable // when: nil for every change
}

func (in *instance) readObservers(list goja.Value) (found []observer) {
	if list == nil {
		return nil // a fetch app
	}
	in.vm.ForOf(list, func(item goja.Value) bool {
		note := item.ToObject(in.vm)
		o := observer{repository: note.Get("repository").String(), name: note.Get("name").String()}
		o.call, _ = goja.AssertFunction(note.Get("method"))
		o.when, _ = goja.AssertFunction(note.Get("when"))
		found = append(found, o)
		return true
	})
	return found
}

// news brings changes of repositories to the app's first worker: each once, in the order of their commits.
type news struct {
	mu      sync.Mutex
	worker  *Worker
	untold  []repository.Change
	posted  bool
	closed  bool
	retries *time.Timer
}

// retryAfter is how long a loop that takes no task is left alone.
const retryAfter = 10 * time.Millisecond

// observe has w hear of changes, if it is the app's first worker. A nil Data has none.
func (d *Data) observe(w *Worker) {
	if d == nil || w.extra {
		return
	}
	d.news.mu.Lock()
	defer d.news.mu.Unlock()
	d.news.worker = w
}

// add takes changes from any goroutine.
func (n *news) add(changes []repository.Change) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.worker == nil || n.closed {
		return
	}
	n.untold = append(n.untold, changes...)
	if !n.posted {
		n.post()
	}
}

// post has the worker called, now or when its loop takes tasks again. The lock is held.
func (n *news) post() {
	if n.posted = n.worker.executor.Post(n.tell); n.posted {
		return
	}
	n.posted = true
	n.retries = time.AfterFunc(retryAfter, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if !n.closed {
			n.post()
		}
	})
}

// tell hands the changes to the generation that serves, on the loop.
func (n *news) tell() {
	w := n.worker
	w.whenReady(func() {
		n.mu.Lock()
		changes := n.untold
		n.untold, n.posted = nil, false
		n.mu.Unlock()
		if w.current == nil || w.stopped {
			return
		}
		for _, c := range changes {
			w.current.tell(c)
		}
	})
}

func (n *news) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.retries != nil {
		n.retries.Stop()
	}
}

// tell calls the observers of a change.
func (in *instance) tell(c repository.Change) {
	for _, o := range in.data.observers {
		if o.repository != c.Repository {
			continue
		}
		label, change := "@Observes "+o.name, in.change(c)
		if o.when != nil {
			wanted, err := in.rt.Call(o.when, in.app, change)
			if err != nil {
				in.worker.report(in.rt.Error(err), "method", label)
				continue
			}
			if !wanted.ToBoolean() {
				continue
			}
		}
		in.retain() // a reload waits for it
		in.callLogged(label, o.call, in.release, change)
	}
}

// change is a change as an observer gets it; each has its own.
func (in *instance) change(c repository.Change) goja.Value {
	made := in.vm.NewObject()
	_ = made.Set("repository", c.Repository)
	_ = made.Set("type", c.Type)
	_ = made.Set("id", in.parseJSON(c.ID))
	for name, text := range map[string]string{"value": c.Value, "old": c.Old} {
		if text != "" {
			_ = made.Set(name, in.parseJSON(text))
		}
	}
	if c.Reason != "" {
		_ = made.Set("reason", c.Reason)
	}
	_ = made.Set("at", c.At.UnixMilli())
	return made
}
