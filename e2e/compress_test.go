package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// compressingApp has one route that compresses and one that does not.
const compressingApp = `export default class Compressing extends AppBase {
  @Websocket({ compress: true }) packed(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket({ compress: { contextTakeover: true, minBytes: 1, level: 6 } }) taking(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket plain(ws) { ws.onMessage((text) => ws.send(text)); }
}`

// A client that offers permessage-deflate gets it where the route says so, and the same texts either way.
func TestCompression(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": compressingApp}))
	for path, agreed := range map[string]bool{"/app/packed": true, "/app/taking": true, "/app/plain": false} {
		for _, mode := range []websocket.CompressionMode{websocket.CompressionNoContextTakeover, websocket.CompressionContextTakeover} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			conn, res, err := websocket.Dial(ctx, s.ws(path), &websocket.DialOptions{CompressionMode: mode, CompressionThreshold: 1})
			if err != nil {
				t.Fatal(err)
			}
			conn.SetReadLimit(1 << 20)
			if got := res.Header.Get("Sec-WebSocket-Extensions"); strings.Contains(got, "permessage-deflate") != agreed {
				t.Errorf("%s: the answer is %q", path, got)
			}
			if forgets := strings.Contains(res.Header.Get("Sec-WebSocket-Extensions"), "no_context_takeover"); forgets == (path == "/app/taking" && mode == websocket.CompressionContextTakeover) && agreed {
				t.Errorf("%s: the answer is %q", path, res.Header.Get("Sec-WebSocket-Extensions"))
			}
			for _, text := range []string{"", "short", strings.Repeat("grüße ", 10_000), strings.Repeat("x", 1<<19)} {
				if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
					t.Fatal(err)
				}
				if _, got, err := conn.Read(ctx); err != nil || string(got) != text {
					t.Fatalf("%s: %d bytes came back as %d, %v", path, len(text), len(got), err)
				}
			}
			if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
				t.Error(err)
			}
			cancel()
		}
	}
}
