package testrun_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/testrun"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stores are real ones in the folder of a test file.
type stores struct{ *storage.Stores }

func open(dir string, now func() time.Time) testrun.Store {
	return stores{storage.NewStores(storage.Options{Dir: dir, Relaxed: true, Now: now})}
}

func (s stores) Get(ctx context.Context, app string) (appbase.Store, error) {
	store, err := s.Stores.Get(ctx, app)
	if err != nil {
		return nil, err
	}
	return appstore.Of(store), nil
}

// folder is one with files, by their names.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

// write puts a file in place whole, so that nobody who watches finds a part of it.
func write(t *testing.T, path, text string) {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole")
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(whole, []byte(text), 0o644), os.Rename(whole, path))
	if err != nil {
		t.Fatal(err)
	}
}

// outcome is what came of a run, and what a person reads of it: without times.
type outcome struct {
	files []*testrun.File
	text  string
}

// run runs all tests of a folder, one file after the other.
func run(t *testing.T, o testrun.Options) outcome {
	t.Helper()
	o.Open, o.Jobs = open, 1
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	runner := testrun.New(o)
	files, err := runner.Files()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	report := testrun.NewReport(&out, testrun.ReportOptions{})
	var got outcome
	runner.Run(t.Context(), files, func(f *testrun.File) {
		got.files = append(got.files, f)
		report.File(f)
	})
	report.Summary()
	got.text = times.ReplaceAllString(out.String(), "")
	return got
}

// runFile runs one test file beside the app echo.
func runFile(t *testing.T, text string) outcome {
	t.Helper()
	return run(t, testrun.Options{Dir: folder(t, map[string]string{"echo.js": echo, "echo.test.ts": text})})
}

var times = regexp.MustCompile(`(?m) +(in )?(<1 ms|\d+ ms|[\d.]+ s)$|\d\d:\d\d:\d\d\.\d{3} `)

func count(o outcome, s testrun.Status) (n int) {
	for _, f := range o.files {
		n += f.Count(s)
	}
	return n
}

// passes is for test files in which everything passes.
func passes(t *testing.T, tests int, text string) {
	t.Helper()
	got := runFile(t, text)
	if count(got, testrun.Passed) != tests || count(got, testrun.Failed) > 0 || got.files[0].Failed() {
		t.Errorf("%d passed of %d:\n%s", count(got, testrun.Passed), tests, got.text)
	}
}

// echo is the app under test.
const echo = `
export default class Echo extends AppBase {
  ticks = 0;
  @Websocket room(ws) {
    ws.onMessage((text) => text === "bye" ? ws.close(4001, "bye") : this.broadcast(text));
    ws.onBinary((bytes) => ws.sendBytes(bytes));
  }
  @Websocket({ protocols: ["v2", "v1"], guard: (req) => req.query.token === "t" ? undefined : forbidden("no token") })
  guarded(ws) { ws.send({ protocol: ws.protocol, cookie: ws.cookies.session ?? null, from: ws.remoteAddress, agent: ws.headers["x-agent"] ?? null }); }
  @Get hello(req) { return "hi " + (req.query.name ?? "you"); }
  @Post async double(req) { const { n } = await req.json(); return created({ n: n * 2 }); }
  @Get async slow() { await new Promise((r) => setTimeout(r, 60_000)); return { slow: true, at: Date.now() }; }
  @Scheduled({ every: "1m" }) tick() { this.ticks++; this.broadcast("tick " + this.ticks); }
  @Scheduled({ cron: "0 9 * * *", tz: "Europe/Berlin" }) morning() { this.broadcast("good morning"); }
  @Get async keep(req) { await this.kv.set("k", req.query.v, { ttl: "10m" }); this.cache.set("k", req.query.v, { ttl: "10m" }); return "ok"; }
  @Get async kept() { return { kv: (await this.kv.get("k")) ?? null, cache: this.cache.get("k") ?? null }; }
  @Post async remind() { await this.after("2h", "ring", "up"); return "ok"; }
  ring(what) { this.broadcast("ring " + what); }
  @Get async out() { const r = await fetch("https://api.example.com/x?y=1", { method: "POST", body: "b", headers: { "x-key": "k" } }); return new Response(await r.text(), { status: r.status }); }
  @Get boom() { this.log.warn("about to break"); throw new Error("boom"); }
  @Get("/config") values() { return this.config; }
  @Get digest() { return crypto.subtle.digest("SHA-256", new Uint8Array(3)).then((d) => this.broadcast("digest " + d.byteLength)); }
  @Sse async *events() { for (let i = 0; ; i++) { yield { n: i }; await new Promise((r) => setTimeout(r, 1000)); } }
}
`
