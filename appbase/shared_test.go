package appbase

import (
	"strings"
	"testing"
)

const sharedApp = `export default class App extends AppBase {
	@Shared title = "first";
	@Shared hits = new SharedCounter(10);
	@Shared scores = new SharedMap({ ann: 1 });
	@Shared last = new SharedList(["a"], { max: 3 });
	@Get look() { return [this.title, this.hits, this.scores, this.last]; }
	@Get change() {
		this.title = { text: "second" };
		this.hits.add(5);
		this.scores.set("bob", 2).add("ann", 3);
		this.scores.delete("nobody");
		return this.last.push("b", "c", "d");
	}
	@Post try(req) { try { return String(new Function("app", req.query.code)(this)); } catch (e) { return e.name + ": " + e.message; } }
}`

func TestSharedFieldsOutliveGenerations(t *testing.T) {
	w := newWorld(t, sharedApp)
	look := func(want string) {
		t.Helper()
		if got := w.request("GET", "/look", ""); got != "200 application/json "+want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	look(`["first",10,{"ann":1},["a"]]`)
	if got := w.request("GET", "/change", ""); got != "200 application/json 3" {
		t.Fatal(got)
	}
	const changed = `[{"text":"second"},15,{"ann":4,"bob":2},["b","c","d"]]`
	look(changed)
	w.load(sharedApp + "\n// v2")
	look(changed)
	w.load(strings.Replace(sharedApp, "@Shared hits = new SharedCounter(10)", `@Shared hits = "none"`, 1))
	look(`[{"text":"second"},"none",{"ann":4,"bob":2},["b","c","d"]]`)
	if !strings.Contains(w.log.String(), "the shared field hits was a counter and begins afresh as a plain") {
		t.Errorf("no warning:\n%s", w.log)
	}
}

func TestSharedFieldsAreMigrated(t *testing.T) {
	w := newWorld(t, sharedApp)
	w.request("GET", "/change", "")
	migrating := strings.NewReplacer(
		`@Shared title = "first"`, `@Shared({ version: 2, migrate: (old, version) => old.text + version }) title = ""`,
		`@Shared last = new SharedList(["a"], { max: 3 })`, `@Shared({ version: 1, migrate: (old) => Object.fromEntries(old.map((k) => [k, true])) }) last = new SharedMap()`,
	).Replace(sharedApp)
	broken := strings.Replace(migrating, "old.text + version", "old.text.nothing.there", 1)
	if err := w.tryLoad(broken); err == nil || !strings.Contains(err.Error(), "app.ts:2") {
		t.Errorf("a migration that fails: %v", err)
	}
	w.load(migrating)
	if got := w.request("GET", "/look", ""); got != `200 application/json ["second0",15,{"ann":4,"bob":2},{"b":true,"c":true,"d":true}]` {
		t.Errorf("migrated: %s", got)
	}
	w.load(migrating + "\n// v3")
	if got := w.request("GET", "/look", ""); !strings.Contains(got, `"second0"`) {
		t.Errorf("migrated twice: %s", got)
	}
}

// A generation that is only being tried changes nothing.
func TestSharedFieldsOfFailedLoads(t *testing.T) {
	w := newWorld(t, sharedApp)
	for source, want := range map[string]string{
		`export default class App extends AppBase { @Shared title = "x"; constructor() { super(); this.title = "new"; } }`:          "do it in @OnStart",
		`export default class App extends AppBase { @Shared title = "x"; constructor() { super(); throw new Error(this.title); } }`: "Error: first",
		`export default class App extends AppBase { @Shared title = new Set(); }`:                                                   "this.title is a Set, which cannot be shared: use a SharedMap with true as values",
		`export default class App extends AppBase { @Shared title = { when: [() => 1] }; }`:                                         "this.title.when[0] is a function",
		`export default class App extends AppBase { @Shared #title = 1; }`:                                                          "@Shared belongs on a field; #title is private",
		`export default class App extends AppBase { @Shared static title = 1; }`:                                                    "title is static",
		`export default class App extends AppBase { @Shared title() {} }`:                                                           "title is a method",
		`export default class App extends AppBase { @Shared({ keep: 1 }) title = 1; }`:                                              `@Shared does not know the option "keep"`,
	} {
		if err := w.tryLoad(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", source, err, want)
		}
	}
	if got := w.request("GET", "/look", ""); got != `200 application/json ["first",10,{"ann":1},["a"]]` {
		t.Errorf("after loads that failed: %s", got)
	}
}

// Workers of one app see one value.
func TestSharedFieldsAcrossWorkers(t *testing.T) {
	common := NewShared()
	one, two := emptyWorldWith(t, func(o *Options) { o.Shared = common }), emptyWorldWith(t, func(o *Options) { o.Shared, o.Extra = common, true })
	one.load(sharedApp)
	two.load(sharedApp)
	one.request("GET", "/change", "")
	want := one.request("GET", "/look", "")
	if got := two.request("GET", "/look", ""); got != want || !strings.Contains(got, "second") {
		t.Errorf("the other worker sees %s, want %s", got, want)
	}
}

func TestLocks(t *testing.T) {
	w := newWorld(t, `
		const order = [];
		const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
		export default class App extends AppBase {
			@Get async run(req) {
				const { id, ms = "0", timeout } = req.query;
				try {
					return await this.lock("l").with(async () => {
						order.push("+" + id);
						await pause(Number(ms));
						const inner = await this.lock("l").with(async () => { await pause(1); return this.lock("l").with(() => "inner" + id); });
						if (id === "bad") throw new Error("broken");
						order.push("-" + id);
						return inner;
					}, timeout && { timeout: Number(timeout) });
				} catch (e) { order.push(e.name + " " + id); return e.message; }
			}
			@Get order() { return order.join(" "); }
			@Websocket hold(ws) { this.lock("l").with(() => new Promise(() => {}), { connection: ws }); }
		}`)
	run := func(query string) { w.begin("/run?" + query) }
	run("id=a&ms=100")
	run("id=late&timeout=50")
	run("id=bad")
	run("id=c")
	w.loop.Advance(60_000_000)
	w.loop.Advance(1_000_000_000)
	if got, want := w.request("GET", "/order", ""), "200 text/plain;charset=UTF-8 +a TimeoutError late -a +bad Error bad +c -c"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	s := w.open("1", "/hold")
	run("id=d")
	w.loop.Advance(1_000_000_000)
	if got := w.request("GET", "/order", ""); strings.Contains(got, "+d") {
		t.Errorf("got the lock while a connection held it: %s", got)
	}
	s.end(1006, "")
	w.loop.Advance(1_000_000_000)
	if got := w.request("GET", "/order", ""); !strings.Contains(got, "+d -d") {
		t.Errorf("after the connection's end: %s", got)
	}
}

// begin asks without waiting for the answer.
func (w *world) begin(target string) {
	path, query, _ := strings.Cut(target, "?")
	m := w.routes.HTTP("GET", path)
	w.worker.Serve(m.Route, request("GET", path, query, nil, m.Params), func(*Response, error) {})
	w.loop.RunPosted()
}

// Without a version a migration is run once, and another text of it is another one.
func TestSharedFieldsAreMigratedOnce(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Shared people = ["ann"];
		@Shared seen = new Map([["ann", 1]]);
		@Get look() { return [this.people, this.seen, this.seen instanceof SharedMap]; }
		@Get grow() { this.people = [...this.people, "bob"]; this.seen.add("ann", 1); }
	}`)
	w.request("GET", "/grow", "")
	const next = `export default class App extends AppBase {
		@Shared({ migrate: (old, version) => old.map((name) => ({ name, version })) }) people = [];
		@Shared seen = new Map();
		@Get look() { return [this.people, this.seen]; }
	}`
	for range 3 { // the second and third change nothing
		w.load(next)
		if got, want := w.request("GET", "/look", ""), `200 application/json [[{"name":"ann","version":0},{"name":"bob","version":0}],{"ann":2}]`; got != want {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	}
	w.load(strings.Replace(next, "old.map((name) => ({ name, version }))", "old.map((who) => who.name + version)", 1))
	if got, want := w.request("GET", "/look", ""), `200 application/json [["ann0","bob0"],{"ann":2}]`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
