package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const secureApp = `
export default class App extends AppBase {
  @Get where(req) { return req.url; }
  @Get index() { return "<!doctype html><title>secure</title>"; }
  @Post("/size") async size(req) { return (await req.text()).length + ""; }
  @Get async *stream() { for (let i = 0; i < 3; i++) { yield "piece " + i + "\n"; await new Promise((r) => setTimeout(r, 20)); } }
  @Sse async *ticks() { for (let i = 0; i < 3; i++) { yield { data: i }; await new Promise((r) => setTimeout(r, 20)); } }
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); }
}`

// secured is a server behind TLS, and who may trust it.
type secured struct {
	*sigil
	roots *x509.CertPool
	name  string // that clients ask for
}

// startSecured serves by a configuration that makes it listen by TLS.
func startSecured(t *testing.T, config string, roots *x509.CertPool, name string) *secured {
	t.Helper()
	apps := appsOf(t, map[string]string{"app.js": secureApp})
	s := launch(t, "serve", "--listen", "127.0.0.1:0", "--admin", "off", "--apps", apps, "--config", saveText(t, "sigil.yaml", config))
	s.apps = apps
	s.address = strings.TrimSpace(s.stdout.await(t, "listening on https://", "\n"))
	return &secured{s, roots, name}
}

// agent keeps its connections until the test ends. It asks this server, whatever the name.
func (s *secured) agent(http2 bool) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots, ServerName: s.name}, Protocols: &http.Protocols{},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.address)
		}}
	transport.Protocols.SetHTTP2(http2)
	transport.Protocols.SetHTTP1(!http2)
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// get asks over HTTP/2, and returns the serial number of the certificate, too.
func (s *secured) ask(agent *http.Client, path string) (body string, serial int64) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "https://"+s.name+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := agent.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text), res.TLS.PeerCertificates[0].SerialNumber.Int64()
}

// dial opens a WebSocket by TLS.
func (s *secured) dial(path string) *socket {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "wss://"+s.name+path, &websocket.DialOptions{HTTPClient: s.agent(false)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{s.t, conn}
}

func filesConfig(dir, more string) string {
	return fmt.Sprintf("tls:\n  cert: %q\n  key: %q\n%s", filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), more)
}

// A certificate that is replaced is shown to new connections; those that are open do not notice. One that cannot be used
// changes nothing.
func TestCertificateIsReplaced(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	first := ca.issue(dir, time.Now().Add(time.Hour))
	s := startSecured(t, filesConfig(dir, ""), ca.pool(), "localhost")
	old, agent := s.dial("/app/echo"), s.agent(true)
	if body, serial := s.ask(agent, "/app/where"); body != "https://localhost/app/where" || serial != first {
		t.Fatalf("%q, serial %d, want %d", body, serial, first)
	}
	second := ca.issue(dir, time.Now().Add(48*time.Hour))
	s.stderr.await(t, "certificates have changed; new connections", "\n")
	check := func() {
		t.Helper()
		if got := old.ask("still here"); got != "still here" {
			t.Errorf("the open WebSocket: %q", got)
		}
		if _, serial := s.ask(agent, "/app/where"); serial != first {
			t.Errorf("the open connection of HTTP/2 is gone: serial %d", serial)
		}
		if _, serial := s.ask(s.agent(true), "/app/where"); serial != second {
			t.Errorf("a new connection: serial %d, want %d", serial, second)
		}
		if got := s.dial("/app/echo").ask("new"); got != "new" {
			t.Errorf("a new WebSocket: %q", got)
		}
	}
	check()
	save(t, filepath.Join(dir, "key.pem"), "nonsense")
	s.stderr.await(t, "cannot be used; those from before go on", "\n")
	check()
}

// What is wrong with certificates is said in one line at the start, and by check.
func TestCertificateMistakes(t *testing.T) {
	ca, fine, other, old := newAuthority(t), t.TempDir(), t.TempDir(), t.TempDir()
	ca.issue(fine, time.Now().Add(time.Hour))
	ca.issue(other, time.Now().Add(time.Hour))
	ca.issue(old, time.Now().Add(-time.Minute))
	in := func(dir, name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct{ config, says string }{
		"another's key": {fmt.Sprintf("tls: {cert: %q, key: %q}", in(fine, "cert.pem"), in(other, "key.pem")), "private key does not match public key"},
		"expired":       {filesConfig(old, ""), "has expired"},
		"missing":       {fmt.Sprintf("tls: {cert: %q, key: %q}", in(fine, "gone.pem"), in(fine, "key.pem")), "gone.pem: no such file"},
		"no key":        {fmt.Sprintf("tls: {cert: %q}", in(fine, "cert.pem")), "tls.key: must name as many files"},
		"terms":         {`tls: {acme: {domains: ["a.example"]}}`, "tls.acme.agree: must be true"},
		"no way in":     {`tls: {acme: {domains: ["a.example"], agree: true, challenges: ["http-01"]}}`, "http-01 needs tls.http"},
		"plain":         {filesConfig(fine, "  plain: [\"127.0.0.1:1\"]\n"), "must be the address of a mount"},
		"nothing":       {`tls: {http: ":80"}`, "needs tls.cert and tls.key"},
		"wildcard":      {`tls: {acme: {domains: ["*.example.com"], agree: true}}`, "*.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			config := saveText(t, "sigil.yaml", c.config)
			s := launch(t, "serve", "--admin", "off", "--listen", "127.0.0.1:0", "--apps", appsOf(t, nil), "--config", config)
			if code := s.exit(patience); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			if text := withoutInfo(s.stderr.String()); strings.Count(text, "\n") != 1 || !strings.Contains(text, c.says) {
				t.Errorf("it should say in one line %q, but says:\n%s", c.says, text)
			}
			check := launch(t, "check", "--config", config)
			if code := check.exit(patience); code != 1 || !strings.Contains(check.stderr.String(), c.says) {
				t.Errorf("check ends with %d and says:\n%s", code, check.stderr.String())
			}
		})
	}
}

