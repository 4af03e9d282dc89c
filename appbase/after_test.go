package appbase

import (
	"strings"
	"testing"
	"time"
)

const ringing = `export default class App extends AppBase {
	fails = 1;
	ring(x) { this.log.info("rang " + JSON.stringify(x)) }
	flaky() { if (this.fails-- > 0) throw new Error("not yet"); this.log.info("recovered") }
	@Get async set() { const now = Date.now(), ids = []; for (const [n, ms] of [[3, 3e6], [1, 1e6], [2, 2e6]]) ids.push(await this.after(new Date(now + ms), "ring", { n })); return ids.length }
	@Get async far() { this.id = await this.after("1h", "ring", "far"); return typeof this.id }
	@Get async undo() { return [await this.cancel(this.id), await this.cancel(this.id), await this.cancel("none")] }
	@Get async past() { return typeof await this.after(new Date(0), "ring") }
	@Get async bad() { const out = []; for (const args of [[], [5], [5, "none"], ["soon", "ring"], [-1, "ring"], [1, "ring", () => 1]]) { try { await this.after(...args) } catch (e) { out.push(e.message) } } return out }
	@Get async flake() { await this.after(0, "flaky") }
}`

func (w *storeWorld) waitLog(texts ...string) {
	w.t.Helper()
	w.wait(func() bool {
		log := w.log.String()
		for _, text := range texts {
			_, rest, ok := strings.Cut(log, text)
			if !ok {
				return false
			}
			log = rest
		}
		return true
	})
}

// restart is another process, some time later.
func (w *storeWorld) restart(later time.Duration) {
	w.worker.Stop("shutdown", func() {})
	w.loop.RunPosted()
	w.data.Close()
	w.log.Reset()
	w.data = NewData(DataOptions{Open: w.open, Log: w.worker.log})
	w.worker = NewWorker(Options{Name: "app", Executor: w.loop, Host: w, Log: w.worker.log, Data: w.data})
	w.worker.now = func() time.Time { return time.Now().Add(later) }
}

// Timers fire in the order in which they are due.
func TestAfterInOrder(t *testing.T) {
	w := newStoreWorld(t)
	w.load(ringing)
	if got := w.ask("/set"); got != "3" {
		t.Fatal(got)
	}
	w.restart(time.Hour)
	w.load(ringing)
	w.waitLog(`rang {\"n\":1}`, `rang {\"n\":2}`, `rang {\"n\":3}`)
}

func TestAfter(t *testing.T) {
	w := newStoreWorld(t)
	w.load(ringing)
	if got := w.ask("/far") + w.ask("/undo"); got != "string[true,false,false]" {
		t.Error(got)
	}
	if got := w.ask("/past"); got != "string" {
		t.Error(got)
	}
	w.waitLog("rang undefined")
	want := `["this.after takes a delay such as \"30s\", milliseconds, or a Date, not undefined","the method of this.after is a text, not undefined","this.after: the app has no method \"none\"",` +
		`"the delay of this.after is a duration such as \"30s\" or a number of milliseconds, not the text \"soon\"","the delay of this.after is a duration from 0s to ten years, not -1","the argument of this.after has a JSON form of 1 to 65536 bytes"]`
	if got := w.ask("/bad"); got != want {
		t.Errorf("got %s", got)
	}
	w.ask("/flake")
	w.waitLog("not yet", "recovered") // a second later
}

// Timers outlive the code and the process: here both are new.
func TestAfterOverRestarts(t *testing.T) {
	w := newStoreWorld(t)
	w.load(ringing)
	if got := w.ask("/far"); got != "string" {
		t.Fatal(got)
	}
	w.restart(2 * time.Hour)
	w.load(ringing)
	w.waitLog(`rang \"far\"`)
}

// An alarm under way when its code goes is fired again by the new.
func TestAfterOverReload(t *testing.T) {
	w := newStoreWorld(t)
	w.load(`export default class App extends AppBase {
		async long() { this.log.info("long begins"); await new Promise(() => {}) }
		@Get async go() { await this.after(0, "long") }
	}`)
	w.ask("/go")
	w.waitLog("long begins")
	w.load(`export default class App extends AppBase { long() { this.log.info("long ends") } }`)
	w.loop.Advance(retireTime)
	w.waitLog("long ends")
}

func TestAlarmID(t *testing.T) {
	at := time.UnixMilli(1790000000123)
	id := alarmID(at, "x")
	if got := dueOf(id); !got.Equal(at) {
		t.Errorf("%s is due at %v", id, got)
	}
	if !(alarmID(at, "z") < alarmID(at.Add(time.Millisecond), "a")) {
		t.Error("ids do not sort by time")
	}
}
