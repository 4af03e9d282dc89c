package appbase

import (
	"testing"
	"time"
)

// Every limit of an app and of a route reaches the server, times as texts and as milliseconds.
func TestLimits(t *testing.T) {
	w := newWorld(t, `
		@Api({ limits: { connections: 7, bodyBytes: 8, responseTime: "9s", messageBytes: 1000, messageIdle: 90_000 } })
		export default class App extends AppBase {
			@Websocket({ limits: {
				messageBytes: 1, fragments: 2, queueBytes: 3, overflow: "drop-newest", backlogMessages: 4, backlogBytes: 5, messagesPerSecond: 6,
				rateExceeded: "close", sendBufferBytes: 7, pingAfter: "8s", pongWithin: 9000, writeStall: "1m30s", closeWithin: 10.5, messageIdle: "24h",
			} }) all(ws) {}
			@Websocket none(ws) {}
		}`)
	want := SocketLimits{
		MessageBytes: 1, Fragments: 2, QueueBytes: 3, Overflow: "drop-newest", BacklogMessages: 4, BacklogBytes: 5, MessagesPerSecond: 6,
		RateExceeded: "close", SendBufferBytes: 7, PingAfter: 8 * time.Second, PongWithin: 9 * time.Second, WriteStall: 90 * time.Second,
		CloseWithin: 10500 * time.Microsecond, MessageIdle: 24 * time.Hour,
	}
	if route, _, _ := w.routes.Socket("/all"); route.Limits != want {
		t.Errorf("got %+v, want %+v", route.Limits, want)
	}
	if route, _, _ := w.routes.Socket("/none"); route.Limits != (SocketLimits{}) {
		t.Errorf("got %+v", route.Limits)
	}
	wantApp := AppLimits{Connections: 7, BodyBytes: 8, ResponseTime: 9 * time.Second, Socket: SocketLimits{MessageBytes: 1000, MessageIdle: 90 * time.Second}}
	if got := w.routes.Info.Limits; got != wantApp {
		t.Errorf("got %+v, want %+v", got, wantApp)
	}
	if got := newWorld(t, `export default class App extends AppBase {}`).routes.Info.Limits; got != (AppLimits{}) {
		t.Errorf("got %+v", got)
	}
}
