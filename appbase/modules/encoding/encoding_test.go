package encoding

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestTextEncoder(t *testing.T) {
	vm := globalstest.New(t, Install)
	for source, want := range map[string]string{
		`new TextEncoder().encode("aé€😀")`:                    "97,195,169,226,130,172,240,159,152,128",
		`new TextEncoder().encode("\ud83d x \ude00")`:         "239,191,189,32,120,32,239,191,189",
		`new TextEncoder().encode()`:                          "",
		`new TextEncoder().encode(undefined).length`:          "0",
		`new TextEncoder().encode(null)`:                      "110,117,108,108",
		`new TextEncoder().encode("x") instanceof Uint8Array`: "true",
		`new TextEncoder().encoding`:                          "utf-8",
		`TextEncoder.prototype.encode.call({}, "x")`:          "TypeError: Cannot read private member #brand from an object whose class did not declare it",
		`TextEncoder("x")`:                                    "TypeError: Class constructor cannot be invoked without 'new'",
		`Object.prototype.toString.call(new TextEncoder())`:   "[object TextEncoder]",
		`[TextEncoder.length, TextEncoder.prototype.encode.length, TextEncoder.prototype.encodeInto.length, Object.keys(TextEncoder.prototype).length]`: "0,0,2,0",
		`new TextEncoder().encodeInto("x")`:                     "TypeError: TextEncoder.encodeInto needs 2 arguments, but got 1",
		`new TextEncoder().encodeInto("x", new Int8Array(2))`:   "TypeError: the second argument of TextEncoder.encodeInto must be a Uint8Array",
		`new TextEncoder().encodeInto("x", new ArrayBuffer(2))`: "TypeError: the second argument of TextEncoder.encodeInto must be a Uint8Array",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestEncodeInto(t *testing.T) {
	vm := globalstest.New(t, Install)
	for _, tt := range []struct{ text, size, want string }{
		{`"abc"`, "5", "3,3 0,97,98,99,0,0,0"},
		{`"abc"`, "2", "2,2 0,97,98,0"},
		{`"a€b"`, "3", "1,1 0,97,0,0,0"},
		{`"😀"`, "4", "2,4 0,240,159,152,128,0"},
		{`"x😀"`, "4", "1,1 0,120,0,0,0,0"},
		{`"\ud800"`, "3", "1,3 0,239,191,189,0"},
		{`"\ud800a"`, "4", "2,4 0,239,191,189,97,0"},
		{`""`, "1", "0,0 0,0,0"},
		{`"a"`, "0", "0,0 0,0"},
	} {
		source := `(() => { const all = new Uint8Array(` + tt.size + ` + 2), r = new TextEncoder().encodeInto(` + tt.text +
			`, all.subarray(1, -1)); return [r.read, r.written] + " " + all })()`
		if got := globalstest.Eval(t, vm, source); got != tt.want {
			t.Errorf("%s into %s: %q, want %q", tt.text, tt.size, got, tt.want)
		}
	}
}

func TestTextDecoder(t *testing.T) {
	vm := globalstest.New(t, Install)
	for source, want := range map[string]string{
		`new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))`:                            "a",
		`new TextDecoder("utf8", { ignoreBOM: true }).decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))`: "\ufeffa",
		`new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf))`:                "\ufeff",
		`new TextDecoder().decode(new Uint8Array([1, 0x61, 0x62, 2]).subarray(1, 3))`:                "ab",
		`new TextDecoder().decode(new Uint8Array([1, 0x61]).buffer) === "\u0001a"`:                   "true",
		`new TextDecoder().decode(new DataView(new Uint8Array([1, 0x61, 0x62]).buffer, 1, 1))`:       "a",
		`new TextDecoder().decode(new Uint16Array([0x6161]))`:                                        "aa",
		`new TextDecoder().decode()`:              "",
		`new TextDecoder().decode("a")`:           "TypeError: the first argument of TextDecoder.decode must be an ArrayBuffer, a typed array or a DataView",
		`new TextDecoder().decode([97])`:          "TypeError: the first argument of TextDecoder.decode must be an ArrayBuffer, a typed array or a DataView",
		`new TextDecoder("nope")`:                 `RangeError: the encoding "nope" is not supported`,
		`new TextDecoder(" \n Latin1 ").encoding`: "windows-1252",
		`new TextDecoder("UTF-16").encoding`:      "utf-16le",
		`new TextDecoder("unicodefffe").encoding`: "utf-16be",
		`new TextDecoder("utf-8", 1)`:             "TypeError: the options of TextDecoder must be an object",
		`new TextDecoder("utf-8", null).fatal`:    "false",
		`(d => [d.fatal, d.ignoreBOM])(new TextDecoder("utf-8", { fatal: 1, ignoreBOM: "x" }))`:                                                                              "true,true",
		`new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.of(0x61, 0xff))`:                                                                                        "TypeError: the encoded data is not valid",
		`new TextDecoder("utf-16le").decode(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde))`:                                                                        "a😀",
		`new TextDecoder("utf-16be").decode(Uint8Array.of(0xfe, 0xff, 0, 0x61, 0xd8, 0x3d, 0, 0x61))`:                                                                        "a\ufffda",
		`new TextDecoder("utf-16le", { fatal: true }).decode(Uint8Array.of(0, 0xdc))`:                                                                                        "TypeError: the encoded data is not valid",
		`new TextDecoder("ascii").decode(Uint8Array.of(0x41, 0x80, 0x81, 0xe9, 0xff))`:                                                                                       "A€\u0081éÿ",
		`(d => { d.decode(Uint8Array.of(0xe2), { stream: true }); return d.decode(Uint8Array.of(0x82, 0xac)) })(new TextDecoder())`:                                          "€",
		`(d => d.decode(Uint8Array.of(0xe2, 0x82), { stream: true }) + d.decode())(new TextDecoder())`:                                                                       "\ufffd",
		`(d => { try { d.decode(Uint8Array.of(0xe2, 0x41), { stream: true }) } catch {}; return d.decode(Uint8Array.of(0x62)) })(new TextDecoder("utf-8", { fatal: true }))`: "b",
		`TextDecoder.prototype.decode.call({})`:                                                                                                                              "TypeError: Cannot read private member #decoder from an object whose class did not declare it",
		`Object.prototype.toString.call(new TextDecoder())`:                                                                                                                  "[object TextDecoder]",
		`[TextDecoder.length, TextDecoder.prototype.decode.length, Reflect.ownKeys(new TextDecoder()).length]`:                                                               "0,0,0",
		`class D extends TextDecoder { twice(b) { return this.decode(b) + this.decode(b) } }; new D().twice(Uint8Array.of(97))`:                                              "aa",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestDetachedBuffer(t *testing.T) {
	vm := globalstest.New(t, Install)
	buffer := vm.NewArrayBuffer([]byte("abc"))
	if err := vm.Set("buffer", buffer); err != nil {
		t.Fatal(err)
	}
	globalstest.Eval(t, vm, `bytes = new Uint8Array(buffer, 1)`)
	buffer.Detach()
	for source, want := range map[string]string{
		`new TextDecoder().decode(buffer)`:                 "",
		`new TextDecoder().decode(bytes)`:                  "",
		`new TextEncoder().encodeInto("x", bytes).written`: "0",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// Malformed sequences, with how many U+FFFD the standard makes of them.
func TestMalformedUTF8(t *testing.T) {
	for input, want := range map[string]string{
		"\xff":                 "\ufffd",
		"\xc0\x80":             "\ufffd\ufffd",
		"\xe2\x82":             "\ufffd",
		"\xe2\x82A":            "\ufffdA",
		"\xe0\x80\x80":         "\ufffd\ufffd\ufffd",
		"\xed\xa0\x80":         "\ufffd\ufffd\ufffd",
		"\xf0\x9f\x98":         "\ufffd",
		"\xf0\x9f\x98A":        "\ufffdA",
		"\xf0\x9f\xe2\x82\xac": "\ufffd€",
		"\xf4\x90\x80\x80":     "\ufffd\ufffd\ufffd\ufffd",
		"\xf5\x80":             "\ufffd\ufffd",
		"a\x80b\u20ac\xe2":     "a\ufffdb€\ufffd",
	} {
		got, err := newDecoder("utf-8", false, false).decode([]byte(input), false)
		if got != want || err != nil {
			t.Errorf("%x is %q, %v; want %q", input, got, err, want)
		}
		if _, err := newDecoder("utf-8", true, false).decode([]byte(input), false); err == nil {
			t.Errorf("%x is no error when errors are fatal", input)
		}
	}
}

func TestUnpairedUTF16(t *testing.T) {
	for input, want := range map[string]string{
		"\x00":                     "\ufffd",
		"\x3d\xd8":                 "\ufffd",
		"\x3d\xd8\x00":             "\ufffd",
		"\x3d\xd8\x3d\xd8\x00\xde": "\ufffd😀",
		"\x00\xde\x61\x00":         "\ufffda",
		"\x61\x00\x3d\xd8\x62\x00": "a\ufffdb",
	} {
		got, err := newDecoder("utf-16", false, false).decode([]byte(input), false)
		if got != want || err != nil {
			t.Errorf("%x is %q, %v; want %q", input, got, err, want)
		}
	}
}

func TestBase64(t *testing.T) {
	vm := globalstest.New(t, Install)
	const badText = "InvalidCharacterError: the text given to atob is not correctly encoded base64"
	for source, want := range map[string]string{
		`btoa("")`:                        "",
		`btoa("a")`:                       "YQ==",
		`btoa("\xff\x00\xe9")`:            "/wDp",
		`btoa("€")`:                       "InvalidCharacterError: the text given to btoa has characters beyond U+00FF",
		`btoa()`:                          "TypeError: btoa needs 1 argument, but got 0",
		`btoa(null)`:                      "bnVsbA==",
		`atob("YQ==")`:                    "a",
		`atob("YQ")`:                      "a",
		`atob(" Y\n\tW\fJ\rj ")`:          "abc",
		`atob("YR==")`:                    "a",
		`atob("/wDp") === "\xff\x00\xe9"`: "true",
		`atob("")`:                        "",
		`atob("Y")`:                       badText,
		`atob("YQ=")`:                     badText,
		`atob("YQ===")`:                   badText,
		`atob("=")`:                       badText,
		`atob("Y=Q=")`:                    badText,
		`atob("YQ\u00a0==")`:              badText,
		`atob("_-==")`:                    badText,
		`atob()`:                          "TypeError: atob needs 1 argument, but got 0",
		`[atob.name, atob.length, btoa.name, "prototype" in btoa]`: "atob,1,btoa,false",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestTooLong(t *testing.T) {
	vm := globalstest.New(t, Install)
	if err := vm.Set("long", vm.NewArrayBuffer(make([]byte, maxInput+1))); err != nil {
		t.Fatal(err)
	}
	const want = "RangeError: the input is too long (at most 67108864)"
	if got := globalstest.Eval(t, vm, `new TextDecoder().decode(long)`); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Every label of the four encodings leads to its name, whatever its case.
func TestLabels(t *testing.T) {
	for label, name := range labels {
		if d := newDecoder("\t"+strings.ToUpper(label)+" ", false, false); d == nil || d.name != name {
			t.Errorf("%q is not %s", label, name)
		}
	}
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
	const want = `{"text":"grüß dich €","bytes":15,"base64":"a2V5OnNlY3JldA==","back":"key:secret"}`
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

// However the bytes are cut into chunks, the text is the same, and valid.
func FuzzChunks(f *testing.F) {
	for _, seed := range []string{"a€😀\xe2\x82", "\xef\xbb\xbfx", "\xff\xfea\x00\x3d\xd8\x00\xde", "\xf0\x9f\xe2\x82\xac\xed\xa0\x80"} {
		for label := range converters {
			f.Add([]byte(seed), label, 1, 3, false)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, label string, first, second int, fatal bool) {
		whole := newDecoder(label, fatal, false)
		if whole == nil {
			return
		}
		want, wantErr := whole.decode(data, false)
		first = max(0, min(first, len(data)))
		second = max(first, min(second, len(data)))
		d := newDecoder(label, fatal, false)
		got := ""
		var err error
		for i, chunk := range [][]byte{data[:first], data[first:second], data[second:]} {
			text, failed := d.decode(chunk, i < 2)
			if failed != nil {
				err = failed
				break
			}
			got += text
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%x at once: %v, in chunks: %v", data, wantErr, err)
		}
		if err == nil && (got != want || !utf8.ValidString(got)) {
			t.Errorf("%x is %q at once and %q in chunks", data, want, got)
		}
		if label == "utf-8" && utf8.Valid(data) && want != string(bytes.TrimPrefix(data, []byte("\ufeff"))) {
			t.Errorf("%q became %q", data, want)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	benchmark(b, `const e = new TextEncoder(), text = "x".repeat(1000); globalThis.run = () => e.encode(text)`)
}

func BenchmarkDecode(b *testing.B) {
	benchmark(b, `const d = new TextDecoder(), data = new Uint8Array(1000).fill(97); globalThis.run = () => d.decode(data)`)
}

func benchmark(b *testing.B, setup string) {
	vm := globalstest.New(b, Install)
	if _, err := vm.RunString(setup); err != nil {
		b.Fatal(err)
	}
	run, _ := goja.AssertFunction(vm.Get("run"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run(goja.Undefined()); err != nil {
			b.Fatal(err)
		}
	}
}
