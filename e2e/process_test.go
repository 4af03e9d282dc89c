package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sync/errgroup"
)

func TestTermSaysGoodbye(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": `
export default class App extends AppBase {
  @Websocket room(ws) { ws.onMessage((text) => ws.send(text)); ws.onClose((code) => this.log.info("saw", code)); }
  @OnStop stop(reason) { this.log.info("stopped by", reason); }
}`}))
	clients := make([]*socket, 50)
	for i := range clients {
		clients[i] = dial(t, s.ws("/app/room"))
		clients[i].ask("ready")
	}
	s.signal(syscall.SIGTERM)
	for _, client := range clients {
		if code, reason := client.end(); code != 1001 {
			t.Errorf("a client was closed with %d %q, want 1001", code, reason)
		}
	}
	if code := s.exit(patience); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if !strings.Contains(s.stderr.String(), "stopped by shutdown") {
		t.Error(`@OnStop did not run with "shutdown"`)
	}
}

// A call that is under way is finished first.
func TestTermWaitsForCalls(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": `
export default class App extends AppBase {
  @Get async slow() { this.log.info("slow began"); await new Promise((r) => setTimeout(r, 500)); return "done"; }
}`}))
	var g errgroup.Group
	var body string
	g.Go(func() (err error) {
		_, body, err = s.get("/app/slow")
		return err
	})
	s.stderr.await(t, "INFO  app:", "slow began")
	s.signal(syscall.SIGTERM)
	if err := g.Wait(); err != nil || body != "done" {
		t.Errorf("the call under way got %q, %v", body, err)
	}
	if code := s.exit(patience); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestSecondTermEndsAtOnce(t *testing.T) {
	t.Setenv("SIGIL_LIMITS_STOP_WITHIN", "1h")
	s := start(t, appsOf(t, map[string]string{"app.js": `
export default class App extends AppBase {
  @Get hang() { this.log.info("it hangs"); return new Promise(() => {}); }
}`}))
	ctx, cancel := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.http("/app/hang"), nil)
		if err != nil {
			return err
		}
		req.Close = true
		if res, err := http.DefaultClient.Do(req); err == nil {
			return res.Body.Close()
		}
		return nil // cut off, as is right
	})
	defer func() {
		cancel()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	}()
	s.stderr.await(t, "INFO  app:", "it hangs")
	s.signal(syscall.SIGTERM)
	eventually(t, "the listener to be closed", func() bool {
		_, err := connect(t.Context(), s.ws("/app/hang"))
		return err != nil
	})
	select {
	case <-s.exited:
		t.Fatal("the first signal did not wait for the call")
	default:
	}
	s.signal(syscall.SIGTERM)
	if code := s.exit(patience); code == 0 {
		t.Error("exit code 0 though a call was cut off")
	}
}

func TestStartMistakes(t *testing.T) {
	running := start(t, appsOf(t, map[string]string{"app.js": versioned("one")}))
	file := filepath.Join(t.TempDir(), "file")
	save(t, file, "not a folder")
	gone := filepath.Join(t.TempDir(), "gone")
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"port in use":      {[]string{"--apps", running.apps, "--listen", running.address}, running.address},
		"no such folder":   {[]string{"--apps", gone, "--listen", "127.0.0.1:0"}, gone},
		"file, not folder": {[]string{"--apps", file, "--listen", "127.0.0.1:0"}, file},
	} {
		t.Run(name, func(t *testing.T) {
			s := launch(t, append([]string{"serve", "--admin", "off"}, c.args...)...)
			if code := s.exit(patience); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			text := withoutInfo(s.stderr.String())
			mistake, hint, _ := strings.Cut(text, "\n")
			if !strings.HasPrefix(mistake, "sigil: ") || !strings.Contains(mistake, c.says) {
				t.Errorf("it should say in one line what is wrong with %s, but says:\n%s", c.says, text)
			}
			if hint != "" && (!strings.HasPrefix(hint, "  hint: ") || strings.Count(hint, "\n") != 1) {
				t.Errorf("below that may stand one hint, but it says:\n%s", text)
			}
		})
	}
}

// A folder that may not be read, tried as an ordinary user would see it: root may read everything, so for root the folder
// hangs below a link that leads nowhere.
func TestUnreadableFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "apps")
	var err error
	if os.Geteuid() == 0 {
		err = os.Symlink(dir, dir)
	} else {
		err = os.Mkdir(dir, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := launch(t, "serve", "--admin", "off", "--listen", "127.0.0.1:0", "--apps", dir)
	if code := s.exit(patience); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if text := withoutInfo(s.stderr.String()); strings.Count(text, "\n") != 1 || !strings.Contains(text, dir) {
		t.Errorf("it should name the folder in one line, but says:\n%s", text)
	}
}

// withoutInfo leaves lines of the log out that are no complaint.
func withoutInfo(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, " INFO ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func TestStartsAgainAfterKill(t *testing.T) {
	apps := appsOf(t, map[string]string{"app.js": versioned("one")})
	s := start(t, apps)
	ws := dial(t, s.ws("/app/echo"))
	ws.ask("hi")
	s.signal(syscall.SIGKILL)
	s.exit(patience)
	again := launch(t, "serve", "--admin", "off", "--listen", s.address, "--apps", apps)
	again.address = s.address
	again.stdout.await(t, "listening on http://"+s.address, "\n")
	if got := dial(t, again.ws("/app/echo")).ask("hi"); got != "one hi" {
		t.Errorf("after the restart: %q", got)
	}
}
