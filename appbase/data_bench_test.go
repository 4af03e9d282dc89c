package appbase

import (
	"fmt"
	"testing"

	"github.com/sigil-server/sigil/storage"
)

// BenchmarkData is what calls to the store cost an app, all told: from the call in the script to the promise's value. Each
// turn makes 100 calls, one after the other or all at once.
func BenchmarkData(b *testing.B) {
	calls := []struct{ name, call string }{
		{"kv.get", `this.kv.get("key")`},
		{"kv.set", `this.kv.set("k" + i, "a value of some length")`},
		{"db.queryOne", `this.db.queryOne("select name from items where id = ?", [7])`},
		{"db.exec", `this.db.exec("insert into items (name) values (?)", ["x"])`},
		{"repository.store", `this.repository("r").store({ name: "n" + i, n: this.n++ })`},
		{"cache.get", `this.cache.get("key")`},
	}
	source := `export default class App extends AppBase {
		n = 0;
		@Get async begin() {
			await this.kv.set("key", { n: 1 }); this.cache.set("key", { n: 1 });
			await this.db.exec("create table items (id integer primary key, name text)");
			for (let i = 0; i < 10; i++) await this.db.exec("insert into items (name) values ('x')");
		}
	`
	for n, c := range calls {
		source += fmt.Sprintf("@Get async in%d() { for (let i = 0; i < 100; i++) await %s }\n", n, c.call)
		source += fmt.Sprintf("@Get async at%d() { await Promise.all(Array.from({ length: 100 }, (_, i) => %s)) }\n", n, c.call)
	}
	for _, relaxed := range []bool{false, true} {
		w := storeWorldOf(b, storage.Options{Dir: b.TempDir(), Relaxed: relaxed})
		w.load(source + "}")
		w.ask("/begin")
		for n, c := range calls {
			for _, way := range []struct{ name, path string }{{"in turn", "in"}, {"at once", "at"}} {
				b.Run(fmt.Sprintf("relaxed=%v/%s/%s", relaxed, c.name, way.name), func(b *testing.B) {
					path := fmt.Sprintf("/%s%d", way.path, n)
					for b.Loop() {
						w.ask(path)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100)/1000, "us/call")
				})
			}
		}
	}
}
