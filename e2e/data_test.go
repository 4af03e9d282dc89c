package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// keeperApp acknowledges what it has kept, in a key and in a table.
const keeperApp = `
export default class Keeper extends AppBase {
  @Websocket write(ws) {
    ws.onMessage(async (text) => {
      await Promise.all([this.kv.set("n/" + text, Number(text)), this.db.sql` + "`insert into n values (${Number(text)})`" + `]);
      ws.send(text);
    });
  }
  @Get async all() {
    const rows = await this.db.query("select i from n order by i");
    return { kept: (await this.kv.list({ prefix: "n/", limit: 10000 })).map((e) => e.value).sort((a, b) => a - b), rows: rows.map((r) => r.i) };
  }
}
`

// What was acknowledged is there after kill -9, and a server that starts again goes on with it.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Setenv(dataVariable, t.TempDir())
	apps := appsOf(t, map[string]string{"keeper/main.js": keeperApp, "keeper/migrations/001_init.sql": "create table n (i integer primary key);"})
	var acknowledged []int
	next := 0
	for round := range 5 {
		s := start(t, apps)
		ws := dial(t, s.ws("/keeper/write"))
		for range 20 + 7*round {
			next++
			if got := ws.ask(fmt.Sprint(next)); got != fmt.Sprint(next) {
				t.Fatalf("asked %d, got %q", next, got)
			}
			acknowledged = append(acknowledged, next)
		}
		next++
		ws.send(fmt.Sprint(next)) // under way when the end comes
		s.signal(syscall.SIGKILL)
		<-s.exited
		checkKept(t, start(t, apps), acknowledged)
	}
}

// checkKept finds everything that was acknowledged, in both ways of keeping.
func checkKept(t *testing.T, s *sigil, acknowledged []int) {
	t.Helper()
	_, body, err := s.get("/keeper/all")
	var got struct{ Kept, Rows []int }
	if err != nil || json.Unmarshal([]byte(body), &got) != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, n := range acknowledged {
		if !slices.Contains(got.Kept, n) || !slices.Contains(got.Rows, n) {
			t.Fatalf("%d was acknowledged and is lost; there are %v and %v", n, got.Kept, got.Rows)
		}
	}
	s.signal(syscall.SIGTERM)
	if code := s.exit(patience); code != 0 {
		t.Fatalf("exit code %d", code)
	}
}

// A migration that fails keeps the code from being loaded and tells its line; mended, it is applied without a restart.
func TestMigrations(t *testing.T) {
	apps := appsOf(t, map[string]string{
		"shop/main.js":                  `export default class Shop extends AppBase { @Get async names() { return (await this.db.query("select name from items")).map((r) => r.name) } }`,
		"shop/migrations/001_init.sql":  "create table items (name text);\ninsert into items values ('one');\n",
		"shop/migrations/002_wrong.sql": "insert into items values ('two');\n\ninsert into itms values ('three');\n",
		"fine.js":                       `export default class Fine extends AppBase { @Get hi() { return "hi" } }`,
	})
	s := start(t, apps)
	s.stderr.await(t, "no such table: itms", "shop/migrations/002_wrong.sql:3:13")
	if _, body, err := s.get("/fine/hi"); err != nil || body != "hi" {
		t.Errorf("the other app: %q, %v", body, err)
	}
	rewrite(t, apps+"/shop/migrations/002_wrong.sql", "itms", "items")
	eventually(t, "the mended migration", func() bool {
		_, body, err := s.get("/shop/names")
		return err == nil && body == `["one","two","three"]`
	})
	save(t, apps+"/shop/migrations/003_more.sql", "insert into items values ('four');\n")
	eventually(t, "the new migration", func() bool {
		_, body, err := s.get("/shop/names")
		return err == nil && strings.Contains(body, "four")
	})
}

// An app whose file is damaged is told so, and the others do not notice.
func TestDamagedStore(t *testing.T) {
	data := t.TempDir()
	t.Setenv(dataVariable, data)
	save(t, data+"/bad.db", strings.Repeat("no database ", 1000))
	app := `export default class App extends AppBase { @Get async m() { await this.kv.set("a", 1); return await this.kv.get("a") } }`
	s := start(t, appsOf(t, map[string]string{"bad.js": app, "good.js": app}))
	if status, _, err := s.get("/bad/m"); err != nil || status != 500 {
		t.Errorf("the damaged one: %d, %v", status, err)
	}
	s.stderr.await(t, "the store's file is damaged or no database", "bad.js:1")
	if _, body, err := s.get("/good/m"); err != nil || body != "1" {
		t.Errorf("the other: %q, %v", body, err)
	}
	if _, err := os.Stat(data + "/good.db"); err != nil {
		t.Error(err)
	}
}
