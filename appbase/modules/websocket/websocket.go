// Package websocket gives scripts the class WebSocket of the WebSockets standard: a client whose connection lives on goroutines
// of its own, within the operator's list of allowed hosts and within bounds, and ends with the runtime.
package websocket

import (
	"cmp"
	_ "embed" // the class and its declarations
	"time"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/appbase/modules/internal/outbound"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed websocket.js
	source string
	//go:embed websocket.d.ts
	declarations string

	module = globals.NewModule("websocket", []string{"WebSocket"}, source)
)

// Options bound what one runtime may do with connections to others. The zero value is safe: public addresses only, with the
// defaults.
type Options struct {
	// Allow are the hosts, addresses and networks that may be connected to, nil for every public one; see [outbound.Policy].
	Allow []string
	// Private lets entries with a wildcard reach private, loopback and link-local addresses too.
	Private bool
	// UserAgent is sent when the script names none; default "Sigil".
	UserAgent string
	// MaxSockets is how many connections there are at once; default 256. One more fails.
	MaxSockets int
	// MaxMessageBytes bounds a message that arrives, decompressed; default 16 MiB. A larger one closes its connection (1009).
	MaxMessageBytes int
	// MaxQueuedBytes bounds what waits to be sent on one connection; default 16 MiB. Beyond it the connection fails.
	MaxQueuedBytes int
	// OpenTime is how long connecting may take, TLS and the handshake included; default 30 s.
	OpenTime time.Duration
	// StallTime is how long the peer may take to accept one message; default 60 s.
	StallTime time.Duration
}

func (o Options) withDefaults() Options {
	o.UserAgent = cmp.Or(o.UserAgent, "Sigil")
	for value, standard := range map[*int]int{&o.MaxSockets: 256, &o.MaxMessageBytes: 16 << 20, &o.MaxQueuedBytes: 16 << 20} {
		if *value <= 0 {
			*value = standard
		}
	}
	if o.OpenTime <= 0 {
		o.OpenTime = 30 * time.Second
	}
	if o.StallTime <= 0 {
		o.StallTime = time.Minute
	}
	return o
}

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global WebSocket. It runs on the runtime's goroutine. The modules events and blob must be installed, and
// the globals URL and DOMException be there when a script first uses it. The error is a wrong entry of Allow. When the runtime
// is closed, all connections are closed with the code 1001.
func Install(rt *scripting.Runtime, o Options) error {
	dialer, err := outbound.NewDialer(outbound.Policy{Allow: o.Allow, Private: o.Private})
	if err != nil {
		return err
	}
	return module.Install(rt, func() globals.Host {
		c := newClient(rt, dialer, o.withDefaults())
		rt.OnClose(c.cancel)
		return globals.Host{"open": c.open}
	})
}
