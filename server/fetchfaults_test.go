package server

import (
	"testing"
	"time"
)

const faultsJS = `
function bad(where) { throw "text of " + where; }
export default {
  fetch: (request) => upgradeWebSocket(request, {
    onOpen(event, ws) { ws.send("open"); bad("onOpen"); },
    onMessage(event, ws) { ws.send(event.data); bad("onMessage"); },
    onClose() { bad("onClose"); },
  }),
};`

// What a handler of a fetch app throws is logged with its line though it is no Error, and the connection goes on.
func TestFetchAppThrowsTexts(t *testing.T) {
	s := startSite(t, files{"s.js": faultsJS})
	c := s.handshake("/s/x")
	c.want("open")
	for _, text := range []string{"one", "two"} {
		c.send(opText, text)
		c.want(text)
	}
	c.leave()
	for _, where := range []string{"onOpen", "onMessage", "onClose"} {
		s.log.wait(t, `s.js:2:23: Uncaught \"text of `+where)
	}
}

// A handler that runs too long is stopped and told as well.
func TestFetchAppOnOpenTooLong(t *testing.T) {
	s := startSite(t, files{"s.js": `export default { fetch: (request) => upgradeWebSocket(request, { onOpen() { for (;;); } }) };`},
		func(o *Options) { o.Limits.CallTime = time.Second / 2 })
	s.handshake("/s/x")
	s.log.wait(t, "s.js:1:")
}
