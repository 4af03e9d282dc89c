package appbase

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const counting = `export default class App extends AppBase {
	@Websocket room(ws) {
		ws.send("VERSION" + (ws.reattached ? " again" : ""));
		ws.onMessage((text) => { ws.state.n = (ws.state.n ?? 0) + 1; ws.send("VERSION " + ws.state.n + " " + text); });
		ws.onClose((code) => this.log.info("VERSION closed " + code));
	}
	@OnStart begin() { this.log.info("VERSION start"); }
	@OnStop end(reason) { this.log.info("VERSION stop " + reason); }
}`

func version(n int) string { return strings.ReplaceAll(counting, "VERSION", fmt.Sprintf("v%d", n)) }

func TestReloadKeepsConnections(t *testing.T) {
	w := newWorld(t, version(1))
	s := w.open("1", "/room")
	s.text("a")
	w.load(version(2))
	s.text("b")
	s.want(t, "v1|v1 1 a|v2 again|v2 2 b")
	s.end(1000, "")
	log := w.log.String()
	for _, once := range []string{"v1 start", "v1 stop reload", "v2 start", "v2 closed 1000"} {
		if strings.Count(log, once) != 1 {
			t.Errorf("%q is not in the log once:\n%s", once, log)
		}
	}
	if strings.Contains(log, "v1 closed") || w.worker.Generation() != 2 {
		t.Errorf("generation %d, log:\n%s", w.worker.Generation(), log)
	}
	if len(w.worker.older) != 0 {
		t.Error("the old runtime is still there")
	}
}

func TestBrokenGenerationChangesNothing(t *testing.T) {
	w := newWorld(t, version(1))
	s := w.open("1", "/room")
	for _, broken := range []string{
		`throw new Error("at the top");`,
		`export default class App extends AppBase { constructor() { super(); null.x; } }`,
		`export default class App extends AppBase { @Get a() {} @Get("/a") b() {} }`,
		`export default class App extends AppBase { @Get("/a//b") b() {} }`,
		`export const x = 1;`,
	} {
		if err := w.tryLoad(broken); err == nil {
			t.Errorf("%s was taken", broken)
		}
	}
	s.text("a")
	s.want(t, "v1|v1 1 a")
	if w.worker.Generation() != 1 || strings.Contains(w.log.String(), "stop") {
		t.Errorf("generation %d, log %s", w.worker.Generation(), w.log)
	}
}

func TestCallInFlightFinishesOnItsGeneration(t *testing.T) {
	slow := func(n int) string {
		return strings.ReplaceAll(`export default class App extends AppBase {
			@Websocket room(ws) {
				setInterval(() => ws.send("tick VERSION"), 30);
				ws.onMessage(async (text) => {
					await new Promise((r) => setTimeout(r, 50));
					ws.send("VERSION " + text);
				});
			}
			@Get async slow() { await new Promise((r) => setTimeout(r, 50)); return "VERSION"; }
		}`, "VERSION", fmt.Sprintf("v%d", n))
	}
	w := newWorld(t, slow(1))
	s := w.open("1", "/room")
	s.text("a", "b")
	var answer string
	w.worker.Serve(w.routes.HTTP("GET", "/slow").Route, request("GET", "/slow", "", nil, nil), func(r *Response, err error) {
		answer = fmt.Sprint(string(r.Body), err)
	})
	w.load(slow(2))
	w.loop.Advance(50 * time.Millisecond)
	s.want(t, "v1 a")
	if answer != "v1<nil>" {
		t.Errorf("the request in flight got %q", answer)
	}
	w.loop.Advance(50 * time.Millisecond)
	s.want(t, "tick v2|v2 b")
}

func TestCallThatNeverEndsIsLeftBehind(t *testing.T) {
	stuck := `export default class App extends AppBase {
		@Websocket room(ws) { ws.onMessage((text) => { ws.send("VERSION " + text); if (text === "stick") return new Promise(() => {}); }); }
		@Get never() { return new Promise(() => {}); }
	}`
	w := newWorld(t, strings.ReplaceAll(stuck, "VERSION", "v1"))
	s := w.open("1", "/room")
	s.text("stick", "next")
	var failed error
	w.worker.Serve(w.routes.HTTP("GET", "/never").Route, request("GET", "/never", "", nil, nil), func(_ *Response, err error) { failed = err })
	w.load(strings.ReplaceAll(stuck, "VERSION", "v2"))
	s.want(t, "v1 stick")
	w.loop.Advance(retireTime)
	s.want(t, "v2 next")
	if failed == nil {
		t.Error("the request was not answered")
	}
	if len(w.worker.older) != 0 {
		t.Error("the old generation is kept")
	}
}

