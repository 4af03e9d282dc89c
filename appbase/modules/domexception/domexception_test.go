package domexception

import (
	"os"
	"testing"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestDOMException(t *testing.T) {
	globalstest.Check(t, globalstest.New(t, Install), map[string]string{
		`new DOMException("m", "AbortError")`:                                                             "AbortError: m",
		`(e => [e.name, e.message, e.code])(new DOMException())`:                                          "Error,,0",
		`(e => [e.name, e.message, e.code])(new DOMException("m", "DataCloneError"))`:                     "DataCloneError,m,25",
		`new DOMException("m", "NotAllowedError").code`:                                                   "0",
		`new DOMException("m", "DomStringSizeError").code`:                                                "0",
		`new DOMException("m", "constructor").code`:                                                       "0",
		`new DOMException(1, null).name`:                                                                  "null",
		`new DOMException() instanceof Error`:                                                             "true",
		`Object.prototype.toString.call(new DOMException())`:                                              "[object DOMException]",
		`[DOMException.ABORT_ERR, DOMException.prototype.DATA_CLONE_ERR]`:                                 "20,25",
		`DOMException.ABORT_ERR = 1; DOMException.ABORT_ERR`:                                              "20",
		`Object.keys(DOMException).length`:                                                                "25",
		`[DOMException.name, DOMException.length]`:                                                        "DOMException,0",
		`DOMException("m")`:                                                                               "TypeError: Class constructor cannot be invoked without 'new'",
		`DOMException.prototype.name`:                                                                     "TypeError: Cannot read private member #name from an object whose class did not declare it",
		`Object.hasOwn(new DOMException("m"), "message")`:                                                 "false",
		`(function thrower() { return new DOMException("m", "AbortError") })().stack.includes("thrower")`: "true",
		`new DOMException("m", "AbortError").stack.startsWith("AbortError: m")`:                           "true",
		`class My extends DOMException { get own() { return this.name } }; new My("m", "x").own`:          "x",
		`try { throw new DOMException("m", "AbortError") } catch (e) { e.name }`:                          "AbortError",
		`new DOMException(Symbol())`:                                                                      "TypeError: Cannot convert a Symbol value to a string",
	})
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	value, err := globalstest.New(t, Install).RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"slow":"too slow","stopped":"AbortError (20): stop"}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
