package server

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// testTLS makes a certificate for tests.local, localhost and the loopback address, and what clients verify it with.
func testTLS(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"tests.local", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}, &tls.Config{RootCAs: pool, ServerName: "tests.local"}
}

// secureSite is a site behind TLS, with plain HTTP beside it.
type secureSite struct {
	*site
	client *tls.Config
}

func startSecure(t testing.TB, apps files, set ...func(*Options)) *secureSite {
	t.Helper()
	server, client := testTLS(t)
	s := startSite(t, apps, append([]func(*Options){func(o *Options) {
		o.TLS = &TLS{Config: server, HTTP: "127.0.0.1:0"}
	}}, set...)...)
	s.tls = client
	return &secureSite{s, client}
}

// agent is an HTTP client of one version that keeps its connections until the test ends.
func (s *secureSite) agent(major int) *http.Client {
	transport := &http.Transport{TLSClientConfig: s.client.Clone(), DisableCompression: true, Protocols: &http.Protocols{}}
	transport.Protocols.SetHTTP1(major == 1)
	transport.Protocols.SetHTTP2(major == 2)
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: clientPatience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a request and reads the answer.
func (s *secureSite) ask(agent *http.Client, method, url, body string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Add(name, value)
	}
	res, err := agent.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, url, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, url, err)
	}
	return res, string(text)
}

func (s *secureSite) url(path string) string { return "https://" + s.addr() + path }

var guarded = files{"app.js": `
export default class App extends AppBase {
  @Get where(req) { return req.url + " from " + req.remoteAddress; }
  @Post("/size") async size(req) { return (await req.text()).length + ""; }
  @Post("/count") async count(req) { let n = 0; for await (const chunk of req.body) n += chunk.byteLength; return n + ""; }
  @Get async *stream() { for (let i = 0; i < 5; i++) { yield "piece " + i + "\n"; await new Promise((r) => setTimeout(r, 10)); } }
  @Sse async *slow() { for (let i = 0; ; i++) { yield { data: i }; await new Promise((r) => setTimeout(r, 1500)); } }
  @Get own() { return new Response("x", { headers: { "x-frame-options": "DENY", "referrer-policy": "no-referrer", "x-content-type-options": "" } }); }
  @Get large() { return "0123456789".repeat(100000); }
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); }
}`}

// Both versions of HTTP, and WebSockets, answer behind TLS on one port.
func TestSecurePort(t *testing.T) {
	s := startSecure(t, guarded)
	for _, major := range []int{1, 2} {
		agent := s.agent(major)
		for _, c := range []struct{ method, path, body, want string }{
			{"GET", "/app/where", "", s.url("/app/where") + " from 127.0.0.1"},
			{"POST", "/app/size", strings.Repeat("x", 1000), "1000"},
			{"POST", "/app/size", strings.Repeat("x", 1_000_000), "1000000"},
			{"POST", "/app/count", strings.Repeat("x", 3_000_000), "3000000"},
			{"GET", "/app/stream", "", "piece 0\npiece 1\npiece 2\npiece 3\npiece 4\n"},
			{"GET", "/app/large", "", strings.Repeat("0123456789", 100000)},
		} {
			res, got := s.ask(agent, c.method, s.url(c.path), c.body)
			if got != c.want || res.ProtoMajor != major || res.StatusCode != 200 {
				t.Errorf("HTTP/%d %s %s: %s %s %q", major, c.method, c.path, res.Proto, res.Status, short(got))
			}
		}
		if res, body := s.ask(agent, "GET", s.url("/app/echo"), ""); res.StatusCode != 400 || !strings.Contains(body, "wss://"+s.addr()) {
			t.Errorf("HTTP/%d to a WebSocket: %s %q", major, res.Status, body)
		}
	}
	c := s.dial("/app/echo", "Origin: https://"+s.addr())
	c.send(opText, "by TLS")
	c.want("by TLS")
	if refused := s.handshake("/app/echo", "Origin: http://"+s.addr()); refused.res.StatusCode != 403 {
		t.Errorf("a page that is not secure: %s", refused.res.Status)
	}
}

// Requests with bodies do not end a connection of HTTP/2.
func TestBodiesKeepTheConnection(t *testing.T) {
	s := startSecure(t, guarded)
	agent := s.agent(2)
	dials, dialer := 0, &net.Dialer{}
	agent.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return dialer.DialContext(ctx, network, address)
	}
	for range 5 {
		if res, got := s.ask(agent, "POST", s.url("/app/size"), "abc"); got != "3" || res.ProtoMajor != 2 {
			t.Fatal(res.Proto, got)
		}
	}
	if dials != 1 {
		t.Errorf("%d connections for requests one after the other", dials)
	}
}

