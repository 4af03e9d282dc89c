package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pebble is a certificate authority that speaks ACME, that of Let's Encrypt for tests, with a DNS server for which every name
// is this machine.
type pebble struct {
	*sigil
	directory string // its URL
	rootFile  string // what its own server is verified by
	roots     *x509.CertPool
	tls, http string // ports at which it proves names
}

// startPebble builds and runs it; its certificates are good for so long.
func startPebble(t *testing.T, validity time.Duration) *pebble {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "pebble", "-o", dir+"/", "tool")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building pebble: %v\n%s", err, text)
	}
	ca := newAuthority(t)
	ca.issue(dir, time.Now().Add(time.Hour))
	ports := freePorts(t, 6)
	listen, management, dns := "127.0.0.1:"+ports[0], "127.0.0.1:"+ports[1], "127.0.0.1:"+ports[2]
	p := &pebble{directory: "https://" + listen + "/dir", rootFile: ca.file, tls: ports[3], http: ports[4]}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": management, "keyAlgorithm": "ecdsa",
		"certificate": filepath.Join(dir, "cert.pem"), "privateKey": filepath.Join(dir, "key.pem"),
		"httpPort": json.Number(p.http), "tlsPort": json.Number(p.tls), "retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{"description": "of tests", "validityPeriod": int(validity.Seconds())}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	names := launchProgram(t, filepath.Join(dir, "pebble-challtestsrv"), "-dnsserver", dns, "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", "127.0.0.1:"+ports[5])
	names.stdout.await(t, "Starting management server", "\n")
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	p.sigil = launchProgram(t, filepath.Join(dir, "pebble"), "-strict", "-dnsserver", dns, "-config", saveText(t, "pebble.json", string(config)))
	p.stdout.await(t, "ACME directory available at", "\n")
	p.roots = poolOf(t, fetchRoot(t, ca, "https://"+management+"/roots/0"))
	return p
}

// fetchRoot asks for what the issued certificates are verified by, once the authority answers.
func fetchRoot(t *testing.T, ca *authority, url string) (text []byte) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.pool()}, DisableKeepAlives: true}, Timeout: patience}
	eventually(t, "the authority to answer", func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			return false
		}
		defer func() { _ = res.Body.Close() }()
		text, err = io.ReadAll(res.Body)
		return err == nil && res.StatusCode == http.StatusOK
	})
	return text
}

// issued counts the certificates that it has issued.
func (p *pebble) issued() int { return strings.Count(p.stdout.String(), "Issued certificate serial") }

// config is Sigil's, for one name proven by one challenge.
func (p *pebble) config(storage, challenge, name string) string {
	return fmt.Sprintf(`
admin: "127.0.0.1:0"
listen: "127.0.0.1:%s"
log: {level: debug}
tls:
  http: "127.0.0.1:%s"
  acme:
    domains: [%q]
    email: "operator@example.test"
    agree: true
    directory: %q
    root: %q
    storage: %q
    challenges: [%q]
    check_every: "1s"
`, p.tls, p.http, name, p.directory, p.rootFile, storage, challenge)
}

// startACME serves by such a configuration. The flag --listen would take the place of its port.
func startACME(t *testing.T, p *pebble, config, name string) *secured {
	t.Helper()
	apps := appsOf(t, map[string]string{"app.js": secureApp})
	s := launch(t, "serve", "--apps", apps, "--config", saveText(t, "sigil.yaml", config))
	s.apps = apps
	s.address = strings.TrimSpace(s.stdout.await(t, "listening on https://", "\n"))
	return &secured{s, p.roots, name}
}

