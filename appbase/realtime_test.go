package appbase

import (
	"strings"
	"testing"
	"time"
)

// openAs connects with what a guard would have left as the user.
func (w *world) openAs(id, path, user string) *sock {
	w.t.Helper()
	route, params, ok := w.routes.Socket(path)
	if !ok {
		w.t.Fatalf("no socket route at %s", path)
	}
	s := &sock{state: 1}
	w.socks[id] = s
	s.conn = w.worker.Open(s, route, request("GET", path, "", nil, params, "X-A", "b"), Admission{User: user}, "", id)
	w.loop.RunPosted()
	return s
}

// call sends JSON-RPC and lets what it started run.
func (s *sock) call(w *world, texts ...string) {
	for _, text := range texts {
		s.text(text)
		w.loop.RunPosted()
	}
}

func TestMistakesInRealtimeAnnotations(t *testing.T) {
	for body, want := range map[string]string{
		`@Topic("a", { histry: 1 }) a() {}`:       `@Topic("a") does not know the option "histry"`,
		`@Topic(5) a() {}`:                        `@Topic takes the name of a topic`,
		`@Topic("") a() {}`:                       `a topic has a name of 1 to 256 bytes`,
		`@Topic("a", { history: -1 }) a() {}`:     `history is a whole number of 0 to 10000, not -1`,
		`@Topic("a", { ttl: "soon" }) a() {}`:     `@Topic("a"): ttl is a duration such as "30s"`,
		`@Topic("a", { authorize: true }) a() {}`: `the method a authorizes; leave the option out`,
		`@Topic("a") a() {} @Topic("a") b() {}`:   `a is declared twice`,
		`@Topic("a") static a() {}`:               `a static method cannot be called`,
		`@Rpc("$/x") a() {}`:                      `name is a text that does not begin with "$/"`,
		`@Rpc({ timeout: 0 }) a() {}`:             `@Rpc: timeout is a duration`,
		`@Rpc("x") a() {} @Rpc x() {}`:            `x is declared twice`,
		`@Rpc a() {} @Websocket live(ws) {}`:      `both answer at /live`,
		`@OnMessage a() {} @Websocket ws(ws) {}`:  `both answer at /ws`,
		`@OnMessage({ limits: {} }) a() {}`:       `@OnMessage does not know the option "limits"`,
		`@Guard(() => true) @Rpc a() {}`:          `the method has no route to guard`,
		`@Realtime() a() {}`:                      `@Realtime belongs on the class`,
		`@OnConnect({ compress: true }) a() {} @OnConnect({ compress: true }) b() {}`: `compress of /ws is set twice`,
	} {
		w := emptyWorld(t)
		err := w.tryLoad(`export default class App extends AppBase { ` + body + ` }`)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", body, err, want)
		}
	}
}

func TestEvents(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@OnConnect hello(e) { this.broadcast(["in", e.id, e.connectionId === e.id, e.path, e.remoteAddress, e.headers["x-a"], e.user?.id, e.connection.id, this.connections.size].join()); }
		@OnMessage one(e) { e.connection.send("one " + e.message); }
		@OnMessage async two({ message, connectionId }) { await null; this.connection(connectionId).send("two " + message); if (message === "bad") throw new Error("no"); }
		@OnBinary bytes(e) { e.connection.send(new Uint8Array(e.message).length); }
		@OnDisconnect bye(e) { this.broadcast(["out", e.connectionId, e.code, e.reason, e.wasClean, e.connection, this.connections.size].join()); }
		@OnMessage("/other") other(e) { e.connection.send("other " + e.message); }
	}`)
	a := w.openAs("a", "/ws", `{"id":7}`)
	a.want(t, "in,a,true,/app/ws,192.0.2.7,b,7,a,1")
	b := w.open("b", "/ws")
	b.got()
	a.got()
	a.text("x", "bad", "y")
	w.loop.RunPosted()
	a.want(t, "one x|two x|one bad|two bad|one y|two y")
	a.arrive(func() { a.conn.Binary([]byte{1, 2, 3}) })
	a.want(t, "3")
	a.end(4001, "enough")
	b.want(t, "out,a,4001,enough,true,,1")
	o := w.open("o", "/other")
	o.text("x")
	o.want(t, "other x")
	o.end(1006, "")
	if log := w.log.String(); strings.Count(log, "Error: no") != 1 {
		t.Errorf("log: %s", log)
	}
}

func TestEventsAcrossReloads(t *testing.T) {
	const source = `export default class App extends AppBase {
		@OnConnect hello(e) { e.connection.state.n = 1; e.connection.send("connect"); }
		@OnMessage one(e) { e.connection.send(["NAME", e.message, e.connection.state.n++].join()); }
	}`
	w := newWorld(t, source)
	s := w.open("1", "/ws")
	s.text("a")
	w.load(strings.Replace(source, "NAME", "new", 1))
	s.text("b")
	s.want(t, "connect|NAME,a,1|new,b,2")
	w.load(`export default class App extends AppBase { @Get x() {} }`)
	if s.closed != "1012 the route is gone" {
		t.Errorf("closed %q", s.closed)
	}
}

func TestConnectHandlerThatThrows(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@OnConnect hello(e) { throw new Error("no"); }
		@OnConnect also(e) { e.connection.onMessage(() => 1); }
	}`)
	s := w.open("1", "/ws")
	if !strings.HasPrefix(s.closed, "1011") {
		t.Errorf("closed %q", s.closed)
	}
	if log := w.log.String(); !strings.Contains(log, "app.ts:2:31: Error: no") || !strings.Contains(log, "go to methods of the app") {
		t.Errorf("log: %s", log)
	}
}