// A stream that is quiet for longer than an answer may stall goes on, on both versions.
func TestQuietStreams(t *testing.T) {
	t.Parallel()
	s := startSecure(t, guarded, func(o *Options) { o.Limits.WriteStall = time.Second })
	for _, major := range []int{1, 2} {
		res, err := s.agent(major).Get(s.url("/app/slow"))
		if err != nil {
			t.Fatal(err)
		}
		lines, seen := bufio.NewScanner(res.Body), 0
		for seen < 3 && lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data: ") {
				seen++
			}
		}
		if seen < 3 {
			t.Errorf("HTTP/%d: %d events, then %v", major, seen, lines.Err())
		}
		_ = res.Body.Close()
	}
}

func TestRedirect(t *testing.T) {
	s := startSecure(t, guarded)
	plain := s.server.HTTPAddr().String()
	_, port, _ := net.SplitHostPort(s.addr())
	for _, c := range []struct{ method, path, host, want string }{
		{"GET", "/app/where?a=1&b=%20", "example.com", "https://example.com:" + port + "/app/where?a=1&b=%20"},
		{"POST", "/a%2Fb/c", "example.com:80", "https://example.com:" + port + "/a%2Fb/c"},
		{"GET", "/", "[2001:db8::1]:8080", "https://[2001:db8::1]:" + port + "/"},
		{"GET", "//evil.example/x", "example.com", "https://example.com:" + port + "//evil.example/x"},
	} {
		res, _ := s.ask(s.agent(1), c.method, "http://"+plain+c.path, "", "Host: "+c.host)
		if res.StatusCode != 308 || res.Header.Get("Location") != c.want {
			t.Errorf("%s %s at %s: %s to %q, want %q", c.method, c.path, c.host, res.Status, res.Header.Get("Location"), c.want)
		}
	}
	for _, request := range []string{"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n"} {
		c := (&site{t: t, server: s.server, own: plain}).raw(request)
		if c.res.StatusCode != 400 {
			t.Errorf("%q: %s", request, c.res.Status)
		}
	}
	upgrade := (&site{t: t, server: s.server, own: plain}).handshake("/app/echo")
	if upgrade.res.StatusCode != 308 {
		t.Errorf("a handshake: %s", upgrade.res.Status)
	}
}

func TestRedirectToThePublicPort(t *testing.T) {
	s := startSecure(t, guarded, func(o *Options) { o.TLS.Port = 443 })
	res, _ := s.ask(s.agent(1), "GET", "http://"+s.server.HTTPAddr().String()+"/x", "", "Host: example.com:8080")
	if got := res.Header.Get("Location"); got != "https://example.com/x" {
		t.Errorf("to %q", got)
	}
}

// Challenges come before anything else, redirect or not, and nothing else does.
func TestChallenges(t *testing.T) {
	for _, apps := range []bool{false, true} {
		s := startSecure(t, guarded, func(o *Options) {
			o.TLS.ServePlain = apps
			o.TLS.Challenge = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/mine") {
					return false
				}
				fmt.Fprint(w, "proof")
				return true
			}
		})
		plain := "http://" + s.server.HTTPAddr().String()
		if _, got := s.ask(s.agent(1), "GET", plain+"/.well-known/acme-challenge/mine", ""); got != "proof" {
			t.Errorf("challenge: %q", got)
		}
		want := map[bool]int{false: 308, true: 404}[apps]
		for _, path := range []string{"/.well-known/acme-challenge/other", "/mine"} {
			if res, _ := s.ask(s.agent(1), "GET", plain+path, ""); res.StatusCode != want {
				t.Errorf("%s: %s, want %d", path, res.Status, want)
			}
		}
	}
}

// With ServePlain the apps answer on both ports, WebSockets through the door too.
func TestServePlain(t *testing.T) {
	s := startSecure(t, guarded, func(o *Options) { o.TLS.ServePlain = true })
	plain := &site{t: t, server: s.server, own: s.server.HTTPAddr().String()}
	if got := plain.get("/app/where"); got != "http://"+plain.own+"/app/where from 127.0.0.1" {
		t.Errorf("plain: %q", got)
	}
	c := plain.dial("/app/echo")
	c.send(opText, "hello")
	c.want("hello")
}

// Ports of mounts are secured, but those that are to stay plain.
func TestSecureMounts(t *testing.T) {
	server, client := testTLS(t)
	const open = "0.0.0.0:0" // another word for a free port than those of the others
	s := startSite(t, town, func(o *Options) {
		o.TLS = &TLS{Config: server, Plain: []string{open}}
		o.Mounts = map[string]Mount{"tool": {Listen: "localhost:0"}, "shop": {Listen: open}}
	})
	s.tls = client
	var port string
	for _, app := range s.server.Apps() {
		if want := app.Name != "shop"; app.Secure != want {
			t.Errorf("%s: secure is %v", app.Name, app.Secure)
		}
		if app.Name == "shop" {
			_, port, _ = net.SplitHostPort(app.Address.String())
		}
		if app.Name == "tool" {
			tool := &site{t: t, server: s.server, own: app.Address.String(), tls: client}
			if got := tool.get("/hello"); got != "tool https://"+tool.own+"/hello" {
				t.Errorf("tool: %q", got)
			}
			c := tool.dial("/talk")
			c.want("tool /talk")
		}
	}
	if got := (&site{t: t, server: s.server, own: "127.0.0.1:" + port}).get("/"); got != "shop /" {
		t.Errorf("the plain one: %q", got)
	}
	_, err := New(Options{AppsDir: t.TempDir(), Listen: "127.0.0.1:0", TLS: &TLS{Config: server, Plain: []string{"127.0.0.1:9"}}})
	if err == nil || !strings.Contains(err.Error(), `"127.0.0.1:9" is to stay plain`) {
		t.Errorf("an address that is nobody's: %v", err)
	}
}

