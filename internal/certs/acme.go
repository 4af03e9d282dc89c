package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"
)

// LetsEncrypt is the directory that is asked unless another is named.
const LetsEncrypt = certmagic.LetsEncryptProductionCA

// challengeProtocol is what a certificate authority offers alone when it proves a name by TLS (RFC 8737).
const challengeProtocol = "acme-tls/1"

func isChallenge(hello *tls.ClientHelloInfo) bool {
	return len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == challengeProtocol
}

// ACME says which certificates are obtained, and from whom. They are obtained when the server starts, one for each domain,
// and renewed when a third of their time is left or when the authority says so; never for a name that a client asks for.
type ACME struct {
	// Domains are the names to have certificates for. A wildcard cannot be proven by either challenge.
	Domains []string
	// Directory is the URL of the authority; default LetsEncrypt.
	Directory string
	// Agreed says that the operator accepts the terms of the authority; it must be true.
	Agreed bool
	// Email is whom the authority may write to; may be empty.
	Email string
	// RootFile is a PEM file of the roots that the authority's own server is verified by; "" is those of the system.
	RootFile string
	// Dir is the folder for accounts, keys and certificates. It is made with access for its owner only.
	Dir string
	// ByHTTP and ByTLS are the challenges that may be used: http-01, which comes to port 80, and tls-alpn-01, which comes to
	// port 443. One is needed.
	ByHTTP, ByTLS bool
	// CheckEvery is how often certificates are looked at for renewal; default 10 min.
	CheckEvery time.Duration
}

// acme obtains certificates. Its zero value has none.
type acme struct {
	o     ACME
	log   *slog.Logger
	roots *x509.CertPool // nil: those of the system
	now   atomic.Pointer[issuing]
}

// issuing is what there is while acme runs.
type issuing struct {
	cache  *certmagic.Cache
	config *certmagic.Config
	issuer *certmagic.ACMEIssuer
}

func (a *acme) byTLS() bool { return a.o.ByTLS }

// prepare checks the settings. The error joins everything that is wrong.
func (a *acme) prepare(o ACME, log *slog.Logger) error {
	if o.Directory == "" {
		o.Directory = LetsEncrypt
	}
	a.o, a.log = o, log
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf("ACME: "+format, args...)) }
	if len(o.Domains) == 0 {
		problem("there is no domain")
	}
	for _, domain := range o.Domains {
		if strings.Contains(domain, "*") {
			problem("%q can be proven by DNS alone, which is not done here: name the hosts, or bring the certificate as files", domain)
		} else if !certmagic.SubjectQualifiesForCert(domain) {
			problem("%q is not a name of a host", domain)
		}
	}
	if u, err := url.Parse(o.Directory); err != nil || u.Scheme != "https" || u.Host == "" {
		problem("the directory %q is not an https URL", o.Directory)
	}
	if !o.Agreed {
		problem("whoever has certificates issued accepts the terms of the authority (%s); the configuration must say so", o.Directory)
	}
	if !o.ByHTTP && !o.ByTLS {
		problem("there is no challenge to prove a domain by")
	}
	return errors.Join(append(problems, a.readRoots())...)
}

func (a *acme) readRoots() error {
	if a.o.RootFile == "" {
		return nil
	}
	text, err := os.ReadFile(a.o.RootFile)
	if err != nil {
		return fmt.Errorf("ACME: root of the authority: %w", err)
	}
	a.roots = x509.NewCertPool()
	if !a.roots.AppendCertsFromPEM(text) {
		return fmt.Errorf("ACME: root of the authority: %q holds no certificate in PEM", a.o.RootFile)
	}
	return nil
}

var errNotYet = errors.New("no certificate has been obtained yet")

// choose finds the certificate for a client, or for a challenge.
func (a *acme) choose(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := a.now.Load()
	if now == nil {
		return nil, errNotYet
	}
	return now.config.GetCertificate(hello)
}

func (a *acme) challenge(w http.ResponseWriter, r *http.Request) bool {
	now := a.now.Load()
	return now != nil && now.issuer.HandleHTTPChallenge(w, r)
}

// run obtains and renews until ctx is done.
func (a *acme) run(ctx context.Context, ports Ports) {
	now := &issuing{}
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return now.config, nil },
		RenewCheckInterval: a.o.CheckEvery, Logger: zapTo(a.log),
	})
	defer cache.Stop()
	now.cache = cache
	now.config = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: a.o.Dir}, DefaultServerName: a.o.Domains[0], OnEvent: a.event, ShouldEmitFunc: worthTelling, Logger: zapTo(a.log),
	})
	now.issuer = a.issuer(now.config, ports)
	now.config.Issuers = []certmagic.Issuer{now.issuer}
	a.now.Store(now)
	a.log.Info("certificates by ACME", "domains", strings.Join(a.o.Domains, " "), "directory", a.o.Directory)
	if err := now.config.ManageAsync(ctx, a.o.Domains); err != nil {
		a.log.Error("certificates cannot be obtained", "error", err)
	}
	<-ctx.Done()
	certmagic.CleanUpOwnLocks(context.WithoutCancel(ctx), zapTo(a.log)) // or the next start would wait for them
}

func (a *acme) issuer(config *certmagic.Config, ports Ports) *certmagic.ACMEIssuer {
	return certmagic.NewACMEIssuer(config, certmagic.ACMEIssuer{
		CA: a.o.Directory, Email: a.o.Email, Agreed: a.o.Agreed, TrustedRoots: a.roots,
		DisableHTTPChallenge: !a.o.ByHTTP || ports.HTTP == 0, DisableTLSALPNChallenge: !a.o.ByTLS || ports.HTTPS == 0,
		AltHTTPPort: ports.HTTP, AltTLSALPNPort: ports.HTTPS, Logger: zapTo(a.log),
	})
}

// worthTelling keeps certmagic from making what event does not look at, for every handshake.
func worthTelling(event string) bool {
	return event == "cert_obtained" || event == "cert_failed" || event == "cached_managed_cert"
}

// event logs what operators want to know.
func (a *acme) event(_ context.Context, event string, data map[string]any) error {
	switch event {
	case "cert_obtained":
		a.log.Info("a certificate was obtained", "domain", data["identifier"], "renewal", data["renewal"])
	case "cached_managed_cert":
		a.log.Info("a certificate by ACME is in use", "names", data["sans"])
	case "cert_failed":
		a.log.Error("a certificate could not be obtained; it is tried again", "domain", data["identifier"], "renewal", data["renewal"], "error", data["error"])
	}
	return nil
}

// expiries adds when the newest certificate for each domain ends.
func (a *acme) expiries(to map[string]time.Time) {
	now := a.now.Load()
	if now == nil {
		return
	}
	for _, domain := range a.o.Domains {
		for _, cert := range now.cache.AllMatchingCertificates(domain) {
			if cert.Leaf != nil && cert.Leaf.NotAfter.After(to[domain]) {
				to[domain] = cert.Leaf.NotAfter
			}
		}
	}
}
