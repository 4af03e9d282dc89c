package appbase

import (
	"strings"
	"testing"
)

func TestRepository(t *testing.T) { testRepository(t, newStoreWorld(t)) }

func testRepository(t *testing.T, w *storeWorld) {
	t.Helper()
	checkMethods(t, w, [][2]string{
		{`const r = this.repository("r"); return [await r.retrieve(), await r.count(), await r.retrieve({ first: true }), await r.retrieve({ default: "none" }), r.name]`, `[[],0,null,"none","r"]`},
		{`const r = this.repository("r"), item = { text: "a" }; const isNew = await r.store(item);
			return [isNew, item.id.length, (await r.get(item.id)).text, await r.store(item), await r.store({ text: "a" }), await r.count()]`, `[true,36,"a",false,true,2]`},
		{`const r = this.repository("n"); return [await r.store({ name: "ann", age: 1 }), await r.store({ name: "ann", age: 2 }), await r.store({ key: "ann" }), await r.count(),
			(await r.retrieve({ where: { name: "ann" } })).map((i) => i.age)]`, `[true,false,true,2,[2]]`},
		{`const r = this.repository("i"); for (const id of [3, "3", 1, 2]) await r.store({ id, v: id });
			return [(await r.retrieve()).map((i) => i.id), await r.store({ id: 1, v: 9 }), (await r.get(1)).v, (await r.get("3")).v, (await r.retrieve({ order: "v", where: { id: [1, 2, 3] } })).map((i) => i.v)]`,
			`[[3,"3",1,2],false,9,"3",[2,3,9]]`},
		{`const r = this.repository("i"); return [(await r.retrieve({ first: 2 })).map((i) => i.id), (await r.retrieve({ last: 2 })).map((i) => i.id), (await r.retrieve({ last: true })).id,
			(await r.retrieve({ limit: 1 })).length, (await r.retrieve({ order: "-v", where: { id: [1, 2] } })).map((i) => i.id)]`, `[[3,"3"],[1,2],2,1,[1,2]]`},
		{`const r = this.repository("w", { index: ["room", "user.id"] });
			for (let n = 0; n < 6; n++) await r.store({ n, room: n % 2 ? "a" : "b", user: { id: n % 3 }, flag: n > 2, opt: n ? n : null });
			const ns = async (where) => (await r.retrieve({ where })).map((i) => i.n);
			return [await ns({ room: "a" }), await ns({ "user.id": 1 }), await ns({ room: "b", "user.id": 0 }), await ns({ flag: true }), await ns({ opt: null }), await ns({ missing: null }), await ns({ n: [] }), await r.count({ room: ["a", "b"] })]`,
			`[[1,3,5],[1,4],[0],[3,4,5],[0],[0,1,2,3,4,5],[],6]`},
		{`const r = this.repository("w"); const gone = await r.delete({ room: "a" }); const one = (await r.retrieve({ first: true })).id;
			return [gone.map((i) => i.n), (await r.delete(one)).length, (await r.delete("none")).length, await r.clear(), await r.count()]`, `[[1,3,5],1,0,2,0]`},
		{`const r = this.repository("p"); return [await r.store("x"), await r.store("x"), await r.store(5), await r.retrieve()]`, `[true,false,true,["x",5]]`},
		{`const r = this.repository("m", { maxSize: 3 }); for (let n = 0; n < 5; n++) await r.store({ n }); return (await r.retrieve()).map((i) => i.n)`, `[2,3,4]`},
		{`const r = this.repository("t", { ttl: 1 }); await r.store({ n: 1 }); while (await r.count()); return (await r.retrieve()).length`, `0`},
		{`const r = this.repository("c"); const all = await Promise.all(Array.from({ length: 200 }, (_, n) => r.store({ name: "n" + n % 50, n }))); return [all.filter(Boolean).length, await r.count()]`, `[50,50]`},
		{`const r = this.repository("ü2"); `, `error app.ts:44:16: TypeError: "ü2" cannot be a repository: its name is of letters, digits, - and _, beginning with a letter`},
		{`return await this.repository("x").retrieve({ where: { "a' OR 1": 1 } })`, `error app.ts:47:35: TypeError: "a' OR 1" cannot be a field: a field is a name, or names with dots between them`},
	})
}

const observing = `export default class App extends AppBase {
	heard = [];
	r = this.repository("r", { maxSize: 2 });
	@Observes("r") note(c) { this.heard.push(c.type + ":" + (c.old?.n ?? "") + ">" + (c.value?.n ?? "") + (c.reason ?? "")) }
	@Observes("r", { when: (c) => c.value?.n === 2 }) async two(c) { await null; this.heard.push("two"); throw new Error("logged") }
	@Observes("other") never() { this.heard.push("never") }
	@Get async change() {
		await this.r.store({ id: "a", n: 1 });
		await this.r.store({ id: "a", n: 1 });
		await this.r.store({ id: "a", n: 2 });
		await this.r.store({ id: "b", n: 3 });
		await this.r.store({ id: "c", n: 4 });
		await this.r.delete("b");
		await this.r.clear();
	}
	@Get all() { return this.heard.splice(0) }
}`

func TestObservers(t *testing.T) {
	w := newStoreWorld(t)
	w.load(observing)
	w.ask("/change")
	w.loop.RunPosted()
	if got := w.ask("/all"); got != `["created:>1","updated:1>2","two","created:>3","created:>4","evicted:2>maxSize","deleted:3>","deleted:4>"]` {
		t.Errorf("heard %s", got)
	}
	if !strings.Contains(w.log.String(), "logged") {
		t.Error("what an observer threw is not in the log")
	}
	if err := w.tryLoad(`export default class App extends AppBase { @Observes(5) m() {} }`); err == nil || !strings.Contains(err.Error(), "app.ts:1:45: TypeError: @Observes takes the name of a repository, not 5") {
		t.Errorf("got %v", err)
	}
}

// What expires is evicted by itself, and told.
func TestExpiredItemsAreTold(t *testing.T) {
	w := newStoreWorld(t)
	w.load(`export default class App extends AppBase {
		@Observes("r") note(c) { this.log.info(c.type + (c.reason ?? "")) }
		@Get async go() { await this.repository("r", { ttl: 5 }).store({ n: 1 }) }
	}`)
	w.ask("/go")
	w.wait(func() bool { return strings.Contains(w.log.String(), "evictedttl") })
}

func TestSeed(t *testing.T) {
	w := newStoreWorld(t)
	src := Source{Name: "app", Dir: w.dir}
	writeFiles(t, w.dir, map[string]string{"seed/people.yaml": "- name: ann\n  age: 1\n- name: bob\n", "seed/words.json": `["a", "b"]`, "seed/readme.txt": "no"})
	for range 2 {
		if err := w.data.Prepare(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	w.load(methods(`return [(await this.repository("people").retrieve()).map((p) => p.name + p.id.length), await this.repository("words").retrieve(), await this.repository("people").clear()]`))
	if got := w.ask("/m0"); got != `[["ann36","bob36"],["a","b"],2]` {
		t.Errorf("got %s", got)
	}
	if err := w.data.Prepare(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	w.load(methods(`return await this.repository("people").count()`))
	if got := w.ask("/m0"); got != "0" {
		t.Errorf("seeded again: %s", got)
	}
	writeFiles(t, w.dir, map[string]string{"seed/wrong.yaml": "name: no list\n"})
	if err := w.data.Prepare(t.Context(), src); err == nil || !strings.HasPrefix(err.Error(), "app/seed/wrong.yaml:1:1: SeedError: ") {
		t.Errorf("got %v", err)
	}
}
