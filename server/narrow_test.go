package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// An author's limits count where they are narrower, and are named where they are not.
func TestNarrowing(t *testing.T) { bothWays(t, testNarrowing) }

func testNarrowing(t *testing.T) {
	ours := wsconn.Limits{MaxMessageBytes: 100, MaxQueueBytes: 100, MaxIdle: time.Minute, WriteStall: -1}.WithDefaults()
	n := narrowing{limits: ours}
	n.by(&appbase.SocketLimits{})
	if n.limits != ours || n.refused != nil {
		t.Errorf("nothing made %+v, %v", n.limits, n.refused)
	}
	n.by(&appbase.SocketLimits{
		MessageBytes: 101, QueueBytes: 100, Fragments: 3, MessagesPerSecond: 5, Overflow: "drop-newest", RateExceeded: "close",
		PingAfter: time.Hour, WriteStall: time.Hour, MessageIdle: time.Second,
	})
	want := ours
	want.MaxFragments, want.MaxMessagesPerSecond, want.Overflow, want.CloseOnRate = 3, 5, wsconn.OverflowDropNewest, true
	want.WriteStall, want.MaxIdle = time.Hour, time.Second
	if n.limits != want || !slices.Equal(n.refused, []string{"messageBytes", "pingAfter"}) {
		t.Errorf("got %+v, %v", n.limits, n.refused)
	}
}

const bounded = `
@Api({ limits: { connections: 2, bodyBytes: 10, messageBytes: 50 } })
export default class Bounded extends AppBase {
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket({ limits: { messageBytes: 5, messagesPerSecond: 2, rateExceeded: "close" } }) small(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket({ limits: { messageBytes: 5000 } }) vain(ws) { ws.onMessage((text) => ws.send(text)); }
  @Websocket({ limits: { messageIdle: 10 } }) idle(ws) {}
  @Websocket({ limits: { queueBytes: 100, overflow: "drop-newest" } }) newest(ws) {
    ws.onMessage(() => { let n = 0; while (ws.send("x".repeat(99) + n)) n++; ws.onDrain(() => ws.send("fits")); });
  }
  @Post size(req) { return "got it"; }
}`

const hasty = `
@Api({ limits: { responseTime: "50ms" } })
export default class Hasty extends AppBase {
  @Get never() { return new Promise(() => {}); }
}`

// @Api narrows for all routes, and a route for itself; neither widens.
func TestAppAndRouteLimits(t *testing.T) { bothWays(t, testAppAndRouteLimits) }

func testAppAndRouteLimits(t *testing.T) {
	s := startSite(t, files{"bounded.js": bounded, "hasty.js": hasty})
	for path, most := range map[string]int{"echo": 50, "small": 5, "vain": 50} {
		c := s.dial("/bounded/" + path)
		c.send(opText, strings.Repeat("x", most))
		c.want(strings.Repeat("x", most))
		c.send(opText, strings.Repeat("x", most+1))
		c.wantEnd("1009 the message is too big")
	}
	c := s.dial("/bounded/small")
	c.write(strings.Repeat("\x81\x81\x00\x00\x00\x00x", 3)) // three texts at once
	c.wantEnd("1008 too many messages")
	s.dial("/bounded/idle").wantEnd("1001 no message for too long")
	if res, _ := s.do("POST", "/bounded/size", strings.Repeat("x", 11)); res.StatusCode != 413 {
		t.Errorf("body: %s", res.Status)
	}
	if res, _ := s.do("POST", "/bounded/size", strings.Repeat("x", 10)); res.StatusCode != 200 {
		t.Errorf("body: %s", res.Status)
	}
	if res, _ := s.do("GET", "/hasty/never", ""); res.StatusCode != 503 {
		t.Errorf("response time: %s", res.Status)
	}
	s.log.wait(t, `limits of a route cannot be wider than the app's and the server's, which count" app=bounded route="WS /vain" limits=messageBytes`)
}

// The operator's limits of an app replace the server's, in both directions.
func TestOperatorsLimitsOfAnApp(t *testing.T) { bothWays(t, testOperatorsLimitsOfAnApp) }

func testOperatorsLimitsOfAnApp(t *testing.T) {
	s := startSite(t, files{"a.js": meter, "b.js": meter}, func(o *Options) {
		o.Limits.Socket.MaxMessageBytes, o.Limits.MaxBodyBytes = 100, 100
		o.AppLimits = map[string]Limits{"b": {Socket: wsconn.Limits{MaxMessageBytes: 200}, MaxBodyBytes: 200, MaxConnections: 1}}
	})
	for app, most := range map[string]int{"a": 100, "b": 200} {
		c := s.dial("/" + app + "/echo")
		c.send(opText, strings.Repeat("x", most))
		c.want(strings.Repeat("x", most))
		if app == "b" {
			if second := s.handshake("/b/echo"); second.res.StatusCode != 503 || second.res.Header.Get("Retry-After") == "" {
				t.Errorf("second connection: %s", second.res.Status)
			}
		}
		c.send(opText, strings.Repeat("x", most+1))
		c.wantEnd("1009 the message is too big")
		if res, _ := s.do("POST", "/"+app+"/size", strings.Repeat("x", most)); res.StatusCode != 200 {
			t.Errorf("%s: %s", app, res.Status)
		}
		if res, _ := s.do("POST", "/"+app+"/size", strings.Repeat("x", most+1)); res.StatusCode != 413 {
			t.Errorf("%s: %s", app, res.Status)
		}
	}
}

// @Api bounds the connections of its app; those that end make room.
func TestConnectionsOfAnApp(t *testing.T) {
	s := startSite(t, files{"bounded.js": bounded, "meter.js": meter})
	first, second := s.dial("/bounded/echo"), s.dial("/bounded/echo")
	if third := s.handshake("/bounded/echo"); third.res.StatusCode != 503 {
		t.Errorf("third connection: %s", third.res.Status)
	}
	s.dial("/meter/echo").leave() // the bound is one app's
	first.leave()
	deadline := time.Now().Add(clientPatience)
	for s.handshake("/bounded/echo").res.StatusCode != 101 {
		if time.Now().After(deadline) {
			t.Fatal("the place is not free again")
		}
	}
	second.leave()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if n := s.server.table.find("bounded").taken.Load(); n != 0 {
		t.Errorf("%d places are taken", n)
	}
}

// What would not fit is dropped, and the connection stays.
func TestDropNewest(t *testing.T) {
	s := startSite(t, files{"bounded.js": bounded}, func(o *Options) { o.Limits.Socket.SendBufferBytes = 4 << 10 })
	c := s.dial("/bounded/newest")
	c.send(opText, "go")
	for n := 0; ; n++ {
		f, err := c.read()
		if err != nil {
			t.Fatal(err)
		}
		if string(f.data) == "fits" {
			break
		}
		if len(f.data) < 100 {
			t.Fatalf("got %q", f.data)
		}
	}
	c.leave()
}
