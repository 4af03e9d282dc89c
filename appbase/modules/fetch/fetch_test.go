package fetch_test

import (
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/encoding"
	"github.com/sigil-server/sigil/appbase/modules/events"
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

func newRuntime(t testing.TB, o fetch.Options) *scriptingtest.Runtime {
	return globalstest.NewRuntime(t, globalstest.Engine(url.Install), globalstest.Engine(encoding.Install), events.Install,
		streams.Install, blob.Install, formdata.Install, messages.Install, func(rt *scripting.Runtime) error { return fetch.Install(rt, o) })
}

// site is a server with an answer for each path.
func site(t testing.TB) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprintf("%s %d %s", r.Method, r.ContentLength, r.Header.Get("Content-Type")))
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		_, _ = w.Write(body)
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s|%s|%s|%s|%s", r.Header.Get("Authorization"), r.Header.Get("Cookie"), r.Header.Get("X-Own"), r.UserAgent(), r.Host)
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscan(r.URL.Query().Get("status"), &status)
		w.Header().Set("Location", r.URL.Query().Get("at"))
		w.WriteHeader(status)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/gzip", compressed("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }))
	mux.HandleFunc("/deflate", compressed("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }))
	mux.HandleFunc("/zstd", compressed("zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }))
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("this is no gzip"))
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		for range 64 {
			_, _ = w.Write(make([]byte, 64<<10))
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("short"))
	})
	mux.HandleFunc("/never", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/stall", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("first"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/raw", func(w http.ResponseWriter, r *http.Request) { // an answer that the query spells
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		text, _ := neturl.QueryUnescape(r.URL.RawQuery)
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	})
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func compressed(name string, writer func(io.Writer) io.WriteCloser) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), name) {
			http.Error(w, "not accepted", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", name)
		z := writer(w)
		_, _ = io.WriteString(z, strings.Repeat("compressed ", 1000))
		_ = z.Close()
	}
}

// expect runs bodies of async functions, in which base is the site's address, and compares what they return or throw.
func expect(t *testing.T, o fetch.Options, table [][2]string) {
	t.Helper()
	s := site(t)
	other := site(t)
	rt := newRuntime(t, o)
	for _, row := range table {
		body := "const base = " + fmt.Sprintf("%q", s.URL) + ", other = " + fmt.Sprintf("%q", other.URL) + ";" + row[0]
		got := globalstest.Wait(t, rt, body)
		if got = strings.NewReplacer(s.URL, "BASE", other.URL, "OTHER", strings.TrimPrefix(s.URL, "http://"), "HOST").Replace(got); got != row[1] {
			t.Errorf("%s\n got %q\nwant %q", row[0], got, row[1])
		}
	}
	rt.Close()
}

var open = fetch.Options{Private: true, UserAgent: "Sigil/test"}

func TestFetch(t *testing.T) {
	expect(t, open, [][2]string{
		{`const r = await fetch(base + "/echo"); return [r.status, r.statusText, r.ok, r.url, r.redirected, r.type, r.headers.get("x-seen"), r.headers.getSetCookie(), await r.text()]`,
			"200,OK,true,BASE/echo,false,basic,GET 0,a=1,b=2,"},
		{`const r = await fetch(base + "/echo", { method: "POST", body: "héllo" }); return [r.headers.get("x-seen"), await r.text()]`, "POST 6 text/plain;charset=UTF-8,héllo"},
		{`const r = await fetch(new Request(base + "/echo", { method: "PUT", body: new Uint8Array([1, 2, 3]) })); return [r.headers.get("x-seen"), new Uint8Array(await r.arrayBuffer())]`, "PUT 3,1,2,3"},
		{`const f = new FormData(); f.set("a", "1"); const r = await fetch(base + "/echo", { method: "POST", body: f }); return (await r.text()).includes('name="a"') && r.headers.get("x-seen").includes("multipart/form-data; boundary=")`, "true"},
		{`const r = await fetch(base + "/echo", { method: "POST", body: JSON.stringify({ a: [1] }), headers: { "content-type": "application/json" } }); return (await r.json()).a[0]`, "1"},
		{`return (await fetch(base + "/headers", { headers: { "X-Own": "m\xe9", Host: "evil", Cookie: "c=1" } })).arrayBuffer().then((b) => [...new Uint8Array(b)].map((n) => String.fromCharCode(n)).join(""))`, "|c=1|mé|Sigil/test|HOST"},
		{`const r = await fetch(base + "/empty"); return [r.status, r.body, await r.text()]`, "204,,"},
		{`const r = await fetch(base + "/echo", { method: "HEAD" }); return [r.status, await r.text()]`, "200,"},
		{`return (await fetch(base + "/nowhere")).status`, "404"},
		{`return (await (await fetch(base + "/gzip")).text()).length`, "11000"},
		{`return (await (await fetch(base + "/deflate")).text()).length`, "11000"},
		{`return (await (await fetch(base + "/zstd")).text()).length`, "11000"},
		{`const r = await fetch(base + "/big"); let n = 0; const reader = r.body.getReader(); for (;;) { const { done, value } = await reader.read(); if (done) return n; n += value.length }`, "4194304"},
		{`const r = await fetch(base + "/big"); const reader = r.body.getReader(); await reader.read(); await reader.cancel(); return "cancelled"`, "cancelled"},
		{`return (await fetch("data:text/plain;base64,aGk=")).text()`, "hi"},
		{`const r = await fetch("data:,a%20b#c"); return [r.headers.get("content-type"), await r.text()]`, "text/plain;charset=US-ASCII,a b"},
		{`return (await fetch("data:,a", { method: "HEAD" })).text()`, ""},
		{`return [fetch.name, fetch.length]`, "fetch,1"},
	})
}