// From nothing to wss:// with a certificate that an authority has issued, by either challenge. After a restart the
// certificate is there, with the authority gone.
func TestACME(t *testing.T) {
	for _, challenge := range []string{"http-01", "tls-alpn-01"} {
		t.Run(challenge, func(t *testing.T) {
			p := startPebble(t, 24*time.Hour)
			config := p.config(t.TempDir(), challenge, "chat.example.test")
			s := startACME(t, p, config, "chat.example.test")
			s.stderr.await(t, "a certificate by ACME is in use", "\n")
			body, serial := s.ask(s.agent(true), "/app/where")
			if body != "https://chat.example.test/app/where" {
				t.Errorf("req.url: %q", body)
			}
			if got := s.dial("/app/echo").ask("by ACME"); got != "by ACME" {
				t.Errorf("the WebSocket: %q", got)
			}
			s.strangers(p)
			s.expires()
			s.redirects(p)
			s.signal(syscall.SIGTERM)
			if code := s.exit(patience); code != 0 {
				t.Errorf("exit code %d", code)
			}
			p.end()
			again := startACME(t, p, config, "chat.example.test")
			again.stderr.await(t, "a certificate by ACME is in use", "\n")
			if got := again.shows(); got != serial {
				t.Errorf("after the restart: serial %d, want %d", got, serial)
			}
			if p.issued() != 1 {
				t.Errorf("%d certificates were issued", p.issued())
			}
		})
	}
}

// strangers get no certificate, and none is asked for on their behalf.
func (s *secured) strangers(p *pebble) {
	s.t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{RootCAs: p.roots, ServerName: "other.example.test"}}
	if conn, err := dialer.DialContext(s.t.Context(), "tcp", s.address); err == nil {
		_ = conn.Close()
		s.t.Error("a name that is not ours has a certificate")
	}
	if p.issued() != 1 {
		s.t.Errorf("%d certificates were issued", p.issued())
	}
}

// expires checks the metric for the certificate that was obtained.
func (s *secured) expires() {
	s.t.Helper()
	admin := strings.TrimSpace(s.stdout.await(s.t, "admin on http://", "\n"))
	text, code := command(s.t, ".", "curl", "-sS", "http://"+admin+"/metrics")
	if want := `sigil_certificate_expires_seconds{name="` + s.name + `"}`; code != 0 || !strings.Contains(text, want) {
		s.t.Errorf("%s is not in the metrics", want)
	}
}

// redirects checks plain HTTP when no challenge is under way.
func (s *secured) redirects(p *pebble) {
	s.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/app/where", "/.well-known/acme-challenge/guess"} {
		req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://127.0.0.1:"+p.http+path, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		req.Host = s.name
		res, err := client.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = res.Body.Close()
		if want := "https://" + s.name + ":" + p.tls + path; res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != want {
			s.t.Errorf("%s: %s to %q, want %q", path, res.Status, res.Header.Get("Location"), want)
		}
	}
}

// shows is the serial number of the certificate that a new connection gets; 0: none that is trusted.
func (s *secured) shows() int64 {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return 0
	}
	defer func() { _ = raw.Close() }()
	conn := tls.Client(raw, &tls.Config{RootCAs: s.roots, ServerName: s.name})
	if conn.HandshakeContext(ctx) != nil {
		return 0
	}
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// Certificates are renewed before they end, under connections that stay.
func TestRenewal(t *testing.T) {
	p := startPebble(t, 30*time.Second) // of which the last third is for renewing
	s := startACME(t, p, p.config(t.TempDir(), "tls-alpn-01", "chat.example.test"), "chat.example.test")
	s.stderr.await(t, "a certificate by ACME is in use", "\n")
	first, ws := s.shows(), s.dial("/app/echo")
	if first == 0 {
		t.Fatal("there is no certificate")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	eventuallyWithin(ctx, t, func() bool {
		now := s.shows()
		if now == 0 {
			t.Error("for a moment there was no good certificate")
		}
		return now != first
	})
	if got := ws.ask("still here"); got != "still here" {
		t.Errorf("the open WebSocket: %q", got)
	}
	s.stderr.await(t, "renewal=true", "\n")
}

// An authority that is not there, or says no, is told of and asked again; what has no certificate meanwhile is refused in the
// handshake, and the end of the server does not wait for the authority.
func TestACMEWithoutAnAuthority(t *testing.T) {
	p := startPebble(t, time.Hour)
	p.end()
	s := startACME(t, p, p.config(t.TempDir(), "http-01", "chat.example.test"), "chat.example.test")
	s.stderr.await(t, "could not be obtained; it is tried again", "\n")
	if s.shows() != 0 {
		t.Error("there is a certificate")
	}
	s.signal(syscall.SIGTERM)
	if code := s.exit(patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
