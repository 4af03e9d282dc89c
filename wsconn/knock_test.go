package wsconn

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

const aKnock = "GET /a/b%20c?x=1 HTTP/1.1\r\nHost: example.com:80\r\nUpgrade: websocket\r\nconnection: keep-alive, Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: a=1\r\ncookie:\tb=2 \r\n\r\n"

func TestReadKnock(t *testing.T) {
	r, size, ok := readKnock([]byte(aKnock + "\x81\x80"))
	if !ok || size != len(aKnock) {
		t.Fatalf("%d bytes, %v", size, ok)
	}
	if r.Host != "example.com:80" || r.URL.Path != "/a/b c" || r.URL.RawQuery != "x=1" || !reflect.DeepEqual(r.Header["Cookie"], []string{"a=1", "b=2"}) {
		t.Errorf("got %+v", r)
	}
	if _, err := ParseUpgrade(r); err != nil {
		t.Error(err)
	}
}

// What is not plain goes to net/http, right or wrong.
func TestReadKnockLeavesTheRest(t *testing.T) {
	change := func(old, with string) string { return strings.Replace(aKnock, old, with, 1) }
	for name, text := range map[string]string{
		"nothing":            "",
		"cut short":          aKnock[:len(aKnock)-1],
		"another method":     change("GET", "POST"),
		"HTTP/1.0":           change("HTTP/1.1", "HTTP/1.0"),
		"HTTP/2":             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"absolute form":      change("/a/b%20c", "http://example.com/a"),
		"authority":          change("/a/b%20c", "//example.com/a"),
		"fragment":           change("?x=1", "#x"),
		"bad escape":         change("%20", "%2x"),
		"two blanks":         change(" HTTP", "  HTTP"),
		"high byte in path":  change("/a", "/\xff"),
		"no host":            change("Host: example.com:80\r\n", ""),
		"two hosts":          change("Upgrade", "Host: other\r\nUpgrade"),
		"empty host":         change("example.com:80", ""),
		"strange host":       change("example.com:80", "a/b"),
		"folded line":        change("\r\nCookie", "\r\n Cookie"),
		"blank before colon": change("Cookie:", "Cookie :"),
		"no name":            change("Cookie:", ":"),
		"no colon":           change("Cookie: a=1", "Cookie"),
		"lone LF":            change("\r\nCookie", "\nCookie"),
		"lone CR":            change("a=1", "a=\r1"),
		"NUL":                change("a=1", "a=\x00"),
		"high byte":          change("a=1", "a=\xe9"),
		"body":               change("Cookie", "Content-Length: 1\r\nCookie"),
		"chunked":            change("Cookie", "Transfer-Encoding: chunked\r\nCookie"),
		"expectation":        change("Cookie", "Expect: 100-continue\r\nCookie"),
		"no upgrade":         change("Upgrade: websocket\r\n", ""),
	} {
		if _, _, ok := readKnock([]byte(text)); ok {
			t.Errorf("%s was taken", name)
		}
	}
}

// What the door reads is what net/http would have read.
func FuzzReadKnock(f *testing.F) {
	for _, seed := range []string{
		aKnock, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
		"GET /?a#b HTTP/1.1\r\nHost: [::1]:1\r\nupgrade:WebSocket,h2c\r\nX: \r\n\r\nrest",
		"GET /%zz HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nPragma: no-cache\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, size, ok := readKnock(data)
		if !ok {
			return
		}
		rest := bufio.NewReaderSize(bytes.NewReader(data), len(data)+16)
		want, err := http.ReadRequest(rest)
		if err != nil {
			t.Fatalf("net/http refuses it: %v", err)
		}
		after, _ := io.ReadAll(rest)
		if !bytes.Equal(after, data[size:]) {
			t.Errorf("%d bytes are left, net/http leaves %d", len(data)-size, len(after))
		}
		if got.Method != want.Method || got.RequestURI != want.RequestURI || got.Host != want.Host || got.Proto != want.Proto ||
			want.ContentLength != 0 || want.TransferEncoding != nil || want.Close != got.Close && !want.Close {
			t.Errorf("got %+v, net/http %+v", got, want)
		}
		if !reflect.DeepEqual(got.URL, want.URL) || !reflect.DeepEqual(got.Header, want.Header) {
			t.Errorf("got %v %v, net/http %v %v", got.URL, got.Header, want.URL, want.Header)
		}
	})
}
