package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// acrossApp runs what it is told to, on the worker of the connection.
const acrossApp = `
@Api({ workers: 2 })
@Guard((req) => { if (req.query.user) req.user = { id: req.query.user, token: "t-" + req.query.user, access: "private" }; })
export default class Across extends AppBase {
  @Websocket("/room/:name") room(ws) {
    ws.subscribe("t");
    ws.onMessage(async (code) => {
      let result;
      try { result = await new Function("app", "ws", "return " + code)(this, ws); } catch (error) { result = error.name; }
      ws.send("= " + JSON.stringify(result ?? null));
    });
  }
  @Get size() { return this.connections.size + this.users.size + this.subscribers("t").length; }
  @OnConnect({ path: "/events" }) hello({ connection }) { connection.state.style = "events"; }
}`

// run has the app evaluate something on the connection's worker.
func (c *client) run(code string) string {
	c.t.Helper()
	c.send(opText, code)
	return strings.TrimPrefix(c.text(), "= ")
}

// until runs code until it gives what is wanted: other workers hear of things a moment later.
func (c *client) until(code, want string) {
	c.t.Helper()
	deadline := time.Now().Add(clientPatience)
	for {
		got := c.run(code)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s: %s, want %s", code, got, want)
		}
	}
}

// twoWorkers opens a connection on each of two workers, and returns the second one's id.
func twoWorkers(t *testing.T, s *site) (ann, bob *client, id string) {
	t.Helper()
	ann, bob = s.apart("across", "/across/room/1?user=ann", "/across/room/2?user=bob")
	if err := json.Unmarshal([]byte(bob.run("ws.id")), &id); err != nil {
		t.Fatal(err)
	}
	ann.run("1")
	return ann, bob, id
}

// apart opens two connections on two workers; the first of the app's.
func (s *site) apart(app, first, second string) (a, b *client) {
	s.t.Helper()
	a = s.dial(first)
	for deadline := time.Now().Add(clientPatience); ; {
		b = s.dial(second)
		if workersOf(s, app) == 2 {
			return a, b
		}
		b.leave()
		if time.Now().After(deadline) {
			s.t.Fatal("there is no second worker")
		}
	}
}

