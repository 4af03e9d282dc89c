package scripting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestAwait(t *testing.T) {
	tests := []struct {
		name, source string
		pending      bool
		want         string
	}{
		{"no promise", `export const v = 1;`, false, "1"},
		{"an object with then", `export const v = { then() { throw 1; }, toString: () => "o" };`, false, "o"},
		{"fulfilled", `export const v = Promise.resolve(2);`, false, "2"},
		{"rejected", `export const v = Promise.reject(new TypeError("x"));`, false, "app.ts:1:33: TypeError: x"},
		{"later", `export const v = new Promise((f) => setTimeout(f, 5, 3));`, true, "3"},
		{"rejected later", `export const v = new Promise((_, r) => setTimeout(r, 5, "s"));`, true, `Uncaught "s"`},
		{"then is replaced", `Promise.prototype.then = () => { throw 1; };
			export const v = new Promise((f) => setTimeout(f, 5, 4));`, true, "4"},
		{"constructor throws", `export const v = new Promise(() => {});
			Object.defineProperty(v, "constructor", { get() { throw new Error("odd"); } });`, false, "app.ts:2:60: Error: odd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rt := scriptingtest.New(t)
			p, err := scriptingtest.Compile(t, map[string]string{"app.ts": test.source}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var exports *goja.Object
			rt.Run(p, func(o *goja.Object, _ error) { exports = o })
			var got []string
			pending := rt.Await(exports.Get("v"), func(v goja.Value, err error) {
				if err != nil {
					got = append(got, err.Error())
					return
				}
				got = append(got, v.String())
			})
			if pending != test.pending || pending == (len(got) == 1) {
				t.Errorf("pending %v, got %q", pending, got)
			}
			rt.Loop.RunUntilIdle()
			if len(got) != 1 || got[0] != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if len(rt.Errors) != 0 {
				t.Errorf("reported as well: %v", rt.Errors)
			}
		})
	}
}

// Callbacks of Await run outside the entry that settled the promise, one after
// the other, and may make entries of their own.
func TestAwaitRunsOutside(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export let log = ""; export const list = [Promise.withResolvers(), Promise.withResolvers()];
		export function settle(i) { list[i].resolve(i); log += "<" + i + ">"; }
		export function note(x) { log += x; }`)
	list := exports.Get("list").(*goja.Object)
	for _, i := range []string{"0", "1"} {
		rt.Await(list.Get(i).(*goja.Object).Get("promise"), func(v goja.Value, _ error) {
			if v.ToInteger() == 0 {
				_, _ = rt.CallExport(exports, "settle", 1)
			}
			_, _ = rt.CallExport(exports, "note", "done"+v.String())
		})
	}
	if _, err := rt.CallExport(exports, "settle", 0); err != nil {
		t.Fatal(err)
	}
	if got, want := exports.Get("log").String(), "<0><1>done0done1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAwaitInsideEntry(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export function f(host) { host(Promise.resolve(1)); host(Promise.reject(2)); }`)
	var got []string
	host := func(call goja.FunctionCall) goja.Value {
		if !rt.Await(call.Argument(0), func(v goja.Value, err error) { got = append(got, fmt.Sprint(v, err)) }) {
			t.Error("not pending inside an entry")
		}
		return nil
	}
	if _, err := rt.CallExport(exports, "f", host); err != nil {
		t.Fatal(err)
	}
	if want := `[1 <nil> <nil> Uncaught 2]`; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	rt.Loop.RunUntilIdle()
	if len(rt.Errors) != 0 {
		t.Errorf("reported: %v", rt.Errors)
	}
}

