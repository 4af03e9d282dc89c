package wsconn

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience bounds every wait of a test that fails.
const patience = time.Minute

// fakeClock is a loop's clock that only moves when it is told to.
type fakeClock struct{ now atomic.Int64 }

func newFakeClock() *fakeClock {
	c := &fakeClock{}
	c.now.Store(1)
	return c
}

// transports are the ways bytes reach a loop; every behaviour is tested over all.
var transports = map[string]rigOptions{
	"polled":   {},
	"portable": {portable: true},
	"tls":      {tls: true},
}

// overTransports runs a test over each of them.
func overTransports(t *testing.T, test func(t *testing.T, o rigOptions)) {
	for name, o := range transports {
		t.Run(name, func(t *testing.T) { test(t, o) })
	}
}

type rigOptions struct {
	portable, tls bool
	limits        Limits
	deflate       Deflate
	clock         *fakeClock // nil: the real one
	maxTasks      int
	partial       *Budget
	limited       func(*Conn, Limit)
	open          func(*Conn) Handler // nil: a recorder that is sent to rig.opened
	log           slog.Handler
}

// rig is a running loop behind an HTTP server.
type rig struct {
	t      testing.TB
	o      rigOptions
	loop   *Loop
	server *httptest.Server
	opened chan *recorder
	stop   func() // ends the loop and waits for it
}

func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	lo := LoopOptions{Portable: o.portable, MaxTasks: o.maxTasks, Partial: o.partial, Limited: o.limited}
	if o.log != nil {
		lo.Log = slog.New(o.log)
	}
	loop, err := NewLoop(lo)
	if o.clock != nil {
		loop.poller.close()
		loop, err = newLoop(lo, o.clock.now.Load, 250*time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, o: o, loop: loop, opened: make(chan *recorder, 1024)}
	r.start()
	r.server = httptest.NewUnstartedServer(http.HandlerFunc(r.serve))
	r.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if o.tls {
		r.server.TLS = testTLS(t)
		r.server.StartTLS()
	} else {
		r.server.Start()
	}
	t.Cleanup(func() {
		r.stop()
		r.server.Close()
	})
	return r
}

func (r *rig) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.loop.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			r.t.Error("Run does not return")
		}
	})
}

func (r *rig) serve(w http.ResponseWriter, req *http.Request) {
	if (req.TLS != nil) != r.o.tls {
		r.t.Errorf("asked by TLS: %v, and should be %v", req.TLS != nil, r.o.tls)
	}
	u, err := ParseUpgrade(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	u.SelectProtocol([]string{"chat", "soap"})
	u.SelectDeflate(r.o.deflate)
	a, err := u.Accept(w)
	if err != nil {
		r.t.Errorf("Accept: %v", err)
		return
	}
	open := r.o.open
	if open == nil {
		open = func(c *Conn) Handler {
			rec := &recorder{conn: c, events: make(chan string, 4096)}
			r.opened <- rec
			return rec
		}
	}
	r.loop.Adopt(a, r.o.limits, open)
}

// on is the same rig for a subtest, which its clients fail and end with.
func (r *rig) on(t testing.TB) *rig {
	sub := *r
	sub.t = t
	return &sub
}

// do runs fn on the loop and waits for it.
func (r *rig) do(fn func()) {
	r.t.Helper()
	done := make(chan struct{})
	if !r.loop.Post(func() { defer close(done); fn() }) {
		r.t.Fatal("Post refused")
	}
	await(r.t, done, "a posted function")
}

// until waits for something that is seen on the loop.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		done := false
		if r.do(func() { done = cond() }); done {
			return
		}
	}
	r.t.Fatalf("waited in vain for %s", what)
}

// turns waits until the loop has done whole turns, deadlines included.
func (r *rig) turns() {
	r.t.Helper()
	for range 3 {
		r.do(func() {})
	}
}

// advance moves the clock in steps, with turns of the loop at each.
func (r *rig) advance(d time.Duration) {
	r.t.Helper()
	const step = 500 * time.Millisecond
	for ; d > 0; d -= step {
		r.o.clock.now.Add(int64(min(d, step)))
		r.turns()
	}
}

// next returns the recorder of the connection opened next.
func (r *rig) next() *recorder {
	r.t.Helper()
	return await(r.t, r.opened, "a connection")
}

// await receives from ch.
func await[T any](t testing.TB, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// recorder is a Handler that notes what it is told, and does what it was asked.
type recorder struct {
	conn   *Conn
	events chan string
	do     func(event string) // on the loop, after each event was noted
	inside atomic.Bool
}

func (h *recorder) note(format string, args ...any) {
	if h.inside.Swap(true) {
		panic("the handler was entered twice")
	}
	defer h.inside.Store(false)
	event := fmt.Sprintf(format, args...)
	h.events <- event
	if h.do != nil {
		h.do(event)
	}
}

func (h *recorder) Text(text string)          { h.note("text %s", text) }
func (h *recorder) Binary(data []byte)        { h.note("binary %x", data) }
func (h *recorder) Drain()                    { h.note("drain") }
func (h *recorder) Closed(code int, r string) { h.note("closed %d %s", code, r) }

// expect waits for exactly these events.
func (h *recorder) expect(t testing.TB, events ...string) {
	t.Helper()
	for _, want := range events {
		if got := await(t, h.events, want); got != want {
			t.Fatalf("the handler was told %q, not %q", short(got), short(want))
		}
	}
}

// quiet checks that nothing more was told.
func (h *recorder) quiet(t testing.TB) {
	t.Helper()
	select {
	case got := <-h.events:
		t.Fatalf("the handler was told %q", short(got))
	default:
	}
}

func short(s string) string {
	if len(s) > 200 {
		return fmt.Sprintf("%s... (%d bytes)", s[:200], len(s))
	}
	return s
}

// echo answers every message with itself.
type echo struct{ conn *Conn }

func newEcho(c *Conn) Handler { return &echo{c} }

func (h *echo) Text(text string)   { h.conn.Send(text) }
func (h *echo) Binary(data []byte) { h.conn.SendBytes(data) }
func (h *echo) Drain()             {}
func (h *echo) Closed(int, string) {}
