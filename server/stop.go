package server

import "time"

// closing is why an app takes no connections any more.
type closing struct {
	code   int
	reason string
	empty  func() // called when the last connection is gone
}

// stop ends the app, in order: its connections are closed with code and reason and their closing handshakes awaited (at
// most limits.StopWithin); @OnStop runs with the word (bounded by appbase); the loop ends. It blocks until then.
func (a *app) stop(word string, code int, reason string) {
	a.post(func(done func()) { a.closeConnections(code, reason, done) })
	a.post(func(done func()) { a.worker.Stop(word, done) })
	a.endLoop()
	<-a.ended
}

// post runs fn on the loop and waits until it has called done, or the loop is gone.
func (a *app) post(fn func(done func())) {
	finished := make(chan struct{})
	for !a.loop.Post(func() { fn(func() { close(finished) }) }) {
		select {
		case <-a.ended:
			return
		case <-time.After(10 * time.Millisecond): // the queue is full
		}
	}
	select {
	case <-finished:
	case <-a.ended:
	}
}

// closeConnections closes every connection, and those that are still to come, and calls done once when none is left or
// time is up.
func (a *app) closeConnections(code int, reason string, done func()) {
	over := false
	finish := func() {
		if !over {
			over = true
			done()
		}
	}
	a.closing = &closing{code: code, reason: reason, empty: finish}
	if len(a.hub.connections) == 0 {
		finish()
		return
	}
	a.loop.AfterFunc(a.limits.StopWithin, finish)
	for _, c := range a.hub.connections {
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
