// Package modules_test holds what is true of all host modules together.
package modules_test

import (
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/asynccontext"
	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/channels"
	"github.com/sigil-server/sigil/appbase/modules/clone"
	"github.com/sigil-server/sigil/appbase/modules/console"
	"github.com/sigil-server/sigil/appbase/modules/crypto"
	"github.com/sigil-server/sigil/appbase/modules/domexception"
	"github.com/sigil-server/sigil/appbase/modules/ecmascript"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/eventsource"
	"github.com/sigil-server/sigil/appbase/modules/fetch"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/intl"
	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/appbase/modules/performance"
	"github.com/sigil-server/sigil/appbase/modules/scope"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/appbase/modules/url"
	"github.com/sigil-server/sigil/appbase/modules/websocket"
	"github.com/sigil-server/sigil/scripting"
)

type discard struct{}

func (discard) Log(slog.Level, string) {}

// table is every module with its declarations.
var table = []struct {
	name         string
	install      func(rt *scripting.Runtime) error
	declarations func() string
}{
	{"asynccontext", asynccontext.Install, asynccontext.Declarations},
	{"intl", intl.Install, intl.Declarations},
	{"channels", channels.Install, channels.Declarations},
	{"eventsource", eventsource.Install, eventsource.Declarations},
	{"websocket", func(rt *scripting.Runtime) error { return websocket.Install(rt, websocket.Options{}) }, websocket.Declarations},
	{"fetch", func(rt *scripting.Runtime) error { return fetch.Install(rt, fetch.Options{}) }, fetch.Declarations},
	{"ecmascript", engine(ecmascript.Install), ecmascript.Declarations},
	{"scope", engine(func(vm *goja.Runtime) error { return scope.Install(vm, "Sigil/test") }), scope.Declarations},
	{"domexception", engine(domexception.Install), domexception.Declarations},
	{"url", engine(url.Install), url.Declarations},
	{"encoding", engine(encoding.Install), encoding.Declarations},
	{"clone", engine(clone.Install), clone.Declarations},
	{"crypto", crypto.Install, crypto.Declarations},
	{"console", engine(func(vm *goja.Runtime) error { return console.Install(vm, discard{}) }), console.Declarations},
	{"performance", engine(func(vm *goja.Runtime) error { return performance.Install(vm, time.Now) }), performance.Declarations},
	{"events", events.Install, events.Declarations},
	{"streams", streams.Install, streams.Declarations},
	{"blob", blob.Install, blob.Declarations},
	{"formdata", formdata.Install, formdata.Declarations},
	{"messages", messages.Install, messages.Declarations},
}

func engine(install func(*goja.Runtime) error) func(*scripting.Runtime) error {
	return func(rt *scripting.Runtime) error { return install(rt.VM()) }
}

func newVM(t testing.TB) *goja.Runtime {
	t.Helper()
	return newRuntime(t).VM()
}

var declared = regexp.MustCompile(`(?m)^declare (?:var|function) (\w+)`)

// The names that a module defines are those that its declarations name.
func TestDeclaredNames(t *testing.T) {
	for _, module := range table {
		rt := bareRuntime(t)
		vm := rt.VM()
		before := vm.GlobalObject().GetOwnPropertyNames()
		if err := module.install(rt); err != nil {
			t.Fatal(err)
		}
		var defined, promised []string
		for _, name := range vm.GlobalObject().GetOwnPropertyNames() {
			if !slices.Contains(before, name) {
				defined = append(defined, name)
			}
		}
		for _, match := range declared.FindAllStringSubmatch(module.declarations(), -1) {
			promised = append(promised, match[1])
		}
		if module.name == "intl" {
			promised = append(promised, "Intl") // a namespace of TypeScript's own libraries
		}
		slices.Sort(defined)
		slices.Sort(promised)
		if len(defined) == 0 || !slices.Equal(defined, promised) {
			t.Errorf("%s defines %q and declares %q", module.name, defined, promised)
		}
	}
}

