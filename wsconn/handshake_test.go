package wsconn

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// upgradeRequest is a good opening handshake, changed by edit.
func upgradeRequest(edit func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/app/route", nil)
	for _, h := range [][2]string{{"Upgrade", "websocket"}, {"Connection", "Upgrade"},
		{"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}} {
		r.Header.Set(h[0], h[1])
	}
	if edit != nil {
		edit(r)
	}
	return r
}

// set changes one header of the good handshake; no values removes it.
func set(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(name)
		for _, v := range values {
			r.Header.Add(name, v)
		}
	}
}

func TestParseUpgrade(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	tests := []struct {
		name   string
		edit   func(*http.Request)
		status int // 0: accepted
	}{
		{"good", nil, 0},
		{"upgrade in capitals", set("Upgrade", "WebSocket"), 0},
		{"upgrade among others", set("Upgrade", "h2c, websocket"), 0},
		{"connection among others", set("Connection", "keep-alive, upgrade"), 0},
		{"connection in two headers", set("Connection", "keep-alive", "Upgrade"), 0},
		{"post", func(r *http.Request) { r.Method = http.MethodPost }, 405},
		{"http/1.0", func(r *http.Request) { r.ProtoMinor = 0 }, 505},
		{"http/2", func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 2, 0 }, 505},
		{"no host", func(r *http.Request) { r.Host = "" }, 400},
		{"no upgrade", set("Upgrade"), 400},
		{"other upgrade", set("Upgrade", "websockets"), 400},
		{"no connection", set("Connection"), 400},
		{"connection close", set("Connection", "close"), 400},
		{"no version", set("Sec-WebSocket-Version"), 426},
		{"version 8", set("Sec-WebSocket-Version", "8"), 426},
		{"version 013", set("Sec-WebSocket-Version", "013"), 426},
		{"two versions", set("Sec-WebSocket-Version", "13", "13"), 426},
		{"no key", set("Sec-WebSocket-Key"), 400},
		{"two keys", set("Sec-WebSocket-Key", key, key), 400},
		{"short key", set("Sec-WebSocket-Key", "c2hvcnQ="), 400},
		{"long key", set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZXNz"), 400},
		{"key that is no base64", set("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!=="), 400},
		{"protocols", set("Sec-WebSocket-Protocol", "chat, superchat", "x"), 0},
		{"empty protocol", set("Sec-WebSocket-Protocol", "chat,,x"), 400},
		{"protocol with a space", set("Sec-WebSocket-Protocol", "a b"), 400},
		{"quoted protocol", set("Sec-WebSocket-Protocol", `"a"`), 400},
		{"protocol twice", set("Sec-WebSocket-Protocol", "a, a"), 400},
		{"very many protocols", set("Sec-WebSocket-Protocol", manyTokens(65)), 400},
		{"compression is declined", set("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"), 0},
		{"malformed extension is declined", set("Sec-WebSocket-Extensions", "permessage-deflate; ="), 0},
		{"extension with a comment is declined", set("Sec-WebSocket-Extensions", "a (b)"), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseUpgrade(upgradeRequest(tt.edit))
			var bad *HandshakeError
			switch {
			case tt.status == 0 && err != nil:
				t.Errorf("refused: %v", err)
			case tt.status != 0 && (!errors.As(err, &bad) || bad.Status != tt.status || bad.Reason == ""):
				t.Errorf("got %v, want status %d", err, tt.status)
			case tt.status == 426 && bad.Header.Get("Sec-WebSocket-Version") != "13":
				t.Error("426 does not name version 13")
			}
		})
	}
}

func manyTokens(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = "p" + itoa(i)
	}
	return strings.Join(names, ",")
}

func TestIsUpgrade(t *testing.T) {
	for value, want := range map[string]bool{"websocket": true, "WEBSOCKET": true, "h2c , websocket": true, "": false, "h2c": false, "websocket2": false} {
		if got := IsUpgrade(upgradeRequest(set("Upgrade", value))); got != want {
			t.Errorf("Upgrade %q: got %v", value, got)
		}
	}
}

