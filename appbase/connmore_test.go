package appbase

import (
	"testing"
	"unsafe"
)

// What every idle connection costs: a field more is fine where it is worth it, but is seen here. 112 bytes are a size of Go's heap.
func TestConnIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Conn{}); size > 112 {
		t.Errorf("a Conn has %d bytes", size)
	}
}

func TestIDIsMadeOnceWhenAskedFor(t *testing.T) {
	w := newWorld(t, `export default class extends AppBase {
		@Websocket ask(ws) { ws.send(ws.id); ws.onMessage(() => ws.send(ws.id)); }
		@Websocket never(ws) { ws.onMessage((text) => ws.send(text)); }
	}`)
	silent := w.openAs("", "/never", "")
	silent.conn.Text("x")
	if silent.conn.connMore != &w.worker.noMore {
		t.Error("a connection that nobody asks for its id has something of its own")
	}
	asked := w.openAs("", "/ask", "")
	asked.conn.Text("again")
	if got := asked.sent; len(got) != 2 || len(got[0]) != 36 || got[0] != got[1] || got[0] != asked.conn.ID() {
		t.Errorf("the ids it sent are %q", got)
	}
}
