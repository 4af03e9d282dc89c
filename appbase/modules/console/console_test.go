package console

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// lines is a sink that keeps what it gets, as "LEVEL text".
type lines struct{ kept []string }

func (l *lines) Log(level slog.Level, text string) { l.kept = append(l.kept, level.String()+" "+text) }

func newVM(t testing.TB) (*goja.Runtime, *lines) {
	t.Helper()
	vm, sink := goja.New(), &lines{}
	if err := Install(vm, sink); err != nil {
		t.Fatal(err)
	}
	return vm, sink
}

// logged is what a script writes.
func logged(t testing.TB, source string) string {
	t.Helper()
	vm, sink := newVM(t)
	if _, err := vm.RunScript("main.js", source); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return strings.Join(sink.kept, "\n")
}

func TestLevels(t *testing.T) {
	const source = `for (const name of ["log", "info", "debug", "warn", "error", "dirxml", "dir"]) console[name](name); console.log()`
	const want = "INFO log\nINFO info\nDEBUG debug\nWARN warn\nERROR error\nINFO dirxml\nINFO 'dir'\nINFO "
	if got := logged(t, source); got != want {
		t.Errorf("got %q", got)
	}
}

func TestSpecifiers(t *testing.T) {
	for source, want := range map[string]string{
		`"%s|%s|%s", "a", 1, { b: 2 }`:                        "a|1|{ b: 2 }",
		`"%d|%i|%d|%d", 42.9, "7px", "x", 12n`:                "42|7|NaN|12n",
		`"%d|%f", Symbol(), Symbol()`:                         "NaN|NaN",
		`"%f|%f", "1.5e1x", 2`:                                "15|2",
		`"%o|%O", ["a"], { b: "c" }`:                          "[ 'a' ]|{ b: 'c' }",
		`"%j|%j", { a: [1] }, undefined`:                      `{"a":[1]}|undefined`,
		`"%j", (() => { const o = {}; o.o = o; return o })()`: "[Circular]",
		`"%cred%c text", "color: red", ""`:                    "red text",
		`"100%% of %s", "it"`:                                 "100% of it",
		`"%s and %s", "one"`:                                  "one and %s",
		`"%x %", 1`:                                           "%x % 1",
		`"100%"`:                                              "100%",
		`"%s"`:                                                "%s",
		`"%%"`:                                                "%%",
		`"a", "%s", "b"`:                                      "a %s b",
		`1, "%s", "b"`:                                        "1 %s b",
		`"%s", "%s", "b"`:                                     "%s b",
		`"%d", { valueOf() { throw 1 }, toString() { throw 2 } }`: "NaN",
	} {
		if got := logged(t, "console.log("+source+")"); got != "INFO "+want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	const source = `console.group("a", 1); console.log("x\ny"); console.groupCollapsed(); console.warn("z"); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("out");
		for (let i = 0; i < 100; i++) console.group(); console.log("deep"); console.clear(); console.log("clear")`
	want := "INFO a 1\nINFO   x\n  y\nWARN     z\nINFO out\nINFO " + strings.Repeat("  ", maxGroups) + "deep\nINFO clear"
	if got := logged(t, source); got != want {
		t.Errorf("got %q", got)
	}
}

func TestCountAndAssert(t *testing.T) {
	const source = `console.count(); console.count("a"); console.count(undefined); console.countReset(); console.count(); console.countReset("b");
		console.assert(true, "no"); console.assert(); console.assert(0, "%s!", "yes"); console.assert(false, { a: 1 })`
	const want = "INFO default: 1\nINFO a: 1\nINFO default: 2\nINFO default: 1\nWARN there is no counter \"b\"\n" +
		"ERROR Assertion failed\nERROR Assertion failed: yes!\nERROR Assertion failed: { a: 1 }"
	if got := logged(t, source); got != want {
		t.Errorf("got %q", got)
	}
}

func TestLabelsAreBounded(t *testing.T) {
	vm, sink := newVM(t)
	if _, err := vm.RunString(`for (let i = 0; i <= 1000; i++) { console.time(i); console.count(i) }`); err != nil {
		t.Fatal(err)
	}
	last := strings.Join(sink.kept[len(sink.kept)-2:], "\n")
	const want = "WARN the timer \"1000\" is not kept: there are 1000 already\nWARN count \"1000\" is not kept: there are 1000 counters already"
	if last != want {
		t.Errorf("got %q", last)
	}
}

func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm, sink := newVM(t)
		if _, err := vm.RunString(`console.time(); console.time(); console.timeLog("x"); console.timeEnd("x"); console.time("b")`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(12500 * time.Microsecond) // of the bubble's clock
		if _, err := vm.RunString(`console.timeLog("default", "so far", [1]); console.timeEnd(); console.timeEnd()`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if _, err := vm.RunString(`console.timeEnd("b")`); err != nil {
			t.Fatal(err)
		}
		const want = "WARN the timer \"default\" runs already\nWARN there is no timer \"x\"\nWARN there is no timer \"x\"\n" +
			"INFO default: 12.500ms so far [ 1 ]\nINFO default: 12.500ms\nWARN there is no timer \"default\"\nINFO b: 2.013s"
		if got := strings.Join(sink.kept, "\n"); got != want {
			t.Errorf("got %s", got)
		}
	})
}