func TestNewPromise(t *testing.T) {
	rt := scriptingtest.New(t)
	tests := []struct {
		name   string
		settle func() (goja.Value, error)
		want   string
	}{
		{"a value", func() (goja.Value, error) { return rt.VM().ToValue(5), nil }, "5"},
		{"nothing", func() (goja.Value, error) { return nil, nil }, "undefined"},
		{"an error", func() (goja.Value, error) { return nil, errors.New("x") }, "Error: x"},
		{"an Error", func() (goja.Value, error) { return nil, &scripting.Error{Name: "TypeError", Message: "y"} }, "TypeError: y"},
		{"a panic", func() (goja.Value, error) { panic("z") }, "Error: a native function panicked: z"},
		{"an exception", func() (goja.Value, error) { panic(rt.VM().NewTypeError("w")) }, "TypeError: w"},
	}
	exports := rt.Load(`export let got; export function take(p) { got = "pending"; p.then((v) => { got = String(v); }, (e) => { got = String(e); }); }`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			promise, settle := rt.NewPromise()
			if _, err := rt.CallExport(exports, "take", promise); err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				settle(test.settle)
				settle(func() (goja.Value, error) { t.Error("settled twice"); return nil, nil })
			}()
			<-done
			if got := exports.Get("got").String(); got != "pending" {
				t.Errorf("settled on the wrong goroutine: %s", got)
			}
			rt.Loop.RunPosted()
			if got := exports.Get("got").String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// refusing is a Loop whose queue is full when told so.
type refusing struct {
	*scriptingtest.Loop
	full bool
}

func (l *refusing) Post(fn func()) bool { return !l.full && l.Loop.Post(fn) }

func TestNewPromiseWithFullQueue(t *testing.T) {
	loop := &refusing{Loop: scriptingtest.NewLoop(), full: true}
	rt, err := scripting.New(scripting.Options{Executor: loop})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	promise, settle := rt.NewPromise()
	settled := false
	rt.Await(promise, func(goja.Value, error) { settled = true })
	settle(func() (goja.Value, error) { return nil, nil })
	if loop.RunPosted() || settled {
		t.Fatal("the queue took a task")
	}
	// The next entry takes what was left over.
	if err := rt.Do(func() error { return nil }); err != nil || !settled {
		t.Errorf("settled %v, %v", settled, err)
	}
}

// What is outstanding is counted by kind, until it is settled on the loop.
func TestOutstanding(t *testing.T) {
	rt := scriptingtest.New(t)
	_, outside := rt.NewPromise()
	_, work := rt.NewWork()
	for _, step := range []struct {
		settle          func(func() (goja.Value, error))
		outside, atWork int
	}{{nil, 1, 1}, {work, 1, 0}, {outside, 0, 0}} {
		if step.settle != nil {
			step.settle(func() (goja.Value, error) { return nil, nil })
			rt.Loop.RunPosted()
		}
		if o, w := rt.Outstanding(); o != step.outside || w != step.atWork || rt.Pending() != (o+w > 0) {
			t.Errorf("%d and %d, pending %v; want %d and %d", o, w, rt.Pending(), step.outside, step.atWork)
		}
	}
}

func TestNewPromiseAfterClose(t *testing.T) {
	rt := scriptingtest.New(t)
	_, settle := rt.NewPromise()
	rt.Close()
	settle(func() (goja.Value, error) { t.Error("ran after Close"); return nil, nil })
	rt.Loop.RunPosted()
}

func TestUnhandledRejection(t *testing.T) {
	tests := []struct {
		name, source string
		want         []string
	}{
		{"none", `Promise.reject(1).catch(() => {});`, nil},
		{"handled later in the entry", `const p = Promise.reject(1); await 1; await 2; p.catch(() => {});`, nil},
		{"caught by await", `try { await Promise.reject(1); } catch {}`, nil},
		{"an error", "async function f() {\n  await 1; throw new RangeError('r'); }\nf();", []string{"app.ts:2:18: RangeError: unhandled rejection: r"}},
		{"a value", `Promise.reject("x");`, []string{`Uncaught unhandled rejection: "x"`}},
		{"two", `Promise.reject(1); Promise.reject(2);`, []string{"Uncaught unhandled rejection: 1", "Uncaught unhandled rejection: 2"}},
		{"in a timer", `setTimeout(() => Promise.reject(3));`, []string{"Uncaught unhandled rejection: 3"}},
		{"a microtask throws", `queueMicrotask(() => { throw new Error("m"); });`, []string{"app.ts:1:30: Error: m"}},
		{"a timer throws", `setTimeout(() => { throw new Error("t"); });`, []string{"app.ts:1:26: Error: t"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rt := scriptingtest.New(t)
			rt.Load(test.source)
			var got []string
			for _, e := range rt.Errors {
				got = append(got, e.Error())
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestManyUnhandledRejections(t *testing.T) {
	rt := scriptingtest.New(t)
	rt.Load(`for (let i = 0; i < 10000; i++) Promise.reject(i);`)
	if len(rt.Errors) > 20 || !strings.Contains(rt.Errors[len(rt.Errors)-1].Message, "more promises") {
		t.Errorf("%d errors, last %v", len(rt.Errors), rt.Errors[len(rt.Errors)-1])
	}
}

func TestTimers(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"order", `setTimeout(() => log += "c", 20); setTimeout(() => log += "a", 5); setTimeout(() => log += "b", 5);`, "abc"},
		{"arguments", `setTimeout((a, b) => log += a + b, 1, "x", "y");`, "xy"},
		{"no delay", `setTimeout(() => log += "later"); log += "now ";`, "now later"},
		{"delays that are none", `setTimeout(() => log += "1", NaN); setTimeout(() => log += "2", -5); setTimeout(() => log += "3", "0"); setTimeout(() => log += "4", undefined);`, "1234"},
		{"cleared", `const t = setTimeout(() => log += "no", 5); clearTimeout(t); setTimeout(() => log += "yes", 9);`, "yes"},
		{"cleared by another", `const t = setTimeout(() => log += "no", 5); setTimeout(() => clearTimeout(t), 1);`, ""},
		{"clearing nothing", `clearTimeout(); clearTimeout(null); clearTimeout(99); clearInterval({}); log = "ok";`, "ok"},
		{"an interval", `let n = 0; const t = setInterval(() => { log += ++n; if (n === 3) clearInterval(t); }, 5);`, "123"},
		{"an id is a number", `const t = setTimeout(() => {}, 1); log += typeof t; clearTimeout(t);`, "number"},
		{"microtasks between", `setTimeout(() => { Promise.resolve().then(() => log += "m"); log += "1"; }); setTimeout(() => log += "2");`, "1m2"},
		{"no this", `setTimeout(function () { log += this; });`, "undefined"},
		{"no function", `try { setTimeout("code"); } catch (e) { log += e.name; }`, "TypeError"},
		{"a timer in a timer", `let n = 0; const again = () => { log += "x"; if (++n < 8) setTimeout(again); }; again();`, "xxxxxxxx"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rt := scriptingtest.New(t)
			exports := rt.Load("export let log = '';" + test.source)
			if got := exports.Get("log").String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if rt.Loop.Timers() != 0 {
				t.Errorf("%d timers left", rt.Loop.Timers())
			}
		})
	}
}

func TestMaxTimers(t *testing.T) {
	rt := scriptingtest.NewWith(t, scripting.Options{MaxTimers: 3})
	exports := rt.Load(`export let log = "";
		for (let i = 0; i < 5; i++) try { setTimeout(() => { log += i; setTimeout(() => {}); }, 1); } catch (e) { log += e.name; }`)
	if got := exports.Get("log").String(); got != "RangeErrorRangeError012" {
		t.Errorf("got %q", got)
	}
}

func TestStopTimers(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`export let log = ""; export function start() { setInterval(() => log += "i", 5); return setTimeout(() => log += "t", 5); }`)
	if _, err := rt.CallExport(exports, "start"); err != nil {
		t.Fatal(err)
	}
	rt.StopTimers()
	if rt.Loop.Timers() != 0 {
		t.Error("timers are left")
	}
	v, err := rt.CallExport(exports, "start")
	if err != nil || !goja.IsNumber(v) || rt.Loop.Timers() != 0 {
		t.Errorf("a new timer started: %v, %v", v, err)
	}
}

// clock is an Executor on the real (or a bubble's) clock, whose tasks the test
// runs.
type clock struct{ tasks chan func() }

func (c clock) Post(fn func()) bool { c.tasks <- fn; return true }

func (c clock) AfterFunc(d time.Duration, fn func()) func() bool {
	return time.AfterFunc(d, func() { c.tasks <- fn }).Stop
}

// An interval keeps its beat when a callback comes late, and leaves out the
// beats it missed.
func TestIntervalKeepsBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock{tasks: make(chan func(), 100)}
		rt, err := scripting.New(scripting.Options{Executor: c})
		if err != nil {
			t.Fatal(err)
		}
		defer rt.Close()
		begin := time.Now()
		var beats []time.Duration
		if err := rt.VM().Set("beat", func() {
			beats = append(beats, time.Since(begin).Round(time.Millisecond))
			if len(beats) == 2 {
				time.Sleep(35 * time.Millisecond) // the thread is busy; the bubble's clock moves
			}
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := rt.RunTrusted("t", `setInterval(beat, 10)`); err != nil {
			t.Fatal(err)
		}
		for len(beats) < 5 {
			(<-c.tasks)()
		}
		want := "[10ms 20ms 55ms 60ms 70ms]"
		if got := fmt.Sprint(beats); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
