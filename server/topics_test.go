package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/broker"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestTopics(t *testing.T) {
	s := startSite(t, files{"news.js": `
export default class News extends AppBase {
  @Websocket("/read/:topic") read(ws) {
    ws.subscribe(ws.params.topic);
    ws.send("reading");
    ws.onMessage((text) => {
      if (text === "leave") { ws.unsubscribe(ws.params.topic); ws.send("left"); return; }
      if (text === "all") { ws.send(String(this.broadcast("to all", { except: ws }))); return; }
      if (text === "binary") { ws.send(String(this.publish(ws.params.topic, new Uint8Array([1, 2]).buffer))); return; }
      ws.send("reached " + ws.publish(ws.params.topic, text));
    });
  }
}`})
	a, b, c := s.dial("/news/read/x"), s.dial("/news/read/x"), s.dial("/news/read/y")
	for _, each := range []*client{a, b, c} {
		each.want("reading")
	}
	a.send(opText, "one")
	a.want("reached 1")
	b.want("one")
	a.send(opText, "all")
	a.want("2")
	b.want("to all")
	c.want("to all") // and never "one"
	a.send(opText, "binary")
	if f, err := b.read(); err != nil || f.op != opBinary || string(f.data) != "\x01\x02" {
		t.Errorf("got %+v, %v", f, err)
	}
	if f, err := a.read(); err != nil || f.op != opBinary {
		t.Errorf("got %+v, %v", f, err)
	}
	a.want("2")
	b.send(opText, "leave")
	b.want("left")
	a.send(opText, "two")
	a.want("reached 0")
	for _, each := range []*client{a, b, c} {
		each.leave()
	}
}

func TestHub(t *testing.T) {
	h := testHub()
	conns := make([]*connection, 5)
	for i := range conns {
		conns[i] = &connection{}
		h.add(conns[i])
		for _, topic := range []string{"a", "b"} {
			for range 2 { // the second time changes nothing
				if h.Subscribe(conns[i], topic) != nil {
					t.Fatal("refused")
				}
			}
		}
	}
	h.Unsubscribe(conns[0], "a")
	h.Unsubscribe(conns[0], "a")
	h.Unsubscribe(conns[0], "never")
	h.remove(conns[2])
	h.remove(conns[4])
	if len(h.connections) != 3 || len(h.topics["a"].members) != 2 || len(h.topics["b"].members) != 3 {
		t.Errorf("got %d, %d, %d", len(h.connections), len(h.topics["a"].members), len(h.topics["b"].members))
	}
	if len(h.plain.conns) != 3 || len(h.topics["a"].plain.conns) != 2 || len(h.topics["b"].plain.conns) != 3 {
		t.Error("the rosters are not as long as the lists")
	}
	for i, m := range h.topics["b"].members {
		if m.index != i {
			t.Errorf("member %d believes to be %d", i, m.index)
		}
	}
	for _, i := range []int{0, 1, 3} {
		h.remove(conns[i])
	}
	if len(h.connections) != 0 || len(h.topics) != 0 {
		t.Errorf("left: %v, %v", h.connections, h.topics)
	}
}

func TestHubBounds(t *testing.T) {
	h, c := testHub(), &connection{}
	h.add(c)
	for i := range 1000 {
		if h.Subscribe(c, fmt.Sprint(i)) != nil {
			t.Fatalf("topic %d refused", i)
		}
	}
	if h.Subscribe(c, "one more") == nil || h.Subscribe(c, "7") != nil {
		t.Error("the bound does not hold")
	}
	h.Unsubscribe(c, "7")
	if h.Subscribe(c, "") == nil || h.Subscribe(c, strings.Repeat("x", 257)) == nil || h.Subscribe(c, strings.Repeat("x", 256)) != nil {
		t.Error("a name's length")
	}
	h.remove(c)
	c.gone = true
	if h.Subscribe(c, "late") == nil || len(h.topics) != 0 {
		t.Error("subscribed after the end")
	}
	r, err := h.Publish("nobody", appbase.Message{Text: "x"}, appbase.PublishOptions{})
	if n := r.Reached + h.Broadcast(appbase.Message{Text: "x"}, nil); n != 0 || err != nil {
		t.Errorf("%d reached, %v", n, err)
	}
	if _, err := h.Publish("", appbase.Message{Text: "x"}, appbase.PublishOptions{}); err == nil {
		t.Error("the topic of broadcasts can be published to")
	}
}

func testHub() *hub {
	return newHub(broker.New[*packet](broker.Options{}), scriptingtest.NewLoop(), 1000)
}
