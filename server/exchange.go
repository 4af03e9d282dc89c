package server

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

// maxWork bounds what of an exchange may wait to be done away from the loop.
const maxWork = 1024

// exchange is one HTTP request while an app answers it. It is the request's [appbase.Upload]: a goroutine of its own reads
// the body, and the files made of it, while the app asks for them, and is gone when the exchange ends.
type exchange struct {
	worker  *worker
	control *http.ResponseController
	req     *appbase.Request
	body    *boundBody // nil: there is none
	folder  string

	abandoned bool              // on the loop only: the client, or the server, waits no longer
	delivered *appbase.Response // on the loop only

	mu      sync.Mutex
	work    []func(io.Reader)
	working bool
	over    bool
	ends    []func()
	idle    sync.WaitGroup
}

// context is one that ends when the client has gone. (net/http ends that of the request also when a read of the body runs
// into its deadline; then the client is to have its 408.)
func (x *exchange) context(request context.Context) (context.Context, context.CancelFunc) {
	if x.req.Upload == nil {
		return request, func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(request))
	stop := context.AfterFunc(request, func() {
		if !x.body.stalled() {
			cancel()
		}
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// answerContext is client, ended with errSlow when the app has not answered within limit. What it waits for the client's
// body does not count: the time begins anew with each piece.
func (x *exchange) answerContext(client context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if x.req.Upload == nil {
		return context.WithTimeoutCause(client, limit, errSlow)
	}
	ctx, cancel := context.WithCancelCause(client)
	slow := time.AfterFunc(limit, func() { cancel(errSlow) })
	x.body.arrived = func() {
		if ctx.Err() == nil {
			slow.Reset(limit)
		}
	}
	return ctx, func() {
		cancel(nil)
		slow.Stop()
	}
}

// bodyRead says whether nothing of the body is left in the connection.
func (x *exchange) bodyRead() bool { return x.body == nil || x.body.ended.Load() }

// Do implements [appbase.Upload].
func (x *exchange) Do(work func(io.Reader)) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over || len(x.work) >= maxWork {
		return false
	}
	x.work = append(x.work, work)
	if !x.working {
		x.working = true
		x.idle.Add(1)
		go x.run()
	}
	return true
}

// run does the work there is.
func (x *exchange) run() {
	defer x.idle.Done()
	for {
		x.mu.Lock()
		if len(x.work) == 0 {
			x.working = false
			x.mu.Unlock()
			return
		}
		work := x.work[0]
		x.work = x.work[1:]
		x.mu.Unlock()
		work(x.body)
	}
}

// OnEnd implements [appbase.Upload].
func (x *exchange) OnEnd(fn func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.over {
		x.ends = append(x.ends, fn)
		return
	}
	go func() { // after what the end waits for
		x.idle.Wait()
		fn()
	}()
}

// Folder implements [appbase.Upload].
func (x *exchange) Folder() string { return x.folder }

// end ends the exchange: it interrupts a read of the body, waits for the work under way and has what it left removed.
// Work that has not begun still runs, with a body that cannot be read, so that nobody waits for it for ever.
func (x *exchange) end() {
	x.mu.Lock()
	x.over = true
	working, ends := x.working, x.ends
	x.ends = nil
	x.mu.Unlock()
	if working && !x.bodyRead() {
		_ = x.control.SetReadDeadline(time.Unix(1, 0))
	}
	x.idle.Wait()
	for _, fn := range ends {
		fn()
	}
}

// deliver is done for an answer that somebody waits for; the stream of another is given up.
func (x *exchange) deliver(done func(*appbase.Response, error)) func(*appbase.Response, error) {
	return func(res *appbase.Response, err error) {
		x.delivered = res
		if x.abandoned {
			x.giveUp("nobody waits for the answer")
			return
		}
		done(res, err)
	}
}

func (x *exchange) giveUp(reason string) {
	if x.delivered != nil && x.delivered.Stream != nil {
		x.delivered.Stream.Cancel(reason)
	}
}

// abandon tells the app that nobody waits for the answer, or its rest, any more.
func (x *exchange) abandon(cause error) {
	x.worker.loop.Post(func() { x.drop(cause) })
}

// drop is abandon on the loop.
func (x *exchange) drop(cause error) {
	reason := "the client has gone"
	if cause != nil && !isGone(cause) {
		reason = cause.Error()
	}
	x.abandoned = true
	x.req.Abort(reason)
	x.giveUp(reason)
}