// An app sees the connections of all its workers.
func TestConnectionsOfAllWorkers(t *testing.T) {
	s := startSite(t, files{"across.js": acrossApp})
	ann, bob, id := twoWorkers(t, s)
	bob.run(`ws.state = { team: 2, deep: { n: [1] } }`)
	there := fmt.Sprintf("app.connection(%q)", id)
	for code, want := range map[string]string{
		`app.connections.size`:                                                                                    `2`,
		`app.connections.count({ user: "bob" })`:                                                                  `1`,
		`app.connections.count({ path: "/across/room/2" })`:                                                       `1`,
		`app.connections.count({ topic: "t" })`:                                                                   `2`,
		`app.connections.count({ topic: "none" })`:                                                                `0`,
		`app.connections.count({ token: "t-bob", access: "private" })`:                                            `1`,
		`app.connections.filter({ state: { team: 2 } }).map((c) => c.user.id)`:                                    `["bob"]`,
		`app.connections.filter((c) => c.params.name === "2").map((c) => c.query.user)`:                           `["bob"]`,
		`[...app.connections].map((c) => c.user.id).sort()`:                                                       `["ann","bob"]`,
		`app.subscribers("t").length`:                                                                             `2`,
		`[...app.users].map((u) => u.id)`:                                                                         `["ann","bob"]`,
		`app.users.size`:                                                                                          `2`,
		`[app.users.has("bob"), app.users.get("bob").connections.length, app.users.get("bob").user.token]`:        `[true,1,"t-bob"]`,
		there + `.state.deep.n[0]`:                                                                                `1`,
		`{ const c = ` + there + `; return [c.path, c.readyState, c.headers.host === ws.headers.host, c.id]; }`:   `"SyntaxError"`,
		`((c) => [c.path, c.readyState, c.headers.host === ws.headers.host, c instanceof WsConn])(` + there + `)`: `["/across/room/2",1,true,true]`,
		`((c) => { "use strict"; c.state.team = 3; })(` + there + `)`:                                             `"TypeError"`,
		`((c) => { "use strict"; c.state = {}; })(` + there + `)`:                                                 `"TypeError"`,
		there + `.onMessage(() => {})`:                                                                            `"TypeError"`,
		there + `.on("message", () => {})`:                                                                        `"TypeError"`,
		`app.connection("none")`:                                                                                  `null`,
	} {
		if got := ann.run(code); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	for range 4 { // whichever worker answers
		if got := s.get("/across/size"); got != "6" {
			t.Errorf("over HTTP: %s, want 6", got)
		}
	}
}

// What is sent goes to the loop of the connection, in order.
func TestSendToOtherWorkers(t *testing.T) {
	s := startSite(t, files{"across.js": acrossApp})
	ann, bob, id := twoWorkers(t, s)
	there := fmt.Sprintf("app.connection(%q)", id)
	for _, step := range []struct{ code, want, gets string }{
		{there + `.send({ x: 1 })`, `true`, `{"x":1}`},
		{there + `.send("b") && ` + there + `.send("c")`, `true`, "b c"},
		{`app.connections.send({ user: "bob" }, "found")`, `1`, "found"},
		{`app.users.send("bob", { a: [] }, { access: "private" })`, `1`, `{"a":[]}`},
		{`app.users.send(["bob", "nobody"], "list")`, `1`, "list"},
		{`app.broadcast("all but ann", { except: ws })`, `1`, "all but ann"},
		{there + `.publish("t", "none of mine")`, `1`, ""},
		{there + `.subscribe("late")`, `true`, ""},
	} {
		bob.run("1")
		ann.send(opText, step.code)
		answer := ann.text()
		if answer == "none of mine" { // a publication for ann itself
			answer = ann.text()
		}
		same(t, answer, "= "+step.want)
		for _, text := range strings.Fields(strings.ReplaceAll(step.gets, "all but ann", "all_but_ann")) {
			bob.want(strings.ReplaceAll(text, "_", " "))
		}
	}
	ann.until(`app.connections.count({ topic: "late" })`, "1")
	same(t, ann.run(`app.broadcast("no", { except: [ws, `+there+`] })`), "0")
	same(t, ann.run(`app.publish("late", "for bob")`), "1")
	bob.want("for bob")
	same(t, ann.run(there+`.close(4001, "out")`), "null")
	bob.wantEnd("4001 out")
	ann.until("app.connections.size", "1")
	same(t, ann.run(there+` === undefined`), "true")
	carl := s.dial("/across/room/3?user=carl")
	carl.run("1")
	same(t, ann.run(`app.users.get("carl").close(4002, "you too")`), "1")
	carl.wantEnd("4002 you too")
}

// What stands after one worker's last code is what the others see, also in events.
func TestStateOfOtherWorkers(t *testing.T) {
	s := startSite(t, files{"across.js": acrossApp})
	ann, bob, _ := twoWorkers(t, s)
	bob.run(`ws.keep = ws.state`)
	bob.run(`ws.keep.n = 1`)
	ann.until(`app.connections.count({ state: { n: 1 } })`, "1")
	bob.run(`Promise.resolve().then(() => { ws.state.n = 2; })`)
	ann.until(`app.connections.count({ state: { n: 2 } })`, "1")
	s.dial("/across/events")
	s.dial("/across/events")
	ann.until(`app.connections.count({ state: { style: "events" } })`, "2")
	s.save(files{"across.js": acrossApp + "\n// again"})
	s.next()
	ann.until(`app.connections.count({ state: { n: 2 } })`, "1")
	ann.until(`app.connections.size`, "4")
	bob.leave()
	ann.until(`app.connections.size`, "3")
	same(t, ann.run(`app.users.has("bob")`), "false")
}

const acrossLive = `
@Api({ workers: 2 })
@Guard((req) => { if (req.query.user) req.user = { id: req.query.user }; })
@Topic("room:*", { history: 100, presence: true, grace: "1s", publish: () => true })
export default class Live extends AppBase {
  @Rpc n(call) { return call.connection.state.n = (call.connection.state.n ?? 0) + 1; }
  @Rpc pile() { return this.connections.size; }
}`

// A session is found again on every worker, whether its connection is lost or still thought to be there.
func TestSessionOnAnotherWorker(t *testing.T) {
	s := startSite(t, files{"live.js": strings.Replace(acrossLive, `grace: "1s"`, `grace: "1h"`, 1)}) // it comes back within that, surely
	for name, lost := range map[string]bool{"lost": true, "still there": false} {
		t.Run(name, func(t *testing.T) {
			first, other := s.apart("live", "/live/live?user=ann", "/live/live?user=bob")
			var hello struct{ Session, ID string }
			if err := json.Unmarshal([]byte(first.ask("$/hello", `{"attempt":1}`)), &hello); err != nil {
				t.Fatal(err)
			}
			var at struct {
				Epoch  string
				Offset int
			}
			if err := json.Unmarshal([]byte(first.ask("$/subscribe", `{"topic":"room:1","presence":true}`)), &at); err != nil {
				t.Fatal(err)
			}
			same(t, first.ask("n", "[]"), "1")
			if lost {
				_ = first.conn.Close()
				other.until2(t, "pile", "1")
				s.dial("/live/live?user=carl").ask("$/ping", "{}") // takes the place on the first worker
			}
			other.ask("$/publish", `{"topic":"room:1","data":"missed"}`)
			second := s.dial("/live/live?user=ann")
			third := s.dial("/live/live?user=ann") // one of the two is on the other worker
			for i, c := range []*client{second, third} {
				var again struct {
					Session, ID string
					Resumed     bool
					Topics      map[string]struct{ Recovered bool }
				}
				positions := fmt.Sprintf(`{"session":%q,"attempt":%d,"positions":{"room:1":{"epoch":%q,"offset":%d}}}`, hello.Session, i+2, at.Epoch, at.Offset)
				if err := json.Unmarshal([]byte(c.ask("$/hello", positions)), &again); err != nil {
					t.Fatal(err)
				}
				if again.Session != hello.Session || again.ID != hello.ID || !again.Resumed || !again.Topics["room:1"].Recovered {
					t.Fatalf("client %d: %+v", i, again)
				}
				if got := c.note(); !strings.Contains(got, `"missed"`) {
					t.Errorf("client %d got %s", i, got)
				}
				same(t, c.ask("n", "[]"), fmt.Sprint(i+2))
			}
			second.wantEnd("4409 the session goes on in a newer connection")
			if !lost {
				first.note() // the publication
				for {
					if f, err := first.read(); err != nil || f.op == opClose {
						break
					}
				}
			}
			late := s.dial("/live/live?user=ann")
			if got := late.ask("$/hello", fmt.Sprintf(`{"session":%q,"attempt":1}`, hello.Session)); !strings.Contains(got, "newer") {
				t.Errorf("one that was overtaken: %s", got)
			}
			stranger := s.dial("/live/live?user=bob")
			if got := stranger.ask("$/hello", fmt.Sprintf(`{"session":%q,"attempt":9}`, hello.Session)); !strings.Contains(got, `"resumed":false`) {
				t.Errorf("another user: %s", got)
			}
			for _, c := range []*client{third, other, late, stranger} {
				_ = c.conn.Close()
			}
		})
	}
}

// until2 asks until the answer is what is wanted.
func (c *client) until2(t *testing.T, method, want string) {
	t.Helper()
	for deadline := time.Now().Add(clientPatience); c.ask(method, "[]") != want; {
		if time.Now().After(deadline) {
			t.Fatalf("%s is never %s", method, want)
		}
	}
}

// A member whose worker has ended leaves when its grace has passed.
func TestGraceOutlivesAWorker(t *testing.T) {
	s := startSite(t, files{"live.js": acrossLive})
	watcher, gone := s.apart("live", "/live/live?user=ann", "/live/live?user=bob")
	watcher.ask("$/subscribe", `{"topic":"room:1","presence":true}`)
	gone.ask("$/subscribe", `{"topic":"room:1"}`)
	if got := watcher.note(); !strings.HasPrefix(got, "$/join") {
		t.Fatal(got)
	}
	s.save(files{"live.js": strings.Replace(acrossLive, "workers: 2", "workers: 1", 1)})
	s.next()
	gone.wantEnd("1012 the app runs on fewer workers")
	if got := watcher.note(); !strings.HasPrefix(got, "$/leave") || !strings.Contains(got, `"bob"`) {
		t.Error(got)
	}
}
