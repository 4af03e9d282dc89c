// Package certs keeps the certificates that the server shows to its clients: it loads them from files and again when those
// change, and obtains and renews others by ACME (RFC 8555).
package certs

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Options say where certificates come from. One of Pairs and ACME is needed.
type Options struct {
	// Pairs are files. Of several that fit a client the first is shown; the first of all to a client that none fits.
	Pairs []Pair
	// ACME obtains certificates; nil: none are.
	ACME *ACME
	// MinVersion is the least version of TLS that is spoken; default 1.2.
	MinVersion uint16
	// CheckEvery is how often files are looked at for changes; default 2 s. A change counts when two looks saw the same.
	CheckEvery time.Duration
	// Log receives what happens to certificates. Default: nothing is logged.
	Log *slog.Logger
}

// Pair is a certificate with those that lead to its root, and its key: two PEM files.
type Pair struct{ Cert, Key string }

// Ports are where the server listens, for challenges. 0 is nowhere.
type Ports struct{ HTTPS, HTTP int }

// Keeper keeps certificates. Its methods may be called from any goroutine.
type Keeper struct {
	o     Options
	log   *slog.Logger
	files files
	acme  acme
}

var errNothing = errors.New("TLS needs a certificate: from files, or by ACME")

// New loads the files. The error joins everything that is wrong: files that are missing or hold something else, keys that do
// not belong to their certificates, certificates whose time is over or has not come, and settings of ACME. Nothing is obtained
// before [Keeper.Run].
func New(o Options) (*Keeper, error) {
	o.MinVersion = cmp.Or(o.MinVersion, tls.VersionTLS12)
	o.CheckEvery = cmp.Or(o.CheckEvery, 2*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Pairs) == 0 && o.ACME == nil {
		return nil, errNothing
	}
	k := &Keeper{o: o, log: o.Log}
	err := k.files.load(o.Pairs, time.Now())
	if o.ACME != nil {
		err = errors.Join(err, k.acme.prepare(*o.ACME, o.Log))
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Check says what is wrong with options, as [New] does.
func Check(o Options) error {
	_, err := New(o)
	return err
}

// Config is how connections are secured: TLS 1.2 with forward secrecy and authenticated ciphers only, or 1.3, with HTTP/2 and
// HTTP/1.1 on offer. It is the caller's.
func (k *Keeper) Config() *tls.Config {
	c := &tls.Config{MinVersion: k.o.MinVersion, CipherSuites: ciphers(), GetCertificate: k.choose, NextProtos: []string{"h2", "http/1.1"}}
	if k.acme.byTLS() {
		c.NextProtos = append(c.NextProtos, challengeProtocol)
	}
	return c
}

// ciphers are those of TLS 1.2 that RFC 9325 4.2.1 recommends, and ChaCha20. Those of 1.3 are all as good.
func ciphers() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
}

// choose finds the certificate for a client: a file that fits, else one by ACME, else the first file.
func (k *Keeper) choose(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if isChallenge(hello) {
		return k.acme.choose(hello)
	}
	cert, fits := k.files.choose(hello)
	if fits {
		return cert, nil
	}
	if obtained, err := k.acme.choose(hello); err == nil || cert == nil {
		return obtained, err
	}
	return cert, nil
}

// Challenge answers a request over plain HTTP that a certificate authority proves the name by (RFC 8555 8.3). False: it is
// none, and not answered.
func (k *Keeper) Challenge(w http.ResponseWriter, r *http.Request) bool {
	return k.acme.challenge(w, r)
}

// Expiries are when the certificate for each name ends.
func (k *Keeper) Expiries() map[string]time.Time {
	all := map[string]time.Time{}
	k.acme.expiries(all)
	k.files.expiries(all)
	return all
}

// Run follows the files, and obtains and renews certificates, until ctx is done. Ports is where the server listens by now.
// What fails is logged and tried again; what serves goes on serving.
func (k *Keeper) Run(ctx context.Context, ports Ports) {
	var parts sync.WaitGroup
	if len(k.o.Pairs) > 0 {
		parts.Go(func() { k.follow(ctx) })
	}
	if k.o.ACME != nil {
		parts.Go(func() { k.acme.run(ctx, ports) })
	}
	parts.Wait()
}