func TestTrace(t *testing.T) {
	const source = "function inner() { console.trace('at %s', 'it') }\nfunction outer() { [1].forEach(() => inner()) }\nouter()"
	const want = "INFO Trace: at it\n    at inner (main.js:1:33)\n    at main.js:2:43\n    at outer (main.js:2:31)\n    at main.js:3:6"
	if got := logged(t, source); got != want {
		t.Errorf("got %q", got)
	}
}

func TestTable(t *testing.T) {
	for source, want := range map[string]string{
		`[{ a: 1, b: "x" }, { b: "y\nz", c: [1] }, 5]`: `
┌─────────┬───┬────────┬───────┬────────┐
│ (index) │ a │ b      │ c     │ Values │
├─────────┼───┼────────┼───────┼────────┤
│ 0       │ 1 │ 'x'    │       │        │
│ 1       │   │ 'y\nz' │ [ 1 ] │        │
│ 2       │   │        │       │ 5      │
└─────────┴───┴────────┴───────┴────────┘`,
		`{ k: [1, 2], get g() { throw 1 } }, ["1"]`: `
┌─────────┬───┬────────────┐
│ (index) │ 1 │ Values     │
├─────────┼───┼────────────┤
│ k       │ 2 │            │
│ g       │   │ '[Getter]' │
└─────────┴───┴────────────┘`,
		`new Map([["ä", { v: true }]])`: `
┌─────────┬──────┐
│ (index) │ v    │
├─────────┼──────┤
│ 'ä'     │ true │
└─────────┴──────┘`,
		`new Set(["s"])`: `
┌─────────┬────────┐
│ (index) │ Values │
├─────────┼────────┤
│ 0       │ 's'    │
└─────────┴────────┘`,
		`"no table"`: "no table",
	} {
		if got := logged(t, "console.table("+source+")"); got != "INFO "+strings.TrimPrefix(want, "\n") {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestShape(t *testing.T) {
	vm, _ := newVM(t)
	value, err := vm.RunString(`[console.log.name, console.log.length, "prototype" in console.log, Object.prototype.toString.call(console),
		Object.keys(console).includes("log"), Object.keys(Object.getPrototypeOf(console)).length, (0, console.log)("free") === undefined].join()`)
	if err != nil || value.String() != "log,0,false,[object console],true,0,true" {
		t.Errorf("got %v, %v", value, err)
	}
}

// A method of the script's that throws reaches whoever called, but only where the standard lets it run.
func TestLabelThatThrows(t *testing.T) {
	vm, _ := newVM(t)
	value, err := vm.RunString(`try { console.count({ toString() { throw new TypeError("mine") } }) } catch (e) { e.message }`)
	if err != nil || value.String() != "mine" {
		t.Errorf("got %v, %v", value, err)
	}
}

func TestFormat(t *testing.T) {
	vm := goja.New()
	got := Format(vm, []goja.Value{vm.ToValue("user %s:"), vm.ToValue("anna"), vm.NewArray(1, "x"), goja.Null(), nil})
	if got != "user anna: [ 1, 'x' ] null undefined" {
		t.Errorf("got %q", got)
	}
	if got := Format(vm, nil); got != "" {
		t.Errorf("nothing is %q", got)
	}
}

func TestInterruptIsNotSwallowed(t *testing.T) {
	vm, sink := newVM(t)
	stop := func(goja.FunctionCall) goja.Value { vm.Interrupt("enough"); return goja.Undefined() }
	if err := vm.Set("stop", stop); err != nil {
		t.Fatal(err)
	}
	_, err := vm.RunString(`console.log("%d", { toString() { stop(); for (;;); } })`)
	var interrupted *goja.InterruptedError
	if !errors.As(err, &interrupted) {
		t.Errorf("got %v and %q", err, sink.kept)
	}
}

// One line is bounded, and cut between characters.
func TestBoundedText(t *testing.T) {
	for _, source := range []string{
		`console.log("€".repeat(1e6))`,
		`console.log("€".repeat(1e5), "€".repeat(1e5))`,
		`console.log(Array.from({ length: 100 }, () => "€".repeat(20000)))`,
		`console.log("%s", "€".repeat(1e6))`,
		`console.log("%j", ["€".repeat(1e6)])`,
		`console.error(new Error("€".repeat(1e6)))`,
		`console.log(Object.fromEntries(Array.from({ length: 100 }, (_, i) => ["k".repeat(10000) + i, "x"])))`,
		`console.log(Symbol("x".repeat(1e6)), /x/, 10n ** 30000n)`,
		`const wide = (n) => n === 0 ? 1 : Array.from({ length: 40 }, () => wide(n - 1)); console.log(wide(3))`,
		`console.table(Array.from({ length: 100 }, () => Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, "€".repeat(1000)]))))`,
		`class X { static ["y".repeat(1e6)] = 1 }; console.log(X, Object.defineProperty(() => 1, "name", { value: "n".repeat(1e6) }))`,
		`console.log(...Array.from({ length: 5000 }, () => "xxxxxxxxxxxxxxxx"))`,
	} {
		got := logged(t, source)
		if len(got) > maxTextBytes+100 || !utf8.ValidString(got) || !strings.Contains(got, "...") {
			t.Errorf("%s: %d bytes, valid %v", source, len(got), utf8.ValidString(got))
		}
	}
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	const want = `INFO listening on port 8081
INFO request GET /items
INFO   { id: 7, tags: [ 'new', 'sale' ], seen: Map(1) { 'anna' => 2 } }
WARN   slow: 1250 ms
INFO ┌─────────┬────────┬─────┐
│ (index) │ name   │ age │
├─────────┼────────┼─────┤
│ 0       │ 'anna' │ 34  │
│ 1       │ 'ben'  │ 27  │
└─────────┴────────┴─────┘
INFO requests: 1`
	if got := logged(t, string(source)); got != want {
		t.Errorf("got\n%s", got)
	}
}

func BenchmarkText(b *testing.B) { benchmark(b, `console.log("a short text", 42)`) }
func BenchmarkObject(b *testing.B) {
	benchmark(b, `console.log({ id: 7, tags: ["a", "b"], at: { x: 1 } })`)
}

func benchmark(b *testing.B, source string) {
	vm := goja.New()
	if err := Install(vm, discard{}); err != nil {
		b.Fatal(err)
	}
	program := goja.MustCompile("bench", source, true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vm.RunProgram(program); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Log(slog.Level, string) {}
