package appbase

import (
	"strings"
	"testing"
	"time"
)

func TestEcho(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket echo(ws) { ws.onMessage((text) => ws.send("echo: " + text)); }
	}`)
	s := w.open("1", "/echo")
	s.text("a", "grüße 😀")
	s.want(t, "echo: a|echo: grüße 😀")
}

func TestWhatCanBeSent(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket echo(ws) {
			ws.send({ a: 1 }); ws.send([1, 2]); ws.send(7); ws.send(true); ws.send(null);
			ws.send(new Uint8Array([65, 66, 67]).subarray(1)); ws.sendBytes(new DataView(new Uint8Array([68, 69]).buffer, 1));
			ws.sendBytes(new Uint8Array([70]).buffer);
			const cycle = {}; cycle.self = cycle;
			for (const bad of [undefined, () => 1, Symbol("x"), cycle, 1n, Promise.resolve(1)]) {
				try { ws.send(bad); ws.send("taken"); } catch (e) { ws.send(e.name); }
			}
			try { ws.send = 1; } catch (e) { ws.send(e.name); }
			try { ws.sendBytes("text"); } catch (e) { ws.send(e.message); }
		}
	}`)
	w.open("1", "/echo").want(t, `{"a":1}|[1,2]|7|true|null|bytes:BC|bytes:E|bytes:F|TypeError|TypeError|TypeError|TypeError|TypeError|TypeError|TypeError|`+
		`sendBytes takes an ArrayBuffer, a typed array or a DataView, not the text "text"; a text goes through send`)
}

func TestAsyncCallbacksNeverOverlap(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket slow(ws) {
			ws.onMessage(async (text) => {
				ws.send("begin " + text);
				await new Promise((r) => setTimeout(r, 100));
				ws.send("end " + text);
			});
			ws.onClose((code) => ws.state.log = this.log.info("closed " + code));
		}
	}`)
	s := w.open("1", "/slow")
	s.text("1", "2")
	s.end(1000, "")
	s.want(t, "begin 1")
	w.loop.Advance(100 * time.Millisecond)
	s.want(t, "end 1|begin 2")
	w.loop.Advance(100 * time.Millisecond)
	s.want(t, "end 2")
	if !strings.Contains(w.log.String(), "closed 1000") || s.conn.inst != nil {
		t.Errorf("onClose did not run last: %s", w.log)
	}
}

func TestMessagesWaitForTheRouteFunction(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket async late(ws) {
			await new Promise((r) => setTimeout(r, 50));
			ws.onMessage((text) => ws.send("got " + text));
		}
	}`)
	s := w.open("1", "/late")
	s.text("early")
	s.want(t, "")
	w.loop.Advance(50 * time.Millisecond)
	s.want(t, "got early")
}

func TestErrorsInCallbacks(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket bad(ws) {
			ws.onError((message) => ws.send("error: " + message));
			ws.onMessage((text) => {
				if (text === "sync") throw new Error("boom");
				return Promise.reject(new TypeError("later"));
			});
		}
		@Websocket broken() { null.x; }
		@Websocket async brokenLater() { await null; throw new Error("no"); }
	}`)
	s := w.open("1", "/bad")
	s.text("sync", "async")
	s.want(t, "error: boom|error: later")
	if s.state != 1 {
		t.Error("an exception closed the connection")
	}
	if log := w.log.String(); !strings.Contains(log, "app.ts:5:32: Error: boom") || strings.Contains(log, "unhandled") {
		t.Errorf("log: %s", log)
	}
	for _, path := range []string{"/broken", "/brokenLater"} {
		if s := w.open(path, path); !strings.HasPrefix(s.closed, "1011") {
			t.Errorf("%s: closed %q, want 1011", path, s.closed)
		}
	}
}

func TestLoopingHandlerIsInterrupted(t *testing.T) {
	w := emptyWorld(t)
	w.worker.callTime = 250 * time.Millisecond
	w.load(`export default class App extends AppBase {
		@Websocket spin(ws) {
			ws.onMessage((text) => {
				if (text === "ok") { ws.send("fine"); return; }
				let n = 0;
				for (;;) {
					n++;
				}
			});
		}
	}`)
	s := w.open("1", "/spin")
	s.text("spin", "spin", "ok", "spin", "spin")
	s.want(t, "fine")
	if s.state != 1 || !strings.Contains(w.log.String(), "app.ts:7:6: Error: interrupted") {
		t.Errorf("state %d, log %s", s.state, w.log)
	}
	s.text("spin")
	if !strings.HasPrefix(s.closed, "1011") {
		t.Errorf("three in a row: closed %q", s.closed)
	}
}

func TestCallbacksReplaceAndListenersAdd(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket many(ws) {
			ws.onMessage(() => ws.send("first"));
			ws.onMessage(() => ws.send("second"));
			const twice = (event) => ws.send(event.type + " " + event.data + " " + (event.target === ws));
			ws.addEventListener("message", twice);
			ws.on("message", twice);
			ws.onmessage = (event) => ws.send("property " + event.data);
			ws.onopen = () => ws.send("open");
			ws.addEventListener("close", (event) => this.log.info([event.code, event.reason, event.wasClean].join()));
		}
	}`)
	s := w.open("1", "/many")
	s.text("x")
	s.want(t, "open|second|property x|message x true")
	s.end(4001, "bye")
	s.conn.Closed(1006, "")
	if log := w.log.String(); strings.Count(log, "4001,bye,true") != 1 || strings.Contains(log, "1006") {
		t.Errorf("onclose: %s", log)
	}
}

