package websocket_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	peer "github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/appbase/modules/url"
	"github.com/sigil-server/sigil/appbase/modules/websocket"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func newRuntime(t testing.TB, o websocket.Options) *scriptingtest.Runtime {
	return globalstest.NewRuntime(t, globalstest.Engine(url.Install), globalstest.Engine(encoding.Install), events.Install, streams.Install,
		blob.Install, formdata.Install, messages.Install, func(rt *scripting.Runtime) error { return websocket.Install(rt, o) })
}

// serve answers handshakes with what a connection does; it ends when that returns.
func serve(t testing.TB, do func(ctx context.Context, conn *peer.Conn, r *http.Request)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/refused":
			http.Error(w, "no", http.StatusForbidden)
			return
		case "/moved":
			http.Redirect(w, r, "/echo", http.StatusFound)
			return
		}
		conn, err := peer.Accept(w, r, &peer.AcceptOptions{Subprotocols: []string{"b"}, CompressionMode: peer.CompressionNoContextTakeover})
		if err != nil {
			t.Error(err)
			return
		}
		conn.SetReadLimit(1 << 24)
		do(r.Context(), conn, r)
		_ = conn.CloseNow()
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// site echoes, or does what its path says.
func site(ctx context.Context, conn *peer.Conn, r *http.Request) {
	switch r.URL.Path {
	case "/bye":
		_ = conn.Close(4321, "bye")
	case "/bare":
		_ = conn.Close(peer.StatusNoStatusRcvd, "")
	case "/cut":
		_ = conn.CloseNow()
	case "/garbled":
		_ = conn.Close(1000, "a\xff")
	case "/bad":
		_ = conn.Write(ctx, peer.MessageText, []byte("a\xff"))
		_, _, err := conn.Read(ctx)
		_ = err
	case "/large":
		_ = conn.Write(ctx, peer.MessageBinary, make([]byte, 1<<20+1))
		_, _, err := conn.Read(ctx)
		_ = err
	case "/headers":
		_ = conn.Write(ctx, peer.MessageText, []byte(r.Header.Get("Authorization")+"|"+r.UserAgent()+"|"+r.Header.Get("X-Own")+"|"+r.Header.Get("Sec-Websocket-Version")))
		_ = conn.Close(1000, "")
	case "/ping":
		ctx := conn.CloseRead(ctx)
		err := conn.Ping(ctx)
		_ = conn.Write(ctx, peer.MessageText, []byte(map[bool]string{true: "pong"}[err == nil]))
		<-ctx.Done()
	default:
		for {
			kind, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			_ = conn.Write(ctx, kind, data)
		}
	}
}

// collect waits for the end of a socket; n messages are waited for and then it is closed.
const collect = `const collect = (path, n, init, use) => new Promise((resolve) => {
	const seen = [], socket = new WebSocket(base + path, init);
	socket.binaryType = "arraybuffer";
	const close = () => { if (seen.filter((s) => s.startsWith("message")).length === n) socket.close(1000, "enough"); };
	socket.onopen = () => { seen.push("open" + socket.readyState); use?.(socket); if (n === 0) close(); };
	socket.onmessage = (e) => { seen.push("message " + (typeof e.data === "string" ? e.data.length > 99 ? e.data.length : e.data : new Uint8Array(e.data).join("."))); close(); };
	socket.onerror = (e) => seen.push("error " + e.message);
	socket.onclose = (e) => { seen.push(["close", e.code, e.reason, e.wasClean, socket.readyState].join()); resolve(seen.join(";")); };
});
const sends = (...all) => (socket) => all.forEach((one) => socket.send(one));`

