package server

import (
	"strconv"
	"strings"
	"testing"
)

const flowing = `
export default class Flowing extends AppBase {
  @Websocket steps(ws) {
    ws.onMessage(async () => { ws.send("one"); await ws.drained(); ws.send("two " + ws.bufferedAmount); await ws.drained(); ws.send("three"); });
  }
  @Websocket half(ws) {
    let drains = 0;
    ws.onDrain(() => ws.send("drain " + ++drains));
    ws.onMessage((n) => ws.send("x".repeat(Number(n))));
  }
}`

// drained() resolves however little was queued.
func TestDrainedThroughTheServer(t *testing.T) {
	c := startSite(t, files{"flowing.js": flowing}).dial("/flowing/steps")
	defer c.leave()
	for range 2 {
		c.send(opText, "go")
		c.want("one")
		c.want("two 0")
		c.want("three")
	}
}

// onDrain hears of queues that were more than half full, though they were written at once.
func TestOnDrainThroughTheServer(t *testing.T) {
	s := startSite(t, files{"flowing.js": flowing}, func(o *Options) { o.Limits.Socket.MaxQueueBytes = 20000 })
	c := s.dial("/flowing/half")
	defer c.leave()
	for drains, n := range []int{10001, 20001} {
		c.send(opText, "10000")
		c.want(strings.Repeat("x", 10000)) // half, and no more
		c.send(opText, strconv.Itoa(n))
		c.want(strings.Repeat("x", n))
		c.want("drain " + strconv.Itoa(drains+1))
	}
}
