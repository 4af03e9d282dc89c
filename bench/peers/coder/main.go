// Command coder runs the programs of the benchmark on coder/websocket.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/coder/websocket"
)

type room struct {
	mu      sync.Mutex
	members map[*websocket.Conn]bool
}

func (r *room) set(c *websocket.Conn, in bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in {
		r.members[c] = true
	} else {
		delete(r.members, c)
	}
}

func (r *room) publish(ctx context.Context, kind websocket.MessageType, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.members {
		if err := c.Write(ctx, kind, data); err != nil {
			delete(r.members, c)
		}
	}
}

func serve(ctx context.Context, r *room, path string, c *websocket.Conn) {
	defer func() { _ = c.CloseNow() }()
	if path == "/bench/room" {
		r.set(c, true)
		defer r.set(c, false)
	}
	for {
		kind, data, err := c.Read(ctx)
		if err != nil {
			return
		}
		if path == "/bench/publish" {
			r.publish(ctx, kind, data)
		} else if err := c.Write(ctx, kind, data); err != nil {
			return
		}
	}
}

func main() {
	r := &room{members: map[*websocket.Conn]bool{}}
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c, err := websocket.Accept(w, req, nil)
		if err != nil {
			return
		}
		c.SetReadLimit(1 << 20)
		serve(context.Background(), r, req.URL.Path, c)
	})
	server := http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
