package wsconn

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gobwas/httphead"
)

// HandshakeError says why an opening handshake cannot be accepted and what to
// answer.
type HandshakeError struct {
	Status int         // HTTP status of the answer
	Header http.Header // headers the answer must have; may be nil
	Reason string      // what is wrong, fit for the answer's body
}

// Error returns the reason.
func (e *HandshakeError) Error() string { return "websocket handshake: " + e.Reason }

// Upgrade is a checked opening handshake (RFC 6455 4.2.1) that has not been
// answered yet. It is for one goroutine, the one of the HTTP handler.
type Upgrade struct {
	key        string
	offered    []string // subprotocols in the client's order
	protocol   string   // the selected one
	extensions []string // headers of the client, well-formed
	extension  string   // the answer to them
	deflate    *deflate // what extension says; nil: nothing is agreed
}

// IsUpgrade reports whether r asks for the websocket protocol at all, well or
// badly; when it does, [ParseUpgrade] says whether it can have it.
func IsUpgrade(r *http.Request) bool {
	return hasToken(r.Header["Upgrade"], "websocket")
}

// ParseUpgrade checks an opening handshake. The error is a [*HandshakeError]:
// 405 for a method other than GET, 505 for HTTP versions other than 1.1, 426
// for a WebSocket version other than 13, else 400. It only reads r.
//
// SelectDeflate may agree to an extension. If one of the offers is malformed,
// all are declined, as if there were none: the client can do without. (RFC 6455
// 9.1 would have the handshake fail.)
func ParseUpgrade(r *http.Request) (*Upgrade, error) {
	if err := checkRequest(r); err != nil {
		return nil, err
	}
	key, err := parseKey(r.Header["Sec-Websocket-Key"])
	if err != nil {
		return nil, err
	}
	offered, err := parseProtocols(r.Header["Sec-Websocket-Protocol"])
	if err != nil {
		return nil, err
	}
	extensions := r.Header["Sec-Websocket-Extensions"]
	if !validExtensions(extensions) {
		extensions = nil
	}
	return &Upgrade{key: key, offered: offered, extensions: extensions}, nil
}

// SelectProtocol chooses the subprotocol: the first one the client offers that
// is among supported, "" when there is none. Accept tells the client.
func (u *Upgrade) SelectProtocol(supported []string) string {
	u.protocol = ""
	for _, p := range u.offered {
		if slices.Contains(supported, p) {
			u.protocol = p
			break
		}
	}
	return u.protocol
}

func badRequest(format string, args ...any) error {
	return &HandshakeError{Status: http.StatusBadRequest, Reason: fmt.Sprintf(format, args...)}
}

// checkRequest checks what does not depend on the client's key.
func checkRequest(r *http.Request) error {
	switch {
	case r.Method != http.MethodGet:
		return &HandshakeError{Status: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {"GET"}},
			Reason: fmt.Sprintf("method is %q, not GET", r.Method)}
	case r.ProtoMajor != 1 || r.ProtoMinor < 1:
		return &HandshakeError{Status: http.StatusHTTPVersionNotSupported,
			Reason: fmt.Sprintf("protocol is %q, not HTTP/1.1", r.Proto)}
	case r.Host == "":
		return badRequest("no Host header")
	case !IsUpgrade(r):
		return badRequest("the Upgrade header does not name websocket")
	case !hasToken(r.Header["Connection"], "upgrade"):
		return badRequest("the Connection header does not name upgrade")
	}
	if v := r.Header["Sec-Websocket-Version"]; len(v) != 1 || v[0] != "13" {
		return &HandshakeError{Status: http.StatusUpgradeRequired, Header: http.Header{
			"Sec-Websocket-Version": {"13"}, "Upgrade": {"websocket"}, "Connection": {"Upgrade"}},
			Reason: fmt.Sprintf("Sec-WebSocket-Version is %q, not 13", strings.Join(v, ", "))}
	}
	return nil
}

// parseKey wants exactly one key of 16 bytes.
func parseKey(values []string) (string, error) {
	if len(values) != 1 {
		return "", badRequest("%d Sec-WebSocket-Key headers, not one", len(values))
	}
	raw, err := base64.StdEncoding.DecodeString(values[0])
	if err != nil || len(raw) != 16 || len(values[0]) != 24 {
		return "", badRequest("Sec-WebSocket-Key is not 16 bytes in base64")
	}
	return values[0], nil
}

// parseProtocols wants tokens, each named once (RFC 6455 4.1, item 10).
func parseProtocols(values []string) ([]string, error) {
	var offered []string
	for _, value := range values {
		names, ok := tokens(value)
		if !ok {
			return nil, badRequest("malformed Sec-WebSocket-Protocol header")
		}
		for _, name := range names {
			if slices.Contains(offered, name) {
				return nil, badRequest("subprotocol %q is offered twice", name)
			}
			if len(offered) == maxOffers {
				return nil, badRequest("more than %d subprotocols", maxOffers)
			}
			offered = append(offered, name)
		}
	}
	return offered, nil
}

// maxOffers bounds the list that is searched for each name.
const maxOffers = 64

// validExtensions checks the form of the offers (RFC 6455 9.1).
func validExtensions(values []string) bool {
	for _, value := range values {
		if strings.ContainsAny(value, `()\`) {
			return false // no token has them, not even a quoted one
		}
		blank := strings.ReplaceAll(value, "\t", " ") // which httphead does not take for one
		if _, ok := httphead.ParseOptions([]byte(blank), nil); !ok {
			return false
		}
	}
	return true
}

// tokens splits a list of tokens at its commas; false when it is none.
func tokens(list string) (names []string, ok bool) {
	for part := range strings.SplitSeq(list, ",") {
		name := strings.Trim(part, " \t")
		if n, kind := httphead.ScanToken([]byte(name)); n != len(name) || kind != httphead.ItemToken {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// hasToken looks for a token in comma-separated lists, in any case.
func hasToken(values []string, token string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// response is the server's handshake (RFC 6455 4.2.2), with what the HTTP
// handler set in extra.
func (u *Upgrade) response(extra http.Header) []byte {
	b := make([]byte, 0, 256)
	b = append(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	b = append(appendAccept(b, u.key), "\r\n"...)
	if u.protocol != "" {
		b = append(b, "Sec-WebSocket-Protocol: "+u.protocol+"\r\n"...)
	}
	if u.extension != "" {
		b = append(b, "Sec-WebSocket-Extensions: "+u.extension+"\r\n"...)
	}
	if len(extra) > 0 {
		var more bytes.Buffer
		_ = extra.WriteSubset(&more, reservedHeaders()) // a bytes.Buffer takes everything
		b = append(b, more.Bytes()...)
	}
	return append(b, "\r\n"...)
}

// reservedHeaders are those the handshake itself decides about.
func reservedHeaders() map[string]bool {
	return map[string]bool{"Upgrade": true, "Connection": true, "Content-Length": true, "Transfer-Encoding": true,
		"Content-Type": true, "Sec-Websocket-Accept": true, "Sec-Websocket-Protocol": true,
		"Sec-Websocket-Extensions": true, "Sec-Websocket-Version": true}
}

// appendAccept appends the proof that the handshake was understood (RFC 6455
// 1.3).
func appendAccept(b []byte, key string) []byte {
	text := append(make([]byte, 0, 64), key...)
	sum := sha1.Sum(append(text, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
	return base64.StdEncoding.AppendEncode(b, sum[:])
}
