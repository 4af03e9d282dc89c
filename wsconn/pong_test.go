package wsconn

import (
	"fmt"
	"strings"
	"testing"
)

// The pong that was put off because the peer does not read never comes behind a
// Close, which is the last frame.
func TestNoPongBehindClose(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r, c, h := deaf(t, o)
		fill(r, h)
		for i := range 50 {
			c.send(frame(fin|ping, fmt.Sprint(i)))
		}
		c.send(frame(fin|text, "behind the pings"))
		h.expect(t, "text behind the pings")
		r.do(func() { h.conn.Close(1000, "") })
		for {
			got, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(got, "close") {
				break
			}
		}
		c.send(frame(fin|clos, closing(1000, "")))
		c.expect("eof")
	})
}
