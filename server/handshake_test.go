package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	goodKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	goodAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// goodHandshake are the lines of an opening handshake (RFC 6455 4.2.1) for the echo of the shop.
var goodHandshake = []string{"GET /shop/echo HTTP/1.1", "Host: ", "Upgrade: websocket", "Connection: Upgrade",
	"Sec-WebSocket-Key: " + goodKey, "Sec-WebSocket-Version: 13"}

// handshakeWith is the good one for a host with edits: "Name: value" replaces the line of that name, "-Name" takes it
// away, "+line" adds one, and "GET ..." is another request line.
func handshakeWith(host string, edits ...string) string {
	lines := slices.Clone(goodHandshake)
	lines[1] += host
	for _, edit := range edits {
		if line, ok := strings.CutPrefix(edit, "+"); ok {
			lines = append(lines, line)
			continue
		}
		name, _, isHeader := strings.Cut(strings.TrimPrefix(edit, "-"), ":")
		i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, name+":") })
		switch {
		case strings.HasPrefix(edit, "-"):
			lines = slices.Delete(lines, i, i+1)
		case isHeader && i >= 0:
			lines[i] = edit
		default:
			lines[0] = edit
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// handshakes are opening handshakes and what each is answered.
var handshakes = []struct {
	name   string
	edits  []string
	status int
}{
	{"good", nil, 101},

	// the request line
	{"POST", []string{"POST /shop/echo HTTP/1.1"}, 405},
	{"HEAD", []string{"HEAD /shop/echo HTTP/1.1"}, 405},
	{"OPTIONS", []string{"OPTIONS /shop/echo HTTP/1.1"}, 405},
	{"lower case method", []string{"get /shop/echo HTTP/1.1"}, 405},
	{"HTTP/1.0", []string{"GET /shop/echo HTTP/1.0"}, 505},
	{"HTTP/1.2", []string{"GET /shop/echo HTTP/1.2"}, 101},
	{"HTTP/2.0", []string{"GET /shop/echo HTTP/2.0"}, 505},
	{"no version", []string{"GET /shop/echo"}, 400},
	{"absolute form", []string{"GET http://example.com/shop/echo HTTP/1.1"}, 101},
	{"absolute form of WebSockets", []string{"GET ws://example.com/shop/echo HTTP/1.1"}, 101},
	{"with a query", []string{"GET /shop/echo?a=b&c HTTP/1.1"}, 101},
	{"two spaces", []string{"GET  /shop/echo HTTP/1.1"}, 400},

	// Host
	{"no Host", []string{"-Host"}, 400},
	{"two Hosts", []string{"+Host: b"}, 400},
	{"a Host with a space", []string{"Host: a b"}, 400},

	// Upgrade and Connection
	{"upgrade in capitals", []string{"Upgrade: WEBSOCKET"}, 101},
	{"upgrade among others", []string{"Upgrade: h2c, WebSocket"}, 101},
	{"upgrade in two headers", []string{"Upgrade: h2c", "+Upgrade: websocket"}, 101},
	{"no Upgrade", []string{"-Upgrade"}, 400},
	{"another Upgrade", []string{"Upgrade: h2c"}, 400},
	{"no Connection", []string{"-Connection"}, 400},
	{"Connection without the token", []string{"Connection: keep-alive"}, 400},
	{"Connection: close", []string{"Connection: close"}, 400},
	{"Connection: keep-alive, Upgrade", []string{"Connection: keep-alive, Upgrade"}, 101},
	{"connection: UPGRADE", []string{"Connection: UPGRADE"}, 101},
	{"Connection:upgrade", []string{"Connection:upgrade"}, 101},
	{"many Connections", []string{"Connection: keep-alive", "+Connection: foo", "+connection: ,bar,,UpGrade"}, 101},
	{"names in lower case", []string{"-Upgrade", "-Sec-WebSocket-Key", "-Sec-WebSocket-Version",
		"+upgrade: websocket", "+sec-websocket-key: " + goodKey, "+sec-websocket-version: 13"}, 101},
	{"names in capitals", []string{"-Upgrade", "-Sec-WebSocket-Key", "-Sec-WebSocket-Version",
		"+UPGRADE: websocket", "+SEC-WEBSOCKET-KEY: " + goodKey, "+SEC-WEBSOCKET-VERSION: 13"}, 101},

	// version
	{"no version header", []string{"-Sec-WebSocket-Version"}, 426},
	{"version 0", []string{"Sec-WebSocket-Version: 0"}, 426},
	{"version 8", []string{"Sec-WebSocket-Version: 8"}, 426},
	{"version 12", []string{"Sec-WebSocket-Version: 12"}, 426},
	{"version 14", []string{"Sec-WebSocket-Version: 14"}, 426},
	{"version 013", []string{"Sec-WebSocket-Version: 013"}, 426},
	{"version -13", []string{"Sec-WebSocket-Version: -13"}, 426},
	{"version 13.0", []string{"Sec-WebSocket-Version: 13.0"}, 426},
	{"version abc", []string{"Sec-WebSocket-Version: abc"}, 426},
	{"an empty version", []string{"Sec-WebSocket-Version:"}, 426},
	{"two versions", []string{"+Sec-WebSocket-Version: 13"}, 426},
	{"a list of versions", []string{"Sec-WebSocket-Version: 13, 8"}, 426},

	// key
	{"no key", []string{"-Sec-WebSocket-Key"}, 400},
	{"an empty key", []string{"Sec-WebSocket-Key:"}, 400},
	{"two keys", []string{"+Sec-WebSocket-Key: " + goodKey}, 400},
	{"a short key", []string{"Sec-WebSocket-Key: c2hvcnQ="}, 400},
	{"a key of 15 bytes", []string{"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"}, 400},
	{"a key of 17 bytes", []string{"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA="}, 400},
	{"a key without padding", []string{"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"}, 400},
	{"a key that is no base64", []string{"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!=="}, 400},
	{"a key in the URL's alphabet", []string{"Sec-WebSocket-Key: -_-_-_-_-_-_-_-_-_-_-w=="}, 400},
	{"a key in quotes", []string{`Sec-WebSocket-Key: "dGhlIHNhbXBsZSBub25jZQ=="`}, 400},
	{"a key with a space", []string{"Sec-WebSocket-Key: dGhlIHNhbXBs ZSBub25jZQ=="}, 400},

	// what the request brings besides
	{"a body", []string{"+Content-Length: 4"}, 400},
	{"no body, said so", []string{"+Content-Length: 0"}, 101},
	{"a chunked body", []string{"+Transfer-Encoding: chunked"}, 400},
	{"two lengths", []string{"+Content-Length: 0", "+Content-Length: 4"}, 400},
	{"a negative length", []string{"+Content-Length: -1"}, 400},
	{"Expect: 100-continue", []string{"+Expect: 100-continue"}, 101},
	{"another Expect", []string{"+Expect: the-unexpected"}, 417},
	{"a folded line", []string{"Connection: keep-alive,", "+Foo: a\r\n b"}, 400},
	{"a space before the colon", []string{"+Foo : bar"}, 400},
	{"a line without a colon", []string{"+nonsense"}, 400},
	{"no name", []string{"+: x"}, 400},
	{"NUL in a value", []string{"+Foo: a\x00b"}, 400},
	{"a huge header", []string{"+Foo: " + strings.Repeat("x", 40<<10)}, 431},
	{"a header just below", []string{"+Foo: " + strings.Repeat("x", 14<<10)}, 101},
	{"a huge path", []string{"GET /shop/echo?" + strings.Repeat("x", 40<<10) + " HTTP/1.1"}, 431},
	{"very many fields", slices.Repeat([]string{"+A: b"}, 200), 431},

	// origin
	{"the same origin", []string{"Host: example.com", "+Origin: http://example.com"}, 101},
	{"the same origin, port", []string{"Host: example.com:8081", "+Origin: http://example.com:8081"}, 101},
	{"the same origin behind TLS", []string{"Host: example.com", "+Origin: https://example.com"}, 101},
	{"the same origin in capitals", []string{"Host: example.com", "+Origin: HTTP://EXAMPLE.COM"}, 101},
	{"another port", []string{"Host: example.com:8081", "+Origin: http://example.com:8082"}, 403},
	{"a host that begins alike", []string{"Host: example.com", "+Origin: http://example.com.evil.org"}, 403},
	{"a host that ends alike", []string{"Host: example.com", "+Origin: http://evilexample.com"}, 403},
	{"a user in it", []string{"Host: example.com", "+Origin: http://example.com@evil.org"}, 403},
	{"null", []string{"+Origin: null"}, 403},
	{"empty", []string{"+Origin:"}, 403},
	{"foreign", []string{"+Origin: https://evil.example"}, 403},
	{"two origins", []string{"Host: example.com", "+Origin: http://example.com", "+Origin: https://evil.example"}, 403},
	{"a file", []string{"+Origin: file://"}, 403},

	// subprotocols
	{"protocols", []string{"+Sec-WebSocket-Protocol: a, b", "+Sec-WebSocket-Protocol: c"}, 101},
	{"a protocol that is no token", []string{"+Sec-WebSocket-Protocol: a/b"}, 400},
	{"a protocol twice", []string{"+Sec-WebSocket-Protocol: a, a"}, 400},

	// extensions are never refused, only declined
	{"unknown extension", []string{"+Sec-WebSocket-Extensions: x-foo; bar=1"}, 101},
	{"empty extensions", []string{"+Sec-WebSocket-Extensions:"}, 101},
	{"extension without a name", []string{"+Sec-WebSocket-Extensions: ; a=b"}, 101},
	{"nonsense for extensions", []string{"+Sec-WebSocket-Extensions: =,;\"("}, 101},
	{"parameter without a value", []string{"+Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits="}, 101},
	{"a quote that does not end", []string{"+Sec-WebSocket-Extensions: permessage-deflate; a=\"b"}, 101},
}

func TestHandshakes(t *testing.T) {
	s := startSite(t, shop)
	for _, c := range handshakes {
		t.Run(c.name, func(t *testing.T) {
			site := &site{t: t, server: s.server}
			answer := site.raw(handshakeWith(s.addr(), c.edits...))
			h := answer.res.Header
			switch status := answer.res.StatusCode; {
			case status != c.status:
				t.Fatalf("%s, want %d: %s", answer.res.Status, c.status, answer.body())
			case status == 101:
				if h.Get("Sec-WebSocket-Accept") != goodAccept || h.Get("Upgrade") != "websocket" || h.Get("Connection") != "Upgrade" ||
					h["Sec-Websocket-Extensions"] != nil || h["Sec-Websocket-Protocol"] != nil {
					t.Errorf("the answer's header is %v", h)
				}
				answer.send(opText, "hi")
				answer.want("echo: hi")
				answer.leave()
			case status == 426 && (h.Get("Sec-WebSocket-Version") != "13" || h.Get("Upgrade") != "websocket"):
				t.Errorf("426 does not name the version and the protocol: %v", h)
			case status == 426 && !answer.res.Close:
				t.Error("426 leaves the connection open, as no other refusal does")
			case h.Get("Sec-WebSocket-Accept") != "":
				t.Errorf("a refusal accepts: %v", h)
			}
		})
	}
}

// However the bytes of the handshake and of the first frames are cut, the frames arrive.
func TestHandshakeInPieces(t *testing.T) {
	s := startSite(t, shop)
	all := handshakeWith(s.addr()) + "\x81\x82\x00\x00\x00\x00hi" + "\x89\x80\x00\x00\x00\x00" + "\x81\x82\x00\x00\x00\x00ho"
	head := strings.Index(all, "\r\n\r\n") + 4
	cuts := map[string][]int{"whole": nil, "each byte": each(len(all)), "behind the header": {head}}
	for i := head - 5; i < len(all); i++ {
		cuts[fmt.Sprint("at ", i)] = []int{i}
	}
	for name, at := range cuts {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", s.addr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(clientPatience))
			from := 0
			for _, to := range append(slices.Clone(at), len(all)) {
				if _, err := io.WriteString(conn, all[from:to]); err != nil {
					t.Fatal(err)
				}
				from = to
			}
			c := &client{t: t, conn: conn, in: bufio.NewReader(conn)}
			if c.res, err = http.ReadResponse(c.in, nil); err != nil || c.res.StatusCode != 101 {
				t.Fatal(c.res, err)
			}
			c.want("echo: hi")
			c.send(opText, "on")
			for _, want := range []string{"", "echo: ho", "echo: on"} { // the first is the pong
				if f, err := c.read(); err != nil || string(f.data) != want {
					t.Fatalf("%q, %v; want %q", f.data, err, want)
				}
			}
		})
	}
}

func each(n int) (at []int) {
	for i := 1; i < n; i++ {
		at = append(at, i)
	}
	return at
}