// curl speaks HTTP/2 and 1.1 with it, streams included, and is sent on from plain HTTP.
func TestCurl(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(dir, time.Now().Add(time.Hour))
	s := startSecured(t, filesConfig(dir, "  http: \"127.0.0.1:0\"\n"), ca.pool(), "localhost")
	plain := strings.TrimSpace(s.stdout.await(t, "plain HTTP on http://", "\n"))
	_, port, _ := net.SplitHostPort(s.address)
	curl := func(args ...string) string {
		t.Helper()
		text, code := command(t, ".", "curl", append([]string{"-sS", "--cacert", ca.file, "-w", " %{http_version} %{http_code} %{num_redirects}"}, args...)...)
		if code != 0 {
			t.Errorf("curl %q ends with %d", args, code)
		}
		return text
	}
	base := "https://localhost:" + port + "/app/"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--http2", base + "where"}, base + "where 2 200 0"},
		{[]string{"--http1.1", base + "where"}, base + "where 1.1 200 0"},
		{[]string{"--http2", "-d", strings.Repeat("x", 100_000), base + "size"}, "100000 2 200 0"},
		{[]string{"--http2", base + "stream"}, "piece 0\npiece 1\npiece 2\n 2 200 0"},
		{[]string{"--http2", base + "ticks"}, "retry: 3000\n\ndata: 0\n\ndata: 1\n\ndata: 2\n\n 2 200 0"},
		{[]string{"--http2", "-L", strings.Replace("http://"+plain, "127.0.0.1", "localhost", 1) + "/app/where?a=1"}, base + "where?a=1 2 200 1"},
		{[]string{"--http2", "-L", "-d", "abc", strings.Replace("http://"+plain, "127.0.0.1", "localhost", 1) + "/app/size"}, "3 2 200 1"},
	} {
		if got := curl(c.args...); got != c.want {
			t.Errorf("curl %.100q: %q, want %q", c.args, got, c.want)
		}
	}
	if _, code := command(t, ".", "curl", "-sS", "--tls-max", "1.1", "--cacert", ca.file, base+"where"); code == 0 {
		t.Error("TLS 1.1 is spoken")
	}
	if _, code := command(t, ".", "curl", "-sS", base+"where"); code != 60 {
		t.Errorf("curl without the root ends with %d, want 60", code)
	}
}

// ws of npm and the fetch of Node talk by TLS, and not with who has no certificate that they trust.
func TestNodeByTLS(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(dir, time.Now().Add(time.Hour))
	s := startSecured(t, filesConfig(dir, ""), ca.pool(), "localhost")
	_, port, _ := net.SplitHostPort(s.address)
	got, code := command(t, ".", "node", filepath.Join("clients", "tls.mjs"), "localhost:"+port, ca.file)
	want := "trusted: hello, 262144 bytes, closed 1000\nstranger: UNABLE_TO_VERIFY_LEAF_SIGNATURE\nhttp/2: https://localhost:" + port + "/app/where, ALPN h2\nby http/2: no extended CONNECT\n"
	if code != 0 || got != want {
		t.Errorf("exit code %d:\n%s\nwant:\n%s", code, got, want)
	}
}

// The descriptors of connections by TLS are given back, also of those that ended in the handshake.
func TestTLSGivesDescriptorsBack(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(dir, time.Now().Add(time.Hour))
	s := startSecured(t, filesConfig(dir, ""), ca.pool(), "localhost")
	s.storm(100) // workers start with the first connections, and stay
	settled, before := 0, -1
	eventually(t, "the descriptors to settle", func() bool {
		now := descriptors(t, s.process.Pid)
		if settled++; now != before {
			settled, before = 0, now
		}
		return settled > 50
	})
	s.storm(200)
	eventually(t, "the descriptors to be given back", func() bool { return descriptors(t, s.process.Pid) <= before })
}

// storm opens connections: most end in the handshake, some are cut after it.
func (s *secured) storm(connections int) {
	s.t.Helper()
	for i := range connections {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = io.WriteString(conn, []string{"", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n", "\xff\xff"}[i%4])
		_ = conn.Close()
		if i%10 == 0 {
			ws := s.dial("/app/echo")
			ws.ask("x")
			_ = ws.conn.CloseNow()
		}
	}
}

func descriptors(t *testing.T, pid int) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
