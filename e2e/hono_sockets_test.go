package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// honoSockets is what clients/hono.mjs prints.
const honoSockets = `
open 1  ws:///ws arraybuffer
got before anything was read
same -> true
log -> open 1
contexts of one connection: 1
reversed view: 3,2,1
view: 1,2,3
buffer: 7,8
empty: 0
still here -> got still here
["thrown in onMessage","thrown in a promise"]
closed 4001 twice
["closing 2","close 4001 twice true 3 true"]
closed 3001
["close 3001 bye true 3 true"]
["error the connection was lost","close 1006  false 3 true"]
GET /ws: no upgrade: none
GET /alone: 404
handler form: plain
class x
room 7
open for ann then 1 then 2
refused: 401 Name who are you?
let in: welcome
factory throws: 500 caught: the factory is broken
guarded: 403 not you
no such route: 404
x-a: 1
set-cookie: seen=1,also=2
access-control-allow-origin: *
access-control-expose-headers: x-a
connection: Upgrade
transfer-encoding: none
content-length: none
keep-alive: none
trailer: none
te: none
proxy-connection: none
x-sigil-upgrade: none
first of those offered: x
the one wanted: c
deno hi 127.0.0.1
bun hi 127.0.0.1
bun2 hi
same
`

// The contract of upgradeWebSocket, under its own name and those of Hono's adapters for Deno and Bun.
func TestHonoSockets(t *testing.T) {
	s := start(t, "hono")
	got, code := command(t, ".", "node", filepath.Join("clients", "hono.mjs"), s.address)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, got)
	}
	compareLines(t, got, honoSockets)
	for _, says := range []string{"Error: in onMessage", "at onMessage (sockets.ts:", "Error: in a promise"} {
		if !strings.Contains(s.stderr.String(), says) {
			t.Errorf("the log does not say %q", says)
		}
	}
}

// numbered is a Hono app that says which text of it answers.
func numbered(generation int) string {
	return fmt.Sprintf(`import { Hono } from "hono";
import { upgradeWebSocket } from "sigil/hono";
const app = new Hono();
app.get("/ws/:name", upgradeWebSocket((c) => ({
  onMessage(event, ws) { ws.send("%d " + c.req.param("name") + " " + event.data); },
})));
app.get("/version", (c) => c.text("%d"));
export default app;
`, generation, generation)
}

// While clients talk without a pause, the code is changed ten times: every message is answered once, in order, and the
// handlers are those of the new code.
func TestHonoReloadLosesNothing(t *testing.T) {
	apps := appsOf(t, map[string]string{"app.ts": numbered(0)})
	linkModules(t, apps)
	s := start(t, apps)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var g errgroup.Group
	done := make(chan struct{})
	for i := range 5 {
		name := fmt.Sprint("client", i)
		ws := dial(t, s.ws("/app/ws/"+name))
		g.Go(func() error { return ws.talk(ctx, name, done) })
	}
	const last = 10
	for n := 1; n <= last; n++ {
		s.write("app.ts", numbered(n))
		s.awaitBody("/app/version", fmt.Sprint(n))
	}
	close(done)
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// talk sends numbers, ten ahead of the answers, until done; then the rest must come, and from code not older than before.
func (s *socket) talk(ctx context.Context, name string, done <-chan struct{}) error {
	const ahead = 10
	generation, sent := 0, 0
	for received := 0; ; received++ {
		for ; sent < received+ahead && !closed(done); sent++ {
			if err := s.conn.Write(ctx, websocket.MessageText, fmt.Append(nil, sent)); err != nil {
				return err
			}
		}
		if received == sent {
			return nil
		}
		var by, number int
		var who string
		_, answer, err := s.conn.Read(ctx)
		if err != nil {
			return err
		}
		if _, err := fmt.Sscanf(string(answer), "%d %s %d", &by, &who, &number); err != nil || number != received || who != name || by < generation {
			return fmt.Errorf("%s: message %d is answered by %q after generation %d", name, received, answer, generation)
		}
		generation = by
	}
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// linkModules lets apps import what e2e/ has installed.
func linkModules(t *testing.T, apps string) {
	t.Helper()
	modules, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(apps, "node_modules")); err != nil {
		t.Fatal(err)
	}
}
