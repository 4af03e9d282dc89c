package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
)

const jobsApp = `export default class Todo extends AppBase {
	@Get async later(req) { return this.after(req.query.in, "ring", { n: req.query.n }); }
	@Get async rung() { return await this.kv.get("rung") ?? "none"; }
	async ring({ n }) { await this.kv.set("rung", n); }
	@Scheduled({ every: "24h" }) async daily() { await this.kv.set("rung", "daily"); }
	@Scheduled({ cron: "0 9 * * *", tz: "Europe/Berlin" }) morning() {}
	@Listener feed(signal) { return new Promise((end) => signal.addEventListener("abort", end)); }
}`

// hosted is a running server with a store, beside which commands are run.
type hosted struct {
	t    *testing.T
	dir  string
	s    *server.Server
	stop func()
}

func host(t *testing.T, dir string, o storage.Options) *hosted {
	t.Helper()
	o.Dir = filepath.Join(dir, "data")
	stores := storage.NewStores(o)
	s, err := server.New(server.Options{
		AppsDir: filepath.Join(dir, "apps"), Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		Store: storeOf(stores), Kept: stores.Exists, Own: ownOf(&conf.Config{Reload: true}),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	h := &hosted{t: t, dir: dir, s: s}
	h.stop = func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("the server does not stop")
		}
		if err := stores.Close(); err != nil {
			t.Error(err)
		}
	}
	return h
}

func (h *hosted) get(path string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+h.s.Addr().String()+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s %s %v", path, res.Status, body, err)
	}
	return string(body)
}

// sigil runs the command and returns what it prints.
func (h *hosted) sigil(args ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	var out, errs bytes.Buffer
	code = run(append(args, "--config", filepath.Join(h.dir, "sigil.yaml")), &out, &errs)
	return out.String(), errs.String(), code
}

func TestJobs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"apps/todo.js": jobsApp, "sigil.yaml": "data: " + filepath.Join(dir, "data") + "\napps: " + filepath.Join(dir, "apps") + "\nadmin: off\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := host(t, dir, storage.Options{})
	first, second := h.get("/todo/later?in=48h&n=1"), h.get("/todo/later?in=1h&n=2")
	http.DefaultClient.CloseIdleConnections()
	admin := "--admin=" + h.s.AdminAddr().String()

	out, errs, code := h.sigil("jobs", admin)
	for _, want := range []string{
		`todo +listener +feed +- +running`, `todo +schedule +daily +20.*\(in 2[34]h.*\) +24h`, `todo +schedule +morning +20.* 0 9 \* \* \* Europe/Berlin`,
		`todo +timer +ring +20.*\(in (1h0m|59m\d+s)\) +\{"n":"2"\} +` + second, `(?s)` + second + `.*\(in 4\dh.*\{"n":"1"\} +` + first,
	} {
		if !regexp.MustCompile(want).MatchString(out) || code != 0 {
			t.Errorf("%q is missing (exit %d, %s):\n%s", want, code, errs, out)
		}
	}
	if out, _, _ := h.sigil("jobs", "nobody", admin); out != "no jobs\n" {
		t.Errorf("of no app: %s", out)
	}
	out, _, _ = h.sigil("jobs", "show", "todo", first, admin)
	var job server.Job
	if err := json.Unmarshal([]byte(out), &job); err != nil || job.Method != "ring" || !strings.Contains(string(job.Argument), `"n": "1"`) {
		t.Errorf("show: %v %+v", err, job)
	}
	if _, errs, code := h.sigil("jobs", "run", "todo", second, admin); code != 0 {
		t.Error(errs)
	}
	h.until("/todo/rung", "2")
	if _, errs, code := h.sigil("jobs", "run", "todo", "daily", admin); code != 0 {
		t.Error(errs)
	}
	h.until("/todo/rung", "daily")
	for _, wrong := range [][]string{{"cancel", "todo", "daily"}, {"cancel", "todo", "nothing"}, {"run", "todo", "feed"}, {"show", "nobody", first}} {
		if out, errs, code := h.sigil(append(append([]string{"jobs"}, wrong...), admin)...); code == 0 || !strings.HasPrefix(errs, "sigil: "+wrong[0]) {
			t.Errorf("%v: exit %d, %s%s", wrong, code, out, errs)
		}
	}
	foreign, err := http.NewRequestWithContext(t.Context(), "DELETE", "http://"+h.s.AdminAddr().String()+"/jobs/todo/"+first, nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign.Header.Set("Origin", "https://evil.example")
	res, err := http.DefaultClient.Do(foreign)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("a foreign page: %v %v", res, err)
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	h.stop()

	// Of an app that does not run its data tells.
	out, _, _ = h.sigil("jobs", "--offline")
	if !strings.Contains(out, first) || strings.Contains(out, second) || strings.Contains(out, "daily") {
		t.Errorf("offline:\n%s", out)
	}
	if _, errs, code := h.sigil("jobs", "cancel", "todo", first); code != 0 {
		t.Error(errs)
	}
	if out, _, _ := h.sigil("jobs", "--json"); !strings.Contains(out, `"jobs": []`) {
		t.Errorf("after it was canceled:\n%s", out)
	}
}

// until asks again until the answer is as wanted.
func (h *hosted) until(path, want string) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		got := h.get(path)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%s is %s, not %s", path, got, want)
		}
	}
}