func TestViewsOfAConnection(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket("/rooms/:room") look(ws) {
			ws.send([ws.id, ws.path, ws.query.a, ws.headers["x-y"], ws.cookies.c, ws.params.room, ws.protocol, ws.remoteAddress,
				ws.readyState, ws.bufferedAmount, ws.user, ws.reattached].map(String).join());
			ws.send([ws.getReqPath(), ws.getQueryString(), ws.getSrcAddress(), ws.getReqHeaders().host].join());
			ws.send(JSON.stringify(Object.keys(ws.state)) + (ws instanceof WsConn) + Object.prototype.toString.call(ws));
			try { ws.id = "other"; } catch (e) { ws.send(e.name); }
			try { ws.state = 5; } catch (e) { ws.send(e.name); }
			try { new WsConn(); } catch (e) { ws.send(e.name); }
			try { const { send } = ws; send("x"); } catch (e) { ws.send(e.name); }
			ws.nick = "ann"; ws.send(ws.nick + ("nick" in ws) + delete ws.nick + ws.nick);
		}
	}`)
	w.open("id-1", "/rooms/blue?a=1&b", "X-Y", "z", "Cookie", "c=3").want(t,
		`id-1,/app/rooms/blue,1,z,3,blue,,192.0.2.7,1,0,undefined,false|/app/rooms/blue,a=1&b,192.0.2.7,example.test|`+
			`[]true[object WsConn]|TypeError|TypeError|TypeError|TypeError|anntruetrueundefined`)
}

func TestClose(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"", "1000 "}, {"4001, 'bye'", "4001 bye"}, {"1011", "1011 "},
		{"999", "RangeError"}, {"1004", "RangeError"}, {"1005", "RangeError"}, {"1006", "RangeError"}, {"1015", "RangeError"},
		{"5000", "RangeError"}, {"1000, 'x'.repeat(124)", "RangeError"}, {"1000, 'é'.repeat(62)", "RangeError"},
	} {
		w := newWorld(t, `export default class App extends AppBase {
			@Websocket c(ws) { try { ws.close(`+tc.args+`); ws.close(4999); ws.send("late"); } catch (e) { ws.send(e.name); } }
		}`)
		s := w.open("1", "/c")
		if got := s.closed + s.got(); got != tc.want {
			t.Errorf("close(%s): %q, want %q", tc.args, got, tc.want)
		}
	}
}

func TestDrained(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket async big(ws) { ws.onDrain(() => ws.send("drain")); await ws.drained(); ws.send("empty"); }
	}`)
	w.open("1", "/big").want(t, "empty")
	route, _, _ := w.routes.Socket("/big")
	s := &sock{state: 1, pending: 10}
	s.conn = w.worker.Open(s, route, request("GET", "/big", "", nil, nil), Admission{}, "", "2")
	s.want(t, "")
	s.drain() // though there was too little for Drain
	s.want(t, "empty")
	s.conn.Drain()
	s.want(t, "drain")
}

// A connection that ends has nothing queued.
func TestDrainedByTheEnd(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket async big(ws) { await ws.drained(); await ws.drained(); this.log.info("drained", ws.readyState); }
	}`)
	route, _, _ := w.routes.Socket("/big")
	s := &sock{state: 1, pending: 10}
	s.conn = w.worker.Open(s, route, request("GET", "/big", "", nil, nil), Admission{}, "", "2")
	s.state = 3
	s.conn.Closed(1006, "")
	w.loop.RunPosted()
	if !strings.Contains(w.log.String(), "drained 3") {
		t.Errorf("drained() goes on waiting:\n%s", w.log)
	}
	s.drain() // comes too late, and does nothing
}

// What a script made far too long is not repeated to it.
func TestLongTopicIsShortened(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket room(ws) { try { ws.subscribe("x".repeat(1e5)); } catch (e) { ws.send(e.name + " " + e.message); } }
	}`)
	got := w.open("a", "/room").got()
	if !strings.HasPrefix(got, `RangeError cannot subscribe to "xxxx`) || !strings.Contains(got, "(100000 bytes)") || len(got) > 200 {
		t.Errorf("%d bytes: %.300s", len(got), got)
	}
}

func TestTopicsAndConnections(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket room(ws) {
			ws.subscribe("news");
			ws.onMessage((text) => {
				if (text === "pub") return void ws.publish("news", { n: 1 });
				if (text === "all") return void this.broadcast("hello", { except: ws });
				if (text === "long") { try { ws.subscribe("x".repeat(30)); } catch (e) { ws.send(e.name); } return; }
				ws.send([this.connections.size, [...this.connections].map((c) => c.id).sort(), this.connections.count({ topic: "news" }),
					this.connections.filter({ path: "/app/none" }).length, this.connection("a") === ws, this.connection("zz")].map(String).join(" "));
			});
		}
	}`)
	a, b := w.open("a", "/room"), w.open("b", "/room")
	a.text("pub", "all", "long", "list")
	a.want(t, `RangeError|2 a,b 2 0 true undefined`)
	b.want(t, `{"n":1}|hello`)
	b.end(1000, "")
	a.text("list")
	a.want(t, `1 a 1 0 true undefined`)
}

func TestAppMembers(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		field = this.name + this.config.greeting + this.config.deep.n;
		@Get look() { return [this.field, this.generation]; }
	}`)
	if got := w.request("GET", "/look", ""); got != `200 application/json ["apphi1",1]` {
		t.Error(got)
	}
}
