// Package fetch gives scripts the function fetch of the Fetch standard: a client for HTTP/1.1 and HTTP/2 whose requests run on
// goroutines of their own, within the operator's list of allowed hosts and within bounds, and end with the runtime.
package fetch

import (
	"cmp"
	_ "embed" // the function and its declarations
	"net/http"
	"time"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/appbase/modules/internal/outbound"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed fetch.js
	fetchJS string
	//go:embed fetch.d.ts
	declarations string

	module = globals.NewModule("fetch", []string{"fetch"}, fetchJS)
)

// Options bound what one runtime may ask of others. The zero value is safe: public addresses only, with the defaults.
type Options struct {
	// Allow are the hosts, addresses and networks that may be connected to, nil for every public one; see [outbound.Policy].
	Allow []string
	// Private lets entries with a wildcard reach private, loopback and link-local addresses too.
	Private bool
	// UserAgent is sent when the script names none; default "Sigil".
	UserAgent string
	// MaxRequests is how many requests run at once; default 64. More wait, up to sixteen times as many; beyond it is an error.
	MaxRequests int
	// MaxBodyBytes bounds a body that is read at once (text, json ...), after decompression; default 64 MiB. A stream has no
	// bound.
	MaxBodyBytes int
	// HeaderTime is how long the header of an answer may take, redirects and waiting for a place included; default 30 s.
	HeaderTime time.Duration
	// StallTime is how long a body may make no progress, or wait for the script to read it; default 60 s.
	StallTime time.Duration
	// Via makes what requests go through of what they would go through else; nil: nothing comes between. Tests answer so.
	Via func(next http.RoundTripper) http.RoundTripper
}

func (o Options) withDefaults() Options {
	o.UserAgent = cmp.Or(o.UserAgent, "Sigil")
	if o.MaxRequests <= 0 {
		o.MaxRequests = 64
	}
	if o.MaxBodyBytes <= 0 {
		o.MaxBodyBytes = 64 << 20
	}
	if o.HeaderTime <= 0 {
		o.HeaderTime = 30 * time.Second
	}
	if o.StallTime <= 0 {
		o.StallTime = time.Minute
	}
	return o
}

// CheckAllow tells what is wrong with the entries of [Options.Allow].
func CheckAllow(entries []string) error { return outbound.Policy{Allow: entries}.Check() }

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the global fetch. It runs on the runtime's goroutine. The modules events, streams and messages must be
// installed. The error is a wrong entry of Allow. When the runtime is closed, all requests end.
func Install(rt *scripting.Runtime, o Options) error {
	dialer, err := outbound.NewDialer(outbound.Policy{Allow: o.Allow, Private: o.Private})
	if err != nil {
		return err
	}
	return module.Install(rt, func() globals.Host {
		c := newClient(rt, dialer, o.withDefaults())
		rt.OnClose(c.close)
		return globals.Host{"start": c.start, "data": c.data}
	})
}
