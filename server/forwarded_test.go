package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestToldByProxies(t *testing.T) {
	x := proxies{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f := proxies{trusted: x.trusted, standard: true}
	header := func(lines ...string) http.Header {
		h := http.Header{}
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			h.Add(name, value)
		}
		return h
	}
	for _, c := range []struct {
		name   string
		p      proxies
		header http.Header
		want   string
	}{
		{"nothing", x, header(), "10.0.0.1  "},
		{"one proxy", x, header("X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: a.example:444"), "192.0.2.7 https a.example:444"},
		{"of a WebSocket", x, header("X-Forwarded-Proto: wss"), "10.0.0.1 https "},
		{"what the client wrote before", x, header("X-Forwarded-For: 1.1.1.1, 192.0.2.7", "X-Forwarded-Proto: http, https", "X-Forwarded-Host: evil, a.example"), "192.0.2.7 https a.example"},
		{"two that append", x, header("X-Forwarded-For: 192.0.2.7, 10.2.2.2", "X-Forwarded-Proto: https, http", "X-Forwarded-Host: a.example, inner"), "192.0.2.7 https a.example"},
		{"two, one value", x, header("X-Forwarded-For: 192.0.2.7, 10.2.2.2", "X-Forwarded-Proto: https"), "192.0.2.7 https "},
		{"odd host and scheme", x, header("X-Forwarded-Proto: gopher", "X-Forwarded-Host: a\"b"), "10.0.0.1  "},
		{"the other kind", x, header("Forwarded: for=192.0.2.7;proto=https;host=a"), "10.0.0.1  "},
		{"standard", f, header(`Forwarded: for=192.0.2.7;proto=https;host=a.example`), "192.0.2.7 https a.example"},
		{"standard, odd case and spaces", f, header(`Forwarded: For="[2001:db8::1]:99" ; Proto=HTTPS;Host="a.example:8443"`), "2001:db8::1 https a.example:8443"},
		{"standard, client first", f, header(`Forwarded: for=1.1.1.1;proto=http;host=evil`, `Forwarded: for=192.0.2.7;proto=https;host=a`), "192.0.2.7 https a"},
		{"standard, two proxies", f, header(`Forwarded: for=9.9.9.9, for=192.0.2.7;proto=https;host=a, for=10.3.3.3;proto=http;host=b`), "192.0.2.7 https a"},
		{"standard, hidden", f, header(`Forwarded: for=192.0.2.7, for=_hidden;proto=https`), "10.0.0.1 https "},
		{"standard, quoted comma", f, header(`Forwarded: for=1.1.1.1;secret="a,for=6.6.6.6", for=192.0.2.7`), "192.0.2.7  "},
		{"standard, malformed before", f, header(`Forwarded: for=1.1.1.1 x y, for=192.0.2.7;proto=https`), "192.0.2.7 https "},
		{"standard, the other kind", f, header("X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https"), "10.0.0.1  "},
	} {
		got := c.p.ask(&http.Request{RemoteAddr: "10.0.0.1:1", Header: c.header})
		if text := fmt.Sprintf("%v %s %s", got.client, got.scheme, got.host); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
		if stranger := c.p.ask(&http.Request{RemoteAddr: "192.0.2.99:1", Header: c.header}); stranger != (told{client: netip.MustParseAddr("192.0.2.99")}) {
			t.Errorf("%s, of a stranger: %v", c.name, stranger)
		}
	}
}

// Behind a proxy that ends TLS and asks by another name, a page of the proxy's own origin may connect, by the door too.
func TestOriginBehindAProxy(t *testing.T) {
	told := []string{"X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: a.example"}
	for name, trusted := range map[string][]netip.Prefix{"trusted": {netip.MustParsePrefix("127.0.0.0/8")}, "a stranger": nil} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, guarded, func(o *Options) { o.TrustedProxies = trusted })
			want := map[bool]int{true: 101, false: 403}
			if c := s.handshake("/app/echo", append(told, "Origin: https://a.example")...); c.res.StatusCode != want[trusted != nil] {
				t.Errorf("its own: %s", c.res.Status)
			}
			if c := s.handshake("/app/echo", append(told, "Origin: http://a.example")...); c.res.StatusCode != 403 {
				t.Errorf("not secure: %s", c.res.Status)
			}
			if c := s.handshake("/app/echo", append(told, "Origin: http://"+s.addr())...); c.res.StatusCode != want[trusted == nil] {
				t.Errorf("by the inner name: %s", c.res.Status)
			}
			wantURL := map[bool]string{true: "https://a.example/app/where from 192.0.2.7", false: "http://" + s.addr() + "/app/where from 127.0.0.1"}
			if _, got := s.do("GET", "/app/where", "", told...); got != wantURL[trusted != nil] {
				t.Errorf("req.url: %s", got)
			}
		})
	}
}

// The reader of Forwarded takes anything without harm.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{`for=192.0.2.7;proto=https;host=a, for="[::1]:9"`, `for="a\"b`, `;;,,=`, `for=1 x,`, `"`} {
		f.Add(seed)
	}
	p := proxies{trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, standard: true}
	peer := netip.MustParseAddr("10.0.0.1")
	f.Fuzz(func(t *testing.T, text string) {
		got := p.forwarded([]string{text}, peer)
		if !got.client.IsValid() || got.host != "" && !plausibleHost(got.host) || got.scheme != "" && got.scheme != "http" && got.scheme != "https" {
			t.Errorf("%q: %v", text, got)
		}
		// What a trusted proxy appends counts, whatever was there, unless it opened a quote.
		if strings.Contains(text, `"`) {
			return
		}
		if after := p.forwarded([]string{text, "for=192.0.2.7;proto=https;host=a"}, peer); after != (told{netip.MustParseAddr("192.0.2.7"), "https", "a"}) {
			t.Errorf("%q and a proxy's word: %v", text, after)
		}
	})
}
