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
