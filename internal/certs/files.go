package certs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// files are the certificates that were loaded from files, in their order.
type files struct {
	loaded atomic.Pointer[[]*tls.Certificate]
	seen   print // of the files when they were loaded, or tried
}

// print tells one state of the files from another: by what is in them, since links change (those of certbot, Kubernetes) and
// times may not.
type print [sha256.Size]byte

// stamp is the state of the files now. What cannot be read is a state, too.
func stamp(pairs []Pair) (p print) {
	sum := sha256.New()
	for _, pair := range pairs {
		for _, path := range []string{pair.Cert, pair.Key} {
			text, err := os.ReadFile(path)
			fmt.Fprintf(sum, "%d %v;", len(text), err)
			sum.Write(text)
		}
	}
	return print(sum.Sum(p[:0]))
}

// load replaces what is loaded, if all of it is good.
func (f *files) load(pairs []Pair, now time.Time) error {
	f.seen = stamp(pairs)
	var all []*tls.Certificate
	var problems []error
	for _, pair := range pairs {
		cert, err := pair.load(now)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		all = append(all, cert)
	}
	if len(problems) == 0 {
		f.loaded.Store(&all)
	}
	return errors.Join(problems...)
}

// load reads one pair and checks it.
func (p Pair) load(now time.Time) (*tls.Certificate, error) {
	certs, err := os.ReadFile(p.Cert)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	key, err := os.ReadFile(p.Key)
	if err != nil {
		return nil, fmt.Errorf("key of certificate %q: %w", p.Cert, err)
	}
	if bytes.Contains(key, []byte("ENCRYPTED")) {
		return nil, fmt.Errorf("key %q of certificate %q is encrypted, and nobody is there to ask for its passphrase: openssl pkey -in %s -out plain.key", p.Key, p.Cert, p.Key)
	}
	cert, err := tls.X509KeyPair(certs, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %q with key %q: %s", p.Cert, p.Key, strings.TrimPrefix(err.Error(), "tls: "))
	}
	switch leaf := cert.Leaf; {
	case now.After(leaf.NotAfter):
		return nil, fmt.Errorf("certificate %q has expired: it was good until %s", p.Cert, leaf.NotAfter.Format(time.RFC3339))
	case now.Before(leaf.NotBefore):
		return nil, fmt.Errorf("certificate %q is not good yet, but from %s on; is the clock right?", p.Cert, leaf.NotBefore.Format(time.RFC3339))
	}
	return &cert, nil
}

// choose finds the first certificate that a client takes. False: there is none; then it is the first, nil without files.
func (f *files) choose(hello *tls.ClientHelloInfo) (cert *tls.Certificate, fits bool) {
	all := f.loaded.Load()
	if all == nil || len(*all) == 0 {
		return nil, false
	}
	for _, cert := range *all {
		if hello.SupportsCertificate(cert) == nil {
			return cert, true
		}
	}
	return (*all)[0], false
}

// expiries adds when the first certificate for each name ends.
func (f *files) expiries(to map[string]time.Time) {
	all := f.loaded.Load()
	if all == nil {
		return
	}
	for _, cert := range slices.Backward(*all) {
		for _, name := range names(cert) {
			to[name] = cert.Leaf.NotAfter
		}
	}
}

// soon is how long before its end a certificate is warned about, once a day.
const soon = 14 * 24 * time.Hour

// follow loads files again when they have changed and rest.
func (k *Keeper) follow(ctx context.Context) {
	k.report(time.Now())
	ticker, daily := time.NewTicker(k.o.CheckEvery), time.NewTicker(24*time.Hour)
	defer ticker.Stop()
	defer daily.Stop()
	for last := k.files.seen; ; {
		select {
		case <-ctx.Done():
			return
		case now := <-daily.C:
			k.report(now)
		case now := <-ticker.C:
			last = k.look(last, now)
		}
	}
}

// look loads the files if they have changed since they were loaded and not since the last look.
func (k *Keeper) look(last print, now time.Time) print {
	current := stamp(k.o.Pairs)
	if current == k.files.seen || current != last {
		return current
	}
	if err := k.files.load(k.o.Pairs, now); err != nil {
		k.log.Error("certificates have changed and cannot be used; those from before go on", "error", err)
		return current
	}
	k.log.Info("certificates have changed; new connections get the new ones")
	k.report(now)
	return current
}

// report logs what is loaded, and warns of what ends soon.
func (k *Keeper) report(now time.Time) {
	for i, cert := range *k.files.loaded.Load() {
		level, message := slog.LevelInfo, "certificate"
		if cert.Leaf.NotAfter.Sub(now) < soon {
			level, message = slog.LevelWarn, "a certificate expires soon"
		}
		k.log.Log(context.Background(), level, message, "file", k.o.Pairs[i].Cert, "names", strings.Join(names(cert), " "), "expires", cert.Leaf.NotAfter.Format(time.DateTime))
	}
}

// names are those that a certificate is for.
func names(cert *tls.Certificate) []string {
	all := slices.Clone(cert.Leaf.DNSNames)
	for _, address := range cert.Leaf.IPAddresses {
		all = append(all, address.String())
	}
	return all
}
