package e2e

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const callingApp = `
export default class Calling extends AppBase {
  @Get async ask(req) {
    const socket = new WebSocket(req.query.at);
    socket.binaryType = "arraybuffer";
    const seen = [];
    return new Promise((resolve) => {
      socket.onopen = () => {
        socket.send("grüße");
        socket.send(new Uint8Array([1, 2, 3]));
        socket.send("x".repeat(100000));
        for (let i = 0; i < 1000; i++) socket.send(String(i));
      };
      socket.onmessage = ({ data }) => {
        seen.push(typeof data === "string" ? data : new Uint8Array(data).join("."));
        if (seen.length < 1003) return;
        const ordered = seen.slice(3).every((text, i) => text === String(i));
        seen.push(ordered);
        socket.close(4001, "enough");
      };
      socket.onerror = (event) => seen.push(event.message);
      socket.onclose = ({ code, wasClean }) => resolve([seen[0], seen[1], seen[2]?.length, seen.at(-1), code, wasClean].join());
    });
  }
  @Websocket echo(ws) {
    ws.onMessage((text) => ws.send(text));
    ws.onBinary((bytes) => ws.send(bytes));
  }
}
`

// A script's WebSocket talks with this server, with npm's ws, and over TLS only with those whose certificate is good.
func TestWebSocketClient(t *testing.T) {
	config := filepath.Join(t.TempDir(), "sigil.yaml")
	save(t, config, "fetch: { allow: [\"127.0.0.1\"] }\n")
	s := start(t, appsOf(t, map[string]string{"app.js": callingApp}), "--config", config)
	node := exec.CommandContext(t.Context(), "node", "clients/wsserver.mjs")
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = node.Process.Kill(); _ = node.Wait() }()
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{s.ws("/app/echo"), "ws://127.0.0.1:" + strings.TrimSpace(port)} {
		if _, body, err := s.get("/app/ask?at=" + url); err != nil || body != "grüße,1.2.3,100000,true,4001,true" {
			t.Errorf("%s: %q, %v", url, body, err)
		}
	}
	if _, body, err := s.get("/app/ask?at=wss://127.0.0.1:" + strings.TrimSpace(port)); err != nil || !strings.Contains(body, "1006,false") {
		t.Errorf("TLS at a server without: %q, %v", body, err)
	}
}
