package appbase

import (
	"strings"
	"testing"
	"time"
)

// listenerApp notes what happens to its listener in the log of the world, as heard=... lines.
const listenerApp = `export default class App extends AppBase {
	heard = [];
	@Listener({ backoff: { first: 1000, most: 4000 }, limit: 2, stopWithin: 3000, onError(e, r) { this.heard.push(r.source + " " + e.message + " " + (r.restartIn > 0)) } })
	async feed(signal, listener) {
		this.heard.push("v1 begins");
		signal.addEventListener("abort", () => this.heard.push("v1 told " + signal.reason.message));
		await this.work(signal, listener);
		this.heard.push("v1 ends");
	}
	async work(signal, listener) { WORK }
	@Get look() { return [this.listener("feed").state, this.listener("feed").restarts, ...this.heard.splice(0)].join("|"); }
	@Get async ask(req) { await this.listener("feed")[req.query.do](); return this.look(); }
	@Get push(req) { this.queue(req.query.x); return "ok"; }
	queue(x) { this.items = [...this.items ?? [], x]; this.wake?.(); }
	async *source() { for (;;) { while (!this.items?.length) await new Promise((r) => { this.wake = r; }); yield this.items.shift(); } }
}`

func listening(work string) string { return strings.Replace(listenerApp, "WORK", work, 1) }

const untilAborted = `await new Promise((done) => signal.addEventListener("abort", done));`