func TestStreamingUpload(t *testing.T) {
	expect(t, open, [][2]string{
		{`let n = 0; const body = new ReadableStream({ pull(c) { if (n++ === 50) c.close(); else c.enqueue(new Uint8Array(20000).fill(n)) } });
			const r = await fetch(base + "/echo", { method: "POST", body, duplex: "half" }), all = new Uint8Array(await r.arrayBuffer());
			return [r.headers.get("x-seen"), all.length, all[0], all[999999]]`, "POST -1,1000000,1,50"},
		{`const first = await fetch(base + "/big"); const r = await fetch(base + "/echo", { method: "POST", body: first.body, duplex: "half" }); return (await r.arrayBuffer()).byteLength`, "4194304"},
		{`const body = new ReadableStream({ pull() { throw new Error("mine") } }); return fetch(base + "/echo", { method: "POST", body, duplex: "half" })`, "TypeError: fetch of BASE/echo failed: the stream of the body failed"},
		{`const body = new ReadableStream({ pull(c) { c.enqueue("text") } }); return fetch(base + "/echo", { method: "POST", body, duplex: "half" })`, "TypeError: fetch of BASE/echo failed: the stream of the body failed"},
	})
}

func TestRedirects(t *testing.T) {
	expect(t, open, [][2]string{
		{`const r = await fetch(base + "/to?status=302&at=/echo#there"); return [r.url, r.redirected, r.status]`, "BASE/echo,true,200"},
		{`const r = await fetch(base + "/to?status=302&at=/echo", { method: "POST", body: "x" }); return r.headers.get("x-seen")`, "GET 0"},
		{`const r = await fetch(base + "/to?status=303&at=/echo", { method: "PUT", body: "x" }); return r.headers.get("x-seen")`, "GET 0"},
		{`const r = await fetch(base + "/to?status=302&at=/echo", { method: "PUT", body: "x" }); return r.headers.get("x-seen") + await r.text()`, "PUT 1 text/plain;charset=UTF-8x"},
		{`const r = await fetch(base + "/to?status=307&at=/echo", { method: "POST", body: "x" }); return r.headers.get("x-seen") + await r.text()`, "POST 1 text/plain;charset=UTF-8x"},
		{`const r = await fetch(base + "/to?status=308&at=" + other + "/headers", { headers: { Authorization: "secret", Cookie: "c", "X-Own": "me" } }); return (await r.text()).split("|").slice(0, 3)`, ",,me"},
		{`const r = await fetch(base + "/to?status=302&at=/headers", { headers: { Authorization: "secret" } }); return (await r.text()).split("|")[0]`, "secret"},
		{`const r = await fetch(base + "/to?status=302&at=/echo", { redirect: "manual" }); return [r.status, r.headers.get("location"), r.redirected]`, "302,/echo,false"},
		{`return fetch(base + "/to?status=302&at=/echo", { redirect: "error" })`, `TypeError: fetch of BASE/to?status=302&at=/echo failed: the server redirects, and redirect is "error"`},
		{`const to = (at) => fetch(base + "/raw?" + encodeURIComponent("HTTP/1.1 302 Found\r\nLocation: " + at + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")); const seen = [];
			for (const at of ["/echo?é b", "\\\\HOST\\echo".replace("HOST", base.slice(7)), "/echo?\\"]) seen.push((await to(at)).url); return seen`, "BASE/echo?%C3%A9%20b,BASE/echo,BASE/echo?\\"},
		{`const to = (rest, init) => fetch(base + "/raw?" + encodeURIComponent("HTTP/1.1 302 Found\r\n" + rest + "Content-Length: 2\r\nConnection: close\r\n\r\nhi"), init).then((r) => r.text(), (e) => e.cause.message);
			return [await to(""), await to("", { redirect: "error" }), await to("Location:\r\n")]`, `hi,the server redirects, and redirect is "error",redirected more than 20 times`},
		{`return fetch(base + "/loop")`, "TypeError: fetch of BASE/loop failed: redirected more than 20 times"},
		{`return fetch(base + "/to?status=302&at=file:///etc/passwd")`, `TypeError: fetch of BASE/to?status=302&at=file:///etc/passwd failed: redirected to "file:///etc/passwd", which is no address`},
		{`const body = new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)); c.close() } }); return fetch(base + "/to?status=307&at=/echo", { method: "POST", body, duplex: "half" })`,
			"TypeError: fetch of BASE/to?status=307&at=/echo failed: redirected with a body that was a stream, which cannot be sent again"},
	})
}

