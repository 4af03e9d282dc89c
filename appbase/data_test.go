package appbase

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/storage"
)

// storeWorld is a world whose app has a store of its own, in a file.
type storeWorld struct {
	*world
	stores *storage.Stores
	data   *Data
}

// newStoreWorld has no code yet.
func newStoreWorld(t testing.TB) *storeWorld {
	return storeWorldOf(t, storage.Options{Dir: t.TempDir(), Relaxed: true})
}

func storeWorldOf(t testing.TB, o storage.Options) *storeWorld {
	w := &storeWorld{world: emptyWorld(t), stores: storage.NewStores(o)}
	w.data = NewData(DataOptions{Open: w.open, Log: w.worker.log})
	w.worker.data = w.data
	w.data.observe(w.worker)
	t.Cleanup(func() { // before the world's own, which stops the worker
		w.worker.Stop("shutdown", func() {})
		w.loop.RunPosted()
		w.data.Close()
		if err := w.stores.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *storeWorld) open(ctx context.Context) (Store, error) {
	s, err := w.stores.Get(ctx, "app")
	if err != nil {
		return nil, err
	}
	return appstore.Of(s), nil
}

// wait runs the loop until done, while the store works.
func (w *storeWorld) wait(done func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.loop.Wait(ctx, done); err != nil {
		w.t.Fatalf("waited in vain; the log:\n%s", w.log)
	}
}

// serve loads source, whose @OnStart may wait for the store.
func (w *storeWorld) serve(source string) {
	w.t.Helper()
	done := false
	w.worker.Evaluate(w.prepare(w.compile(source)), func(routes *Routes, err error) {
		if err != nil {
			w.t.Fatalf("load: %v", err)
		}
		w.routes = routes
		w.worker.Swap(func() { done = true })
	})
	w.wait(func() bool { return done })
}

// ask answers a request whose handler waits for the store.
func (w *storeWorld) ask(path string) string {
	w.t.Helper()
	m := w.routes.HTTP("GET", path)
	if m.Outcome != Found {
		w.t.Fatalf("%s: outcome %d", path, m.Outcome)
	}
	answer, done := "", false
	w.worker.Serve(m.Route, request("GET", path, "", nil, m.Params), func(r *Response, err error) {
		if done = true; err != nil {
			answer = "error " + err.Error()
			return
		}
		answer = string(r.Body)
	})
	w.wait(func() bool { return done })
	return answer
}

// methods makes an app whose GET routes are the given bodies of async methods: m0, m1 ...
func methods(bodies ...string) string {
	var b strings.Builder
	b.WriteString("export default class App extends AppBase {\n")
	for i, body := range bodies {
		fmt.Fprintf(&b, "@Get async m%d() {\n%s\n}\n", i, body)
	}
	return b.String() + "}"
}

// checkMethods runs each body as a method of one app, in order, and compares what it returns.
func checkMethods(t *testing.T, w *storeWorld, table [][2]string) {
	t.Helper()
	var bodies []string
	for _, row := range table {
		bodies = append(bodies, row[0])
	}
	w.load(methods(bodies...))
	for i, row := range table {
		if got := w.ask(fmt.Sprintf("/m%d", i)); got != row[1] {
			t.Errorf("%s\n got %s\nwant %s", row[0], got, row[1])
		}
	}
}

func TestKV(t *testing.T) {
	checkMethods(t, newStoreWorld(t), [][2]string{
		{`return [await this.kv.get("a"), await this.kv.has("a"), await this.kv.entry("a")]`, `[null,false,null]`},
		{`return [await this.kv.set("a", { n: 1, list: ["ü"] }), await this.kv.get("a"), await this.kv.has("a")]`, `[true,{"n":1,"list":["ü"]},true]`},
		{`const e = await this.kv.entry("a"); return [e.key, e.value.n, typeof e.version, "expires" in e]`, `["a",1,"number",false]`},
		{`this.kv.set("a", 1); this.kv.set("a", 2); await this.kv.set("a", 3); return await this.kv.get("a")`, `3`},
		{`return [await this.kv.delete("a"), await this.kv.delete("a"), await this.kv.has("a")]`, `[true,false,false]`},
		{`await this.kv.set("b", new Uint8Array([0, 255, 7])); const b = await this.kv.get("b"); return [b instanceof Uint8Array, [...b]]`, `[true,[0,255,7]]`},
		{`await this.kv.set("t", 1, { ttl: "1h" }); return (await this.kv.entry("t")).expires > Date.now() + 3590000`, `true`},
		{`return [await this.kv.set("i", 1, { ifAbsent: true }), await this.kv.set("i", 2, { ifAbsent: true }), await this.kv.get("i")]`, `[true,false,1]`},
		{`const { version } = await this.kv.entry("i");
			return [await this.kv.set("i", 2, { ifVersion: version }), await this.kv.set("i", 3, { ifVersion: version }), await this.kv.delete("i", { ifVersion: 1 })]`, `[true,false,false]`},
		{`return [await this.kv.compareAndSet("c", undefined, { v: 1 }), await this.kv.compareAndSet("c", { v: 2 }, 0), await this.kv.compareAndSet("c", { v: 1 }, 2), await this.kv.get("c")]`, `[true,false,true,2]`},
		{`await Promise.all(Array.from({ length: 20 }, () => this.kv.update("n", async (n = 0) => n + 1))); return await this.kv.get("n")`, `20`},
		{`return [await this.kv.update("n", () => undefined), await this.kv.has("n")]`, `[null,false]`},
		{`return await this.kv.update("n", () => { throw new RangeError("no") }).catch((e) => e.name + e.message)`, `RangeErrorno`},
		{`return [await this.kv.batch([{ set: "x/1", value: 1 }, { set: "x/2", value: 2, ttl: 60000 }, { check: "none", ifAbsent: true }]),
			await this.kv.batch([{ set: "x/3", value: 3 }, { check: "none" }]), await this.kv.batch([{ delete: "i" }])]`, `[true,false,true]`},
		{`return [(await this.kv.list("x/")).map((e) => e.key + e.value), (await this.kv.list({ limit: 2, after: "c" })).map((e) => e.key),
			(await this.kv.list({ reverse: true, limit: 1 })).map((e) => e.key), (await this.kv.list()).length]`, `[["x/11","x/22"],["t","x/1"],["x/2"],5]`},
	})
}

func TestKVMistakes(t *testing.T) {
	const caught = `const caught = []; const note = (e) => caught.push(e.name + ": " + e.message);
		for (const f of [FUNCTIONS]) { try { await f().catch(note) } catch (e) { note(e) } } return caught`
	for _, test := range [][2]string{
		{`this.kv.set(1, 1)`, `TypeError: a key is a text, not 1`},
		{`this.kv.set("", 1)`, `TypeError: a key has 1 to 1000 bytes, not 0`},
		{`this.kv.set("a")`, `TypeError: undefined cannot be kept: it has no JSON form`},
		{`this.kv.set("a", () => 1)`, `TypeError: a function cannot be kept: it has no JSON form`},
		{`this.kv.set("a", 1, { tll: 1 })`, `TypeError: kv.set does not know the option "tll"; it takes ttl, ifAbsent, ifVersion`},
		{`this.kv.set("a", 1, { ttl: "soon" })`, `TypeError: ttl is a duration such as "30s" or a number of milliseconds, not the text "soon"`},
		{`this.kv.set("a", new Uint8Array(5 << 20))`, `Error: the value has 5242881 bytes; at most 4194304 can be kept`},
		{`this.kv.set("a\u0000b", 1)`, `Error: the key "k:a\x00b" is no text without NUL`},
		{`this.kv.list({ limit: 0 })`, `TypeError: limit is a whole number from 1 to 10000, not 0`},
		{`this.kv.batch([{ put: "a" }])`, `TypeError: an operation does not know the option "put"; it takes set, delete, check, value, ttl, ifAbsent, ifVersion`},
		{`this.kv.update("a", 1)`, `TypeError: the second argument of kv.update is a function, not 1`},
	} {
		w := newStoreWorld(t)
		w.load(methods(strings.Replace(caught, "FUNCTIONS", "() => "+test[0], 1)))
		if got, want := w.ask("/m0"), fmt.Sprintf("[%q]", test[1]); strings.ReplaceAll(got, `\u0000`, `\x00`) != strings.ReplaceAll(want, `\\x00`, `\x00`) {
			if got != strings.ReplaceAll(want, `\\x00`, `\\x00`) {
				t.Errorf("%s\n got %s\nwant %s", test[0], got, want)
			}
		}
	}
}

// What the store refuses stands at the author's line, with a code.
func TestStoreErrorsStandAtTheCall(t *testing.T) {
	w := newStoreWorld(t)
	w.load(methods(
		`await null;
		await this.db.query("select nope");`,
		`const wait = [this.kv.get("a"), this.db.exec("insert into nowhere values (1)")];
		await Promise.all(wait);`,
		`return await this.db.query("select nothing").catch((e) => [e.code, e instanceof Error])`,
		`await this.db.tx(async (tx) => {
			await tx.exec("create table x (a unique)");
			await tx.exec("insert into x values (1), (1)");
		});`,
	))
	for path, want := range map[string]string{
		"/m0": "error app.ts:4:17: Error: no such column: nope",
		"/m1": "error app.ts:7:41: Error: no such table: nowhere",
		"/m2": `["sql",true]`,
		"/m3": "error app.ts:16:13: Error: constraint failed: UNIQUE constraint failed: x.a",
	} {
		if got := w.ask(path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestKVWatch(t *testing.T) {
	w := newStoreWorld(t)
	w.serve(`export default class App extends AppBase {
		heard = [];
		@OnStart async watch() { this.stop = await this.kv.watch("w/", (c) => this.heard.push(c.key + (c.deleted ? "-" : c.value))) }
		@Get async write() { await this.kv.set("w/a", 1); await this.kv.set("other", 1); await this.kv.batch([{ set: "w/b", value: 2 }, { delete: "w/a" }]); }
		@Get all() { return this.heard }
		@Get async end() { this.stop(); await this.kv.set("w/c", 3); }
	}`)
	w.ask("/write")
	if got := w.ask("/all"); got != `["w/a1","w/b2","w/a-"]` {
		t.Errorf("heard %s", got)
	}
	w.ask("/end")
	if got := w.ask("/all"); got != `["w/a1","w/b2","w/a-"]` {
		t.Errorf("heard %s after the end", got)
	}
}

func TestDB(t *testing.T) {
	checkMethods(t, newStoreWorld(t), [][2]string{
		{`return await this.db.exec("create table items (id integer primary key, name text not null, price real, data blob)")`, `{"changes":0,"lastId":0}`},
		{`return await this.db.exec("insert into items (name, price) values (?, ?), (?, ?)", ["a", 1.5, "b'?", null])`, `{"changes":2,"lastId":2}`},
		{`return await this.db.query("select id, name, price from items where id >= ? order by id", [1])`, `[{"id":1,"name":"a","price":1.5},{"id":2,"name":"b'?","price":null}]`},
		{`return [await this.db.queryOne("select name from items where id = ?", [2]), await this.db.queryOne("select name from items where id = 9")]`, `[{"name":"b'?"},null]`},
		{"const name = `x'; drop table items; --`; return await this.db.sql`insert into items (name, price) values (${name}, ${2}) returning id, name`", `[{"id":3,"name":"x'; drop table items; --"}]`},
		{"return await this.db.sql`select count(*) as n from items`", `[{"n":3}]`},
		{`const values = [1n << 60n, true, new Date(0), new Uint8Array([1, 2]), "ü", null, 1.25, -7];
			const row = await this.db.queryOne("select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f, ? as g, ? as h", values);
			return [typeof row.a, String(row.a), row.b, row.c, [...row.d], row.e, row.f, row.g, row.h]`, `["bigint","1152921504606846976",1,"1970-01-01T00:00:00.000Z",[1,2],"ü",null,1.25,-7]`},
		{`const tables = []; for (const v of [undefined, {}, [], NaN, () => 1, Symbol()]) { try { await this.db.query("select ?", [v]) } catch (e) { tables.push(e.message) } } return tables`,
			`["parameter 1 is undefined: use null for no value","parameter 1 is an object of class Object: keep a part of it, or all of it as text with JSON.stringify","parameter 1 is an object of class Array: keep a part of it, or all of it as text with JSON.stringify","parameter 1 is NaN, which no column can hold","parameter 1 is a function: keep a part of it, or all of it as text with JSON.stringify","parameter 1 is a symbol"]`},
		{`return await this.db.query("with recursive n (i) as (select 1 union all select i + 1 from n) select i from n", [], { timeout: "60s" }).catch((e) => e.message)`,
			`the query has more rows than can be held at once: add a limit, or read them with db.stream`},
		{`let sum = 0; for await (const { i } of this.db.stream("with recursive n (i) as (select 1 union all select i + 1 from n where i < ?) select i from n", [2000])) sum += i; return sum`, `2001000`},
		{`let n = 0; for await (const row of this.db.stream("with recursive n (i) as (select 1 union all select i + 1 from n) select i from n")) if (++n === 1000) break; return n`, `1000`},
		{`try { for await (const row of this.db.stream("select * from missing")); } catch (e) { return e.message }`, `no such table: missing`},
		{`const open = Array.from({ length: 5 }, () => this.db.stream("with recursive n (i) as (select 1 union all select i + 1 from n) select i from n"));
			const first = await Promise.allSettled(open.map((s) => s.next()));
			for (const s of open) await s.return();
			return [first.map((r) => r.status[0]).join(""), first[4].reason.code]`, `["ffffr","busy"]`},
	})
}

func TestCache(t *testing.T) {
	checkMethods(t, newStoreWorld(t), [][2]string{
		{`const c = this.cache; c.set("a", { n: [1] }); c.get("a").n.push(2); return [c.get("a"), c.get("b"), c.has("a"), c.has("b"), c.delete("a"), c.delete("a")]`, `[{"n":[1]},null,true,false,true,false]`},
		{`let runs = 0; const make = async () => { runs++; await null; return { runs } };
			const all = await Promise.all(Array.from({ length: 20 }, () => this.cache.getOrCompute("c", make))); return [runs, all.every((v) => v.runs === 1), all[0] !== all[1]]`, `[1,true,true]`},
		{`const fail = async () => { throw new RangeError("no") };
			return [...(await Promise.allSettled([1, 2].map(() => this.cache.getOrCompute("f", fail)))).map((r) => r.reason.name + r.reason.message), this.cache.has("f")]`, `["RangeErrorno","RangeErrorno",false]`},
		{`this.cache.set("t", 1, { ttl: 1 }); while (this.cache.has("t")) await this.kv.get("x"); return await this.cache.getOrCompute("t", () => 2, { ttl: "1h" })`, `2`},
		{`for (let i = 0; i < 40; i++) { await this.kv.get("x"); this.cache.set("big" + i, new Uint8Array(3 << 20)) } let n = 0; for (let i = 0; i < 40; i++) n += this.cache.has("big" + i); return n > 5 && n < 22`, `true`},
		{`this.cache.clear(); return this.cache.has("big39")`, `false`},
		{`try { this.cache.set("x", () => 1) } catch (e) { return e.message }`, `a function cannot be kept: it has no JSON form`},
	})
}

// Another worker of the app sees the same cache; what computes and is reloaded leaves nobody waiting.
func TestCacheOfAnOldGeneration(t *testing.T) {
	w := newStoreWorld(t)
	w.load(`export default class App extends AppBase { @Websocket open(ws) { this.cache.set("kept", 1); this.cache.getOrCompute("k", () => new Promise(() => {})) } }`)
	w.world.open("1", "/open")
	w.load(methods(`const p = this.cache.getOrCompute("k", () => 2).catch((e) => e.message); this.log.info("waits"); return [await p, this.cache.get("kept"), await this.cache.getOrCompute("k", () => 3)]`))
	m := w.routes.HTTP("GET", "/m0")
	answer := ""
	w.worker.Serve(m.Route, request("GET", "/m0", "", nil, nil), func(r *Response, _ error) { answer = string(r.Body) })
	w.loop.Advance(retireTime)
	w.wait(func() bool { return answer != "" })
	if want := `["the computation was given up: the code that computes was reloaded, or it took longer than 30 s",1,3]`; answer != want {
		t.Errorf("got %s", answer)
	}
}

func TestTransactions(t *testing.T) {
	checkMethods(t, newStoreWorld(t), [][2]string{
		{`await this.db.exec("create table n (i integer)"); return await this.db.tx(async (tx) => { await tx.exec("insert into n values (1)"); return (await tx.query("select i from n")).length })`, `1`},
		{`return await this.db.tx(async (tx) => { await tx.exec("insert into n values (2)"); throw new RangeError("undo") }).catch((e) => e.name)`, `RangeError`},
		{`return await this.db.tx((tx) => { tx.exec("insert into n values (3)"); return "not awaited" })`, `not awaited`},
		{`return (await this.db.query("select i from n order by i")).map((r) => r.i)`, `[1,3]`},
		{`let kept; await this.db.tx(async (tx) => { kept = tx }); return await kept.exec("insert into n values (4)").catch((e) => e.code + ": " + e.message)`,
			`closed: the transaction is over: statements belong inside the function that db.tx was given, and are awaited there`},
		{`return await this.db.tx((tx) => new Promise(() => { tx.exec("insert into n values (5)") }), { timeout: 30 }).catch((e) => e.code + ": " + e.message)`, `timeout: the transaction was rolled back: it took longer than 30ms`},
		{`return await this.db.tx(async (tx) => { await this.db.exec("insert into n values (6)", [], { timeout: 30 }) }).catch((e) => e.message)`,
			`the store did not answer in time; a transaction of this app is open (inside of db.tx, use its tx and not this.db or this.kv)`},
		{`const add = () => this.db.tx(async (tx) => { const { i } = await tx.queryOne("select max(i) as i from n"); await tx.exec("insert into n values (?)", [i + 1]) });
			await Promise.all(Array.from({ length: 20 }, add)); return (await this.db.queryOne("select max(i) as m, count(*) as c from n"))`, `{"m":23,"c":22}`},
		{`return await this.db.tx(5).catch?.(String)`, `error app.ts:28:22: TypeError: the argument of db.tx is a function, not 5`},
		{`return (await Promise.allSettled(Array.from({ length: 70 }, () => this.db.tx(async () => 1)))).filter((r) => r.status === "rejected").map((r) => r.reason.code).join()`, `busy,busy,busy,busy,busy,busy`},
	})
}

// A transaction ends with the generation that began it.
func TestTransactionOfAnOldGeneration(t *testing.T) {
	w := newStoreWorld(t)
	w.serve(`export default class App extends AppBase {
		@OnStart async table() { await this.db.exec("create table n (i integer)") }
		@Websocket open(ws) { this.db.tx(async (tx) => { await tx.exec("insert into n values (1)"); ws.send("begun"); await new Promise(() => {}) }, { timeout: "5m" }) }
	}`)
	s := w.world.open("1", "/open")
	w.wait(func() bool { return s.got() == "begun" })
	w.load(methods(`await this.db.exec("insert into n values (2)"); return (await this.db.query("select i from n")).map((r) => r.i)`))
	w.loop.Advance(retireTime)
	if got := w.ask("/m0"); got != "[2]" {
		t.Errorf("got %s", got)
	}
}

func TestNoStore(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase { @Get m() { return this.kv } }`)
	if got := w.request("GET", "/m", ""); got != "error app.ts:1:67: TypeError: this.kv: the server has no store for this app" {
		t.Errorf("got %s", got)
	}
}

// Much at once is refused, not kept without bound.
func TestTooManyCalls(t *testing.T) {
	w := newStoreWorld(t)
	gate := make(chan struct{})
	w.data.open = func(ctx context.Context) (Store, error) {
		<-gate
		return w.open(ctx)
	}
	w.load(`export default class App extends AppBase {
		calls = Array.from({ length: 2000 }, (_, i) => i % 2 ? this.kv.get("a") : this.kv.set("a", i)).map((p) => p.catch((e) => e.code));
		@Get async m0() { return (await Promise.all(this.calls)).filter((code) => code === "busy").length }
	}`)
	close(gate)
	if got := w.ask("/m0"); got != "0" { // 1,000 of each: the pool takes 1,024 beside those that run, and so does the lane
		t.Errorf("%s were refused", got)
	}
	gate = make(chan struct{})
	w.load(methods(`const all = Array.from({ length: 2000 }, () => this.kv.get("a")).map((p) => p.catch((e) => e.code)); this.log.info("asked");
		return (await Promise.all(all)).filter((code) => code === "busy").length`))
	m := w.routes.HTTP("GET", "/m0")
	answer := ""
	w.worker.Serve(m.Route, request("GET", "/m0", "", nil, nil), func(r *Response, _ error) { answer = string(r.Body) })
	close(gate)
	w.wait(func() bool { return answer != "" })
	refused, err := strconv.Atoi(answer) // up to 8 are taken out of the queue while it is filled
	if err != nil || refused < 2000-1024-8 || refused > 2000-1024 {
		t.Errorf("%s were refused, want %d to %d", answer, 2000-1024-8, 2000-1024)
	}
}

func TestMigrate(t *testing.T) {
	w := newStoreWorld(t)
	src := Source{Name: "app", Dir: w.dir}
	if err := w.data.Migrate(t.Context(), src); err != nil {
		t.Fatalf("without a folder: %v", err)
	}
	writeFiles(t, w.dir, map[string]string{"migrations/001_init.sql": "CREATE TABLE a (t TEXT);", "migrations/readme.md": "no"})
	if err := w.data.Migrate(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, w.dir, map[string]string{"migrations/002_more.sql": "INSERT INTO a VALUES ('x');\n\nINSERT INTO b VALUES (1);\n"})
	err := w.data.Migrate(t.Context(), src)
	if err == nil || err.Error() != "app/migrations/002_more.sql:3:13: MigrationError: no such table: b" {
		t.Errorf("got %v", err)
	}
	var detailed interface{ Detail() string }
	if !asDetailed(err, &detailed) || !strings.Contains(detailed.Detail(), "3 | INSERT INTO b VALUES (1);\n") {
		t.Errorf("got %v", detailed)
	}
	w.load(methods(`return (await this.db.query("select * from a")).length`))
	if got := w.ask("/m0"); got != "0" {
		t.Errorf("a part of a failed migration is there: %s", got)
	}
}

func asDetailed(err error, to *interface{ Detail() string }) bool {
	d, ok := err.(interface{ Detail() string })
	*to = d
	return ok
}

func mustStore(t *testing.T, w *storeWorld) storage.Store {
	t.Helper()
	s, err := w.stores.Get(t.Context(), "app")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
