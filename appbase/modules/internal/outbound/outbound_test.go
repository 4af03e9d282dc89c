package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	for _, tt := range []struct {
		allow      []string
		private    bool
		host, port string
		want       grant
	}{
		{nil, false, "example.com", "80", public},
		{nil, true, "example.com", "80", full},
		{[]string{}, true, "example.com", "80", none},
		{[]string{"*"}, false, "localhost", "80", public},
		{[]string{"Example.com"}, false, "EXAMPLE.com.", "80", full},
		{[]string{"example.com"}, false, "sub.example.com", "80", none},
		{[]string{"example.com:443"}, false, "example.com", "80", none},
		{[]string{"example.com:443"}, false, "example.com", "443", full},
		{[]string{"*.example.com"}, false, "a.b.example.com", "1", public},
		{[]string{"*.example.com"}, false, "example.com", "1", none},
		{[]string{"*.example.com"}, false, "badexample.com", "1", none},
		{[]string{"*.example.com"}, true, "a.example.com", "1", full},
		{[]string{"10.0.0.0/8"}, false, "example.com", "1", none},
	} {
		r, err := Policy{Allow: tt.allow, Private: tt.private}.read()
		if err != nil {
			t.Fatal(err)
		}
		if got := r.host(tt.host, tt.port); got != tt.want {
			t.Errorf("%q for %s:%s gives %d, want %d", tt.allow, tt.host, tt.port, got, tt.want)
		}
	}
}

func TestEntries(t *testing.T) {
	for _, entry := range []string{"", "http://example.com", "a b", "*example.com", "a.*.com", "host:http", "user@host", ":80"} {
		if err := (Policy{Allow: []string{entry}}).Check(); err == nil || !strings.Contains(err.Error(), "is no host") {
			t.Errorf("%q: %v", entry, err)
		}
	}
	if err := (Policy{Allow: []string{"a", "*", "*.b", "c:1", "10.0.0.1", "fd00::/8", "::1", "[::1]", "localhost:3000"}}).Check(); err != nil {
		t.Error(err)
	}
}

func TestPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "64:ff9b::5db8:d822": true, "2002:5db8:d822::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "169.254.169.254": false, "0.0.0.0": false,
		"0.1.2.3": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false, "fec0::1": false, "2001:db8::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::7f00:1": false,
		"64:ff9b:1::1": false, "2001::1": false,
	} {
		r, _ := Policy{}.read()
		if got := r.address(public, netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v, want %v", address, got, want)
		}
	}
	r, _ := Policy{Allow: []string{"10.0.0.0/8", "::1"}}.read()
	for address, want := range map[string]bool{"10.9.9.9": true, "11.0.0.1": false, "::1": true, "::ffff:10.0.0.1": true, "127.0.0.1": false} {
		if got := r.address(none, netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is granted: %v, want %v", address, got, want)
		}
	}
}

// What a name resolves to is checked when it is dialled: localhost resolves to a loopback address.
func TestDial(t *testing.T) {
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for _, tt := range []struct {
		policy Policy
		host   string
		ok     bool
	}{
		{Policy{}, "127.0.0.1", false}, {Policy{}, "localhost", false}, {Policy{Private: true}, "localhost", true},
		{Policy{Allow: []string{"localhost"}}, "localhost", true}, {Policy{Allow: []string{"localhost:1"}}, "localhost", false},
		{Policy{Allow: []string{"127.0.0.0/8"}}, "127.0.0.1", true}, {Policy{Allow: []string{}}, "127.0.0.1", false},
		{Policy{Allow: []string{"10.0.0.0/8"}}, "127.0.0.1", false},
	} {
		d, err := NewDialer(tt.policy)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := d.DialContext(context.Background(), "tcp", net.JoinHostPort(tt.host, port))
		if err == nil {
			_ = conn.Close()
		}
		var refused *RefusedError
		if (err == nil) != tt.ok || !tt.ok && (!errors.As(err, &refused) || !strings.Contains(err.Error(), tt.host)) {
			t.Errorf("%+v to %s: %v", tt.policy, tt.host, err)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("*.example.com:443", "a.example.com")
	f.Fuzz(func(t *testing.T, entry, host string) {
		r, err := Policy{Allow: []string{entry}}.read()
		if err == nil && r.host(host, "80") == public && r.address(public, netip.MustParseAddr("127.0.0.1")) && len(r.networks) == 0 {
			t.Errorf("%q lets %q reach a loopback address", entry, host)
		}
	})
}
