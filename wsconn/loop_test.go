package wsconn

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// runLoop runs a loop without a server; stop ends it and waits.
func runLoop(t testing.TB, o LoopOptions) (l *Loop, stop func()) {
	l, err := NewLoop(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, loop: l}
	r.start()
	t.Cleanup(r.stop)
	return l, r.stop
}

func TestPostKeepsOrder(t *testing.T) {
	l, stop := runLoop(t, LoopOptions{})
	const posters, each = 4, 5000
	last := make([]int, posters)
	var wg sync.WaitGroup
	for p := range posters {
		wg.Go(func() {
			for i := 1; i <= each; i++ {
				if !l.Post(func() {
					if last[p] != i-1 {
						t.Errorf("task %d of %d behind %d", i, p, last[p])
					}
					last[p] = i
				}) {
					t.Error("refused")
				}
			}
		})
	}
	wg.Wait()
	stop()
	for p, n := range last {
		if n != each {
			t.Errorf("%d of %d tasks of %d ran", n, each, p)
		}
	}
}

// A full queue refuses, and takes again when it has been worked off.
func TestPostIsBounded(t *testing.T) {
	l, _ := runLoop(t, LoopOptions{MaxTasks: 10})
	running, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	l.Post(func() { close(running); <-goOn })
	await(t, running, "the first task")
	for i := range 10 {
		if !l.Post(func() {}) {
			t.Fatalf("task %d was refused", i)
		}
	}
	if l.Post(func() { t.Error("a refused task ran") }) {
		t.Error("one task too many was taken")
	}
	close(goOn)
	for deadline := time.Now().Add(patience); !l.Post(func() { close(done) }) && time.Now().Before(deadline); {
	}
	await(t, done, "a task behind the full queue")
}

// What is posted by a task runs in a later turn; the loop lives on a panic.
func TestTasksThatPostAndPanic(t *testing.T) {
	var log syncBuffer
	l, _ := runLoop(t, LoopOptions{Log: slog.New(slog.NewTextHandler(&log, nil))})
	order := make(chan string, 4)
	l.Post(func() {
		l.Post(func() { order <- "inner" })
		order <- "outer"
	})
	l.Post(func() { panic("a task's fault") })
	l.Post(func() { l.AfterFunc(0, func() { order <- "timer"; panic("a timer's fault") }) })
	for _, want := range []string{"outer", "inner", "timer"} {
		if got := await(t, order, want); got != want {
			t.Errorf("%s ran instead of %s", got, want)
		}
	}
	done := make(chan struct{})
	l.Post(func() { close(done) })
	await(t, done, "a task behind the panics")
	if s := log.String(); !strings.Contains(s, "a task's fault") || !strings.Contains(s, "a timer's fault") || !strings.Contains(s, "loop_test.go") {
		t.Errorf("log: %s", s)
	}
}

// Every task that was taken runs before Run returns, and none is taken then.
func TestTasksAtTheEnd(t *testing.T) {
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ran := 0
	for range 3 {
		l.Post(func() {
			ran++
			l.AfterFunc(0, func() { t.Error("a timer ran behind the end") })
		})
	}
	l.Post(func() {
		if l.Post(func() {}) && l.ended {
			t.Error("a task was taken behind the end")
		}
	})
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if ran != 3 || l.Post(func() {}) {
		t.Errorf("%d of 3 tasks ran", ran)
	}
	if err := l.Run(ctx); err == nil {
		t.Error("the loop ran twice")
	}
}

func TestTimers(t *testing.T) {
	clock := newFakeClock()
	r := newRig(t, rigOptions{clock: clock})
	fired := make(chan string, 16)
	var stop, twice func() bool
	r.do(func() {
		add := func(name string, d time.Duration) func() bool {
			return r.loop.AfterFunc(d, func() { fired <- name })
		}
		add("c", 3*time.Second)
		add("a", time.Second)
		add("b1", 2*time.Second)
		add("b2", 2*time.Second)
		stop = add("never", 2*time.Second)
		twice = add("now", -1)
		if len(fired) != 0 {
			t.Error("a timer ran inside AfterFunc")
		}
	})
	expect := func(names ...string) {
		t.Helper()
		r.turns()
		for _, want := range names {
			if got := await(t, fired, want); got != want {
				t.Errorf("%s fired instead of %s", got, want)
			}
		}
		if len(fired) > 0 {
			t.Errorf("%s fired too early", <-fired)
		}
	}
	expect("now")
	r.do(func() {
		if !stop() || stop() || twice() {
			t.Error("stop reports wrongly")
		}
	})
	clock.now.Add(int64(time.Second - 1))
	expect()
	clock.now.Add(1)
	expect("a")
	clock.now.Add(int64(2 * time.Second))
	expect("b1", "b2", "c")
}

// Timers that add timers leave the loop time for everything else.
func TestEndlessTimers(t *testing.T) {
	l, _ := runLoop(t, LoopOptions{})
	done := make(chan struct{})
	l.Post(func() {
		var again func()
		again = func() { l.AfterFunc(0, again) }
		again()
	})
	l.Post(func() { l.AfterFunc(time.Millisecond, func() { close(done) }) })
	await(t, done, "another timer")
}

// A sleeping loop is woken by Post every time.
func TestPostWakes(t *testing.T) {
	l, _ := runLoop(t, LoopOptions{})
	for range 2000 {
		done := make(chan struct{})
		if !l.Post(func() { close(done) }) {
			t.Fatal("refused")
		}
		await(t, done, "a task")
	}
}

// The end cuts every connection, whatever it is doing, and tells its handler
// once; what was queued before is still written.
func TestShutdown(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.limits = Limits{MaxBacklogMessages: 1}
		r := newRig(t, o)
		open := func(early ...[]byte) (*client, *recorder) { return r.dial(early...), r.next() }
		idle, h1 := open()
		half, h2 := open(frame(text, "half"))
		_, h3 := open()
		ended, h4 := open()
		closing_, h5 := open()
		r.do(func() { h3.conn.Hold(); h4.conn.Hold(); h5.conn.Close(1001, "") })
		ended.send(frame(fin|clos, closing(4004, "gone")))
		ended.expect("close 4004", "eof")
		closing_.expect("close 1001")
		_ = half
		r.loop.Post(func() { h1.conn.Send("farewell") })
		r.stop()
		idle.expect("text farewell")
		const cut = "closed 1006 the server is stopping"
		h1.expect(t, cut)
		h2.expect(t, cut)
		h3.expect(t, cut)
		h4.expect(t, "closed 4004 gone")
		h5.expect(t, cut)
		for _, h := range []*recorder{h1, h2, h3, h4, h5} {
			h.quiet(t)
		}
	})
}

// An ended loop closes what it is given.
func TestAdoptAfterTheEnd(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.open = func(*Conn) Handler { t.Error("open ran"); return nil }
		r := newRig(t, o)
		r.stop()
		c := r.dial()
		if _, err := c.read(); err == nil {
			t.Error("a frame arrived")
		}
	})
}

func BenchmarkPost(b *testing.B) {
	l, _ := runLoop(b, LoopOptions{})
	b.ReportAllocs()
	fn := func() {}
	for b.Loop() {
		for !l.Post(fn) {
		}
	}
}
