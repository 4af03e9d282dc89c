package server

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// helloAnswer is what $/hello is answered with.
type helloAnswer struct {
	Session, ID string
	Resumed     bool
	ResumeFor   int64
	Topics      map[string]struct {
		livePlace
		Recovered bool
		Count     int
	}
}

func (c *client) hello(params string) (h helloAnswer) {
	c.t.Helper()
	text := c.ask("$/hello", params)
	if err := json.Unmarshal([]byte(text), &h); err != nil || h.Session == "" {
		c.t.Fatalf("hello: %s, %v", text, err)
	}
	return h
}

func TestSessions(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	a := s.dial("/live/live?user=ann")
	first := a.hello(`{}`)
	if first.Resumed || first.ResumeFor != 60_000 || len(first.Topics) != 0 {
		t.Errorf("%+v", first)
	}
	same(t, a.ask("$/hello", "{}"), `{"code":-32600,"message":"$/hello was said already"}`)
	var at livePlace
	if err := json.Unmarshal([]byte(a.ask("$/subscribe", `{"topic":"room:1"}`)), &at); err != nil {
		t.Fatal(err)
	}
	a.ask("$/subscribe", `{"topic":"news"}`)
	same(t, a.ask("state", "[]"), "1")
	_ = a.conn.Close()
	s.do("POST", "/live/publish", `{"topic":"room:1","data":"missed"}`)

	thief := s.dial("/live/live?user=bob")
	if h := thief.hello(fmt.Sprintf(`{"session":%q}`, first.Session)); h.Resumed || h.Session == first.Session {
		t.Errorf("another user has the session: %+v", h)
	}

	// The old connection may still be thought open: the newer one has the session.
	positions := fmt.Sprintf(`{"session":%q,"attempt":2,"positions":{"room:1":{"epoch":%q,"offset":%d}}}`, first.Session, at.Epoch, at.Offset)
	b := s.dial("/live/live?user=ann")
	h := b.hello(positions)
	if !h.Resumed || h.ID != first.ID || !h.Topics["room:1"].Recovered || h.Topics["news"].Recovered || len(h.Topics) != 2 {
		t.Errorf("%+v", h)
	}
	same(t, b.note(), `$/message {"topic":"room:1","offset":1,"data":"missed"}`)
	same(t, b.ask("state", "[]"), "2")
	c := s.dial("/live/live?user=ann")
	if h := c.hello(strings.Replace(positions, `"attempt":2`, `"attempt":3`, 1)); !h.Resumed {
		t.Errorf("%+v", h)
	}
	b.wantEnd("4409 the session goes on in a newer connection")
	late := s.dial("/live/live?user=ann")
	same(t, late.ask("$/hello", positions), `{"code":-32600,"message":"a newer connection has the session"}`)
	late.wantEnd("4409 a newer connection has the session")
	c.note()
	same(t, c.ask("state", "[]"), "3")
	c.leave() // on purpose: the session is over
	d := s.dial("/live/live?user=ann")
	if h := d.hello(positions); h.Resumed {
		t.Errorf("a session that was ended goes on: %+v", h)
	}
	d.leave()
}

const slowApp = `
@Realtime({ limits: { queueBytes: 131072 } })
@Topic("long", { history: 1000 })
@Topic("short", { history: 5 })
@Topic("none")
export default class Slow extends AppBase {
  @Rpc flood(call, topic, n) { for (let i = 1; i <= n; i++) this.publish(topic, i + "x".repeat(65536)); return n; }
}`

// A client that does not read is sent everything once it does, or told that it is not; it is never closed for it.
func TestSlowSubscriber(t *testing.T) {
	s := startSite(t, files{"slow.js": slowApp}, func(o *Options) { o.Limits.Socket.WriteStall = time.Hour })
	const n = 100 // more than the kernel's buffers, of which one is small, and the queue hold
	for _, topic := range []string{"long", "short", "none"} {
		slow, other := s.dial("/slow/live"), s.dial("/slow/live")
		if err := slow.conn.(*net.TCPConn).SetReadBuffer(64 << 10); err != nil {
			t.Fatal(err)
		}
		slow.ask("$/subscribe", fmt.Sprintf(`{"topic":%q}`, topic))
		same(t, other.ask("flood", fmt.Sprintf(`[%q,%d]`, topic, n)), fmt.Sprint(n))
		got, lost := 0, 0
		for next, end := 1, false; !end; {
			var m incoming
			if err := json.Unmarshal([]byte(slow.text()), &m); err != nil {
				t.Fatal(err)
			}
			switch m.Method {
			case "$/lost":
				lost++
				next = int(m.Params.Offset) + 1
				end = topic == "none" || next > n
			case "$/message":
				got++
				if number, _, _ := strings.Cut(m.Params.Data, "x"); number != fmt.Sprint(next) {
					t.Fatalf("%s: got %s, want %d", topic, number, next)
				}
				next++
				end = next > n
			}
		}
		if topic == "long" && (got != n || lost != 0) || topic != "long" && (got == n || lost == 0) {
			t.Errorf("%s: %d of %d, %d losses told", topic, got, n, lost)
		}
		slow.send(opText, `{"jsonrpc":"2.0","id":"last","method":"$/ping","params":{}}`)
		for !strings.Contains(slow.text(), `"last"`) { // what was published behind a loss, from another worker
		}
		slow.leave()
		other.leave()
	}
}