var (
	interfaces = regexp.MustCompile(`(?ms)^interface (\w+).*?\{\n(.*?)^\}`)
	members    = regexp.MustCompile(`(?m)^  (?:readonly )?(\w+)\??[(:<]`)
	ours       = map[string]string{"Console": "console", "Crypto": "crypto", "Performance": "performance", "Navigator": "navigator"}
)

// What an interface declares is there, and what is there is declared.
func TestDeclaredMembers(t *testing.T) {
	vm := newVM(t)
	for _, module := range table {
		for _, match := range interfaces.FindAllStringSubmatch(module.declarations(), -1) {
			if !strings.Contains(module.declarations(), "declare var "+match[1]+":") && ours[match[1]] == "" {
				continue // only the shape of an argument
			}
			var promised []string
			for _, member := range members.FindAllStringSubmatch(match[2], -1) {
				if !slices.Contains(promised, member[1]) {
					promised = append(promised, member[1])
				}
			}
			object := match[1] + ".prototype"
			if match[1] == "Console" {
				object = ours[match[1]]
			}
			value, err := vm.RunString(`Object.getOwnPropertyNames(` + object + `).filter((n) => n !== "constructor" && !/^[A-Z_]+$/.test(n)).sort().join()`)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(promised)
			if got := strings.Join(promised, ","); got != value.String() {
				t.Errorf("%s has %s and declares %s", object, value, got)
			}
		}
	}
}

func TestExamplesRunTogether(t *testing.T) {
	for _, module := range table {
		source, err := os.ReadFile(module.name + "/example.js")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newVM(t).RunScript(module.name, string(source)); err != nil {
			t.Errorf("%s: %v", module.name, err)
		}
	}
}

// Modules throw and know the DOMException of the module that has it.
func TestDOMExceptionIsShared(t *testing.T) {
	value, err := newVM(t).RunString(`
		const failures = [() => atob("?"), () => structuredClone(() => 1), () => crypto.getRandomValues(new Uint8Array(65537))];
		const copied = structuredClone(new DOMException("m", "AbortError"));
		failures.map((fail) => { try { fail() } catch (e) { return e instanceof DOMException && e.name } }).join() + copied.code + (copied instanceof DOMException)`)
	if err != nil || value.String() != "InvalidCharacterError,DataCloneError,QuotaExceededError20true" {
		t.Errorf("got %v, %v", value, err)
	}
}

// Instances of the server's classes are no plain objects.
func TestPlatformObjectsAreNotCloned(t *testing.T) {
	value, err := newVM(t).RunString(`
		[new URL("http://h"), new URLSearchParams(), new TextEncoder(), new TextDecoder(), crypto, performance].map((o) => {
			try { structuredClone(o); return "cloned" } catch (e) { return e.message.replace(" could not be cloned", "") }
		}).join()`)
	if err != nil || value.String() != "#<URL>,#<URLSearchParams>,#<TextEncoder>,#<TextDecoder>,#<Crypto>,#<Performance>" {
		t.Errorf("got %v, %v", value, err)
	}
}

func TestURLIsShown(t *testing.T) {
	vm := newVM(t)
	value, err := vm.RunString(`[new URL("http://h/?a"), new URL("http://h/?a").searchParams, new DOMException("m", "AbortError")]`)
	if err != nil {
		t.Fatal(err)
	}
	got := console.Format(vm, []goja.Value{value})
	if !strings.HasPrefix(got, "[\n  URL { 'http://h/?a' }, URLSearchParams { 'a=' },\n  AbortError: m\n") {
		t.Errorf("got %s", got)
	}
}

// BenchmarkInstall is what every reload pays for all modules.
func BenchmarkInstall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newVM(b)
	}
}

// BenchmarkUseAll is what an app pays that uses every name.
func BenchmarkUseAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm := newVM(b)
		for _, name := range []string{"DOMException", "URL", "TextEncoder", "structuredClone", "crypto", "console", "performance", "AbortController", "ReadableStream", "Blob", "FormData", "Response"} {
			vm.Get(name)
		}
	}
}
