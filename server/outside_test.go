package server

import (
	"strings"
	"testing"

	"github.com/sigil-server/sigil/appbase"
)

const sourceApp = `export default class Source extends AppBase {
	@Websocket feed(ws) { ws.subscribe("feed"); }
	@Get emit(req) { return String(this.publish("feed", req.query.n)); }
	@Get drop() { for (const ws of this.connections) ws.close(1012, "moving"); return "ok"; }
}`

const sinkApp = `@Api({ workers: 2 }) export default class Sink extends AppBase {
	@Shared url = "";
	@Listener({ autostart: false, backoff: "10ms" }) async feed(signal, listener) {
		const source = new WebSocket(this.url);
		source.onopen = () => this.publish("out", "v1 open");
		await listener.each(source, ({ data }) => {
			if (data === "bad") throw new Error("a bad message");
			this.publish("out", "v1 " + data);
		});
	}
	@Websocket out(ws) { ws.subscribe("out"); ws.send("on"); }
	@Websocket control(ws) {
		ws.onMessage(async (text) => {
			const [verb, url] = text.split(" ");
			if (url) this.url = url;
			await this.listener("feed")[verb]();
			ws.send(this.listener("feed").state);
		});
	}
}`

// A listener of an app on two workers consumes another server's WebSocket once, and is driven from the other worker; it comes back
// when the connection is lost, and goes over to new code.
func TestListenerOverWorkers(t *testing.T) {
	s := startSite(t, files{"source.js": sourceApp, "sink.js": sinkApp}, func(o *Options) {
		o.Web = func(string) appbase.Web {
			var web appbase.Web
			web.Fetch.Private = true
			return web
		}
	})
	out, control := s.dial("/sink/out"), s.dial("/sink/control")
	out.want("on")
	if n := workersOf(s, "sink"); n != 2 {
		t.Fatalf("%d workers", n)
	}
	do := func(command, state string) {
		t.Helper()
		control.send(opText, command)
		control.want(state)
	}
	emit := func(n string) {
		t.Helper()
		if got := s.get("/source/emit?n=" + n); got != "1" {
			t.Errorf("%s consumers", got)
		}
	}
	do("start ws://"+s.addr()+"/source/feed", "running")
	out.want("v1 open")
	emit("1")
	out.want("v1 1")
	emit("bad")
	do("pause", "paused")
	emit("2")
	do("resume", "running")
	out.want("v1 2")
	s.get("/source/drop")
	out.want("v1 open")
	emit("3")
	out.want("v1 3")
	for _, part := range []string{"a bad message", "in=message", "has ended: moving", "again="} {
		if !strings.Contains(s.log.String(), part) {
			t.Errorf("the log lacks %q", part)
		}
	}
	s.save(files{"sink.js": strings.ReplaceAll(sinkApp, "v1", "v2")})
	s.next()
	out.want("on")
	out.want("v2 open")
	s.get("/source/emit?n=4")
	out.want("v2 4")
	do("stop", "stopped")
	if l := s.server.table.find("sink").shared.Listeners(); len(l) != 1 || l[0].State != "stopped" {
		t.Errorf("%+v", l)
	}
}
