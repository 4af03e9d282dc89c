package appbase

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestPackedHeaders(t *testing.T) {
	hs := packHandshake(&Request{Header: http.Header{"Host": {"h"}, "X-Two": {"a", "b"}, "Cookie": {"a=1", "b=2"}, "X-Empty": {""}}}, "")
	got := map[string]string{}
	hs.eachHeader(func(name, value string) { got[name] = value })
	want := map[string]string{"host": "h", "x-two": "a, b", "cookie": "a=1; b=2", "x-empty": ""}
	if !maps.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if hs.header("x-two") != "a, b" || hs.header("none") != "" {
		t.Error("header lookup")
	}
}

func TestQueryAndCookies(t *testing.T) {
	if got := parseQuery("a=1&b=x%20y&a=2&c&%zz=1&=&"); !maps.Equal(got, map[string]string{"a": "2", "b": "x y", "c": "", "%zz": "1", "": ""}) {
		t.Errorf("query: %q", got)
	}
	if got := parseCookies(`a=1; b="two"; a=3; ; bad; c=%C3%A9`); !maps.Equal(got, map[string]string{"a": "1", "b": "two", "c": "é"}) {
		t.Errorf("cookies: %q", got)
	}
}

func TestHandshakeKeepsEveryName(t *testing.T) {
	req := &Request{Path: "/a", RawQuery: "b=c", RemoteAddress: "::1", Header: http.Header{"X-Rare": {"1"}, "Hos": {"2"}, "Ost": {"3"}}}
	for name := range slices.Values(commonNames[:]) {
		req.Header[http.CanonicalHeaderKey(name)] = []string{name}
	}
	hs := packHandshake(req, "p")
	if hs.path() != "/a" || hs.rawQuery() != "b=c" || hs.remoteAddress() != "::1" || hs.protocol() != "p" {
		t.Errorf("got %q", hs.text)
	}
	seen := 0
	hs.eachHeader(func(name, value string) {
		if want := strings.Join(req.Header[http.CanonicalHeaderKey(name)], ""); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
		seen++
	})
	if seen != len(req.Header) {
		t.Errorf("%d headers of %d", seen, len(req.Header))
	}
}
