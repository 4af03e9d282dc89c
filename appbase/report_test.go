package appbase

import (
	"strings"
	"testing"
	"time"
)

// A client that makes a handler throw with every message does not fill the log, and the log says so.
func TestReportsAreLimited(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase { @Websocket echo(ws) { ws.onMessage(() => { throw new Error("boom"); }); } }`)
	s := w.open("1", "/echo")
	for range 100 {
		s.text("x")
	}
	if n := strings.Count(w.log.String(), "script error\""); n != reportsAtOnce {
		t.Errorf("%d errors are logged", n)
	}
	w.loop.Advance(time.Second)
	if log := w.log.String(); !strings.Contains(log, reportsSkipped+`" app=app times=80`) {
		t.Errorf("the log does not tell that there were more:\n%s", log[max(0, len(log)-500):])
	}
	s.text("x")
	w.loop.Advance(2 * time.Second)
	if log := w.log.String(); strings.Count(log, "script error\"") != reportsAtOnce+1 || strings.Count(log, reportsSkipped) != 1 {
		t.Errorf("the second after is not as the first:\n%s", log[max(0, len(log)-500):])
	}
}