func TestFailures(t *testing.T) {
	o := open
	o.MaxBodyBytes = 1 << 20
	expect(t, o, [][2]string{
		{`return fetch()`, "TypeError: fetch needs 1 argument, but got 0"},
		{`return fetch("file:///etc/passwd")`, `TypeError: fetch of file:///etc/passwd failed: the scheme "file" is not supported`},
		{`return fetch("http://127.0.0.1:1").catch((e) => [e.name, e.message.includes("refused"), e.cause instanceof Error])`, "TypeError,true,true"},
		{`return (await fetch(base + "/broken")).text().catch((e) => e.message)`, "fetch of BASE/broken failed: the body cannot be decompressed: gzip: invalid header"},
		{`return (await fetch(base + "/big")).arrayBuffer().catch((e) => e.message)`, "fetch of BASE/big failed: the body is too large to be read at once: read it as a stream"},
		{`return (await fetch(base + "/cut")).text().catch((e) => e.name + e.message)`, "TypeErrorfetch of BASE/cut failed: unexpected EOF"},
		{`return fetch(base + "/raw?" + encodeURIComponent("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")).catch((e) => e.cause.message)`, "the server switches to another protocol, which was not asked for"},
		{`return fetch("data:nothing").catch((e) => e.message)`, "fetch of a data: URL failed: it is not valid"},
		{`const r = await fetch(base + "/echo"); await r.text(); return r.text().catch((e) => e.name)`, "TypeError"},
	})
	o = open
	o.HeaderTime = 50 * time.Millisecond
	expect(t, o, [][2]string{{`return fetch(base + "/never")`, "TypeError: fetch of BASE/never failed: the server did not answer in time"}})
	o = open
	o.StallTime = 50 * time.Millisecond
	expect(t, o, [][2]string{{`return (await fetch(base + "/stall")).text()`, "TypeError: fetch of BASE/stall failed: the body made no progress in time, or nobody read it"}})
}

