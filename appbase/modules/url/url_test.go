package url

import (
	"os"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ input, base, want string }{
		{"http://example.com", "", "http://example.com/"},
		{" \t http://EXAMPLE.com:80/a/./b/../c \n", "", "http://example.com/a/c"},
		{"https://user:pass word@host:8080/p?q#f", "", "https://user:pass%20word@host:8080/p?q#f"},
		{"//other/x", "https://host/a", "https://other/x"},
		{"?q", "https://host/a?x#y", "https://host/a?q"},
		{"#f", "https://host/a?x#y", "https://host/a?x#f"},
		{"", "https://host/a?x#y", "https://host/a?x"},
		{"..", "https://host/a/b/c", "https://host/a/"},
		{`\x`, "https://host/a", "https://host/x"},
		{"http://0x7f.1/", "", "http://127.0.0.1/"},
		{"http://[::0:1]/", "", "http://[::1]/"},
		{"http://faß.example/", "", "http://xn--fa-hia.example/"},
		{"http://h/\u00e9?\u00e9#\u00e9", "", "http://h/%C3%A9?%C3%A9#%C3%A9"},
		{"http://h/^{}`", "", "http://h/%5E%7B%7D%60"},
		{"data:text/plain,hi there", "", "data:text/plain,hi there"},
		{"mailto:a@b", "", "mailto:a@b"},
		{"file:///C|/x", "", "file:///C:/x"},
		{"web+demo:/.//not-a-host/", "", "web+demo:/.//not-a-host/"},
		{"", "", ""},
		{"relative", "", ""},
		{"http://", "", ""},
		{"http://a b/", "", ""},
		{"http://h:65536/", "", ""},
		{"http://256.1.1.1/", "", ""},
		{"http://[::1", "", ""},
		{"x", "mailto:a@b", ""},
		{"x", "nonsense", ""},
	} {
		var base *string
		if tt.base != "" {
			base = &tt.base
		}
		got := ""
		if u, err := parse(tt.input, base); err == nil {
			got = u.Href(false)
		}
		if got != tt.want {
			t.Errorf("parse(%q, %q) = %q, want %q", tt.input, tt.base, got, tt.want)
		}
	}
}

func TestComponents(t *testing.T) {
	vm := globalstest.New(t, Install)
	globalstest.Eval(t, vm, `u = new URL("https://me:secret@example.com:8443/a/b?x=1#top")`)
	for property, want := range map[string]string{
		"href": "https://me:secret@example.com:8443/a/b?x=1#top", "origin": "https://example.com:8443", "protocol": "https:",
		"username": "me", "password": "secret", "host": "example.com:8443", "hostname": "example.com", "port": "8443",
		"pathname": "/a/b", "search": "?x=1", "hash": "#top", "toString()": "https://me:secret@example.com:8443/a/b?x=1#top",
	} {
		if got := globalstest.Eval(t, vm, "u."+property); got != want {
			t.Errorf("%s = %q, want %q", property, got, want)
		}
	}
}

func TestSetters(t *testing.T) {
	vm := globalstest.New(t, Install)
	for _, tt := range []struct{ href, change, want string }{
		{"http://h/p", `u.protocol = "https"`, "https://h/p"},
		{"http://h/p", `u.protocol = "mailto"`, "http://h/p"},
		{"http://h/p", `u.username = "a b"; u.password = "c:d"`, "http://a%20b:c%3Ad@h/p"},
		{"file:///p", `u.username = "a"`, "file:///p"},
		{"http://h/p", `u.host = "other:81"`, "http://other:81/p"},
		{"http://h:81/p", `u.hostname = "x y"`, "http://h:81/p"},
		{"http://h:81/p", `u.hostname = "other"`, "http://other:81/p"},
		{"http://h:81/p", `u.port = ""`, "http://h/p"},
		{"http://h:81/p", `u.port = "80"`, "http://h/p"},
		{"http://h/p", `u.port = 70000`, "http://h/p"},
		{"http://h/p", `u.port = "82x"`, "http://h:82/p"},
		{"http://h/p?q", `u.pathname = "a/../b c"`, "http://h/b%20c?q"},
		{"mailto:x", `u.pathname = "y"`, "mailto:x"},
		{"http://h/p", `u.search = "a b"`, "http://h/p?a%20b"},
		{"http://h/p?q", `u.search = ""`, "http://h/p"},
		{"http://h/p", `u.hash = "#x y"`, "http://h/p#x%20y"},
		{"http://h/p#f", `u.hash = ""`, "http://h/p"},
		{"http://h/p", `u.href = "ftp://x/y"`, "ftp://x/y"},
		{"http://h/p", `"use strict"; try { u.origin = "x" } catch {}`, "http://h/p"},
	} {
		got := globalstest.Eval(t, vm, `u = new URL("`+tt.href+`"); `+tt.change+`; u.href`)
		if got != tt.want {
			t.Errorf("%s; %s: %q, want %q", tt.href, tt.change, got, tt.want)
		}
	}
}

func TestOrigin(t *testing.T) {
	vm := globalstest.New(t, Install)
	for href, want := range map[string]string{
		"https://h:443/x": "https://h", "ws://h:81/": "ws://h:81", "file:///x": "null", "data:,x": "null",
		"blob:https://h/id": "https://h", "blob:d3958f5c": "null", "blob:ftp://h/x": "null",
	} {
		if got := globalstest.Eval(t, vm, `new URL("`+href+`").origin`); got != want {
			t.Errorf("origin of %s is %q, want %q", href, got, want)
		}
	}
}

