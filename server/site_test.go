package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a whole server for a test: apps in a folder of its own, a free port, and changes that the test tells of.
type site struct {
	t       testing.TB
	dir     string
	server  *Server
	changes *toldChanges
	loaded  chan []AppInfo
	log     *logBuffer
	own     string       // the address to ask, if not that of all apps
	tls     *tls.Config  // of clients; nil: plain
	stop    func() error // ends Run and returns its error; may be called again
}

// viaNetHTTP is in the name of a test whose requests are all served by net/http.
const viaNetHTTP = "via_net_http"

// bothWays runs a test of what clients see twice: where plain requests are answered on the loops of their apps, and where
// net/http serves all. Nobody must be able to tell.
func bothWays(t *testing.T, test func(*testing.T)) {
	t.Run("direct", test)
	t.Run(viaNetHTTP, test)
}

// files are contents by their path below the apps folder.
type files map[string]string

// startSite writes the apps and runs a server until the test ends.
func startSite(t testing.TB, apps files, set ...func(*Options)) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), loaded: make(chan []AppInfo, 100), log: &logBuffer{}}
	s.changes = &toldChanges{events: make(chan []string), watched: make(chan []string, 100)}
	s.write(apps)
	o := Options{
		AppsDir: s.dir, Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Changes: s.changes, Loaded: func(apps []AppInfo) { s.loaded <- apps },
		indirect: strings.Contains(t.Name(), viaNetHTTP),
	}
	o.Limits.CallTime, o.Limits.Socket.PingAfter = clientPatience, time.Hour // a machine may be busy; what is about these times sets its own
	for _, f := range set {
		f(&o)
	}
	var err error
	if s.server, err = New(o); err != nil {
		t.Fatal(err)
	}
	s.run()
	await(t, s.loaded, "the apps to be loaded")
	return s
}

// await receives from a channel, or fails the test with what it waited for.
func await[T any](t testing.TB, ch <-chan T, what string) T {
	t.Helper()
	select {
	case got := <-ch:
		return got
	case <-time.After(clientPatience):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

func (s *site) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.server.Run(ctx) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(3 * clientPatience):
			s.t.Error("the server does not stop")
			return nil
		}
	})
	s.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			s.t.Errorf("Run: %v", err)
		}
		if s.t.Failed() {
			s.t.Log(s.log.String())
		}
	})
}

func (s *site) addr() string {
	if s.own != "" {
		return s.own
	}
	return s.server.Addr().String()
}

func (s *site) scheme() string {
	if s.tls != nil {
		return "https"
	}
	return "http"
}

// write makes files below the apps folder.
func (s *site) write(apps files) {
	s.t.Helper()
	for name, text := range apps {
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// save writes files and tells the server so.
func (s *site) save(apps files) {
	s.t.Helper()
	s.write(apps)
	var paths []string
	for name := range apps {
		paths = append(paths, filepath.Join(s.dir, filepath.FromSlash(name)))
	}
	s.changed(paths...)
}

// changed tells the server of files that have changed.
func (s *site) changed(paths ...string) {
	s.t.Helper()
	select {
	case s.changes.events <- paths:
	case <-time.After(clientPatience):
		s.t.Fatalf("the server does not hear that %q changed", paths)
	}
}

// next waits for the next report of loaded apps.
func (s *site) next() AppInfo {
	s.t.Helper()
	return await(s.t, s.loaded, "an app to be loaded")[0]
}

// do sends a request with net/http and returns the answer and its body.
func (s *site) do(method, path, body string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), clientPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.scheme()+"://"+s.addr()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: s.tls}
	res, err := transport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

// get is do for a GET that must be answered with 200.
func (s *site) get(path string, headers ...string) string {
	s.t.Helper()
	res, body := s.do("GET", path, "", headers...)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %s", path, res.Status, body)
	}
	return body
}

// toldChanges are file changes that a test tells of.
type toldChanges struct {
	events  chan []string
	watched chan []string
}

func (c *toldChanges) Watch(paths []string) error {
	c.watched <- paths
	return nil
}

func (c *toldChanges) Events() <-chan []string { return c.events }

// logBuffer keeps a log, and lets a test wait for a line.
type logBuffer struct {
	mu      sync.Mutex
	text    bytes.Buffer
	waiting map[string]chan struct{}
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.text.Write(p)
	for part, found := range b.waiting {
		if bytes.Contains(b.text.Bytes(), []byte(part)) {
			close(found)
			delete(b.waiting, part)
		}
	}
	return n, err
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// wait returns once the log holds part.
func (b *logBuffer) wait(t testing.TB, part string) {
	t.Helper()
	b.mu.Lock()
	if bytes.Contains(b.text.Bytes(), []byte(part)) {
		b.mu.Unlock()
		return
	}
	found := make(chan struct{})
	if b.waiting == nil {
		b.waiting = map[string]chan struct{}{}
	}
	b.waiting[part] = found
	b.mu.Unlock()
	select {
	case <-found:
	case <-time.After(clientPatience):
		t.Fatalf("the log never said %q:\n%s", part, b)
	}
}
