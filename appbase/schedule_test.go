package appbase

import (
	"strings"
	"testing"
	"time"
)

// clock is the worker's, at a time of the test's choosing, moved together with the loop.
type clock struct{ at time.Time }

func (w *world) clock(text string) *clock {
	c := &clock{}
	c.at, _ = time.Parse(time.RFC3339, text)
	w.worker.now = func() time.Time { return c.at }
	return c
}

// pass moves both clocks in steps of a minute.
func (c *clock) pass(w *world, d time.Duration) {
	for ; d > 0; d -= time.Minute {
		c.at = c.at.Add(time.Minute)
		w.loop.Advance(time.Minute)
	}
}

func TestCronSchedule(t *testing.T) {
	w := emptyWorld(t)
	c := w.clock("2026-03-28T22:00:30Z")
	w.load(`export default class App extends AppBase {
		@Scheduled({ cron: "30 2 * * *", tz: "Europe/Berlin" }) night() { this.log.info("night") }
		@Scheduled({ cron: "0 * * * *", jitter: "30s" }) async hour() { this.log.info("hour"); await new Promise(() => {}) }
		@Scheduled({ cron: "0 * * * *", overlap: true }) async again() { this.log.info("again"); await new Promise(() => {}) }
	}`)
	c.pass(w, 3*time.Hour)
	if got := strings.Count(w.log.String(), "msg=night"); got != 1 { // skipped at 2:30, and so due at 3
		t.Errorf("night ran %d times", got)
	}
	if hour, again := strings.Count(w.log.String(), "msg=hour"), strings.Count(w.log.String(), "msg=again"); hour != 1 || again != 3 {
		t.Errorf("hour ran %d times, again %d times", hour, again)
	}
	c.pass(w, 24*time.Hour)
	if got := strings.Count(w.log.String(), "msg=night"); got != 2 {
		t.Errorf("night ran %d times in the end", got)
	}
}

func TestScheduledMistakes(t *testing.T) {
	for options, want := range map[string]string{
		`{}`:                          "takes either every",
		`{ every: "1m", cron: "x" }`:  "takes either every",
		`{ every: "1m", tz: "UTC" }`:  "tz and missed belong to cron",
		`{ cron: "x" }`:               "five fields",
		`{ cron: 5 }`:                 "cron and tz are texts",
		`{ cron: "@daily", tz: "x" }`: `tz "x" is no time zone`,
		`{ every: 5, missed: "run" }`: "tz and missed belong to cron",
		`{ every: 5, overlap: 1 }`:    "overlap is true or false",
	} {
		w := emptyWorld(t)
		err := w.tryLoad("export default class App extends AppBase { @Scheduled(" + options + ") m() {} }")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", options, err)
		}
	}
}

// What was missed while the server did not run is made up for, once.
func TestMissedRuns(t *testing.T) {
	w := newStoreWorld(t)
	c := w.clock("2026-05-01T08:00:00Z")
	const app = `export default class App extends AppBase {
		@Scheduled({ cron: "0 9 * * *", tz: "UTC", missed: "run" }) daily() { this.log.info("daily") }
		@Get async last() { return "" }
	}`
	load := func() { // and wait until the store was asked
		w.load(app)
		for until := time.Now().Add(time.Minute); ; w.loop.RunPosted() {
			if _, ok, err := mustStore(t, w).Get(t.Context(), "c:daily"); ok && err == nil {
				return
			}
			if time.Now().After(until) {
				t.Fatal("the store was never asked")
			}
		}
	}
	load()
	if strings.Contains(w.log.String(), "msg=daily") {
		t.Error("ran before it was ever due")
	}
	c.at = c.at.Add(72 * time.Hour) // the server did not run
	w.load(app)
	w.wait(func() bool { return strings.Count(w.log.String(), "msg=daily") == 1 })
}