func TestURLClass(t *testing.T) {
	vm := globalstest.New(t, Install)
	for source, want := range map[string]string{
		`new URL("/x")`:                                               `TypeError: Invalid URL "/x": it is not a valid URL`,
		`new URL("/x", "/y")`:                                         `TypeError: Invalid URL "/x": its base "/y" cannot be used: it is not a valid URL`,
		`new URL()`:                                                   "TypeError: the constructor of URL needs 1 argument, but got 0",
		`URL("http://h")`:                                             "TypeError: Class constructor cannot be invoked without 'new'",
		`URL.canParse("http://h")`:                                    "true",
		`URL.canParse("h")`:                                           "false",
		`URL.canParse("h", "http:a")`:                                 "true",
		`URL.parse("h")`:                                              "null",
		`URL.parse("h", "http://x/") instanceof URL`:                  "true",
		`new URL(new URL("http://h")) + ""`:                           "http://h/",
		`new URL("x", new URL("http://h/y/z")).pathname`:              "/y/x",
		`JSON.stringify({ u: new URL("http://h") })`:                  `{"u":"http://h/"}`,
		`Object.prototype.toString.call(new URL("http://h"))`:         "[object URL]",
		`Reflect.ownKeys(new URL("http://h")).length`:                 "0",
		`Object.keys(URL.prototype).length`:                           "0",
		`[URL.name, URL.length, URL.canParse.length, URL.parse.name]`: "URL,1,1,parse",
		`class My extends URL { get top() { return this.hash } }; new My("http://h#x").top`: "#x",
		`Object.getOwnPropertyDescriptor(URL.prototype, "href").get.call({})`:               "TypeError: Cannot read private member #url from an object whose class did not declare it",
		`u = new URL("http://h"); u.href = "nope"`:                                          `TypeError: Invalid URL "nope": it is not a valid URL`,
		`new URL("http://h/\ud800").href`:                                                   "http://h/%EF%BF%BD",
		`new URL(Symbol())`:                                                                 "TypeError: Cannot convert a Symbol value to a string",
		`(() => { void URL; const d = Object.getOwnPropertyDescriptor(globalThis, "URL"); return [d.writable, d.enumerable, d.configurable] })()`: "true,false,true",
	} {
		if got := globalstest.Eval(t, vm, source); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestExample(t *testing.T) {
	source, err := os.ReadFile("example.js")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"href":"https://example.com/shop/items?tag=a+b&page=3#list","item":"7","host":"example.com","query":{"tag":"a b","page":"3"},"valid":false}`
	value, err := globalstest.New(t, Install).RunScript("example.js", string(source))
	if err != nil {
		t.Fatal(err)
	}
	got, err := value.ToObject(nil).MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

// The parser takes quadratic time for some inputs, and nothing interrupts it.
func TestLongInputsAreRefused(t *testing.T) {
	long := strings.Repeat
	for name, input := range map[string]string{
		"all":              "http://h/?" + long("x", maxURLBytes),
		"user info":        "http://" + long("@", maxAuthorityBytes+1) + "h/",
		"after slashes":    "http:" + long("/", 10) + long("a", maxAuthorityBytes+1),
		"without slashes":  "https:" + long("a", maxAuthorityBytes+1),
		"opaque host":      "a://" + long("é", maxAuthorityBytes),
		"with line breaks": "ht\ntp:\t/" + long("@\n", maxAuthorityBytes+1),
		"segments":         "http://h" + long("/", maxSegments+1),
		"long path":        "http://h/" + long(long("a", 1<<14)+"/", 17),
	} {
		if _, err := parse(input, nil); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
	for name, input := range map[string]string{
		"data URL": "data:text/plain;base64," + long("QUJD", 1<<15),
		"query":    "http://h/?q=" + long("@/", 1<<16),
		"segment":  "http://h/" + long("@", 1<<16),
		"fragment": "http://h/#" + long("/", 1<<16),
	} {
		if _, err := parse(input, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	base := "http://h" + long("/a", maxSegments-10)
	if _, err := parse(long("b/", 20), &base); err == nil {
		t.Error("a relative URL made a longer path than an absolute one may have")
	}
}

func TestLongValuesChangeNothing(t *testing.T) {
	u, err := parse("http://h/p?q#f", nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &record{url: u}
	for p := protocol; p <= hash; p++ {
		r.write(p, strings.Repeat("/x", maxURLBytes))
	}
	if got := r.read(href); got != "http://h/p?q#f" {
		t.Errorf("the URL became %.100q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"http://user:pass@host:80/a/../b?q#f", "file:///C|/x", "//h/x", "data:,x", "http://[1::2]/", "http://0x7f.1", "a:/..//b", "ws:\\\\h", "\u00df.example", "?#", "",
	} {
		f.Add(seed, "https://base.example/a/b?c#d")
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, input, base string) {
		for _, from := range []*string{nil, &base} {
			u, err := parse(input, from)
			if err != nil {
				continue
			}
			r := &record{url: u}
			again, err := parse(r.read(href), nil)
			if err != nil {
				continue // the library's serialization may be longer than what it parses
			}
			if again.Href(false) != r.read(href) {
				t.Errorf("%q is %q, which is %q", input, r.read(href), again.Href(false))
			}
			for p := protocol; p <= hash; p++ {
				r.write(p, base)
			}
			if _, err := r.searchParams(); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkInstall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		globalstest.New(b, Install)
	}
}

func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		globalstest.New(b, Install).Get("URL")
	}
}

func BenchmarkURL(b *testing.B) {
	vm := globalstest.New(b, Install)
	program := goja.MustCompile("bench", `new URL("/foo/bar?x=1&y=2", "http://example.com/a/b").searchParams.get("y")`, true)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vm.RunProgram(program); err != nil {
			b.Fatal(err)
		}
	}
}
