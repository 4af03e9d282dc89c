package performance

import (
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := globalstest.New(t, install)
		origin := strconv.FormatInt(time.Now().UnixMilli(), 10)
		time.Sleep(1234567 * time.Microsecond) // of the bubble's clock
		globalstest.Check(t, vm, map[string]string{
			`performance.now()`:           "1234.567",
			`performance.timeOrigin`:      origin,
			`JSON.stringify(performance)`: `{"timeOrigin":` + origin + `}`,
			`performance.timeOrigin + performance.now() - Date.now() < 1`: "true",
		})
		time.Sleep(1500 * time.Nanosecond)
		globalstest.Check(t, vm, map[string]string{`performance.now()`: "1234.568"})
	})
}

func TestPerformanceClass(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, install), map[string]string{
		`performance instanceof Performance`:                        "true",
		`new Performance()`:                                         "TypeError: Performance has no constructor: use the global performance",
		`Object.prototype.toString.call(performance)`:               "[object Performance]",
		`performance.now.call({})`:                                  "TypeError: Cannot read private member #brand from an object whose class did not declare it",
		`[performance.now.length, Object.keys(performance).length]`: "0,0",
		`(() => { let last = 0; for (let i = 0; i < 1000; i++) { const n = performance.now(); if (n < last) return "back"; last = n } return "on" })()`: "on",
	})
}

func TestMarksAndMeasures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := globalstest.New(t, withClone)
		time.Sleep(10 * time.Millisecond) // of the bubble's clock
		if _, err := vm.RunString(`performance.mark("a"); performance.mark("b", { startTime: 4, detail: { n: [1] } })`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
		const show = `const show = (e) => [e.entryType, e.name, e.startTime, e.duration, JSON.stringify(e.detail)].join(" ");`
		globalstest.Check(t, vm, map[string]string{show + `performance.getEntries().map(show).join("; ")`: `mark b 4 0 {"n":[1]}; mark a 10 0 null`})
		globalstest.Check(t, vm, map[string]string{
			show + `show(performance.measure("m"))`:                                                                   `measure m 0 15 null`,
			show + `show(performance.measure("m", "a"))`:                                                              `measure m 10 5 null`,
			show + `show(performance.measure("m", "b", "a"))`:                                                         `measure m 4 6 null`,
			show + `show(performance.measure("m", { start: "b", duration: 2, detail: 1 }))`:                           `measure m 4 2 1`,
			show + `show(performance.measure("m", { end: "a", duration: 2 }))`:                                        `measure m 8 2 null`,
			show + `show(performance.measure("m", { start: 1, end: 3 }))`:                                             `measure m 1 2 null`,
			`JSON.stringify(performance.mark("j", { startTime: 7 }))`:                                                 `{"name":"j","entryType":"mark","startTime":7,"duration":0,"detail":null}`,
			`performance.measure("m", "none")`:                                                                        `SyntaxError: there is no mark "none"`,
			`performance.measure("m", { detail: 1 })`:                                                                 "TypeError: the options of a measure need a start or an end",
			`performance.measure("m", { start: 1, end: 2, duration: 1 })`:                                             "TypeError: the options of a measure have two of start, end and duration",
			`performance.measure("m", { start: 1 }, "a")`:                                                             "TypeError: the options of a measure have its end",
			`performance.measure("m", { start: -1 })`:                                                                 "TypeError: a time of a measure must not be negative",
			`performance.mark("x", { startTime: NaN })`:                                                               "TypeError: the startTime of a mark must be a number of milliseconds, not NaN",
			`performance.mark("x", 1)`:                                                                                "TypeError: the options of a mark must be an object",
			`performance.mark()`:                                                                                      "TypeError: performance.mark needs 1 argument, but got 0",
			`new PerformanceEntry()`:                                                                                  "TypeError: entries are made by performance.mark and performance.measure",
			`new PerformanceMark("x") instanceof PerformanceEntry`:                                                    "true",
			`performance.getEntriesByName("x").length`:                                                                "0",
			`(performance.mark("gone"), performance.clearMarks("gone"), performance.measure("m", "gone"))`:            `SyntaxError: there is no mark "gone"`,
			`(performance.measure("z"), performance.clearMeasures(), performance.getEntriesByType("measure").length)`: "0",
		})
	})
}

// What a server marks for each request and never clears must not grow for ever.
func TestTimelineIsBounded(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, install), map[string]string{
		`for (let i = 0; i <= 10_000; i++) performance.mark("m" + i); performance.getEntries().length`: "10000",
		`performance.measure("x", "m0")`: `SyntaxError: there is no mark "m0"`,
	})
}

func TestObservers(t *testing.T) {
	vm := globalstest.New(t, install)
	_, err := vm.RunString(`
		globalThis.queueMicrotask = (f) => Promise.resolve().then(f); // which is the runtime's
		globalThis.told = [];
		performance.mark("before");
		const note = (name) => (list, observer) => told.push(name + ":" + list.getEntries().map((e) => e.name) + ":" + (observer instanceof PerformanceObserver));
		const both = new PerformanceObserver(note("both")), marks = new PerformanceObserver(note("marks")), gone = new PerformanceObserver(note("gone"));
		both.observe({ entryTypes: ["mark", "measure", "resource"] });
		marks.observe({ type: "mark", buffered: true });
		gone.observe({ type: "mark" });
		performance.mark("a");
		performance.measure("m");
		gone.disconnect();`)
	if err != nil {
		t.Fatal(err)
	}
	globalstest.Check(t, vm, map[string]string{`told.join("; ")`: "marks:before,a:true; both:m,a:true"})
	globalstest.Check(t, vm, map[string]string{
		`PerformanceObserver.supportedEntryTypes`:                         "mark,measure",
		`new PerformanceObserver()`:                                       "TypeError: a PerformanceObserver needs a function",
		`new PerformanceObserver(() => {}).observe()`:                     "TypeError: observe needs either entryTypes or a type",
		`both.observe({ type: "mark" })`:                                  "InvalidModificationError: an observer watches by entryTypes or by type, not by both",
		`(performance.mark("c"), marks.takeRecords().map((e) => e.name))`: "c",
	})
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	value, err := globalstest.New(t, install).RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"sum":499500,"measured":true,"date":true}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func install(vm *goja.Runtime) error { return Install(vm, time.Now) }

// withClone has a stand-in for structuredClone, which is another module's.
func withClone(vm *goja.Runtime) error {
	if _, err := vm.RunString(`globalThis.structuredClone = (value) => JSON.parse(JSON.stringify(value))`); err != nil {
		return err
	}
	return install(vm)
}
