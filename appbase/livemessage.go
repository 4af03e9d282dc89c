package appbase

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// LiveMessage is a message as the realtime protocol tells it (docs/protocol.md, $/message). topic "" is a message to the
// connection itself, offset 0 one of a topic without history. It may be called from any goroutine.
func LiveMessage(topic string, offset uint64, m Message) string {
	var b strings.Builder
	b.Grow(len(m.Text) + len(m.Bytes)*4/3 + len(topic) + 96)
	b.WriteString(`{"jsonrpc":"2.0","method":"$/message","params":{`)
	if topic != "" {
		b.WriteString(`"topic":` + jsonrpc.Encode(topic) + `,`)
	}
	if offset > 0 {
		b.WriteString(`"offset":` + strconv.FormatUint(offset, 10) + `,`)
	}
	switch {
	case m.Binary:
		b.WriteString(`"base64":"` + base64.StdEncoding.EncodeToString(m.Bytes) + `"`)
	case m.JSON:
		b.WriteString(`"data":` + m.Text)
	default:
		b.WriteString(`"data":` + jsonrpc.Encode(m.Text))
	}
	b.WriteString("}}")
	return b.String()
}

// LiveLost tells a client of the realtime protocol that publications before a position will not reach it.
func LiveLost(topic string, now Position) string {
	return jsonrpc.Notification("$/lost", jsonrpc.Encode(struct {
		Topic string `json:"topic"`
		livePosition
	}{topic, livePosition(now)}))
}

// livePosition is a [Position] on the wire; of a topic without history nothing.
type livePosition struct {
	Epoch  string `json:"epoch,omitempty"`
	Offset uint64 `json:"offset"`
}
