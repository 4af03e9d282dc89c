package conf

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTLS(t *testing.T) {
	c := mustLoad(t, fileSource(t, `
listen: "0.0.0.0:443"
mounts: {gateway: {path: "/", listeners: {control: "127.0.0.1:40010"}}}
proxy_headers: forwarded
tls:
  cert: [a.pem, b.pem]
  key: "a.key, b.key"
  min_version: "1.3"
  http: ":80"
  redirect: off
  port: 8443
  plain: ["127.0.0.1:40010"]
  hsts: none
  acme: {domains: [a.example, b.example], email: me@a.example, agree: true, challenges: http-01, check_every: 1h}
headers: {x-frame-options: "", permissions-policy: "camera=()"}
per_app: {widget: {headers: {X-Frame-Options: DENY}}}
`))
	x := c.TLS
	if len(x.Cert) != 2 || x.Key[1] != "b.key" || x.MinVersion != "1.3" || x.HTTP != ":80" || x.Redirect || x.Port != 8443 || x.HSTS != 0 || !x.On() {
		t.Errorf("%+v", x)
	}
	if a := x.ACME; len(a.Domains) != 2 || a.Email != "me@a.example" || !a.Agree || len(a.Challenges) != 1 {
		t.Errorf("%+v", a)
	}
	want := map[string]string{"X-Frame-Options": "", "Permissions-Policy": "camera=()", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
	if !maps.Equal(c.Headers, want) || c.OwnOf("widget").Headers["X-Frame-Options"] != "DENY" || c.ProxyHeaders != "forwarded" {
		t.Errorf("%v %v", c.Headers, c.OwnOf("widget"))
	}
	if (&Config{}).TLS.On() {
		t.Error("TLS without a certificate")
	}
}

func TestTLSMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`tls: {cert: a.pem}`:                                                      "tls.key: must name as many files as tls.cert",
		`tls: {cert: [a.pem, b.pem], key: a.key}`:                                 "there are 1 for 2",
		`tls: {http: ":80"}`:                                                      "tls: needs tls.cert and tls.key, or tls.acme.domains",
		`tls: {cert: a, key: b, http: "127.0.0.1:8081"}`:                          "must not be the same as listen or admin",
		`tls: {cert: a, key: b, plain: ["127.0.0.1:1"]}`:                          `tls.plain "127.0.0.1:1": must be the address of a mount`,
		`tls: {cert: a, key: b, min_version: "1.1"}`:                              "must be 1.2 or 1.3",
		`tls: {cert: {a: b}}`:                                                     "tls.cert",
		`tls: {acme: {domains: [a.example]}}`:                                     "tls.acme.agree: must be true",
		`tls: {acme: {domains: [a.example], agree: true, challenges: []}}`:        "must name http-01, tls-alpn-01 or both",
		`tls: {acme: {domains: [a.example], agree: true, challenges: [http-01]}}`: "http-01 needs tls.http",
		`tls: {acme: {challenges: [dns-01]}}`:                                     "must be a list of http-01, tls-alpn-01",
		`tls: {acme: {directory: "http://a"}}`:                                    "must be an https URL",
		`tls: {hsts: "1ms"}`:                                                      "tls.hsts",
		`tls: {certs: a}`:                                                         `did you mean tls.cert?`,
		`headers: {"a b": c}`:                                                     "is not the name of a header",
		`headers: {Content-Length: "1"}`:                                          "is the server's own to set",
		`headers: {strict-transport-security: "x"}`:                               "is set by tls.hsts",
		"headers: {x: \"a\\nb\"}":                                                 "must be one line",
		`headers: "x"`:                                                            "must hold a value for each header",
		`proxy_headers: both`:                                                     "must be x-forwarded or forwarded",
		`per_app: {a: {headers: {Connection: x}}}`:                                "is the server's own to set",
	} {
		if _, err := Load(fileSource(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// fileSource is a configuration file of that text.
func fileSource(t *testing.T, text string) Sources {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sigil.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Sources{File: path}
}