func TestHeaders(t *testing.T) {
	s := startSecure(t, files{"app.js": guarded["app.js"], "widget.js": `export default class Widget extends AppBase { @Get index() { return "w"; } }`}, func(o *Options) {
		o.TLS.HSTS = 48 * time.Hour
		o.Own = func(app string) Own {
			if app == "widget" {
				return Own{Headers: map[string]string{"x-frame-options": "", "permissions-policy": "camera=()"}}
			}
			return Own{}
		}
	})
	agent := s.agent(2)
	check := func(path, host string, want map[string]string) {
		t.Helper()
		res, _ := s.ask(agent, "GET", s.url(path), "", "Host: "+host)
		for name, value := range want {
			if got := strings.Join(res.Header[name], "|"); got != value {
				t.Errorf("%s at %s: %s is %q, want %q", path, host, name, got, value)
			}
		}
	}
	standard := map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "strict-origin-when-cross-origin", "Strict-Transport-Security": "max-age=172800"}
	check("/app/where", "tests.local", standard)
	check("/nowhere/at/all", "tests.local", standard)
	check("/app/where", "127.0.0.1", map[string]string{"Strict-Transport-Security": ""})
	check("/app/where", "app.localhost:99", map[string]string{"Strict-Transport-Security": ""})
	check("/app/own", "tests.local", map[string]string{"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": ""})
	check("/widget/", "tests.local", map[string]string{"X-Frame-Options": "", "Permissions-Policy": "camera=()", "X-Content-Type-Options": "nosniff"})
	check("/app/where", "tests.local", standard) // the shared values are as they were
}

// Who does not finish the TLS handshake, or says something else, is cut in time and leaves nothing.
func TestHostileHandshakes(t *testing.T) {
	t.Parallel()
	s := startSecure(t, guarded, func(o *Options) { o.Limits.HeaderTime = 5 * time.Second })
	for name, c := range map[string]struct{ first, drip string }{
		"silence":          {"", ""},
		"half a record":    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", ""},
		"a byte at a time": {"\x16\x03\x01", "\x00"},
		"plain HTTP":       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""},
		"noise":            {strings.Repeat("\xff", 600), ""},
		"a giant record":   {"\x16\x03\x01\xff\xff" + strings.Repeat("a", 2000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.addr())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(clientPatience))
			_, _ = io.WriteString(conn, c.first)
			stop := make(chan struct{})
			defer close(stop)
			if c.drip != "" {
				go func() {
					ticker := time.NewTicker(20 * time.Millisecond)
					defer ticker.Stop()
					for {
						select {
						case <-stop:
							return
						case <-ticker.C:
							_, _ = io.WriteString(conn, c.drip)
						}
					}
				}()
			}
			began := time.Now()
			if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("still open after %v", time.Since(began))
			}
		})
	}
	t.Run("and one that is none", func(t *testing.T) {
		c := s.dial("/app/echo")
		c.send(opText, "well")
		c.want("well")
	})
}

// When certificates end is a metric.
func TestExpiries(t *testing.T) {
	end := time.Unix(1_900_000_000, 0)
	s := startSecure(t, guarded, func(o *Options) {
		o.AdminListen = "127.0.0.1:0"
		o.TLS.Expiries = func() map[string]time.Time { return map[string]time.Time{"tests.local": end} }
	})
	admin := &site{t: t, server: s.server, own: s.server.AdminAddr().String()}
	if got := admin.get("/metrics"); !strings.Contains(got, "\nsigil_certificate_expires_seconds{name=\"tests.local\"} 1.9e+09\n") {
		t.Error("the metric is missing")
	}
}

// Many connections that never say anything hold no slot of WebSockets, and end with the server.
func TestStopWithOpenSecureConnections(t *testing.T) {
	s := startSecure(t, guarded, func(o *Options) { o.Limits.StopWithin = time.Hour })
	for range 20 {
		conn, err := net.Dial("tcp", s.addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	agent := s.agent(2)
	s.ask(agent, "GET", s.url("/app/where"), "")
	res, err := agent.Get(s.url("/app/slow"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	c := s.dial("/app/echo")
	ended := make(chan string, 1)
	go func() { ended <- c.ended() }()
	if err := s.stop(); err != nil { // it waits for none of them
		t.Fatal(err)
	}
	if end := await(t, ended, "the WebSocket to end"); !strings.HasPrefix(end, "1001") {
		t.Errorf("the WebSocket ended with %q", end)
	}
}