func TestSelectProtocol(t *testing.T) {
	u, err := ParseUpgrade(upgradeRequest(set("Sec-WebSocket-Protocol", "v2, v1", "v0")))
	if err != nil {
		t.Fatal(err)
	}
	for want, supported := range map[string][]string{"v2": {"v1", "v2"}, "v0": {"v0"}, "": {"v9"}} {
		if got := u.SelectProtocol(supported); got != want {
			t.Errorf("supported %v: got %q", supported, got)
		}
	}
	if got := u.SelectProtocol(nil); got != "" {
		t.Errorf("nothing supported: got %q", got)
	}
}

// The answer names the selected subprotocol and no extension, and carries what
// the HTTP handler has set.
func TestAcceptAnswers(t *testing.T) {
	adopted := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(adopted)
		u, err := ParseUpgrade(r)
		if err != nil {
			t.Error(err)
			return
		}
		u.SelectProtocol([]string{"soap"})
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Sec-WebSocket-Extensions", "nonsense")
		a, err := u.Accept(w)
		if err != nil {
			t.Error(err)
			return
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	r := &rig{t: t, server: s}
	c := r.dialRaw()
	c.send(fmt.Appendf(nil, request, "x", "Sec-WebSocket-Protocol: chat, soap\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	await(t, adopted, "the HTTP handler")
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Sec-Websocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-Websocket-Protocol": "soap",
		"Sec-Websocket-Extensions": "", "Set-Cookie": "a=b", "Upgrade": "websocket", "Connection": "Upgrade", "Content-Length": ""}
	for name, value := range want {
		if got := resp.Header.Get(name); got != value {
			t.Errorf("%s is %q, not %q", name, got, value)
		}
	}
}

// What cannot be taken over is still the HTTP server's.
func TestAcceptWithoutHijacker(t *testing.T) {
	u, err := ParseUpgrade(upgradeRequest(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Accept(httptest.NewRecorder()); !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("got %v", err)
	}
}

// A refused peer reads the code although it has sent frames that nobody reads.
func TestRefuse(t *testing.T) {
	for _, tlsOn := range []bool{false, true} {
		done := make(chan error, 1)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u, err := ParseUpgrade(r)
			if err == nil {
				err = u.Refuse(w, 1008, "no such route")
			}
			done <- err
		}))
		r := &rig{t: t, server: s, o: rigOptions{tls: tlsOn}}
		if tlsOn {
			s.StartTLS()
		} else {
			s.Start()
		}
		c := r.dial(frame(fin|text, megabyte[:3000]))
		c.send(frame(fin|text, megabyte[:50000]))
		c.expect("close 1008 no such route", "eof")
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := await(t, done, "Refuse"); err != nil {
			t.Error(err)
		}
		s.Close()
	}
}

func TestHandshakeResponseIsOneHeaderBlock(t *testing.T) {
	u := &Upgrade{key: "dGhlIHNhbXBsZSBub25jZQ=="}
	got := u.response(http.Header{"X-A": {"1\r\nEvil: 2"}})
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(got))), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Evil") != "" {
		t.Error("a header value has made a header")
	}
}

// Whatever the headers hold, the parser neither panics nor accepts names that
// are no tokens.
func FuzzParseUpgrade(f *testing.F) {
	f.Add("websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZQ==", "chat, soap", "permessage-deflate; a=\"b\"", "http://example.com")
	f.Add("h2c,websocket", "a,,upgrade", "13", "AAAAAAAAAAAAAAAAAAAAAA==", "a;b", "x; (", "null")
	f.Fuzz(func(t *testing.T, upgrade, connection, version, key, protocol, extensions, origin string) {
		r := upgradeRequest(nil)
		r.Header = http.Header{"Upgrade": {upgrade}, "Connection": {connection}, "Sec-Websocket-Version": {version},
			"Sec-Websocket-Key": {key}, "Sec-Websocket-Protocol": {protocol}, "Sec-Websocket-Extensions": {extensions}, "Origin": {origin}}
		CheckOrigin(r, []string{"http://example.com"})
		u, err := ParseUpgrade(r)
		var bad *HandshakeError
		if err != nil {
			if !errors.As(err, &bad) || bad.Status < 400 {
				t.Fatalf("error %v", err)
			}
			return
		}
		for i, name := range u.offered {
			if name == "" || strings.ContainsAny(name, " \t\r\n,;\"") || slices.Contains(u.offered[:i], name) {
				t.Fatalf("offered %q", u.offered)
			}
		}
		u.SelectProtocol(u.offered)
		resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(u.response(nil)))), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	})
}
