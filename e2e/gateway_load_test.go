package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// The size of the gateway's load.
const (
	gatewayClients  = 1000
	gatewayMessages = 6 // of each: one in every phase
	gatewayLimit    = 4 * time.Minute
)

// A backend that is well, slow, down and answering 500 in turn, and a reload in between, under 1,000 clients: it gets of every
// connection open, all messages in order, and one close, whichever side ended it.
func TestGatewayUnderLoad(t *testing.T) {
	g := startGateway(t, ", expiry_seconds: 600, retries: 20")
	ctx, cancel := context.WithTimeout(t.Context(), gatewayLimit)
	defer cancel()
	began := time.Now()
	clients := g.crowd(ctx)
	g.say(ctx, clients, 0)
	g.backend.mode("slow")
	g.say(ctx, clients, 1)
	g.reload()
	g.say(ctx, clients, 2)
	g.backend.tell("down", "down")
	g.say(ctx, clients, 3)
	g.reload()
	g.say(ctx, clients, 4)
	g.backend.tell("up", "up ")
	g.backend.mode("error")
	g.say(ctx, clients, 5)
	g.part(ctx, clients)
	g.reload()
	g.backend.mode("ok")
	var seen map[string][]backendEvent
	eventuallyWithin(ctx, t, func() bool {
		seen = g.backend.report()
		return settled(seen)
	})
	for id, events := range seen {
		if err := complete(events); err != nil {
			t.Errorf("connection %s: %v", id, err)
		}
	}
	t.Logf("%d connections, %d events and %d reloads in %v", len(seen), len(seen)*(gatewayMessages+2), 3, time.Since(began).Round(time.Millisecond))
	t.Logf("stats: %s", g.order("GET", "stats", ""))
}

// crowd opens all clients, some at a time.
func (g *gateway) crowd(ctx context.Context) []*websocket.Conn {
	g.t.Helper()
	clients := make([]*websocket.Conn, gatewayClients)
	var opening errgroup.Group
	opening.SetLimit(50)
	for i := range clients {
		opening.Go(func() (err error) {
			clients[i], err = dialAs(ctx, g.ws("/ws"), as(fmt.Sprintf("user%d", i%100), fmt.Sprintf("auth_token=%d", i)))
			return err
		})
	}
	if err := opening.Wait(); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() {
		for _, c := range clients {
			_ = c.CloseNow() // may be closed already
		}
	})
	return clients
}

// say lets every client send its next message.
func (g *gateway) say(ctx context.Context, clients []*websocket.Conn, n int) {
	g.t.Helper()
	for i, c := range clients {
		if err := c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"client":%d,"n":%d}`, i, n)); err != nil {
			g.t.Fatalf("client %d: %v", i, err)
		}
	}
}

// reload saves the app with one more line and waits until the new code serves.
func (g *gateway) reload() {
	g.t.Helper()
	path := filepath.Join(g.apps, "gateway", "main.ts")
	before := g.generation()
	rewrite(g.t, path, "// WebSockets for", "// Again.\n// WebSockets for")
	eventually(g.t, "the reload", func() bool { return g.generation() > before })
}

// generation is that of the gateway's code which serves.
func (g *gateway) generation() int {
	g.t.Helper()
	var answer struct{ Data struct{ Generation int } }
	if err := json.Unmarshal([]byte(g.order("GET", "stats", "")), &answer); err != nil {
		g.t.Fatal(err)
	}
	return answer.Data.Generation
}

// part ends a third of the connections by a close of the client, a third by a cut, a third by the backend's order.
func (g *gateway) part(ctx context.Context, clients []*websocket.Conn) {
	g.t.Helper()
	var parting errgroup.Group
	parting.SetLimit(50)
	for i, c := range clients {
		switch i % 3 {
		case 0:
			parting.Go(func() error { return c.Close(websocket.StatusNormalClosure, "") })
		case 1:
			parting.Go(c.CloseNow)
		}
	}
	if err := parting.Wait(); err != nil {
		g.t.Error(err)
	}
	var tokens []string
	for i := 2; i < len(clients); i += 3 {
		tokens = append(tokens, fmt.Sprint(i))
	}
	body, _ := json.Marshal(map[string]any{"tokens": tokens}) // texts always have a JSON form
	if got := g.order("POST", "conn/close", string(body)); got != done {
		g.t.Errorf("close: %s", got)
	}
	for i := 2; i < len(clients); i += 3 {
		if code, _, err := waitClose(ctx, clients[i]); code != 1000 {
			g.t.Errorf("client %d was closed with %d, %v", i, code, err)
		}
	}
}

// settled reports whether every connection's close has come.
func settled(seen map[string][]backendEvent) bool {
	for _, events := range seen {
		if events[len(events)-1].Action != "close" {
			return false
		}
	}
	return len(seen) == gatewayClients
}

// complete says what is wrong with what came of one connection: open, its messages in order, close.
func complete(events []backendEvent) error {
	if len(events) != gatewayMessages+2 {
		return fmt.Errorf("%d events: %+v", len(events), events)
	}
	for i, e := range events {
		action := "message"
		if i == 0 {
			action = "open"
		} else if i == len(events)-1 {
			action = "close"
		}
		if e.Action != action || action == "message" && e.Data["n"] != float64(i-1) || action == "message" && fmt.Sprint(e.Data["client"]) != e.Token {
			return fmt.Errorf("event %d is %+v, want %s", i, e, action)
		}
	}
	return nil
}

func eventuallyWithin(ctx context.Context, t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the backend has not got everything in time")
		}
	}
}
