package server

import (
	"strings"
	"testing"
	"time"
)

// An app that is unloaded keeps its sockets; its schedule wakes it.
func TestHibernatingAppOverRealSockets(t *testing.T) {
	s := startSite(t, files{"sleepy.js": `
@Api({ hibernate: "40ms" })
export default class Sleepy extends AppBase {
  @OnStop stop(why) { this.log.info("stop " + why); }
  @OnMessage say(e) { e.connection.send("said " + e.message); }
  @OnConnect hello(e) { e.connection.subscribe("ticks"); }
  @Scheduled({ every: "300ms" }) tick() { this.publish("ticks", "tick"); }
}`})
	c := s.dial("/sleepy/ws")
	c.want("tick")
	c.send(opPing, "are you there?")
	for f, err := c.readFrame(); f.op != opPong; f, err = c.readFrame() { // another tick may come before
		if err != nil {
			t.Fatal(err)
		}
	}
	c.want("tick")
	deadline := time.Now().Add(clientPatience)
	for !strings.Contains(s.log.String(), "stop hibernate") {
		if time.Now().After(deadline) {
			t.Fatal("never unloaded")
		}
		c.want("tick")
	}
	c.send(opText, "hello")
	for f, err := c.read(); string(f.data) != "said hello"; f, err = c.read() {
		if err != nil {
			t.Fatal(err)
		}
	}
	c.leave()
}
