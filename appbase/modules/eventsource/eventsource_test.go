package eventsource_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/eventsource"
	"github.com/sigil-server/sigil/appbase/modules/fetch"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/appbase/modules/streams"
	"github.com/sigil-server/sigil/appbase/modules/url"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func newRuntime(t testing.TB) *scriptingtest.Runtime {
	return globalstest.NewRuntime(t, globalstest.Engine(url.Install), globalstest.Engine(encoding.Install), events.Install, streams.Install,
		blob.Install, formdata.Install, messages.Install,
		func(rt *scripting.Runtime) error { return fetch.Install(rt, fetch.Options{Private: true}) }, eventsource.Install)
}

// collect waits for n events of a source and then closes it.
const collect = `const collect = (path, n) => new Promise((resolve) => {
	const seen = [], source = new EventSource(base + path);
	const add = (what) => { seen.push(what); if (seen.length === n) { source.close(); resolve(seen.join(";") + ";" + source.readyState); } };
	source.onopen = () => add("open");
	source.onerror = () => add("error" + source.readyState);
	source.onmessage = (e) => add([e.type, e.data, e.lastEventId, e.origin === base].join());
	source.addEventListener("own", (e) => add([e.type, e.data].join()));
});`

func TestEventSource(t *testing.T) {
	streams := map[string]string{
		"/plain": "data: one\n\ndata:two\ndata: lines\nid: 7\n\n: comment\nevent: own\ndata: x\n\nevent: own\n\ndata\n\nunknown: y\ndata: cut off",
		"/ends":  "\ufeffdata: a\r\n\r\ndata: b\r\rretry: 10\n\n",
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, ok := streams[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
			_, _ = io.WriteString(w, text)
			return
		}
		switch r.URL.Path {
		case "/resumed":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "id: é1\ndata: last "+r.Header.Get("Last-Event-ID")+"\n\n")
		case "/large":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: "+strings.Repeat("x", 2<<20)+"\n\n")
		case "/silent":
			w.WriteHeader(http.StatusNoContent)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
		}
	}))
	defer s.Close()
	rt := newRuntime(t)
	for body, want := range map[string]string{
		`return collect("/plain", 5)`:         "open;message,one,,true;message,two\nlines,7,true;own,x;message,,7,true;2",
		`return collect("/ends", 4)`:          "open;message,a,,true;message,b,,true;error0;2",
		`return collect("/resumed", 5)`:       "open;message,last ,é1,true;error0;open;message,last é1,é1,true;2",
		`return collect("/large", 2)`:         "open;error0;2",
		`return collect("/silent", 1)`:        "error2;2",
		`return collect("/page", 1)`:          "error2;2",
		`return new EventSource("/relative")`: "SyntaxError: /relative is no absolute http: or https: URL",
		`return EventSource()`:                "TypeError: Class constructor cannot be invoked without 'new'",
		`const e = new EventSource(base + "/plain"); e.close(); return [e.url === base + "/plain", e.readyState, e.withCredentials, EventSource.OPEN, e.CLOSED, String(e)]`: "true,2,false,1,2,[object EventSource]",
	} {
		if got := globalstest.Wait(t, rt, `const base = "`+s.URL+`";`+collect+body); got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}

// A runtime that is closed ends its streams at the servers.
func TestClose(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		close(began)
		<-r.Context().Done()
		close(ended)
	}))
	defer s.Close()
	rt := newRuntime(t)
	if _, err := rt.RunTrusted("test", `new EventSource("`+s.URL+`"); 0`); err != nil {
		t.Fatal(err)
	}
	globalstest.Receive(t, began, "the request")
	rt.Close()
	globalstest.Receive(t, ended, "the end of the request")
}
