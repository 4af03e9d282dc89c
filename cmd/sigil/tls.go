package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/internal/certs"
	"github.com/sigil-server/sigil/server"
)

// newKeeper loads the certificates that the configuration names; nil when it names none.
func newKeeper(c *conf.Config, log *slog.Logger) (*certs.Keeper, error) {
	if !c.TLS.On() {
		return nil, nil
	}
	return certs.New(certOptions(c, log))
}

// checkTLS says what is wrong with the certificates that the configuration names. Nothing is obtained.
func checkTLS(c *conf.Config) error {
	if !c.TLS.On() {
		return nil
	}
	return certs.Check(certOptions(c, nil))
}

func certOptions(c *conf.Config, log *slog.Logger) certs.Options {
	o := certs.Options{Log: log, MinVersion: tls.VersionTLS12}
	if c.TLS.MinVersion == "1.3" {
		o.MinVersion = tls.VersionTLS13
	}
	for i, file := range c.TLS.Cert {
		o.Pairs = append(o.Pairs, certs.Pair{Cert: file, Key: c.TLS.Key[i]})
	}
	if a := c.TLS.ACME; len(a.Domains) > 0 {
		o.ACME = &certs.ACME{
			Domains: a.Domains, Directory: a.Directory, Agreed: a.Agree, Email: a.Email, RootFile: a.Root,
			Dir: cmp.Or(a.Storage, filepath.Join(c.Data, "acme")), CheckEvery: time.Duration(a.CheckEvery),
			ByHTTP: c.TLS.HTTP != "" && slices.Contains(a.Challenges, "http-01"), ByTLS: slices.Contains(a.Challenges, "tls-alpn-01"),
		}
	}
	return o
}

func tlsOptions(c *conf.Config, keeper *certs.Keeper) *server.TLS {
	t := &server.TLS{
		Config: keeper.Config(), Plain: c.TLS.Plain, HTTP: c.TLS.HTTP, ServePlain: !c.TLS.Redirect, Challenge: keeper.Challenge, Port: c.TLS.Port,
		Expiries: keeper.Expiries,
		HSTS:     time.Duration(c.TLS.HSTS),
	}
	if c.Dev {
		t.HSTS = 0 // a browser would remember it for what is developed next
	}
	return t
}

// keepCertificates follows and renews them until the function it returns is called, which waits for the end of that.
func keepCertificates(ctx context.Context, keeper *certs.Keeper, s *server.Server) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { keeper.Run(ctx, certs.Ports{HTTPS: portOf(s.Addr()), HTTP: portOf(s.HTTPAddr())}) })
	return func() {
		cancel()
		running.Wait()
	}
}

// portOf is the number of a TCP port; 0 for no address.
func portOf(address net.Addr) int {
	if tcp, ok := address.(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 0
}
