package scope

import (
	"os"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func install(vm *goja.Runtime) error { return Install(vm, "Sigil/1.2.3") }

func TestNavigator(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, install), map[string]string{
		`navigator.userAgent`:                              "Sigil/1.2.3",
		`navigator.hardwareConcurrency >= 1`:               "true",
		`navigator.language + navigator.languages.length`:  "en-US1",
		`navigator instanceof Navigator`:                   "true",
		`new Navigator()`:                                  "TypeError: Navigator has no constructor: use the global navigator",
		`Object.prototype.toString.call(navigator)`:        "[object Navigator]",
		`Object.keys(navigator).length`:                    "0",
		`self === globalThis && self.self === self`:        "true",
		`typeof window + typeof document + typeof process`: "undefinedundefinedundefined",
		`Object.keys(globalThis).includes("self")`:         "false",
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
	const want = `{"server":true,"global":true,"browser":false}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