func TestReloadPolicies(t *testing.T) {
	app := func(n int, extra string) string {
		return strings.ReplaceAll(`export default class App extends AppBase {
			@Websocket({ reload: "restart" }) again(ws) { ws.onClose((code) => this.log.info("VERSION again " + code)); }
			@Websocket({ reload: "drain" }) stay(ws) { ws.onMessage((text) => ws.send("VERSION " + text)); setInterval(() => ws.send("tick"), 1000); }
			`+extra+`
		}`, "VERSION", fmt.Sprintf("v%d", n))
	}
	w := newWorld(t, app(1, `@Websocket gone(ws) { ws.onClose((code) => this.log.info("VERSION gone " + code)); }`))
	again, stay, gone := w.open("a", "/again"), w.open("s", "/stay"), w.open("g", "/gone")
	w.load(app(2, ""))
	if again.closed != "1012 the app was reloaded" || gone.closed != "1012 the route is gone" || stay.closed != "" {
		t.Errorf("closed: %q %q %q", again.closed, gone.closed, stay.closed)
	}
	again.end(1012, "")
	gone.end(1012, "")
	if log := w.log.String(); !strings.Contains(log, "v1 again 1012") || !strings.Contains(log, "v1 gone 1012") {
		t.Errorf("onClose did not run on the old code: %s", log)
	}
	w.loop.Advance(2 * retireTime)
	stay.sent = nil
	w.load(app(3, ""))
	stay.text("x")
	stay.want(t, "v1 x")
	stay.end(1000, "")
	w.loop.Advance(retireTime)
	for _, old := range w.worker.older {
		t.Errorf("generation %d is kept", old.generation)
	}
}

func TestStateThatCannotBeKept(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket big(ws) { ws.state.text = "x".repeat(70000); }
		@Websocket cycle(ws) { ws.state.self = ws.state; }
		@Websocket fine(ws) { ws.state = { kept: true }; }
	}`)
	big, cycle, fine := w.open("b", "/big"), w.open("c", "/cycle"), w.open("f", "/fine")
	w.load(`export default class App extends AppBase { @Websocket big() {} @Websocket cycle() {} @Websocket fine(ws) { ws.send(ws.state); } }`)
	for _, s := range []*sock{big, cycle} {
		if !strings.HasPrefix(s.closed, "1011 ws.state") {
			t.Errorf("closed %q", s.closed)
		}
	}
	fine.want(t, `{"kept":true}`)
}

func TestNothingArrivesBeforeStartHasSettled(t *testing.T) {
	app := `export default class App extends AppBase {
		@OnStart async begin() { await new Promise((r) => setTimeout(r, 100)); this.ready = "VERSION ready"; }
		@Websocket room(ws) { ws.send(this.ready); ws.onMessage((text) => ws.send(text + " " + this.ready)); }
		@Get look() { return this.ready; }
	}`
	w := emptyWorld(t)
	if err := w.tryLoad(strings.ReplaceAll(app, "VERSION", "v1")); err == nil || err.Error() != "still loading" {
		t.Fatal(err)
	}
	w.loop.Advance(100 * time.Millisecond)
	s := w.open("1", "/room")
	_ = w.tryLoad(strings.ReplaceAll(app, "VERSION", "v2"))
	s.text("x")
	late := w.open("2", "/room")
	late.text("y")
	var answer string
	w.worker.Serve(w.routes.HTTP("GET", "/look").Route, request("GET", "/look", "", nil, nil), func(r *Response, _ error) { answer = string(r.Body) })
	s.want(t, "v1 ready")
	late.want(t, "")
	w.loop.Advance(100 * time.Millisecond)
	s.want(t, "v2 ready|x v2 ready")
	late.want(t, "v2 ready|y v2 ready")
	if answer != "v2 ready" {
		t.Errorf("request: %q", answer)
	}
}

func TestStop(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@OnStart go() { setInterval(() => this.log.info("tick"), 10); }
		@OnStop async bye(reason) { await new Promise((r) => setTimeout(r, 50)); this.log.info("bye " + reason); }
	}`)
	stopped := false
	w.worker.Stop("removed", func() { stopped = true })
	w.loop.Advance(time.Second)
	if log := w.log.String(); !stopped || !strings.Contains(log, "bye removed") || strings.Contains(log, "tick") {
		t.Errorf("stopped %v, log %s", stopped, log)
	}
	if n := w.loop.Timers(); n != 0 {
		t.Errorf("%d timers are left", n)
	}
}

func TestScheduled(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Scheduled({ every: "1m" }) async tidy() { this.log.info("tidy"); await new Promise((r) => setTimeout(r, 90000)); }
	}`)
	w.loop.Advance(5*time.Minute + time.Second)
	if n := strings.Count(w.log.String(), "tidy"); n != 3 { // at 1, 3 and 5 minutes: never on top of itself
		t.Errorf("ran %d times in 5 minutes", n)
	}
	w.load(`export default class App extends AppBase {}`)
	w.log.Reset()
	w.loop.Advance(5 * time.Minute)
	if strings.Contains(w.log.String(), "tidy") {
		t.Error("the old schedule runs on")
	}
}

func TestLoadThatNeverSettles(t *testing.T) {
	w := emptyWorld(t)
	var failed error
	w.worker.Evaluate(w.prepare(w.compile(`await new Promise(() => {}); export default class App extends AppBase {}`)), func(_ *Routes, err error) { failed = err })
	w.loop.Advance(loadTime)
	if failed == nil || !strings.Contains(failed.Error(), "top-level await") {
		t.Errorf("got %v", failed)
	}
}
