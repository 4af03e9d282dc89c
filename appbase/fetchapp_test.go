package appbase

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fetchApp = `
const seen = [];
export default {
  fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/ws")) {
      if (request.headers.get("x-refuse")) return new Response("not you", { status: 403, headers: { "x-why": "test" } });
      const events = {
        onOpen(event, ws) { ws.send("open " + event.type + " " + ws.reattached); if (url.searchParams.has("throw")) throw new Error("in onOpen"); },
        onMessage(event, ws) { if (event.data === "boom") throw new Error("in onMessage"); ws.send("got " + event.data); },
        onError(event, ws) { ws.send("error " + event.message); },
        onClose(event) { seen.push(event.code + event.reason + event.wasClean); },
      };
      const response = upgradeWebSocket(request, events, { protocol: ["chat", "b"] });
      response.headers.set("x-extra", "kept");
      return new Response(response.body, response); // as middleware does
    }
    if (url.pathname.endsWith("/seen")) return Response.json(seen);
    if (url.pathname.endsWith("/throw")) throw new Error("broken");
    if (url.pathname.endsWith("/nothing")) return "text";
    if (url.pathname.endsWith("/late")) return Promise.resolve(new Response("late"));
    return new Response([request.method, env.name, env.generation, env.remoteAddress, env.config.greeting, typeof context.waitUntil].join(" "));
  },
};`

func TestFetchAppAnswersEverything(t *testing.T) {
	w := newWorld(t, fetchApp)
	for target, want := range map[string]string{
		"/":        "200 text/plain;charset=UTF-8 GET app 1 192.0.2.7 hi function",
		"/a/b":     "200 text/plain;charset=UTF-8 GET app 1 192.0.2.7 hi function",
		"/late":    "200 text/plain;charset=UTF-8 late",
		"/nothing": `fetch answered with the text "text", not with a Response`,
		"/throw":   "broken",
	} {
		if got := w.request("GET", target, ""); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

// join runs a handshake through the app and opens the connection when it is let in.
func (w *world) join(id, target string, headers ...string) (*sock, Admission) {
	w.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	route, params, _ := w.routes.Socket(path)
	req := request("GET", path, query, nil, params, append(headers, "Upgrade", "websocket")...)
	req.URL += "?" + query
	var admission Admission
	w.worker.Admit(route, req, func(a Admission, err error) {
		if err != nil {
			w.t.Fatalf("admit: %v", err)
		}
		admission = a
	})
	w.loop.RunPosted()
	if admission.Response != nil {
		return nil, admission
	}
	s := &sock{state: 1}
	w.socks[id] = s
	s.conn = w.worker.Open(s, route, req, admission, admission.Protocol, id)
	w.loop.RunPosted()
	return s, admission
}

func TestFetchAppTakesWebSockets(t *testing.T) {
	w := newWorld(t, fetchApp)
	s, a := w.join("1", "/ws?throw", "Sec-WebSocket-Protocol", "x, b")
	if a.Protocol != "b" || a.Header.Get("X-Extra") != "kept" || a.Header.Get("X-Sigil-Upgrade") != "" {
		t.Errorf("admission: %+v", a)
	}
	s.conn.Text("hello")
	s.conn.Text("boom")
	s.conn.Text("again")
	want := "open open false|error in onOpen|got hello|error in onMessage|got again"
	if got := strings.Join(s.sent, "|"); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	s.conn.Closed(3001, "bye")
	if got := w.request("GET", "/seen", ""); !strings.Contains(got, `["3001byetrue"]`) {
		t.Errorf("closed: %s", got)
	}
}

func TestFetchAppRefusesWebSockets(t *testing.T) {
	w := newWorld(t, fetchApp)
	if s, a := w.join("1", "/ws", "X-Refuse", "1"); s != nil || a.Response.Status != 403 || a.Response.Fields().Get("X-Why") != "test" {
		t.Errorf("refused by status: %+v", a)
	}
	if s, a := w.join("2", "/other"); s != nil || a.Response.Status != 200 {
		t.Errorf("a handshake for what is no WebSocket gets the answer of fetch: %+v", a)
	}
}

func TestFetchAppReattaches(t *testing.T) {
	w := newWorld(t, fetchApp)
	s, _ := w.join("1", "/ws")
	other, _ := w.join("2", "/ws?x=1")
	w.load(strings.ReplaceAll(fetchApp, `ws.send("got "`, `ws.send("new "`))
	s.conn.Text("hello")
	if got := strings.Join(s.sent, "|"); got != "open open false|open open true|new hello" {
		t.Errorf("after a reload: %s", got)
	}
	w.load(`export default { fetch() { return new Response("no sockets"); } }`)
	if !strings.HasPrefix(other.closed, "1012") {
		t.Errorf("when the new code takes no WebSocket: close %q, want 1012", other.closed)
	}
}

func TestReadFileStaysInTheFolder(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"app/a.txt": "A", "app/sub/b.txt": "B", "app/.secret": "S", "outside.txt": "O"})
	if err := os.Symlink("../outside.txt", filepath.Join(dir, "app", "link.txt")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a.txt": "A", "./sub/b.txt": "B", "/a.txt": "A", "sub/../a.txt": "A",
		"../outside.txt": "", "link.txt": "", ".secret": "", "sub": "", "none": "", "": "", "sub/../../outside.txt": "",
	} {
		if data, err := readWithin(filepath.Join(dir, "app"), name); string(data) != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", name, data, err, want)
		}
	}
	if data, err := readWithin("", "a.txt"); data != nil || err != nil {
		t.Errorf("an app without a folder: %q, %v", data, err)
	}
}

func TestHonoAdapterNeedsHono(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"app.js": `import { upgradeWebSocket } from "hono/deno"; export default { fetch() { return upgradeWebSocket(); } };`})
	_, err := Compile(context.Background(), Source{Name: "app", Entry: filepath.Join(dir, "app.js")})
	if err == nil || !strings.Contains(err.Error(), `Could not resolve "hono/ws"`) {
		t.Errorf("without the package: %v", err)
	}
}
