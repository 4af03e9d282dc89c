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

// aPost is a request with a body of one byte if its length is said right.
func aPost(field string) string { return "POST /a HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\nx" }

func TestReadRequestWithABody(t *testing.T) {
	for text, want := range map[string]reading{
		aPost("Content-Length: 1"): readWhole, aPost("Content-Length: 1\r\nConnection: close"): readWhole, aPost("X: 1"): readWhole,
		aPost("Content-Length: 000000001"): readWhole, aPost("Content-Length: 2"): readPart, aPost("Content-Length: 101"): readUnusual,
		"POST /a": readPart, "\x16\x03\x01\r\n\r\n": readUnusual,
	} {
		r, size, how := readRequest([]byte(text), 100)
		if how != want {
			t.Errorf("%q: %v, want %v", text, how, want)
			continue
		}
		if how != readWhole {
			continue
		}
		body, _ := io.ReadAll(r.Body)
		if rest := text[size:]; string(body)+rest != "x" || r.ContentLength != int64(len(body)) || r.Close != strings.Contains(text, "close") {
			t.Errorf("%q: body %q, length %d, rest %q, close %v", text, body, r.ContentLength, rest, r.Close)
		}
	}
}

func TestReadRequest(t *testing.T) {
	r, size, how := readRequest([]byte(aKnock+"\x81\x80"), 0)
	if how != readWhole || size != len(aKnock) {
		t.Fatalf("%d bytes, %v", size, how)
	}
	if r.Host != "example.com:80" || r.URL.Path != "/a/b c" || r.URL.RawQuery != "x=1" || !reflect.DeepEqual(r.Header["Cookie"], []string{"a=1", "b=2"}) {
		t.Errorf("got %+v", r)
	}
	if _, err := ParseUpgrade(r); err != nil {
		t.Error(err)
	}
}

// What is not plain goes to net/http, right or wrong.
func TestReadRequestLeavesTheRest(t *testing.T) {
	change := func(old, with string) string { return strings.Replace(aKnock, old, with, 1) }
	for name, text := range map[string]string{
		"nothing":            "",
		"cut short":          aKnock[:len(aKnock)-1],
		"another method":     change("GET", "OPTIONS"),
		"lower case":         change("GET", "get"),
		"upgrade by POST":    change("GET", "POST"),
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
		"strange port":       change("example.com:80", "a:b"),
		"address of IPv6":    change("example.com:80", "[::1]:80"),
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
		"another upgrade":    change("websocket", "h2c"),
		"HTTP/2 settings":    change("Cookie", "HTTP2-Settings: AAMAAABk\r\nCookie"),
		"two lengths":        aPost("Content-Length: 1\r\nContent-Length: 1"),
		"a list of lengths":  aPost("Content-Length: 1, 1"),
		"a signed length":    aPost("Content-Length: +1"),
		"a negative length":  aPost("Content-Length: -1"),
		"a hexadecimal one":  aPost("Content-Length: 0x1"),
		"an empty length":    aPost("Content-Length: "),
		"a huge length":      aPost("Content-Length: 99999999999999999999"),
		"too long a body":    aPost("Content-Length: 101"),
		"length and chunks":  aPost("Content-Length: 1\r\nTransfer-Encoding: chunked"),
		"strange encoding":   aPost("Transfer-Encoding: xchunked"),
		"trailers":           aPost("Trailer: X"),
		"TE":                 aPost("TE: trailers"),
		"connection options": aPost("Connection: close, X-A"),
		"two connections":    aPost("Connection: close\r\nConnection: keep-alive"),
	} {
		if _, _, how := readRequest([]byte(text), 100); how == readWhole {
			t.Errorf("%s was taken", name)
		}
	}
}

// What the door reads is what net/http would have read.
func FuzzReadRequest(f *testing.F) {
	for _, seed := range []string{
		aKnock, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
		"GET /?a#b HTTP/1.1\r\nHost: [::1]:1\r\nupgrade:WebSocket,h2c\r\nX: \r\n\r\nrest",
		aPost("Content-Length: 1"), aPost("Content-Length: 1\r\nConnection: close"), aPost("content-length:\t1 \r\nconnection:  keep-alive"),
		"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "DELETE /x?y HTTP/1.1\r\nHost: a:1\r\nContent-Length: 0\r\nPragma: no-cache\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nPragma: no-cache\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, size, how := readRequest(data, len(data))
		if how != readWhole {
			return
		}
		rest := bufio.NewReaderSize(bytes.NewReader(data), len(data)+16)
		want, err := http.ReadRequest(rest)
		if err != nil {
			t.Fatalf("net/http refuses it: %v", err)
		}
		body, err := io.ReadAll(want.Body)
		if err != nil {
			t.Fatalf("net/http refuses its body: %v", err)
		}
		if mine, _ := io.ReadAll(got.Body); !bytes.Equal(mine, body) || got.ContentLength != want.ContentLength {
			t.Errorf("the body is %q (%d), net/http %q (%d)", mine, got.ContentLength, body, want.ContentLength)
		}
		after, _ := io.ReadAll(rest)
		if !bytes.Equal(after, data[size:]) {
			t.Errorf("%d bytes are left, net/http leaves %d", len(data)-size, len(after))
		}
		if got.Method != want.Method || got.RequestURI != want.RequestURI || got.Host != want.Host || got.Proto != want.Proto ||
			want.TransferEncoding != nil || want.Trailer != nil || want.Close != got.Close && got.Header["Upgrade"] == nil {
			t.Errorf("got %+v, net/http %+v", got, want)
		}
		if !reflect.DeepEqual(got.URL, want.URL) || !reflect.DeepEqual(got.Header, want.Header) {
			t.Errorf("got %v %v, net/http %v %v", got.URL, got.Header, want.URL, want.Header)
		}
	})
}
