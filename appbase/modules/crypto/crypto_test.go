package crypto

import (
	"os"
	"regexp"
	"testing"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestGetRandomValues(t *testing.T) {
	vm := newVM(t)
	globalstest.Check(t, vm, map[string]string{
		`crypto.getRandomValues()`:                                  "TypeError: crypto.getRandomValues needs 1 argument, but got 0",
		`crypto.getRandomValues([1])`:                               "TypeError: the argument of crypto.getRandomValues must be a typed array",
		`crypto.getRandomValues(new ArrayBuffer(1))`:                "TypeError: the argument of crypto.getRandomValues must be a typed array",
		`crypto.getRandomValues(new Float32Array(1))`:               "TypeMismatchError: crypto.getRandomValues fills typed arrays of integers, not a Float32Array",
		`crypto.getRandomValues(new Float64Array(1))`:               "TypeMismatchError: crypto.getRandomValues fills typed arrays of integers, not a Float64Array",
		`crypto.getRandomValues(new DataView(new ArrayBuffer(1)))`:  "TypeMismatchError: crypto.getRandomValues fills typed arrays of integers, not a DataView",
		`crypto.getRandomValues(new Uint8Array(65537))`:             "QuotaExceededError: crypto.getRandomValues gives at most 65536 bytes at once, not 65537",
		`crypto.getRandomValues(new Uint16Array(32769))`:            "QuotaExceededError: crypto.getRandomValues gives at most 65536 bytes at once, not 65538",
		`crypto.getRandomValues(new Uint8Array(65536)).length`:      "65536",
		`crypto.getRandomValues(new Uint8Array()).length`:           "0",
		`(a => crypto.getRandomValues(a) === a)(new Int32Array(1))`: "true",
		`crypto.getRandomValues.call({}, new Uint8Array(1))`:        "TypeError: Cannot read private member #brand from an object whose class did not declare it",
		`class Own extends Uint8Array { get byteLength() { return 1e9 } get [Symbol.toStringTag]() { return "x" } }; crypto.getRandomValues(new Own(4)).length`: "4",
	})
}

// Each kind of array is filled: 64 bytes that are all zero come once in 2^512 times.
func TestEveryKindIsFilled(t *testing.T) {
	vm := newVM(t)
	for _, kind := range []string{
		"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array",
	} {
		source := `crypto.getRandomValues(new ` + kind + `(64 / ` + kind + `.BYTES_PER_ELEMENT)).some((n) => n != 0)`
		if got := globalstest.Eval(t, vm, source); got != "true" {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

func TestOnlyTheViewIsFilled(t *testing.T) {
	const source = `(() => {
		const all = new Uint8Array(256);
		crypto.getRandomValues(new Uint16Array(all.buffer, 64, 64));
		return [all.subarray(0, 64).every((b) => b === 0), all.subarray(64, 192).some((b) => b !== 0), all.subarray(192).every((b) => b === 0)];
	})()`
	if got := globalstest.Eval(t, newVM(t), source); got != "true,true,true" {
		t.Error(got)
	}
}

func TestDetachedBuffer(t *testing.T) {
	vm := newVM(t)
	buffer := vm.NewArrayBuffer(make([]byte, 8))
	if err := vm.Set("buffer", buffer); err != nil {
		t.Fatal(err)
	}
	globalstest.Eval(t, vm, `view = new Uint8Array(buffer, 4)`)
	buffer.Detach()
	if got := globalstest.Eval(t, vm, `crypto.getRandomValues(view).length`); got != "0" {
		t.Error(got)
	}
}

func TestRandomUUID(t *testing.T) {
	vm := newVM(t)
	version4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 100 {
		id := globalstest.Eval(t, vm, `crypto.randomUUID()`)
		if !version4.MatchString(id) || seen[id] {
			t.Fatalf("%q is no new UUID of version 4", id)
		}
		seen[id] = true
	}
}

func TestCryptoClass(t *testing.T) {
	globalstest.Check(t, newVM(t), map[string]string{
		`crypto instanceof Crypto`:               "true",
		`new Crypto()`:                           "TypeError: Crypto has no constructor: use the global crypto",
		`Object.prototype.toString.call(crypto)`: "[object Crypto]",
		`[crypto.getRandomValues.name, crypto.getRandomValues.length, crypto.randomUUID.length, Object.keys(crypto).length]`: "getRandomValues,1,0,0",
		`Crypto.prototype.randomUUID()`:                                            "TypeError: Cannot read private member #brand from an object whose class did not declare it",
		`crypto.subtle === crypto.subtle && crypto.subtle instanceof SubtleCrypto`: "true",
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
	want := regexp.MustCompile(`^\{"token":"[0-9a-f]{32}","id":"[0-9a-f-]{36}"\}$`)
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || !want.Match(got) {
		t.Errorf("got %s, %v", got, err)
	}
}