func TestAbort(t *testing.T) {
	expect(t, open, [][2]string{
		{`return fetch(base + "/echo", { signal: AbortSignal.abort() })`, "AbortError: This operation was aborted"},
		{`return fetch(base + "/never", { signal: AbortSignal.timeout(20) })`, "TimeoutError: The operation timed out"},
		{`const c = new AbortController(), going = fetch(base + "/never", { signal: c.signal }); setTimeout(() => c.abort("mine"), 10); return going`, "mine"},
		{`const c = new AbortController(), r = await fetch(base + "/stall", { signal: c.signal }), reader = r.body.getReader(); await reader.read(); setTimeout(() => c.abort("mine"), 10); return reader.read()`, "mine"},
		{`const c = new AbortController(), r = await fetch(base + "/echo", { method: "POST", body: "here already", signal: c.signal }); c.abort("mine"); return r.text()`, "mine"},
		{`const c = new AbortController(), r = await fetch(base + "/echo", { method: "POST", body: "here already", signal: c.signal }), reader = r.body.getReader(); c.abort("mine"); return reader.read()`, "mine"},
		{`const c = new AbortController(), r = await fetch(base + "/echo", { method: "POST", body: "all", signal: c.signal }), text = await r.text(); c.abort("late"); return text`, "all"},
		{`const c = new AbortController(), r = await fetch(base + "/stall", { signal: c.signal }); setTimeout(() => c.abort(), 10); return r.text()`, "AbortError: This operation was aborted"},
	})
}

// Nothing private is reached unless it was granted, by a redirect neither.
func TestRefused(t *testing.T) {
	table := [][2]string{{`return fetch(base + "/echo").catch((e) => e.message.replace(base, "").replace(/:\d+/, ""))`,
		"fetch of /echo failed: dial tcp 127.0.0.1: connections to 127.0.0.1 are not allowed: the operator can allow them (fetch.allow)"}}
	s := site(t)
	rt := newRuntime(t, fetch.Options{})
	got := globalstest.Wait(t, rt, `return fetch("`+s.URL+`/echo").catch((e) => e.name + ": " + e.cause.message)`)
	if !strings.HasPrefix(got, "TypeError: ") || !strings.HasSuffix(got, "connections to 127.0.0.1 are not allowed: the operator can allow them (fetch.allow)") {
		t.Errorf("%s: got %q", table[0][0], got)
	}
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	rt = newRuntime(t, fetch.Options{Allow: []string{"localhost:" + port}})
	got = globalstest.Wait(t, rt, `const ok = (await fetch("http://localhost:`+port+`/echo")).status; return ok + await fetch("http://localhost:`+port+`/to?status=302&at=`+s.URL+`/echo").catch((e) => e.name)`)
	if got != "200TypeError" {
		t.Errorf("localhost is allowed and 127.0.0.1 is not: %q", got)
	}
	if err := fetch.CheckAllow([]string{"http://x"}); err == nil {
		t.Error("an entry that is a URL was taken")
	}
}

// More requests than there are places wait; beyond the bound they fail.
func TestManyRequests(t *testing.T) {
	o := open
	o.MaxRequests = 2
	expect(t, o, [][2]string{
		{`return (await Promise.all(Array.from({ length: 30 }, async (_, i) => (await fetch(base + "/echo", { method: "POST", body: String(i) })).text()))).join("")`,
			"01234567891011121314151617181920212223242526272829"},
		{`const kept = await Promise.allSettled(Array.from({ length: 34 }, () => fetch(base + "/echo", { method: "POST", body: "x" }))); return kept.filter((r) => r.status === "rejected").map((r) => r.reason.cause.message)`,
			"too many requests are under way, or answers whose body is neither read nor cancelled,too many requests are under way, or answers whose body is neither read nor cancelled"},
	})
}

// A runtime that is closed ends its requests at the servers, and its goroutines.
func TestClose(t *testing.T) {
	ended := make(chan struct{}, 2)
	began := make(chan struct{}, 2)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		ended <- struct{}{}
	}))
	defer s.Close()
	rt := newRuntime(t, open)
	if _, err := rt.RunTrusted("test", `fetch("`+s.URL+`"); fetch("`+s.URL+`", { method: "POST", duplex: "half", body: new ReadableStream({}) }); 0`); err != nil {
		t.Fatal(err)
	}
	globalstest.Receive(t, began, "a request")
	globalstest.Receive(t, began, "the other request")
	rt.Close()
	globalstest.Receive(t, ended, "the end of a request")
	globalstest.Receive(t, ended, "the end of the other request")
}

func BenchmarkFetch(b *testing.B) {
	s := site(b)
	rt := newRuntime(b, open)
	b.ReportAllocs()
	for b.Loop() {
		if got := globalstest.Wait(b, rt, `return (await fetch("`+s.URL+`/echo", { method: "POST", body: "hello" })).text()`); got != "hello" {
			b.Fatal(got)
		}
	}
}
