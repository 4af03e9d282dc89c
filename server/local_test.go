package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// newLocalOf hosts apps without ports.
func newLocalOf(t *testing.T, files map[string]string) *Local {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := NewLocal(LocalOptions{Options: Options{AppsDir: dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func (l *Local) ask(t *testing.T, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	l.Serve(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil), "", func() {})
	return w.Code, strings.TrimSpace(w.Body.String())
}

// Apps are started one by one, restarted, reloaded and configured.
func TestLocalApps(t *testing.T) {
	l := newLocalOf(t, map[string]string{
		"shop.js": `export default class Shop extends AppBase { @Get hello() { return this.generation + " " + (this.config.who ?? "you"); } }`,
		"bad.js":  `export default class Bad extends AppBase {`,
	})
	ctx := t.Context()
	if status, _ := l.ask(t, "/shop/hello"); status != http.StatusNotFound {
		t.Errorf("an app that was not started answers %d", status)
	}
	for _, step := range []struct {
		name string
		do   func(context.Context, string) error
		want string
	}{
		{"start", l.Start, "1 you"},
		{"start again", l.Start, "1 you"},
		{"reload", l.Reload, "2 you"},
		{"restart", l.Restart, "1 you"},
		{"configure", func(ctx context.Context, name string) error {
			return l.Configure(ctx, name, map[string]any{"who": "me"})
		}, "1 me"},
	} {
		if err := step.do(ctx, "shop"); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if _, got := l.ask(t, "/shop/hello"); got != step.want {
			t.Errorf("after %s it says %q, want %q", step.name, got, step.want)
		}
	}
	if err := l.Start(ctx, "nobody"); !errors.Is(err, ErrNoApp) {
		t.Errorf("an app that is not there: %v", err)
	}
	var mistakes scripting.Errors
	for range 2 {
		if err := l.Start(ctx, "bad"); !errors.As(err, &mistakes) {
			t.Errorf("an app that is broken: %v", err)
		}
	}
	if inputs := l.Inputs(); !slices.ContainsFunc(inputs, func(p string) bool { return strings.HasSuffix(p, "bad.js") }) || len(inputs) != 2 {
		t.Errorf("the inputs are %q", inputs)
	}
	if name := l.AppAt("/shop/hello"); name != "shop" {
		t.Errorf("the app at /shop/hello is %q", name)
	}
}

// A request that waits for an app is no work; the app at work is, and so is the answer on its way.
func TestLocalWork(t *testing.T) {
	l := newLocalOf(t, map[string]string{"shop.js": `
export default class Shop extends AppBase {
  @Get wait() { return new Promise((resolve) => { this.go = resolve; }); }
  @Get let() { this.go("went"); }
}`})
	if err := l.Start(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	before, _ := l.Work()
	answers := make(chan string, 1)
	go func() {
		_, text := l.ask(t, "/shop/wait")
		answers <- text
	}()
	settled := func() (total uint64) {
		for deadline := time.Now().Add(time.Minute); ; {
			total, busy := l.Work()
			if again, still := l.Work(); total > before && !busy && !still && again == total {
				return total
			}
			if time.Now().After(deadline) {
				t.Fatal("it does not come to rest")
			}
		}
	}
	waiting := settled()
	l.ask(t, "/shop/let")
	if got := await(t, answers, "the answer"); got != "went" {
		t.Errorf("the answer is %q", got)
	}
	after := settled()
	if outside, work := l.Outstanding(t.Context()); after <= waiting || outside+work != 0 {
		t.Errorf("%d after %d, %d and %d outstanding", after, waiting, outside, work)
	}
}

// What still waits when it is closed has an answer.
func TestLocalClose(t *testing.T) {
	l := newLocalOf(t, map[string]string{"shop.js": `export default class Shop extends AppBase { @Get wait() { return new Promise(() => {}); } }`})
	if err := l.Start(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	before, _ := l.Work()
	status := make(chan int, 1)
	go func() {
		code, _ := l.ask(t, "/shop/wait")
		status <- code
	}()
	eventually(t, func() bool {
		total, busy := l.Work()
		return !busy && total > before
	})
	l.Close()
	if got := await(t, status, "the answer"); got != http.StatusServiceUnavailable && got != http.StatusInternalServerError {
		t.Errorf("the answer is %d", got)
	}
	if err := l.Start(t.Context(), "shop"); err == nil {
		t.Error("an app was started after the end")
	}
}
