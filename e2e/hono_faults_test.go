package e2e

import (
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// honoFaults are the ways in which a handler fails, and how the log says where: what is no Error has no line of its own.
var honoFaults = []struct{ name, text, at string }{
	{"throws", " throws\n", "at throws (faults.ts:7:"},
	{"rejects", " rejects\n", "at rejects (faults.ts:8:"},
	{"text", " throws a text\"\n", ""},
}

// A handler of Hono's helper that throws, or whose promise is rejected, is told in the log with its line, and the connection
// goes on: it takes later messages, and ends as its client says.
func TestHonoFaults(t *testing.T) {
	s := start(t, "hono")
	for _, fault := range honoFaults {
		logged := func(where string) {
			t.Helper()
			s.stderr.await(t, where+fault.text, fault.at)
		}
		ws := dial(t, s.ws("/faults/ws?onOpen="+fault.name+"&onClose="+fault.name))
		if got := ws.read(); got != "open 1" {
			t.Fatalf("onOpen %s: %q", fault.name, got)
		}
		logged("onOpen")
		for _, text := range []string{"before", fault.name, "after"} {
			if got := ws.ask(text); got != text+" 1 true" {
				t.Fatalf("%s: %q answers %q", fault.name, text, got)
			}
		}
		logged("onMessage")
		if err := ws.conn.Close(websocket.StatusNormalClosure, "bye"); err != nil {
			t.Errorf("%s: %v", fault.name, err)
		}
		logged("onClose")
	}
	for _, frame := range []string{"at onOpen (faults.ts:18:", "at onMessage (faults.ts:21:", "at onClose (faults.ts:24:"} {
		if !strings.Contains(s.stderr.String(), frame) {
			t.Errorf("the log does not say %q", frame)
		}
	}
}

// An onError that fails is told as well, and onClose follows.
func TestHonoOnErrorFails(t *testing.T) {
	s := start(t, "hono")
	ws := dial(t, s.ws("/faults/ws?onError=rejects&onClose=throws"))
	ws.read()
	_ = ws.conn.CloseNow() // that it ends without a close frame is the test
	s.stderr.await(t, "onError rejects\n", "at rejects (faults.ts:8:")
	s.stderr.await(t, "onClose throws\n", "at onClose (faults.ts:24:")
}