func TestSelectingConnectionsAndUsers(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket room(ws) { ws.state.room = ws.id < "c" ? 1 : 2; if (ws.id === "a") ws.subscribe("news"); }
		@Websocket other(ws) {}
		@Post async ask(req) { return String(await new Function("app", "return " + await req.text())(this)); }
	}`)
	for id, user := range map[string]string{
		"a": `{"id":"ann","token":"t1","access":"private","role":"x"}`, "b": `{"id":"ann","token":"t2","access":"public"}`,
		"c": `{"id":7}`, "d": `"seven"`, "e": ``, "f": `{"id":""}`,
	} {
		w.openAs(id, map[bool]string{true: "/other", false: "/room"}[id == "e"], user)
	}
	ids := func(of string) string { return "[..." + of + "].map((ws) => ws.id).sort().join('')" }
	for source, want := range map[string]string{
		ids(`app.connections`):                                                                          "abcdef",
		ids(`app.connections.filter({ users: ["ann", 7] })`):                                            "abc",
		ids(`app.connections.filter({ users: ["7"] })`):                                                 "",
		ids(`app.connections.filter({ user: 7 })`):                                                      "c",
		ids(`app.connections.filter({ user: "seven" })`):                                                "d",
		ids(`app.connections.filter({ user: "" })`):                                                     "f",
		ids(`app.connections.filter({ user: undefined })`):                                              "e",
		ids(`app.connections.filter({ user: { role: "x" } })`):                                          "a",
		ids(`app.connections.filter({ users: ["ann"], tokens: ["t2", "t3"] })`):                         "b",
		ids(`app.connections.filter({ users: ["ann"], access: "private" })`):                            "a",
		ids(`app.connections.filter({ id: "a", users: ["ann"], tokens: ["t2"] })`):                      "",
		ids(`app.connections.filter({ users: ["ann", "ann"] })`):                                        "ab",
		ids(`app.connections.filter({ users: [] })`):                                                    "",
		ids(`app.connections.filter({ path: "/app/other" })`):                                           "e",
		ids(`app.connections.filter({ state: { room: 2 } })`):                                           "cdf",
		ids(`app.connections.filter({ topic: "news" })`):                                                "a",
		ids(`app.subscribers("news")`):                                                                  "a",
		ids(`app.connections.filter((ws) => ws.id > "d")`):                                              "ef",
		ids(`app.users.get("ann").connections`):                                                         "ab",
		`app.connections.count({ users: ["ann"] })`:                                                     "2",
		`app.connections.find({ user: 7 }).id`:                                                          "c",
		`[...app.users].map((u) => u.id).join("|")`:                                                     "|ann|seven|7",
		`app.users.size + " " + app.users.has("bob") + " " + app.users.get("bob")`:                      "4 false undefined",
		`app.users.send("ann", { hi: 1 })`:                                                              "2",
		`app.users.send(["ann", 7], "x", { access: "public" })`:                                         "1",
		`app.connections.send({ tokens: ["t1"] }, "to t1")`:                                             "1",
		`app.users.get("ann").user.token.slice(0, 1)`:                                                   "t",
		`(() => { try { app.connections.close({}) } catch (e) { return e.message } })()`:                "no criterion is given: that would mean every connection",
		`(() => { try { app.connections.close({ users: undefined }) } catch (e) { return e.name } })()`: "TypeError",
		`(() => { try { app.connections.filter({ usr: 1 }) } catch (e) { return e.name } })()`:          "TypeError",
		`(() => { try { app.users.close("ann", 999) } catch (e) { return e.name } })()`:                 "RangeError",
	} {
		if got := w.request("POST", "/ask", source); strings.TrimPrefix(got, "200 text/plain;charset=UTF-8") != strings.TrimRight(" "+want, " ") {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
	if got := w.request("POST", "/ask", `app.users.close("ann", 4000, "bye")`); !strings.HasSuffix(got, " 2") {
		t.Error(got)
	}
	if a, c := w.socks["a"], w.socks["c"]; a.closed != "4000 bye" || c.closed != "" {
		t.Errorf("closed %q and %q", a.closed, c.closed)
	}
	w.socks["a"].end(1000, "")
	w.socks["b"].end(1000, "")
	if got := w.request("POST", "/ask", `app.users.has("ann")`); !strings.HasSuffix(got, " false") {
		t.Error(got)
	}
}

func TestTopicsOfAnApp(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Websocket ws(ws) {
			ws.subscribe("a");
			ws.onMessage((text) => ws.send([this.publish("a", [1], { key: "k" }), this.publish("a", new Uint8Array([7])), ws.publish("a", "t"),
				JSON.stringify(this.history("a")), this.history("a", { limit: 1 }).length, this.broadcast("all", { except: [ws] })].join(" ")));
		}
		@Topic("room:*", { history: 10, ttl: "1m" }) room(ws, topic) { return true; }
	}`)
	s := w.open("1", "/ws")
	s.text("go")
	s.want(t, `[1]||1 1 0 [{"data":[1],"epoch":"e","offset":1,"time":5},{"data":{},"epoch":"e","offset":2,"time":5},{"data":"t","epoch":"e","offset":3,"time":5}] 1 0`)
	if len(w.rules) != 1 || w.rules[0] != (TopicRule{"room:*", 10, time.Minute}) {
		t.Errorf("rules %+v", w.rules)
	}
}
