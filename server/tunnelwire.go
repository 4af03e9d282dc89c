package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// Why the messages of a request are not taken.
var (
	errSequence = errors.New("requests before this one have not arrived")

	packetProblem = map[int]string{
		http.StatusBadRequest:            "a list of messages and " + sequenceHeader + ", a number from 1, are needed (docs/protocol.md)",
		http.StatusRequestEntityTooLarge: "the body is too large",
		http.StatusRequestTimeout:        "the body did not arrive in time",
	}
)

// opened is the first event: the connection is there.
type opened struct {
	Token    string `json:"token"`
	Protocol string `json:"protocol"`
	ID       string `json:"id"`
}

// parcel is one message as it travels over HTTP, in either direction. Exactly one member is set.
type parcel struct {
	Data   *string         `json:"data,omitempty"`
	Base64 *[]byte         `json:"base64,omitempty"`
	Ping   *[]byte         `json:"ping,omitempty"` // to the client, which answers with
	Pong   *[]byte         `json:"pong,omitempty"` // the same
	Close  json.RawMessage `json:"close,omitempty"`
}

// eventOf is what a client is told of a packet.
func eventOf(p wsconn.Packet) parcel {
	switch p.Kind {
	case wsconn.PacketText:
		text := string(p.Data)
		return parcel{Data: &text}
	case wsconn.PacketPing:
		return parcel{Ping: &p.Data}
	case wsconn.PacketClose:
		return parcel{Close: encodeJSON([]any{p.Code, p.Reason})}
	}
	return parcel{Base64: &p.Data}
}

// encodeEvent is one server-sent event whose data is JSON.
func encodeEvent(value any) []byte {
	return append(append([]byte("data: "), encodeJSON(value)...), '\n', '\n')
}

// encodeJSON is value as JSON, for a reader that is no page of HTML.
func encodeJSON(value any) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // what comes here always has a JSON form
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// readPackets reads the messages of a request. status: 0, or what answers it.
func (s *Server) readPackets(w *steadyWriter, r *http.Request, c call) (packets []wsconn.Packet, sequence uint64, status int) {
	sequence, err := strconv.ParseUint(r.Header.Get(sequenceHeader), 10, 53)
	if err != nil || sequence == 0 {
		return nil, 0, http.StatusBadRequest
	}
	limit := int64(narrower(c.app.limits.MaxBodyBytes, c.now.routes.Info.Limits.BodyBytes))
	body, err := io.ReadAll(&boundBody{
		body: r.Body, control: w.control, framed: w.framed, stall: c.app.limits.BodyStall, left: limit, failed: func(status int) {
			if name := bodyLimits[status]; name != "" {
				c.app.notices.note(name, "route", c.route.String(), "remote", r.RemoteAddr)
			}
		},
	})
	var problem *appbase.BodyError
	if errors.As(err, &problem) {
		return nil, 0, problem.Status
	}
	packets, ok := parsePackets(body)
	if !ok {
		return nil, 0, http.StatusBadRequest
	}
	return packets, sequence, 0
}

// parsePackets reads a list of messages.
func parsePackets(body []byte) (packets []wsconn.Packet, ok bool) {
	var parcels []parcel
	if json.Unmarshal(body, &parcels) != nil || len(parcels) == 0 {
		return nil, false
	}
	for _, p := range parcels {
		packet, ok := p.packet()
		if !ok {
			return nil, false
		}
		packets = append(packets, packet)
	}
	return packets, true
}

// maxControlBytes is the largest payload of a pong (RFC 6455 5.5).
const maxControlBytes = 125

func (p *parcel) packet() (packet wsconn.Packet, ok bool) {
	switch {
	case p.Data != nil && p.Base64 == nil:
		return wsconn.Packet{Kind: wsconn.PacketText, Data: []byte(*p.Data)}, true
	case p.Base64 != nil && p.Data == nil:
		return wsconn.Packet{Kind: wsconn.PacketBinary, Data: *p.Base64}, true
	case p.Pong != nil:
		return wsconn.Packet{Kind: wsconn.PacketPong, Data: *p.Pong}, len(*p.Pong) <= maxControlBytes
	case p.Close != nil:
		return closePacket(p.Close)
	}
	return packet, false
}

// closePacket reads [code, reason], each of which may be missing.
func closePacket(text json.RawMessage) (packet wsconn.Packet, ok bool) {
	code, reason := statusNone, ""
	if err := json.Unmarshal(text, &[]any{&code, &reason}); err != nil {
		return packet, false
	}
	if code != statusNone && code != 1000 && (code < 3000 || code > 4999) { // those that a page may send
		return packet, false
	}
	return wsconn.Packet{Kind: wsconn.PacketClose, Code: code, Reason: reason}, true
}

// statusNone stands for a Close without a code (RFC 6455 7.4.1).
const statusNone = 1005
