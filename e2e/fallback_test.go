package e2e

import (
	"path/filepath"
	"testing"
)

const fallbackApp = `
@Realtime({ resume: "1m" })
export default class Board extends AppBase {
  @Topic("room:*", { history: 100, publish: () => true }) room() { return true; }
  @Websocket({ protocols: ["v2"] }) echo(ws) {
    ws.onMessage((text) => text === "bye" ? ws.close(4001, "enough") : ws.send(text));
    ws.onBinary((data) => ws.sendBytes(data));
  }
  @Guard(() => forbidden("not you")) @Websocket guarded(ws) {}
}`

// The client in Node, where WebSockets do not open.
func TestClientWithoutWebSockets(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"board.js": fallbackApp}))
	out, code := command(t, ".", "node", filepath.Join("clients", "fallback.mjs"), s.ws(""))
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	compareLines(t, out, `
texts true 0,255,10 0
in order true
closed 4001 enough
back true true true ["over HTTP","over a WebSocket"]
refused waiting 0
shown ,the server answered 403 waiting
off 0
`)
}
