package e2e

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

const clientApp = `
export default class Board extends AppBase {
  hung = 0;
  @Topic("room:*", { history: 5000, presence: true, publish: () => true }) room() { return true; }
  @Rpc add(call, a, b) { return a + b; }
  @Rpc hang(call) { return new Promise(() => call.onCancel(() => this.hung++)); }
  @Rpc cancelled() { return this.hung; }
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); }
}`

// piecesBetweenCuts is what comes from the server at least between two rounds of cuts. To come back takes a client some five.
const piecesBetweenCuts = 15

// cutter is a TCP proxy that cuts its connections when it is told to, and lets no WebSocket through if it is to.
type cutter struct {
	blocks   bool
	listener net.Listener
	target   string
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	pumps    errgroup.Group
	carried  atomic.Int64 // pieces from the server
}

func newCutter(t *testing.T, target string, blocks bool) *cutter {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{blocks: blocks, listener: listener, target: target, open: map[net.Conn]struct{}{}}
	c.pumps.Go(c.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		c.cut(1)
		_ = c.pumps.Wait() // ends with the errors of cut connections
	})
	return c
}

func (c *cutter) accept() error {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return nil
		}
		far, err := (&net.Dialer{Timeout: patience}).DialContext(context.Background(), "tcp", c.target)
		if err != nil { // the server is not there
			_ = near.Close()
			continue
		}
		c.mu.Lock()
		c.open[near] = struct{}{}
		c.mu.Unlock()
		c.pumps.Go(func() error { return c.pump(far, c.filter(near), near) })
		c.pumps.Go(func() error { return c.pump(near, counted{far, &c.carried}, near) })
	}
}

func (c *cutter) pump(to io.WriteCloser, from io.ReadCloser, near net.Conn) error {
	_, err := io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, near)
	return err
}

// filter is what a client sends, without handshakes of WebSockets if those are blocked.
func (c *cutter) filter(conn net.Conn) io.ReadCloser {
	if c.blocks {
		return noUpgrade{conn}
	}
	return conn
}

// counted counts what is read.
type counted struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if n > 0 {
		c.n.Add(1)
	}
	return n, err
}

// noUpgrade ends with the first request that asks for a WebSocket, as proxies that know none do it.
type noUpgrade struct{ net.Conn }

func (c noUpgrade) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if strings.Contains(strings.ToLower(string(p[:n])), "upgrade: websocket") {
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// transports are a network that lets WebSockets through, and one that does not.
func transports(t *testing.T, test func(t *testing.T, blocked bool)) {
	t.Run("websocket", func(t *testing.T) { test(t, false) })
	t.Run("http", func(t *testing.T) { test(t, true) })
}

// cut closes each connection with a probability.
func (c *cutter) cut(probability float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		if rand.Float64() < probability {
			_ = conn.Close()
		}
	}
}

// The client in Node: nothing is missing or doubled through cuts and reloads, and a restart is told.
func TestClientInNode(t *testing.T) { transports(t, clientInNode) }

func clientInNode(t *testing.T, blocked bool) {
	apps := appsOf(t, map[string]string{"board.js": clientApp})
	s := start(t, apps)
	proxy := newCutter(t, s.address, blocked)
	address := "ws://" + proxy.listener.Addr().String()
	node := launchProgram(t, "node", filepath.Join("clients", "realtime.mjs"), address+"/board/live", address+"/board/echo", "10000")
	cuts := disturb(t, s, proxy, node)
	t.Logf("%d rounds of cuts; %s", cuts, node.stderr.String())
	s.signal(syscall.SIGKILL)
	s.exit(patience)
	again := launch(t, "serve", "--admin", "off", "--listen", s.address, "--apps", apps)
	again.stdout.await(t, "listening on http://"+s.address, "\n")
	node.stdout.await(t, "\ncut", "\n")
	proxy.cut(1)
	if code := node.exit(patience); code != 0 {
		t.Errorf("exit code %d:\n%s", code, node.stderr.String())
	}
	compareLines(t, node.stdout.String(), `
first: 10000 received, 0 missing, 0 doubled
second: 10000 received, 0 missing, 0 doubled
losses 0
third 50 first 10000 second 10000
restart
after the restart 1
goes on true true
3
RpcError -32601
TimeoutError
TimeoutError
AbortError true
900
members 2 2
heir true
4409 true closed ConnectionLost
cut
lost call true
early open
`)
}

// disturb cuts connections and reloads the app until the client asks for a restart; it counts the rounds. Between two cuts there
// is time for some messages, however slow the machine is: else nothing would ever come through.
func disturb(t *testing.T, s *sigil, proxy *cutter, node *sigil) int {
	t.Helper()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(2 * patience)
	last := int64(0)
	for round := 1; ; {
		if strings.Contains(node.stdout.String(), "restart") {
			return round
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("it takes too long; it said:\n%s%s", node.stdout.String(), node.stderr.String())
		}
		now := proxy.carried.Load()
		if now-last < piecesBetweenCuts || strings.Contains(node.stdout.String(), "first:") {
			continue
		}
		last = now
		proxy.cut(0.5)
		if round++; round%20 == 0 {
			s.write("board.js", clientApp+"\n// "+time.Now().String())
		}
	}
}

// The module is served with what browsers and caches need.
func TestClientIsServed(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"board.js": clientApp}))
	get := func(name, value string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.http("/sigil.js"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := get("Accept-Encoding", "gzip")
	for name, want := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Content-Encoding": "gzip", "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if again := get("If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d, want 304", again.StatusCode)
	}
}
