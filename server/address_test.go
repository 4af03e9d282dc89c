package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	trusted := proxies{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"direct", "192.0.2.1:99", nil, "192.0.2.1"},
		{"a stranger's word", "192.0.2.1:99", []string{"198.51.100.7"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:99", []string{"198.51.100.7"}, "198.51.100.7"},
		{"what the client made up", "10.0.0.1:99", []string{"1.1.1.1, 198.51.100.7"}, "198.51.100.7"},
		{"two proxies", "10.0.0.1:99", []string{"1.1.1.1, 198.51.100.7, 10.9.9.9"}, "198.51.100.7"},
		{"two lines", "10.0.0.1:99", []string{"198.51.100.7", "10.9.9.9"}, "198.51.100.7"},
		{"proxies only", "10.0.0.1:99", []string{"10.1.1.1,10.2.2.2"}, "10.1.1.1"},
		{"nonsense at the end", "10.0.0.1:99", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		{"nonsense before", "10.0.0.1:99", []string{"unknown, 198.51.100.7"}, "198.51.100.7"},
		{"none", "10.0.0.1:99", nil, "10.0.0.1"},
		{"with port", "10.0.0.1:99", []string{"198.51.100.7:1234"}, "198.51.100.7"},
		{"v6", "[fd00::1]:99", []string{"[2001:db8::1]:77"}, "2001:db8::1"},
		{"v6 without port", "[fd00::1]:99", []string{"2001:db8::1"}, "2001:db8::1"},
		{"v4 in v6", "[::ffff:192.0.2.1]:99", nil, "192.0.2.1"},
		{"v4 in v6 is trusted as v4", "[::ffff:10.0.0.1]:99", []string{"198.51.100.7"}, "198.51.100.7"},
		{"zone", "[fe80::1%eth0]:99", nil, "fe80::1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := trusted.client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestScheme(t *testing.T) {
	trusted := proxies{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for peer, want := range map[string]string{"10.0.0.1:9": "https", "192.0.2.1:9": "http"} {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-Proto": {"https"}}}
		if got := trusted.scheme(r); got != want {
			t.Errorf("%s: %s, want %s", peer, got, want)
		}
	}
}

func TestSlots(t *testing.T) {
	s := newSlots(Limits{MaxConnections: 3, MaxConnectionsPerAddress: 2}, 0)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	sibling := netip.MustParseAddr("2001:db8::2") // of the same /64
	for i, step := range []struct {
		address netip.Addr
		want    int
	}{{a, 0}, {a, 0}, {a, 429}, {b, 0}, {sibling, 503}} {
		if got := s.acquire(step.address); got != step.want {
			t.Errorf("step %d: %d, want %d", i, got, step.want)
		}
	}
	s.release(a)
	for i, want := range []int{0, 429} {
		if got := s.acquire(sibling); got != want {
			t.Errorf("sibling %d: %d, want %d", i, got, want)
		}
	}
	s.release(a)
	if got := s.acquire(b); got != 429 {
		t.Errorf("third of one /64: %d", got)
	}
	s.release(b)
	s.release(sibling)
	if s.taken != 0 || len(s.addresses) != 0 {
		t.Errorf("left: %d, %v", s.taken, s.addresses)
	}
}

func TestAccept(t *testing.T) {
	for _, c := range []struct {
		accept, want string
		html         bool
	}{
		{"", typeText, false},
		{"*/*", typeText, false},
		{"application/json", typeJSON, false},
		{"application/json, text/plain;q=0.5", typeJSON, false},
		{"application/json;q=0.4, text/plain;q=0.5", typeText, false},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", typeText, true},
		{"application/*", typeJSON, false},
		{"text/plain;q=0, application/json", typeJSON, false},
		{"TEXT/HTML;level=1;q=0.3", typeText, true},
		{"text/html;q=0", typeText, false},
		{"image/png", typeText, false},
	} {
		r := &http.Request{Header: http.Header{"Accept": {c.accept}}}
		if got := preferred(r, typeText, typeJSON); got != c.want {
			t.Errorf("%q: %s, want %s", c.accept, got, c.want)
		}
		if got := accepts(r, typeHTML); got != c.html {
			t.Errorf("%q: html %v, want %v", c.accept, got, c.html)
		}
	}
}
