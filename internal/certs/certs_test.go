package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// issue makes a certificate that signs itself, and its key, in PEM.
func issue(t *testing.T, from, until time.Time, names ...string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

func good(t *testing.T, names ...string) (cert, key []byte) {
	t.Helper()
	return issue(t, time.Now().Add(-time.Hour), time.Now().Add(90*24*time.Hour), names...)
}

// put writes a pair into a folder of its own.
func put(t *testing.T, cert, key []byte) Pair {
	t.Helper()
	dir := t.TempDir()
	p := Pair{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	write(t, p.Cert, cert)
	write(t, p.Key, key)
	return p
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMistakesInFiles(t *testing.T) {
	cert, key := good(t, "a.example")
	other, otherKey := good(t, "b.example")
	old, oldKey := issue(t, time.Now().Add(-time.Hour), time.Now().Add(-time.Minute), "a.example")
	early, earlyKey := issue(t, time.Now().Add(time.Hour), time.Now().Add(2*time.Hour), "a.example")
	locked := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})
	gone := filepath.Join(t.TempDir(), "gone.pem")
	for name, c := range map[string]struct {
		pair Pair
		want string
	}{
		"no certificate":          {Pair{gone, put(t, cert, key).Key}, "certificate: open " + gone},
		"no key":                  {Pair{put(t, cert, key).Cert, gone}, gone},
		"a key of another":        {put(t, cert, otherKey), "private key does not match public key"},
		"a certificate of other":  {put(t, other, key), "private key does not match public key"},
		"swapped":                 {put(t, key, cert), "PEM inputs may have been switched"},
		"a certificate for a key": {put(t, cert, cert), "found a certificate rather than a key"},
		"no PEM":                  {put(t, []byte("x"), key), "failed to find any PEM data"},
		"empty key":               {put(t, cert, nil), "failed to find any PEM data"},
		"expired":                 {put(t, old, oldKey), "has expired: it was good until "},
		"not yet":                 {put(t, early, earlyKey), "is not good yet"},
		"a locked key":            {put(t, cert, locked), "is encrypted"},
	} {
		err := Check(Options{Pairs: []Pair{c.pair}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Dir(c.pair.Cert)) && !strings.Contains(err.Error(), gone) {
			t.Errorf("%s: %v, want %q and the file", name, err, c.want)
		}
	}
	err := Check(Options{Pairs: []Pair{{gone, gone}, put(t, old, oldKey)}})
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("both mistakes are told: %v", err)
	}
	if err := Check(Options{}); err == nil {
		t.Error("nothing at all is fine")
	}
}

func TestMistakesInACME(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	write(t, empty, nil)
	fine := ACME{Domains: []string{"a.example"}, Agreed: true, ByTLS: true, Dir: dir}
	if err := Check(Options{ACME: &fine}); err != nil {
		t.Errorf("fine: %v", err)
	}
	for want, change := range map[string]func(*ACME){
		"no domain":            func(a *ACME) { a.Domains = nil },
		`"*.a.example"`:        func(a *ACME) { a.Domains = []string{"*.a.example"} },
		`"a b"`:                func(a *ACME) { a.Domains = []string{"a b"} },
		"accepts the terms":    func(a *ACME) { a.Agreed = false },
		"no challenge":         func(a *ACME) { a.ByTLS = false },
		"is not an https URL":  func(a *ACME) { a.Directory = "http://x/" },
		"holds no certificate": func(a *ACME) { a.RootFile = empty },
		"no such file":         func(a *ACME) { a.RootFile = empty + "x" },
	} {
		a := fine
		change(&a)
		if err := Check(Options{ACME: &a}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// hello is a client's that asks for a name.
func hello(name string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: name, SupportedVersions: []uint16{tls.VersionTLS13},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256}}
}

// shown is the name of the certificate that a client is shown.
func shown(t *testing.T, k *Keeper, name string) string {
	t.Helper()
	cert, err := k.choose(hello(name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return cert.Leaf.Subject.CommonName
}

func TestChoice(t *testing.T) {
	a, aKey := good(t, "a.example", "www.a.example")
	b, bKey := good(t, "*.b.example")
	k, err := New(Options{Pairs: []Pair{put(t, a, aKey), put(t, b, bKey)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a.example": "a.example", "www.a.example": "a.example", "x.b.example": "*.b.example", "x.y.b.example": "a.example",
		"": "a.example", "c.example": "a.example",
	} {
		if got := shown(t, k, name); got != want {
			t.Errorf("%q is shown %s, want %s", name, got, want)
		}
	}
	expiries := k.Expiries()
	if len(expiries) != 3 || time.Until(expiries["*.b.example"]) < 89*24*time.Hour {
		t.Errorf("expiries %v", expiries)
	}
	challenge := hello("a.example")
	challenge.SupportedProtos = []string{challengeProtocol}
	if _, err := k.choose(challenge); err == nil {
		t.Error("a challenge that nobody waits for got a certificate")
	}
}

// Without ACME running there is nothing for clients yet, and no panic.
func TestNothingObtainedYet(t *testing.T) {
	k, err := New(Options{ACME: &ACME{Domains: []string{"a.example"}, Agreed: true, ByTLS: true, ByHTTP: true, Dir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.choose(hello("a.example")); err == nil {
		t.Error("a certificate out of nothing")
	}
	if k.Challenge(nil, nil) {
		t.Error("a challenge was answered")
	}
	if got := k.Config().NextProtos; len(got) != 3 || got[2] != challengeProtocol {
		t.Errorf("protocols %q", got)
	}
}

// Files that change are loaded when they rest; a pair that does not fit, as in the middle of a change, changes nothing.
func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cert, key := good(t, "one.example")
		pair := put(t, cert, key)
		var log lines
		k, err := New(Options{Pairs: []Pair{pair}, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { k.Run(ctx, Ports{}) })
		defer running.Wait()
		defer cancel()
		step := func(want, says string) {
			t.Helper()
			time.Sleep(3 * k.o.CheckEvery)
			synctest.Wait()
			if got := shown(t, k, ""); got != want {
				t.Errorf("shown %s, want %s", got, want)
			}
			if !strings.Contains(log.take(), says) {
				t.Errorf("the log does not say %q", says)
			}
		}
		step("one.example", "msg=certificate ")
		next, nextKey := good(t, "two.example.org")
		write(t, pair.Cert, next)
		step("one.example", "does not match")
		step("one.example", "")
		write(t, pair.Key, append(nextKey, '\n'))
		step("two.example.org", "certificates have changed;")
		if err := os.Remove(pair.Key); err != nil {
			t.Fatal(err)
		}
		step("two.example.org", "no such file")
		late, lateKey := issue(t, time.Now().Add(-time.Hour), time.Now().Add(48*time.Hour), "three.example.org")
		write(t, pair.Cert, late)
		write(t, pair.Key, lateKey)
		step("three.example.org", "expires soon")
	})
}

// Kubernetes and certbot change a link.
func TestReloadThroughLinks(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one.example", "two.example"} {
		cert, key := good(t, name)
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "cert.pem"), cert)
		write(t, filepath.Join(dir, name, "key.pem"), key)
	}
	link := filepath.Join(dir, "live")
	point := func(to string) {
		t.Helper()
		if err := os.Symlink(to, link+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			t.Fatal(err)
		}
	}
	point("one.example")
	k, err := New(Options{Pairs: []Pair{{filepath.Join(link, "cert.pem"), filepath.Join(link, "key.pem")}}})
	if err != nil {
		t.Fatal(err)
	}
	point("two.example")
	last := k.look(k.files.seen, time.Now())
	if got := shown(t, k, ""); got != "one.example" {
		t.Errorf("loaded before it rested: %s", got)
	}
	k.look(last, time.Now())
	if got := shown(t, k, ""); got != "two.example" {
		t.Errorf("shown %s", got)
	}
}

// Old versions and ciphers are refused, by a real handshake.
func TestVersions(t *testing.T) {
	cert, key := good(t, "a.example")
	for _, c := range []struct {
		min           uint16
		client        *tls.Config
		want, wantALP string
	}{
		{0, &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}, "protocol version", ""},
		{0, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, "handshake failure", ""},
		{0, &tls.Config{MaxVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, "", "h2"},
		{0, &tls.Config{NextProtos: []string{"http/1.1"}}, "", "http/1.1"},
		{tls.VersionTLS13, &tls.Config{MaxVersion: tls.VersionTLS12}, "protocol version", ""},
		{tls.VersionTLS13, &tls.Config{}, "", ""},
	} {
		k, err := New(Options{Pairs: []Pair{put(t, cert, key)}, MinVersion: c.min})
		if err != nil {
			t.Fatal(err)
		}
		c.client.InsecureSkipVerify, c.client.ServerName = true, "a.example"
		state, err := shake(t, k.Config(), c.client)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) || state.NegotiatedProtocol != c.wantALP {
			t.Errorf("min %x, client %x: %v %q, want %q %q", c.min, c.client.MaxVersion, err, state.NegotiatedProtocol, c.want, c.wantALP)
		}
	}
}

// shake does a handshake, as the client sees it.
func shake(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	near, far := net.Pipe()
	var other sync.WaitGroup
	other.Go(func() {
		_ = tls.Server(far, server).HandshakeContext(t.Context()) // the client tells
		_ = far.Close()
	})
	defer other.Wait()
	defer near.Close()
	conn := tls.Client(near, client)
	err := conn.HandshakeContext(t.Context())
	return conn.ConnectionState(), err
}

// lines are a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}
