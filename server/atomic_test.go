package server

import (
	"context"
	"testing"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/storage"
)

const atomicApp = `@Api({ workers: 8 }) export default class A extends AppBase {
	@Shared n = new SharedCounter();
	@Shared map = new SharedMap();
	@Shared list = new SharedList([], { max: 1000 });
	@Shared plain = 0;
	@Shared fresh = new SharedCounter();
	@Shared computed = new SharedCounter();
	@Shared seen = new SharedCounter();
	@Websocket work(ws) {
		ws.onMessage(async (who) => {
			for (let i = 0; i < 25; i++) {
				this.n.add(1);
				this.map.add("sum", 2);
				this.map.update("text", (old = "") => old + "x");
				this.list.push(who);
				await this.lock("plain").with(async () => { const before = this.plain; await null; this.plain = before + 1; }, { timeout: 30000 });
				await this.kv.update("n", (n = 0) => n + 1);
				if (await this.messages.store({ name: "m" + i, by: "whoever" })) this.fresh.add(1);
				await this.db.tx((tx) => tx.exec("update counter set n = n + 1"));
				await this.cache.getOrCompute("c" + i, async () => { this.computed.add(1); await this.kv.get("n"); return i; });
			}
			ws.send("done");
		});
	}
	get messages() { return this.repository("messages"); }
	@Observes("messages") note() { this.seen.add(1); }
	@Get async look() {
		const [{ n }] = await this.db.sql` + "`select n from counter`" + `;
		return [this.n, this.map.get("sum"), this.map.get("text").length, this.list.length, this.plain, await this.kv.get("n"), n, this.fresh, await this.messages.count(), this.computed];
	}
	@Get told() { return String(this.seen.value); }
}`

// What eight workers change at the same time is all there: counters, maps, lists, keys, rows, items; what is to happen once does.
func TestAtomicOverWorkers(t *testing.T) {
	stores := storage.NewStores(storage.Options{Dir: t.TempDir(), Relaxed: true})
	s := startSite(t, files{"a/main.js": atomicApp, "a/migrations/1.sql": "create table counter (n integer); insert into counter values (0);"}, func(o *Options) {
		o.Limits.MaxWorkers = 8
		o.Store = func(ctx context.Context, app string) (appbase.Store, error) {
			store, err := stores.Get(ctx, app)
			if err != nil {
				return nil, err
			}
			return appstore.Of(store), nil
		}
	})
	defer func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if err := stores.Close(); err != nil {
			t.Error(err)
		}
	}()
	var all []*client
	for range 8 {
		all = append(all, s.dial("/a/work"))
	}
	if n := workersOf(s, "a"); n != 8 {
		t.Fatalf("%d workers", n)
	}
	for i, c := range all {
		c.send(opText, string(rune('a'+i)))
	}
	for _, c := range all {
		c.want("done")
	}
	if got, want := s.get("/a/look"), "[200,400,200,200,200,200,200,25,25,25]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	eventually(t, func() bool { return s.get("/a/told") == "25" }) // observers are told after the commit
}