func (w *world) look(want string) {
	w.t.Helper()
	if got := strings.TrimPrefix(w.request("GET", "/look", ""), "200 text/plain;charset=UTF-8 "); got != want {
		w.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func (w *world) tell(verb, want string) {
	w.t.Helper()
	if got := strings.TrimPrefix(w.request("GET", "/ask?do="+verb, ""), "200 text/plain;charset=UTF-8 "); got != want {
		w.t.Errorf("%s: got  %s\nwant %s", verb, got, want)
	}
}

func TestListenerStartsAndStops(t *testing.T) {
	w := newWorld(t, listening(untilAborted))
	w.look("running|0|v1 begins")
	w.tell("start", "running|0")
	w.tell("stop", "stopped|0|v1 told the listener is stopped: stop|v1 ends")
	w.tell("stop", "stopped|0")
	w.tell("resume", "stopped|0")
	w.tell("start", "running|0|v1 begins")
	w.tell("pause", "paused|0")
	w.tell("resume", "running|0")
	w.worker.Stop("shutdown", func() {})
	w.loop.RunPosted()
	if status := w.worker.shared.Listeners(); len(status) != 1 || status[0].State != "stopped" || status[0].Method != "feed" {
		t.Errorf("after the end: %+v", status)
	}
}

// A listener that ends by itself is started again, later each time, until its limit.
func TestListenerRestarts(t *testing.T) {
	w := newWorld(t, listening(`throw new Error("broken")`))
	w.look("waiting|0|v1 begins|run broken true")
	w.loop.Advance(time.Second)
	w.look("waiting|1|v1 begins|run broken true")
	w.loop.Advance(2 * time.Second)
	w.look("failed|2|v1 begins|run broken false")
	for _, part := range []string{"broken", "listener=feed", "attempt=1 again=", "attempt=2 again=", "app.ts:"} {
		if !strings.Contains(w.log.String(), part) {
			t.Errorf("the log lacks %q:\n%s", part, w.log)
		}
	}
	w.tell("start", "running|2|v1 begins")
	w.look("waiting|2|run broken true")
	w.tell("stop", "stopped|2")
	w.loop.Advance(time.Minute)
	w.look("stopped|2")
}

func TestListenerRestartPolicies(t *testing.T) {
	for policy, states := range map[string][2]string{"always": {"waiting", "waiting"}, "on-failure": {"stopped", "waiting"}, "never": {"stopped", "failed"}} {
		for i, work := range []string{"", "throw 5"} {
			w := newWorld(t, strings.Replace(listening(work), "limit: 2", `restart: "`+policy+`"`, 1))
			if got := w.worker.shared.Listeners()[0].State; got != states[i] {
				t.Errorf("%s, %q: %s, want %s", policy, work, got, states[i])
			}
		}
	}
}

// Nothing is taken from the source while a message is worked on, or during a pause; a handler that throws ends nothing.
func TestListenerEach(t *testing.T) {
	w := newWorld(t, listening(`let n = 0; await listener.each(this.source(), async (item) => {
		this.heard.push("> " + item + " of " + this.items.length);
		await null;
		if (item === "bad") throw new Error("bad item");
	})`))
	w.request("GET", "/push?x=a", "")
	w.request("GET", "/push?x=bad", "")
	w.request("GET", "/push?x=b", "")
	w.look("running|0|v1 begins|> a of 0|> bad of 0|message bad item false|> b of 0")
	w.tell("pause", "paused|0")
	w.request("GET", "/push?x=c", "")
	w.request("GET", "/push?x=d", "")
	w.look("paused|0")
	w.tell("resume", "running|0")
	w.look("running|0|> c of 1|> d of 0")
	w.tell("stop", "stopped|0|v1 told the listener is stopped: stop|v1 ends")
}

// New code's listener begins when the old one's has ended, and not before.
func TestListenerReload(t *testing.T) {
	w := newWorld(t, listening(untilAborted+`await new Promise((r) => setTimeout(r, 2000)); this.log.info("old is over");`))
	w.load(strings.ReplaceAll(listening(untilAborted), "v1", "v2"))
	w.look("stopping|0")
	w.loop.Advance(1999 * time.Millisecond)
	w.look("stopping|0")
	w.loop.Advance(time.Millisecond)
	w.look("running|0|v2 begins")
	if !strings.Contains(w.log.String(), "old is over") {
		t.Error("the old one did not end by itself")
	}
	// What was asked for stays over the next reload.
	w.tell("stop", "stopped|0|v2 told the listener is stopped: stop|v2 ends")
	w.load(strings.ReplaceAll(listening(untilAborted), "v1", "v3"))
	w.look("stopped|0")
	w.tell("start", "running|0|v3 begins")
	w.load(strings.ReplaceAll(listening(untilAborted), "v1", "v4"))
	w.look("running|0|v4 begins")
	w.load("export default class App extends AppBase { @Get a() { return this.listener('feed').state } }")
	if got := w.request("GET", "/a", ""); !strings.Contains(got, "the app has no listener") && !strings.HasPrefix(got, "500") && !strings.HasPrefix(got, "error") {
		t.Errorf("got %s", got)
	}
	if len(w.worker.shared.Listeners()) != 0 {
		t.Error("a listener that is gone is still listed")
	}
}

// A listener that does not mind its signal costs its code the runtime, so that never two run.
func TestListenerThatDoesNotEnd(t *testing.T) {
	w := newWorld(t, listening(`this.t = setInterval(() => this.log.info("old works"), 500); await new Promise(() => {});`))
	w.load(strings.ReplaceAll(listening(untilAborted), "v1", "v2"))
	w.loop.Advance(2999 * time.Millisecond)
	w.look("stopping|0")
	w.loop.Advance(time.Millisecond)
	w.look("running|0|v2 begins")
	if !strings.Contains(w.log.String(), "a listener has not ended when it was told to: its code is closed") || len(w.worker.older) != 0 {
		t.Errorf("older %d, log:\n%s", len(w.worker.older), w.log)
	}
	done := false
	w.worker.Stop("shutdown", func() { done = true })
	w.loop.RunPosted()
	if !done {
		t.Error("the end of the app waits")
	}
}

func TestListenerMistakes(t *testing.T) {
	for source, want := range map[string]string{
		`@Listener({ restart: "maybe" }) a() {}`:                `@Listener: restart is one of always, on-failure, never, not the text "maybe"`,
		`@Listener({ limit: -1 }) a() {}`:                       `limit is how often in a row`,
		`@Listener({ stopWithin: "1m" }) a() {}`:                `stopWithin is at most 10s`,
		`@Listener({ backof: 1 }) a() {}`:                       `@Listener does not know the option "backof"`,
		`@Listener({ backoff: { frist: 1 } }) a() {}`:           `@Listener: backoff does not know the option "frist"`,
		`@Listener("x") a() {} @Listener({ name: "x" }) b() {}`: `there is a listener "x" already`,
	} {
		w := emptyWorld(t)
		if err := w.tryLoad("export default class App extends AppBase { " + source + " }"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "app.ts:1:") {
			t.Errorf("%s\n got %v\nwant %s", source, err, want)
		}
	}
}
