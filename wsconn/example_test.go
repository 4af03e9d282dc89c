package wsconn_test

import (
	"context"
	"errors"
	"log"
	"net/http"

	"github.com/sigil-server/sigil/wsconn"
)

// shout answers every text louder.
type shout struct{ conn *wsconn.Conn }

func (s shout) Text(text string)   { s.conn.Send(text + "!") }
func (s shout) Binary([]byte)      { s.conn.Close(1003, "text only") }
func (s shout) Drain()             {}
func (s shout) Closed(int, string) {}

// An HTTP handler checks the handshake, answers it, and gives the connection to
// a loop.
func Example() {
	loop, err := wsconn.NewLoop(wsconn.LoopOptions{})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	handler := func(w http.ResponseWriter, r *http.Request) {
		u, err := wsconn.ParseUpgrade(r)
		var bad *wsconn.HandshakeError
		if errors.As(err, &bad) {
			http.Error(w, bad.Reason, bad.Status)
			return
		}
		if a, err := u.Accept(w); err == nil {
			loop.Adopt(a, wsconn.Limits{}, func(c *wsconn.Conn) wsconn.Handler { return shout{c} })
		}
	}
	_ = http.HandlerFunc(handler) // to be served
	cancel()
	if err := loop.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
}
