package intl_test

import (
	"os"
	"testing"

	"github.com/dop251/goja"
	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/intl"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	value, err := globalstest.NewRuntime(t, intl.Install).VM().RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := value.String(), `["1.234,50`+"\u00a0"+`€","14 juillet 2026","yesterday","26`+"\u00a0"+`%"]`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// What a script chooses freely costs no more than it may.
func TestBounds(t *testing.T) {
	globalstest.Check(t, globalstest.NewRuntime(t, intl.Install).VM(), map[string]string{
		`new Intl.NumberFormat("en").format("1e999999999")`:                                                   "∞",
		`new Intl.NumberFormat("en").format("-1e-999999999")`:                                                 "-0",
		`new Intl.NumberFormat("en").format("9".repeat(20000))`:                                               "RangeError: the number is longer than 10,000 characters",
		`new Intl.NumberFormat("en").format(10n ** 2000n).length`:                                             "2667",
		`[..."x"].length + [...new Intl.Segmenter().segment("ab".repeat(5))].length`:                          "11",
		`[...new Intl.Segmenter().segment("ab".repeat(2_000_000))]`:                                           "RangeError: the text is longer than the 1048576 characters that can be cut into segments",
		`new Intl.NumberFormat("a".repeat(1e6))`:                                                              `RangeError: "` + repeat("a", 60) + `" is no language tag: one is "de" or "zh-Hant-TW"`,
		`new Intl.DateTimeFormat("en", { timeZone: "../../etc/passwd" })`:                                     `RangeError: "../../etc/passwd" is no time zone: zones are "UTC", "Europe/Berlin", "+02:00" ...`,
		`new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(8.64e15)`:                                  "9/13/275760",
		`new Intl.DateTimeFormat("en", { timeZone: "UTC", era: "short" }).format(-8.64e15)`:                   "4/20/271822 BC",
		`new Intl.DateTimeFormat("en", { timeZone: "+05:30", timeStyle: "short" }).format(0)`:                 "5:30 AM",
		`for (let i = 0; i < 1000; i++) (i).toLocaleString("de", { minimumFractionDigits: i % 100 }); "done"`: "done",
	})
}

func repeat(text string, n int) (out string) {
	for range n {
		out += text
	}
	return out
}

func BenchmarkNumber(b *testing.B) {
	vm := globalstest.NewRuntime(b, intl.Install).VM()
	value, err := vm.RunString(`const f = new Intl.NumberFormat("de"); (function () { return f.format(1234567.891) })`)
	if err != nil {
		b.Fatal(err)
	}
	run(b, vm, value)
}

func BenchmarkToLocaleString(b *testing.B) {
	vm := globalstest.NewRuntime(b, intl.Install).VM()
	value, err := vm.RunString(`const d = new Date(0); (function () { return d.toLocaleString("de", { timeZone: "UTC" }) })`)
	if err != nil {
		b.Fatal(err)
	}
	run(b, vm, value)
}

func run(b *testing.B, vm *goja.Runtime, value goja.Value) {
	fn, _ := goja.AssertFunction(value)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fn(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
	_ = vm
}
