package server

import (
	"fmt"
	"net/http/httptest"
	"testing"
)

func BenchmarkParsePath(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := parsePath("/shop/items/a%20b"); !ok {
			b.Fatal("refused")
		}
	}
}

// BenchmarkHTTP is one request from the server's way in through a script handler and back, without net/http.
func BenchmarkHTTP(b *testing.B) {
	s := startSite(b, shop)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.server.serveHTTP(s.server.places.main, w, httptest.NewRequestWithContext(b.Context(), "GET", "/shop/items/7", nil))
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}

// BenchmarkDirect is one request over a connection that stays, answered on the loop of its app.
func BenchmarkDirect(b *testing.B) {
	s := startSite(b, shop)
	for _, path := range []string{"/shop/hello", "/shop/items/7"} {
		b.Run(path[6:], func(b *testing.B) {
			request := "GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
			c := s.raw(request)
			c.body()
			answer := make([]byte, 4<<10)
			b.ReportAllocs()
			for b.Loop() {
				c.write(request)
				if n, err := c.conn.Read(answer); err != nil || n < 100 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// BenchmarkEcho is one message to a script handler and back over a real socket, one in flight.
func BenchmarkEcho(b *testing.B) {
	s := startSite(b, shop)
	c := s.dial("/shop/echo")
	b.ReportAllocs()
	for b.Loop() {
		c.send(opText, "hello")
		c.want("echo: hello")
	}
	c.leave()
}

// BenchmarkSubscribe is a topic's book-keeping among a thousand members.
func BenchmarkSubscribe(b *testing.B) {
	h := testHub()
	for range 1000 {
		c := &connection{}
		h.add(c)
		_ = h.Subscribe(c, "topic")
	}
	c := &connection{}
	h.add(c)
	b.ReportAllocs()
	for b.Loop() {
		_ = h.Subscribe(c, "topic")
		h.Unsubscribe(c, "topic")
	}
}

// BenchmarkBroadcast is one message to a thousand sockets, all of which read it.
func BenchmarkBroadcast(b *testing.B) {
	s := startSite(b, files{"b.js": `export default class B extends AppBase {
  @Websocket all(ws) { ws.send("ready"); ws.onMessage((text) => this.broadcast(text)); }
}`})
	const members = 1000
	clients := make([]*client, members)
	for i := range clients {
		clients[i] = s.dial("/b/all")
		clients[i].want("ready")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		text := fmt.Sprint(i)
		clients[0].send(opText, text)
		for _, c := range clients {
			c.want(text)
		}
	}
	b.ReportMetric(float64(members)*float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
	for _, c := range clients {
		c.leave()
	}
}

// BenchmarkPublish is one message to a thousand subscribers of a topic, all of which read it.
func BenchmarkPublish(b *testing.B) {
	s := startSite(b, files{"b.js": `export default class B extends AppBase {
  @Websocket all(ws) { ws.subscribe("topic"); ws.send("ready"); ws.onMessage((text) => this.publish("topic", text)); }
}`})
	const members = 1000
	clients := make([]*client, members)
	for i := range clients {
		clients[i] = s.dial("/b/all")
		clients[i].want("ready")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		text := fmt.Sprint(i)
		clients[0].send(opText, text)
		for _, c := range clients {
			c.want(text)
		}
	}
	b.ReportMetric(float64(members)*float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
	for _, c := range clients {
		c.leave()
	}
}
