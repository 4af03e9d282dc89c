package appbase

import (
	"strings"
	"testing"
	"time"
)

const contextApp = `import { AsyncLocalStorage } from "node:async_hooks";
const who = new AsyncLocalStorage();
export default class App extends AppBase {
	@Websocket async talk(ws) {
		await who.run(ws.query.name, async () => {
			await null;
			ws.onMessage(async (text) => {
				await new Promise((resolve) => setTimeout(resolve, 1));
				ws.send(who.getStore() + " says " + text);
			});
			ws.addEventListener("close", () => this.log.info("left: " + who.getStore()));
		});
		ws.send("outside: " + who.getStore());
	}
	@Get async locked() {
		return who.run("ann", () => this.lock("a").with(() => this.lock("a").with(async () => { await null; return who.getStore() + " holds it"; })));
	}
}`

// What a route function sets for its work is there in the callbacks that it gives to the connection, and beside locks.
func TestContextInCallbacks(t *testing.T) {
	w := newWorld(t, contextApp)
	if got := w.request("GET", "/locked", ""); got != "200 text/plain;charset=UTF-8 ann holds it" {
		t.Error(got)
	}
	ann, bob := w.open("1", "/talk?name=ann"), w.open("2", "/talk?name=bob")
	w.loop.Advance(time.Second)
	for _, s := range []*sock{ann, bob} {
		s.arrive(func() { s.conn.Text("hello") })
	}
	w.loop.Advance(time.Second)
	if got := strings.Join(append(ann.sent, bob.sent...), ", "); got != "outside: undefined, ann says hello, outside: undefined, bob says hello" {
		t.Error(got)
	}
	ann.conn.Closed(1000, "")
	w.loop.Advance(time.Second)
	if !strings.Contains(w.log.String(), "left: ann") {
		t.Errorf("the listener ran without its context:\n%s", w.log)
	}
}
