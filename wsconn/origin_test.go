package wsconn

import (
	"crypto/tls"
	"net/http"
	"testing"
)

func TestCheckOrigin(t *testing.T) {
	tests := []struct {
		origin, host string
		tls          bool
		allowed      []string
		want         bool
	}{
		{"", "example.com", false, nil, true},
		{"http://example.com", "example.com", false, nil, true},
		{"http://EXAMPLE.com", "example.COM", false, nil, true},
		{"http://example.com:80", "example.com", false, nil, true},
		{"http://example.com", "example.com:80", false, nil, true},
		{"https://example.com", "example.com", false, nil, true}, // a proxy ends TLS
		{"https://example.com", "example.com", true, nil, true},
		{"http://example.com", "example.com", true, nil, false},
		{"http://localhost:8081", "localhost:8081", false, nil, true},
		{"http://localhost:8082", "localhost:8081", false, nil, false},
		{"http://[::1]:8081", "[::1]:8081", false, nil, true},
		{"http://evil.com", "example.com", false, nil, false},
		{"http://example.com.evil.com", "example.com", false, nil, false},
		{"http://example.com@evil.com", "example.com", false, nil, false},
		{"http://example.com/path", "example.com", false, nil, false},
		{"http://example.com#", "example.com", false, nil, false},
		{"http://example.com?", "example.com", false, nil, false},
		{"ftp://example.com", "example.com", false, nil, false},
		{"null", "null", false, nil, false},
		{"null", "example.com", false, []string{"*", "null"}, false},
		{"://", "example.com", false, []string{"*"}, false},
		{"example.com", "example.com", false, nil, false},
		{"https://app.example.org", "example.com", false, []string{"https://app.example.org"}, true},
		{"https://app.example.org:443", "example.com", false, []string{"https://APP.example.org/"}, true},
		{"https://app.example.org:444", "example.com", false, []string{"https://app.example.org"}, false},
		{"http://app.example.org", "example.com", false, []string{"https://app.example.org"}, false},
		{"chrome-extension://abc", "example.com", false, []string{"chrome-extension://abc"}, true},
		{"https://anything.example", "example.com", false, []string{"*"}, true},
		{"http://example.com", "bad host", false, nil, false},
	}
	for _, tt := range tests {
		r := &http.Request{Host: tt.host, Header: http.Header{}}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		if tt.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if got := CheckOrigin(r, tt.allowed); got != tt.want {
			t.Errorf("origin %q, host %q, TLS %v, allowed %q: got %v", tt.origin, tt.host, tt.tls, tt.allowed, got)
		}
	}
	two := &http.Request{Host: "a", Header: http.Header{"Origin": {"http://a", "http://a"}}}
	if CheckOrigin(two, nil) {
		t.Error("two origins are accepted")
	}
}
