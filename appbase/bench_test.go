package appbase

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/scripting"
)

const benchApp = `
	import { helper } from "./helper";
	@Api({ version: "1.0.0" })
	export default class App extends AppBase {
		private seen = new Map<string, number>();
		@Websocket echo(ws: WsConn) { ws.onMessage((text: string) => ws.send(text)); }
		@Websocket prefix(ws: WsConn) { ws.onMessage((text: string) => ws.send(helper("echo: ", text))); }
		@Websocket later(ws: WsConn) { ws.onMessage(async (text: string) => { ws.send(text); }); }
		@Websocket json(ws: WsConn) { ws.onMessage((text: string) => ws.send({ n: JSON.parse(text).n + 1 })); }
		@Get("/items/:id") item(req: HttpReq) { return { id: req.params.id }; }
		@Get text() { return "Hello, world!"; }
		@Get async soon() { await null; return "Hello, world!"; }
		@Get own() { return new Response("Hello, world!", { headers: { "x-a": "1" } }); }
	}`

func benchFiles(b *testing.B) Source {
	b.Helper()
	dir := b.TempDir()
	writeFiles(b, dir, map[string]string{
		"app.ts": benchApp, "helper.ts": "export function helper(a: string, b: string) { return a + b; }",
	})
	return Source{Name: "app", Entry: filepath.Join(dir, "app.ts")}
}

func BenchmarkCompile(b *testing.B) {
	src := benchFiles(b)
	for b.Loop() {
		if _, err := Compile(context.Background(), src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPrepare is what a reload costs beside the loop: a fresh runtime with all globals.
func BenchmarkPrepare(b *testing.B) {
	w := emptyWorld(b)
	p := benchProgram(b)
	b.ReportAllocs()
	for b.Loop() {
		w.prepare(p)
	}
}

// BenchmarkLoad is what the loop does at a reload: the module is run, the class found, the generations swapped.
func BenchmarkLoad(b *testing.B) {
	w := emptyWorld(b)
	p := benchProgram(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		g := w.prepare(p)
		b.StartTimer()
		w.loadGeneration(g)
	}
}

func (w *world) loadGeneration(g *Generation) {
	w.worker.Evaluate(g, func(routes *Routes, err error) {
		if err != nil {
			w.t.Fatal(err)
		}
		w.worker.Swap(func() { w.routes = routes })
	})
	w.loop.RunPosted()
}

func benchProgram(b *testing.B) *scripting.Program {
	b.Helper()
	p, err := Compile(context.Background(), benchFiles(b))
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func benchWorld(b *testing.B) *world {
	w := emptyWorld(b)
	w.loadGeneration(w.prepare(benchProgram(b)))
	return w
}

// BenchmarkMessage is one text through a script handler and back into the socket.
func BenchmarkMessage(b *testing.B) {
	for _, bc := range []struct{ name, path, text string }{
		{"echo32B", "/echo", strings.Repeat("x", 32)}, {"echo16KiB", "/echo", strings.Repeat("x", 16<<10)},
		{"prefix32B", "/prefix", strings.Repeat("x", 32)}, {"async32B", "/later", strings.Repeat("x", 32)}, {"json", "/json", `{"n":41}`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			w := benchWorld(b)
			s := w.open("1", bc.path)
			s.sent = make([]string, 0, 2)
			b.ReportAllocs()
			for b.Loop() {
				s.sent = s.sent[:0]
				s.conn.Text(bc.text)
			}
			if len(s.sent) != 1 {
				b.Fatal("no answer")
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	w := benchWorld(b)
	route, _, _ := w.routes.Socket("/echo")
	req := request("GET", "/echo", "", nil, nil, "User-Agent", "bench", "Sec-Websocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	s := &sock{state: 1}
	b.ReportAllocs()
	for b.Loop() {
		c := w.worker.Open(s, route, req, Admission{}, "", "id")
		c.Closed(1000, "")
	}
}

// BenchmarkServe is one request through a script handler, to the answer that the server writes.
func BenchmarkServe(b *testing.B) {
	for _, bc := range []struct{ name, path string }{{"text", "/text"}, {"json", "/items/7"}, {"async", "/soon"}, {"response", "/own"}} {
		b.Run(bc.name, func(b *testing.B) {
			w := benchWorld(b)
			m := w.routes.HTTP("GET", bc.path)
			req := request("GET", bc.path, "", nil, m.Params)
			b.ReportAllocs()
			for b.Loop() {
				w.worker.Serve(m.Route, req, func(_ *Response, err error) {
					if err != nil {
						b.Fatal(err)
					}
				})
			}
		})
	}
}
