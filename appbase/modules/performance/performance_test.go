package performance

import (
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"
)

func newVM(t testing.TB) *goja.Runtime {
	t.Helper()
	vm := goja.New()
	if err := Install(vm, time.Now()); err != nil {
		t.Fatal(err)
	}
	return vm
}

// eval is the value of a script as a string, or the name and message of what it threw.
func eval(t testing.TB, vm *goja.Runtime, source string) string {
	t.Helper()
	if err := vm.Set("source", source); err != nil {
		t.Fatal(err)
	}
	value, err := vm.RunString("{ let result; try { result = String((0, eval)(source)) } catch (e) { result = `${e.name}: ${e.message}` } result }")
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return value.String()
}

func check(t *testing.T, vm *goja.Runtime, table map[string]string) {
	t.Helper()
	for source, want := range table {
		if got := eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := newVM(t)
		origin := strconv.FormatInt(time.Now().UnixMilli(), 10)
		time.Sleep(1234567 * time.Microsecond) // of the bubble's clock
		check(t, vm, map[string]string{
			`performance.now()`:           "1234.567",
			`performance.timeOrigin`:      origin,
			`JSON.stringify(performance)`: `{"timeOrigin":` + origin + `}`,
			`performance.timeOrigin + performance.now() - Date.now() < 1`: "true",
		})
		time.Sleep(1500 * time.Nanosecond)
		check(t, vm, map[string]string{`performance.now()`: "1234.568"})
	})
}

func TestPerformanceClass(t *testing.T) {
	check(t, newVM(t), map[string]string{
		`performance instanceof Performance`:                        "true",
		`new Performance()`:                                         "TypeError: Performance has no constructor: use the global performance",
		`Object.prototype.toString.call(performance)`:               "[object Performance]",
		`performance.now.call({})`:                                  "TypeError: Cannot read private member #brand from an object whose class did not declare it",
		`[performance.now.length, Object.keys(performance).length]`: "0,0",
		`(() => { let last = 0; for (let i = 0; i < 1000; i++) { const n = performance.now(); if (n < last) return "back"; last = n } return "on" })()`: "on",
	})
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	value, err := newVM(t).RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"sum":499500,"measured":true,"date":true}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
