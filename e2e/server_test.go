package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what should come at once.
const patience = 90 * time.Second

// dataVariable sets the folder of what apps keep.
const dataVariable = "SIGIL_DATA"

// sigil is one running server.
type sigil struct {
	t        *testing.T
	apps     string // its folder of apps
	address  string // "127.0.0.1:PORT"
	stdout   *output
	stderr   *output
	process  *os.Process
	exited   chan struct{} // closed when the process is gone
	exitCode int           // valid once exited is closed; -1: ended by a signal
}

// start serves the folder of apps on a free port and waits until it listens. The server ends with the test.
func start(t *testing.T, apps string, flags ...string) *sigil {
	t.Helper()
	s := launch(t, append([]string{"serve", "--listen", "127.0.0.1:" + freePorts(t, 1)[0], "--admin", "off", "--apps", apps}, flags...)...)
	s.apps = apps
	line := s.stdout.await(t, "listening on http://", "\n")
	s.address = strings.TrimSpace(line)
	return s
}

// launch starts the program with any arguments, and ends it with the test.
func launch(t *testing.T, args ...string) *sigil {
	t.Helper()
	return launchProgram(t, binary, args...)
}

// launchProgram starts any program that is to run as long as the test.
func launchProgram(t *testing.T, program string, args ...string) *sigil {
	t.Helper()
	s := &sigil{t: t, stdout: newOutput(), stderr: newOutput(), exited: make(chan struct{})}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = s.stdout, s.stderr
	cmd.WaitDelay = patience
	if os.Getenv(dataVariable) == "" { // a test of its own sets it to keep what apps store over a restart
		cmd.Env = append(os.Environ(), dataVariable+"="+filepath.Join(t.TempDir(), "data"))
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.process = cmd.Process
	go func() {
		_ = cmd.Wait() // the exit code tells
		s.exitCode = cmd.ProcessState.ExitCode()
		close(s.exited)
	}()
	t.Cleanup(s.end)
	return s
}

// end kills what is still running, and shows what the server said if the test failed.
func (s *sigil) end() {
	_ = s.process.Kill() // an error: it is gone already
	<-s.exited
	if s.t.Failed() {
		s.t.Logf("standard error of the server:\n%s", tail(s.stderr.String()))
	}
}

func tail(text string) string {
	const most = 6000
	if len(text) > most {
		return "..." + text[len(text)-most:]
	}
	return text
}

func (s *sigil) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (s *sigil) exit(within time.Duration) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), within)
	defer cancel()
	select {
	case <-s.exited:
	case <-ctx.Done():
		s.t.Fatalf("the server still runs after %v", within)
	}
	return s.exitCode
}

func (s *sigil) ws(path string) string   { return "ws://" + s.address + path }
func (s *sigil) http(path string) string { return "http://" + s.address + path }

// get asks once over a connection of its own.
func (s *sigil) get(path string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.http(path), nil)
	if err != nil {
		return 0, "", err
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// write puts a file of the apps folder in place, as editors do that rename over the old one.
func (s *sigil) write(name, text string) { s.t.Helper(); save(s.t, filepath.Join(s.apps, name), text) }

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), replace(path, text)); err != nil {
		t.Fatal(err)
	}
}

func replace(path, text string) error {
	temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".swp")
	return errors.Join(os.WriteFile(temporary, []byte(text), 0o644), os.Rename(temporary, path))
}

// appsOf makes a folder of apps from file names and contents.
func appsOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "apps")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		save(t, filepath.Join(dir, name), text)
	}
	return dir
}

// sampleApps is a copy of the sample apps, so that a test may change them.
func sampleApps(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "apps")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "apps"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// eventually polls until done answers true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

// output keeps what a process writes and wakes those who wait for it.
type output struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed and renewed by every write
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) String() string {
	text, _ := o.snapshot()
	return text
}

func (o *output) snapshot() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}

// await waits for begin, followed by end, and returns what stands between them.
func (o *output) await(t *testing.T, begin, end string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		text, changed := o.snapshot()
		if _, rest, ok := strings.Cut(text, begin); ok {
			if found, _, ok := strings.Cut(rest, end); ok {
				return found
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("waited %v in vain for %q; there is:\n%s", patience, begin, tail(text))
		}
	}
}

// command runs a program to its end and returns what it wrote to both outputs, and its exit code.
func command(t *testing.T, dir, name string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(fmt.Errorf("running %s: %w", name, err))
	}
	return string(text), cmd.ProcessState.ExitCode()
}
