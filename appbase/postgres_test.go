//go:build unix

package appbase

import (
	"testing"

	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/storage/storagetest"
)

// What apps see is the same on a server.
func TestOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	address := storagetest.Postgres(t)
	testRepository(t, storeWorldOf(t, storage.Options{URL: address}))
	w := storeWorldOf(t, storage.Options{URL: address})
	w.load(methods(
		"await this.db.exec('create table s (id int primary key, at timestamptz, data bytea)'); await this.db.sql`insert into s values (${1}, ${new Date(0)}, ${new Uint8Array([7])})`;"+
			"const [row] = await this.db.sql`select * from s where id = ${1}`; return [row.id, row.at, [...row.data]]",
		`let runs = 0; const add = () => this.db.tx(async (tx) => { runs++; const { m } = await tx.queryOne("select max(id) as m from s"); await tx.exec("insert into s (id) values (?)", [m + 1]) });
		const codes = (await Promise.allSettled([add(), add(), add()])).map((r) => r.reason?.code ?? "ok"); return codes.every((c) => ["ok", "busy", "constraint"].includes(c)) && codes.includes("ok")`,
		`return [await this.kv.set("a", { n: 1 }), await this.kv.update("a", (v) => ({ n: v.n + 1 }))]`,
	))
	for path, want := range map[string]string{"/m0": `[1,"1970-01-01T00:00:00.000Z",[7]]`, "/m2": `[true,{"n":2}]`} {
		if got := w.ask(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := w.ask("/m1"); got != "true" {
		t.Errorf("side by side: %s", got)
	}
}
