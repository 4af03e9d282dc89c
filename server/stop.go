package server

import "time"

// closing is why a worker takes no connections any more.
type closing struct {
	code   int
	reason string
	empty  func() // called when the last connection is gone
}

// stop ends the app: its extra workers, then the first. It blocks until then.
func (a *app) stop(word string, code int, reason string) {
	a.changing.Lock()
	defer a.changing.Unlock()
	a.mu.Lock()
	a.stopping = true
	workers := a.workers
	for _, w := range workers[1:] {
		a.dismiss(w, code, reason)
	}
	a.mu.Unlock()
	workers[0].stop(word, code, reason)
	a.ending.Wait()
	a.data.Close()
	a.crew.remove()
	a.notices.flush()
}

// stop ends the worker, in order: its connections are closed with code and reason and their closing handshakes awaited (at
// most limits.StopWithin); @OnStop runs with the word (bounded by appbase); the loop ends. It blocks until then.
func (w *worker) stop(word string, code int, reason string) {
	w.post(func(done func()) { w.closeConnections(code, reason, done) })
	w.post(func(done func()) { w.script.Stop(word, done) })
	w.endLoop()
	<-w.ended
}

// post runs fn on the loop and waits until it has called done, or the loop is gone.
func (w *worker) post(fn func(done func())) {
	finished := make(chan struct{})
	for !w.loop.Post(func() { fn(func() { close(finished) }) }) {
		select {
		case <-w.ended:
			return
		case <-time.After(10 * time.Millisecond): // the queue is full
		}
	}
	select {
	case <-finished:
	case <-w.ended:
	}
}

// closeConnections closes every connection, and those that are still to come, and calls done once when none is left or
// time is up.
func (w *worker) closeConnections(code int, reason string, done func()) {
	over := false
	finish := func() {
		if !over {
			over = true
			done()
		}
	}
	w.closing = &closing{code: code, reason: reason, empty: finish}
	if w.loop.ReleaseHTTP(); code == statusGoingAway { // calls had their time
		w.loop.CutHTTP()
	}
	if len(w.hub.connections) == 0 {
		finish()
		return
	}
	w.loop.AfterFunc(w.app.limits.StopWithin, finish)
	for _, c := range w.hub.connections {
		c.Close(code, reason)
	}
}

// stopAll stops apps side by side and waits for all.
func stopAll(apps []*app, word string, code int, reason string) {
	done := make(chan struct{})
	for _, a := range apps {
		go func() {
			a.stop(word, code, reason)
			done <- struct{}{}
		}()
	}
	for range apps {
		<-done
	}
}
