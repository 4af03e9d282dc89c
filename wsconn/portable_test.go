package wsconn

import (
	"io"
	"net"
	"testing"
)

// lastGasp is a connection whose last bytes and end come in one read, as TLS
// does it.
type lastGasp struct {
	net.Conn
	data []byte
}

func (c *lastGasp) Read(p []byte) (int, error) {
	n := copy(p, c.data)
	if c.data = c.data[n:]; len(c.data) > 0 {
		return n, nil
	}
	return n, io.EOF
}

// Messages that came together with the end are delivered before it, also when
// the backlog was full.
func TestEndTogetherWithMessages(t *testing.T) {
	for _, limits := range []Limits{{}, {MaxBacklogMessages: 2}} {
		near, far := net.Pipe()
		l, _ := runLoop(t, LoopOptions{})
		opened := make(chan *recorder, 1)
		data := repeatFrame(frame(fin|text, "x"), 5)
		l.Adopt(&Accepted{conn: &lastGasp{near, data}}, limits, func(c *Conn) Handler {
			c.Hold()
			h := &recorder{conn: c, events: make(chan string, 10)}
			opened <- h
			return h
		})
		h := await(t, opened, "open")
		r := &rig{t: t, loop: l}
		r.until("the messages", func() bool { return h.conn.kept.len() >= 2 })
		r.turns()
		r.do(h.conn.Release)
		h.expect(t, "text x", "text x", "text x", "text x", "text x", "closed 1006 ")
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	}
}
