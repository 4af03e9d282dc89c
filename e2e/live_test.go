package e2e

import (
	"path/filepath"
	"testing"
)

const liveApp = `
export default class Live extends AppBase {
  @Topic("room:*", { history: 10, publish: () => true }) room() { return true; }
  @Rpc add(call, a, b) { return a + b; }
  @Rpc greet(call, { name }) { return "hello, " + name; }
}`

// A client of a few lines, written after docs/protocol.md alone, calls, publishes, is lost and recovers.
func TestRealtimeProtocol(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"live.js": liveApp}))
	got, code := command(t, ".", "node", filepath.Join("clients", "live.mjs"), s.ws("/live/live"))
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, got)
	}
	compareLines(t, got, `
3 hello, ann
-32601 no method nope
true
$/message {"topic":"room:1","offset":1,"data":{"n":1}}
true true
$/message {"topic":"room:1","offset":2,"data":{"n":2}}
$/message {"topic":"room:1","offset":3,"data":{"n":3}}
`)
}
