// Command gorilla runs the programs of the benchmark on gorilla/websocket.
package main

import (
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
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

func (r *room) publish(kind int, data []byte) error {
	frame, err := websocket.NewPreparedMessage(kind, data)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.members {
		if err := c.WritePreparedMessage(frame); err != nil {
			delete(r.members, c)
		}
	}
	return nil
}

func serve(r *room, path string, c *websocket.Conn) {
	defer func() { _ = c.Close() }()
	if path == "/bench/room" {
		r.set(c, true)
		defer r.set(c, false)
	}
	for {
		kind, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		if path == "/bench/publish" {
			err = r.publish(kind, data)
		} else {
			err = c.WriteMessage(kind, data)
		}
		if err != nil {
			return
		}
	}
}

func main() {
	r := &room{members: map[*websocket.Conn]bool{}}
	upgrader := websocket.Upgrader{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c, err := upgrader.Upgrade(w, req, nil)
		if err != nil {
			return
		}
		serve(r, req.URL.Path, c)
	})
	server := http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