func TestWebSocket(t *testing.T) {
	base := serve(t, site)
	rt := newRuntime(t, websocket.Options{Private: true, MaxMessageBytes: 1 << 20, UserAgent: "Sigil/test"})
	for body, want := range map[string]string{
		`return collect("/echo", 2, [], sends("héllo", "\ud800"))`:                                           "open1;message héllo;message \ufffd;close,1000,enough,true,3",
		`return collect("/echo", 1, [], sends("x".repeat(100000)))`:                                          "open1;message 100000;close,1000,enough,true,3",
		`return collect("/echo", 3, [], sends(new Uint8Array([1,2,3]).subarray(1), new ArrayBuffer(1), ""))`: "open1;message 2.3;message 0;message ;close,1000,enough,true,3",
		`return collect("/echo", 2, [], sends(new Blob(["a", new Uint8Array([7])]), "after"))`:               "open1;message 97.7;message after;close,1000,enough,true,3",
		`return collect("/bye", 9)`:                                         "open1;close,4321,bye,true,3",
		`return collect("/bare", 9)`:                                        "open1;close,1005,,true,3",
		`return collect("/ping", 1)`:                                        "open1;message pong;close,1000,enough,true,3",
		`return (await collect("/cut", 9)).replace(/error [^;]+/, "error")`: "open1;error;close,1006,,false,3",
		`return collect("/bad", 9)`:                                         "open1;error a text message is not valid UTF-8;close,1006,,false,3",
		`return collect("/garbled", 9)`:                                     "open1;error the reason of the close is not valid UTF-8;close,1006,,false,3",
		`return /error .*1048577.*;close,1006,,false,3$/.test(await collect("/large", 9))`:                                                      "true",
		`return /^error .*403;close,1006,,false,3$/.test(await collect("/refused", 9))`:                                                         "true",
		`return /^error .*302;close,1006,,false,3$/.test(await collect("/moved", 9))`:                                                           "true",
		`return collect("/headers", 9, { protocols: "b", headers: { "X-Own": "o", "Sec-WebSocket-Version": "7" } })`:                            "open1;message |Sigil/test|o|13;close,1000,,true,3",
		`const s = new WebSocket(base.replace("//", "//me:p%40@") + "/headers"); return new Promise((r) => { s.onmessage = (e) => r(e.data) })`: "Basic bWU6cEA=|Sigil/test||13",
		`const s = new WebSocket(base + "/echo", ["a", "b"]); await new Promise((r) => { s.onopen = r }); s.close(3000); return [s.readyState, s.protocol, s.extensions.includes("permessage-deflate"), s.binaryType, s.url === base + "/echo"].join()`:                                                                      "2,b,true,blob,true",
		`const s = new WebSocket(base + "/echo"); s.close(); return new Promise((r) => { const seen = [s.readyState]; s.onopen = s.onerror = (e) => seen.push(e.type); s.onclose = (e) => r(seen.join() + e.code + e.wasClean + s.readyState) })`:                                                                            "2,error1006false3",
		`const s = new WebSocket(base + "/echo"); await new Promise((r) => { s.onopen = r }); s.send(new Uint8Array([104, 105])); return new Promise((r) => { s.onmessage = async (e) => { s.close(); s.send("xyz"); r([e.data instanceof Blob, await e.data.text(), e.origin === base, s.bufferedAmount >= 3].join()) } })`: "true,hi,true,true",
		`new WebSocket(base).send("x")`:                   "InvalidStateError: the WebSocket is not open yet",
		`new WebSocket("/relative")`:                      "SyntaxError: /relative is no absolute URL",
		`new WebSocket("ftp://h")`:                        "SyntaxError: a WebSocket connects to ws: or wss:, not ftp:",
		`new WebSocket("ws://h/#x")`:                      "SyntaxError: the URL of a WebSocket has no fragment",
		`new WebSocket("ws://h/", ["a", "a"])`:            "SyntaxError: a protocol is named twice",
		`new WebSocket("ws://h/", "a b")`:                 `SyntaxError: "a b" is no name of a protocol`,
		`new WebSocket(base).close(1001)`:                 "InvalidAccessError: a WebSocket is closed with 1000 or 3000 to 4999, not 1001",
		`new WebSocket(base).close(1000, "é".repeat(62))`: "SyntaxError: the reason of a close is longer than 123 bytes",
		`return [WebSocket.CLOSING, new WebSocket(base).CLOSED, String(new WebSocket(base)), new WebSocket("https://127.0.0.1:1/").url]`: "2,3,[object WebSocket],wss://127.0.0.1:1/",
	} {
		if got := globalstest.Wait(t, rt, `const base = "`+base+`";`+collect+body); got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
	rt.Close()
}

// Where a socket may connect to is the operator's decision, and so is how many there are.
func TestRefused(t *testing.T) {
	base := serve(t, site)
	const both = `return new Promise((r) => { const s = new WebSocket(base + "/echo"); s.onerror = (e) => r(e.message); s.onopen = () => r("open") })`
	for want, o := range map[string]websocket.Options{
		"are not allowed": {}, "open": {Allow: []string{"127.0.0.1"}}, "not allowed: the operator": {Allow: []string{"example.com"}},
	} {
		if got := globalstest.Wait(t, newRuntime(t, o), `const base = "`+base+`";`+both); !strings.Contains(got, want) {
			t.Errorf("%v: %q", o.Allow, got)
		}
	}
	rt := newRuntime(t, websocket.Options{Private: true, MaxSockets: 1})
	if got := globalstest.Wait(t, rt, `const base = "`+base+`"; const first = new WebSocket(base + "/echo");`+both); got != "too many WebSockets are open" {
		t.Errorf("the second: %q", got)
	}
}

// A script that sends faster than the peer reads fails at the bound, and what it may not read piles up at the peer.
func TestBounds(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	base := serve(t, func(ctx context.Context, conn *peer.Conn, r *http.Request) { <-release })
	rt := newRuntime(t, websocket.Options{Private: true, MaxQueuedBytes: 1 << 16})
	// More than the system takes for a peer that does not read, in bytes that compression leaves as they are.
	got := globalstest.Wait(t, rt, `const s = new WebSocket("`+base+`"); await new Promise((r) => { s.onopen = r });
		const noise = Uint8Array.from({ length: 1 << 15 }, () => Math.random() * 256);
		return new Promise((r) => { s.onerror = (e) => r(e.message + s.bufferedAmount); for (let i = 0; i < 2000; i++) s.send(noise) })`)
	if !strings.HasPrefix(got, "more waits to be sent than is allowed: look at bufferedAmount") {
		t.Errorf("got %q", got)
	}
}

// Reading stops while a handler is behind, and goes on in order.
func TestBehind(t *testing.T) {
	const n = 400
	noise := make([]byte, 1<<16) // which compression leaves as large as it is: n of it are more than the system takes
	_, _ = rand.Read(noise)
	allWritten := make(chan struct{})
	base := serve(t, func(ctx context.Context, conn *peer.Conn, r *http.Request) {
		for range n {
			if err := conn.Write(ctx, peer.MessageBinary, noise); err != nil {
				t.Error(err)
				return
			}
		}
		close(allWritten)
		_ = conn.Close(1000, "")
	})
	rt := newRuntime(t, websocket.Options{Private: true})
	if _, err := rt.RunTrusted("test", `globalThis.count = 0; const s = new WebSocket("`+base+`"); s.onmessage = () => count++; s.onclose = () => { count += 0.5 }; 0`); err != nil {
		t.Fatal(err)
	}
	select { // nobody runs the loop: the peer can send what the queues hold, and no more
	case <-allWritten:
		t.Error("everything was read though nobody took it")
	case <-time.After(100 * time.Millisecond):
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := rt.Loop.RunUntil(ctx, func() bool { return rt.VM().Get("count").ToFloat() == n+0.5 }); err != nil {
		t.Fatal(err, rt.VM().Get("count"))
	}
}

// A runtime that is closed closes its connections.
func TestClose(t *testing.T) {
	began, ended := make(chan struct{}), make(chan error, 1)
	base := serve(t, func(ctx context.Context, conn *peer.Conn, r *http.Request) {
		close(began)
		_, _, err := conn.Read(ctx)
		ended <- err
	})
	rt := newRuntime(t, websocket.Options{Private: true})
	if _, err := rt.RunTrusted("test", `new WebSocket("`+base+`"); 0`); err != nil {
		t.Fatal(err)
	}
	globalstest.Receive(t, began, "the handshake")
	rt.Close()
	// Before the client has read the answer it can only cut the connection.
	if err := globalstest.Receive(t, ended, "the end of the connection"); peer.CloseStatus(err) != peer.StatusGoingAway && err == nil {
		t.Errorf("the peer saw %v", err)
	}
}
