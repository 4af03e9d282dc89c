package appbase

import (
	"strings"
	"testing"
	"time"
)

const hibernatingApp = `@Api({ hibernate: "10m" }) export default class App extends AppBase {
	count = 0;
	@OnStart start() { this.log.info("started"); }
	@OnStop async stop(why) { this.log.info("stopped " + why); await null; }
	@OnConnect hello(e) { e.connection.subscribe("all"); e.connection.state.n = 1; e.connection.send("connect"); }
	@OnMessage async say(e) { e.connection.send([e.message, ++this.count, e.connection.state.n++].join()); await null; }
	@OnDisconnect bye(e) { this.publish("all", "left " + e.connectionId + e.code); }
	@Get ping() { return "pong " + this.count + " " + this.connections.size + " " + this.generation; }
	@Get later() { setTimeout(() => {}, 3600e3); }
	@Rpc add(call, a, b) { return a + b; }
	@Websocket plain(ws) {}
}`

func (w *world) asleep() bool { return w.worker.current == nil }

func TestHibernation(t *testing.T) {
	w := newWorld(t, hibernatingApp)
	a, b, l := w.open("a", "/ws"), w.open("b", "/ws"), w.open("l", "/live")
	a.want(t, "connect")
	b.want(t, "connect")
	a.text("x")
	w.loop.RunPosted()
	a.want(t, "x,1,1")
	w.loop.Advance(9 * time.Minute)
	if w.asleep() {
		t.Fatal("unloaded too soon")
	}
	w.loop.Advance(6 * time.Minute)
	if !w.asleep() {
		t.Fatal("not unloaded")
	}
	a.text("y", "z") // the first wakes it
	w.loop.RunPosted()
	a.want(t, "y,1,2|z,2,3")
	w.loop.Advance(15 * time.Minute)
	if got := w.request("GET", "/ping", ""); got != "200 text/plain;charset=UTF-8 pong 0 3 1" {
		t.Error(got)
	}
	w.loop.Advance(15 * time.Minute)
	l.call(w, `{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}`)
	l.want(t, `{"jsonrpc":"2.0","id":1,"result":3}`)
	w.loop.Advance(15 * time.Minute)
	if !w.asleep() {
		t.Fatal("not unloaded")
	}
	b.end(4000, "")
	w.loop.RunPosted()
	a.want(t, "left b4000")
	if log := w.log.String(); strings.Count(log, "started") != 5 || strings.Count(log, "stopped hibernate") != 4 || strings.Contains(log, "ERROR") {
		t.Errorf("log: %s", log)
	}
}

func TestNewConnectionWakes(t *testing.T) {
	w := newWorld(t, hibernatingApp)
	w.loop.Advance(15 * time.Minute)
	if !w.asleep() {
		t.Fatal("not unloaded")
	}
	s := w.open("a", "/ws")
	s.text("x")
	w.loop.RunPosted()
	s.want(t, "connect|x,1,1")
}

func TestReloadWhileUnloaded(t *testing.T) {
	w := newWorld(t, hibernatingApp)
	s := w.open("a", "/ws")
	s.got()
	w.loop.Advance(15 * time.Minute)
	w.load(strings.Replace(hibernatingApp, "e.message,", `"new " + e.message,`, 1))
	s.text("x")
	w.loop.RunPosted()
	s.want(t, "new x,1,1")
}

func TestWhatKeepsAwake(t *testing.T) {
	w := newWorld(t, hibernatingApp)
	p := w.open("p", "/plain")
	w.loop.Advance(time.Hour)
	if w.asleep() {
		t.Error("unloaded under a connection with callbacks")
	}
	p.end(1000, "")
	if got := w.request("GET", "/later", ""); got != "204" {
		t.Fatal(got)
	}
	w.loop.Advance(50 * time.Minute)
	if w.asleep() {
		t.Error("unloaded under a timer")
	}
	w.loop.Advance(30 * time.Minute)
	if !w.asleep() {
		t.Error("never unloaded")
	}
}

func TestStopWhileUnloaded(t *testing.T) {
	w := newWorld(t, hibernatingApp)
	s := w.open("a", "/ws")
	w.loop.Advance(15 * time.Minute)
	stopped := false
	s.end(1001, "")
	w.worker.Stop("shutdown", func() { stopped = true })
	w.loop.RunPosted()
	if !stopped {
		t.Error("Stop does not end")
	}
}
