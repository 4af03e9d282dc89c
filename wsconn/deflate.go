package wsconn

import (
	"slices"
	"strings"

	"github.com/gobwas/httphead"
)

// Deflate says how the messages of a route are compressed (RFC 7692). The zero
// value is no compression.
type Deflate struct {
	// Enabled agrees to permessage-deflate when the client offers it.
	Enabled bool
	// ContextTakeover lets messages refer to earlier ones, which compresses
	// small similar messages better. It costs up to 32 KiB per connection for
	// what is received and 8 KiB for what is sent, and time for each message.
	// Without it a connection keeps nothing between two messages.
	ContextTakeover bool
	// MinBytes is the size below which a message is sent plain; default 256.
	MinBytes int
	// Level is 1 (fast) to 9 (small); default, and for anything else, 1.
	Level int
}

func (o Deflate) withDefaults() Deflate {
	setSize(&o.MinBytes, 256)
	if o.Level < 1 || o.Level > 9 {
		o.Level = 1
	}
	return o
}

// deflate is an agreement on permessage-deflate and what it has one connection
// keep.
type deflate struct {
	level, minBytes int
	keepSent        bool   // what is sent may refer to earlier messages
	keepReceived    bool   // what is received may
	sent            []byte // the end of what was sent compressed
	received        []byte // the end of what was received compressed
}

// SelectDeflate agrees to the first acceptable offer of permessage-deflate, if o
// wants it, and reports whether there is one; Accept tells the client. An offer
// is declined when it has a parameter that is unknown, malformed or given twice,
// or wants our window to be smaller than 15 bits (RFC 7692 5.1, 7.1). The last
// call counts.
func (u *Upgrade) SelectDeflate(o Deflate) bool {
	u.deflate, u.extension = nil, ""
	if !o.Enabled {
		return false
	}
	for _, value := range u.extensions {
		for _, offer := range splitOutside(value, ',') {
			if u.agree(offer, o.withDefaults()) {
				return true
			}
		}
	}
	return false
}

// agree answers one offer.
func (u *Upgrade) agree(offer string, o Deflate) bool {
	p, ok := parseOffer(offer)
	if !ok {
		return false
	}
	d := &deflate{level: o.Level, minBytes: o.MinBytes,
		keepSent: o.ContextTakeover && !p.serverForgets, keepReceived: o.ContextTakeover && !p.clientForgets}
	answer := "permessage-deflate"
	if !d.keepSent {
		answer += "; server_no_context_takeover"
	}
	if !d.keepReceived {
		answer += "; client_no_context_takeover"
	}
	if p.serverBits {
		answer += "; server_max_window_bits=15"
	}
	u.deflate, u.extension = d, answer
	return true
}

// offerParameters are those of a good offer.
type offerParameters struct {
	serverForgets, clientForgets bool // no context takeover
	serverBits                   bool // server_max_window_bits=15
}

// parseOffer reads an offer of permessage-deflate; false when it is none or not
// acceptable.
func parseOffer(offer string) (p offerParameters, ok bool) {
	parts := splitOutside(offer, ';')
	if parts[0] != "permessage-deflate" {
		return p, false
	}
	var seen []string
	for _, part := range parts[1:] {
		name, value, given := strings.Cut(part, "=")
		name = strings.TrimRight(name, " \t")
		if slices.Contains(seen, name) || !p.set(name, unquote(strings.TrimLeft(value, " \t")), given) {
			return p, false
		}
		seen = append(seen, name) // at most the four there are
	}
	return p, true
}

// set takes one parameter; false when it is not acceptable.
func (p *offerParameters) set(name, value string, given bool) bool {
	switch name {
	case "server_no_context_takeover":
		p.serverForgets = true
		return !given
	case "client_no_context_takeover":
		p.clientForgets = true
		return !given
	case "server_max_window_bits":
		p.serverBits = true
		return given && value == "15"
	case "client_max_window_bits":
		return !given || windowBits(value)
	}
	return false
}

// windowBits reports whether value is 8 to 15 without leading zeros.
func windowBits(value string) bool {
	return len(value) == 1 && value >= "8" && value <= "9" || len(value) == 2 && value >= "10" && value <= "15"
}

// unquote takes the quotes off a value that is a token in them.
func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	inner := value[1 : len(value)-1]
	if n, kind := httphead.ScanToken([]byte(inner)); n != len(inner) || kind != httphead.ItemToken {
		return value
	}
	return inner
}

// splitOutside splits at a separator outside of quotes and trims the parts.
// There are no escaped quotes: validExtensions refuses them.
func splitOutside(s string, sep byte) (parts []string) {
	quoted, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts = append(parts, strings.Trim(s[from:i], " \t"))
			from = i + 1
		}
	}
	return append(parts, strings.Trim(s[from:], " \t"))
}

// keepEnd appends data to a window of the last size bytes.
func keepEnd(window, data []byte, size int) []byte {
	if len(data) >= size {
		return append(window[:0], data[len(data)-size:]...)
	}
	if over := len(window) + len(data) - size; over > 0 {
		window = slices.Delete(window, 0, over)
	}
	return append(window, data...)
}
