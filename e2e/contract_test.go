package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const typedApp = `
@Topic("news", { history: 10 })
export default class Typed extends AppBase {
  @Topic("room:*", { publish: true }) room(ws: WsConn, topic: string) { return true; }
  @Rpc add(call: RpcCall, a: number, b: number) { return a + b; }
  @Rpc({ name: "orders.find" }) async find(call: RpcCall, { id }: { id: number }) { return { id, title: "" }; }
  @Rpc now() { return 1; }
  @Get("/items/:id") item() { return "x"; }
  notCallable() {}
}`

// Each line below a "wrong" comment must be a mistake for tsc, and no other line.
const typedPage = `
import { connect } from "./client/sigil.js";
import type { Typed } from "./contract.js";

const app = connect<Typed>("/typed/live");
export const sum: Promise<number> = app.rpc.add(1, 2);
export const title: Promise<string> = app.rpc["orders.find"]({ id: 1 }).then((order) => order.title);
export const now: Promise<number> = app.rpc.now();
app.subscribe("room:1", () => {}, { presence: true }).on("presence", (members) => members[0]?.connections.toFixed());
app.subscribe("news");
export const route: Typed["routes"] = "GET /typed/items/7";
connect("/any/live").subscribe("whatever", (data) => data.x);
// @ts-expect-error wrong: a text for a number
app.rpc.add("1", 2);
// @ts-expect-error wrong: no @Rpc method
app.rpc.notCallable();
// @ts-expect-error wrong: no such topic
app.subscribe("rooms");
// @ts-expect-error wrong: no such route
export const nowhere: Typed["routes"] = "GET /typed/nothing";
`

// What sigil types --client writes types a client: calls by the class, topics by their patterns, routes.
func TestContract(t *testing.T) {
	dir := t.TempDir()
	save(t, filepath.Join(dir, "apps", "typed.ts"), typedApp)
	mustRun(t, dir, "types")
	mustRun(t, dir, "types", "--client", "typed", "--out", "contract.ts")
	if text := mustRun(t, dir, "types", "--client", "typed"); !strings.Contains(text, `from "./apps/typed.js"`) {
		t.Errorf("the contract does not name the class:\n%s", text)
	}
	for _, name := range []string{"sigil.js", "sigil.d.ts"} {
		text, err := os.ReadFile(filepath.Join("..", "client", name))
		if err != nil {
			t.Fatal(err)
		}
		save(t, filepath.Join(dir, "client", name), string(text))
	}
	save(t, filepath.Join(dir, "page.ts"), typedPage)
	save(t, filepath.Join(dir, "tsconfig.json"), `{ "compilerOptions": { "target": "ES2022", "lib": ["ES2023", "ESNext.Decorators", "DOM"], "module": "ESNext",
  "moduleResolution": "Bundler", "strict": true, "noEmit": true, "types": [], "skipLibCheck": true }, "files": ["page.ts", "apps/sigil.d.ts"] }`)
	tsc(t, dir)
	if text, code := command(t, dir, binary, "types", "--client", "gone"); code != 1 || !strings.Contains(text, `no app "gone"`) {
		t.Errorf("an app that is not there: %d %s", code, text)
	}
}
