package conf

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// TLS says how the ports for apps are secured.
type TLS struct {
	Cert, Key  []string // PEM files, in pairs
	MinVersion string   // 1.2 or 1.3
	HTTP       string   // host:port of plain HTTP beside it; "" (in a file: "off") is none
	Redirect   bool     // that sends clients to https; else apps answer there
	Port       int      // where clients find https; 0 is that of Config.Listen
	Plain      []string // addresses of mounts and listeners that stay plain
	HSTS       Duration // for how long browsers are to use https only; 0 is not told
	ACME       ACME
}

// ACME says which certificates are obtained, and from whom.
type ACME struct {
	Domains    []string
	Email      string
	Agree      bool     // to the authority's terms
	Directory  string   // URL of the authority
	Root       string   // PEM file of what its server is verified by; "" is the system's
	Storage    string   // folder; "" is acme in Config.Data
	Challenges []string // http-01, tls-alpn-01
	CheckEvery Duration // how often is looked whether to renew
}

// On reports whether there are certificates to be had.
func (t *TLS) On() bool { return len(t.Cert) > 0 || len(t.ACME.Domains) > 0 }

// maxHSTS is two years, the longest that anybody asks for.
const maxHSTS = 2 * 365 * maxTime

func (t *TLS) fields() []field {
	return []field{
		{"tls.cert", several{&t.Cert, "files", nil}},
		{"tls.key", several{&t.Key, "files", nil}},
		{"tls.min_version", choice{&t.MinVersion, []string{"1.2", "1.3"}}},
		{"tls.http", address{&t.HTTP, true}},
		{"tls.redirect", boolean{&t.Redirect}},
		{"tls.port", count{&t.Port, 1, 65535, "auto"}},
		{"tls.plain", several{&t.Plain, "addresses", nil}},
		{"tls.hsts", span{&t.HSTS, Duration(1e9), maxHSTS, "none"}},
		{"tls.acme.domains", hosts{&t.ACME.Domains}},
		{"tls.acme.email", text{&t.ACME.Email}},
		{"tls.acme.agree", boolean{&t.ACME.Agree}},
		{"tls.acme.directory", directory{&t.ACME.Directory}},
		{"tls.acme.root", text{&t.ACME.Root}},
		{"tls.acme.storage", folder{&t.ACME.Storage, true}},
		{"tls.acme.challenges", several{&t.ACME.Challenges, "challenges", []string{"http-01", "tls-alpn-01"}}},
		{"tls.acme.check_every", span{&t.ACME.CheckEvery, Duration(1e9), maxTime, ""}},
	}
}

// together checks values that are good by themselves against each other, and against those of c.
func (t *TLS) together(c *Config) (problems []error) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if len(t.Cert) != len(t.Key) {
		problem("tls.key: must name as many files as tls.cert, in the same order: there are %d for %d certificates", len(t.Key), len(t.Cert))
	}
	if !t.On() && (t.HTTP != "" || len(t.Plain) > 0) {
		problem("tls: needs tls.cert and tls.key, or tls.acme.domains")
	}
	if t.HTTP != "" && (sameAddress(t.HTTP, c.Listen) || sameAddress(t.HTTP, c.Admin)) {
		problem("tls.http %q: must not be the same as listen or admin", t.HTTP)
	}
	for _, at := range t.Plain {
		if !c.mounted(at) {
			problem("tls.plain %q: must be the address of a mount or a listener in mounts", at)
		}
	}
	return append(problems, t.ACME.together(t)...)
}

func (a *ACME) together(t *TLS) (problems []error) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch {
	case len(a.Domains) == 0:
		return nil
	case !a.Agree:
		problem("tls.acme.agree: must be true: whoever has certificates issued accepts the terms of %s", a.Directory)
	}
	if len(a.Challenges) == 0 {
		problem("tls.acme.challenges: must name http-01, tls-alpn-01 or both")
	} else if t.HTTP == "" && !slices.Contains(a.Challenges, "tls-alpn-01") {
		problem("tls.acme.challenges: http-01 needs tls.http, where the authority asks")
	}
	return problems
}

// sameAddress reports whether two addresses cannot both be listened on. With port 0 they can.
func sameAddress(a, b string) bool { return a == b && !strings.HasSuffix(a, ":0") }

// mounted reports whether apps answer at an address of their own.
func (c *Config) mounted(address string) bool {
	for _, m := range c.Mounts {
		if m.Listen == address || slices.Contains(slices.Collect(maps.Values(m.Listeners)), address) {
			return true
		}
	}
	return false
}

// text is any text, or none.
type text struct{ p *string }

func (v text) set(raw any) error { *v.p = strings.TrimSpace(scalar(raw)); return nil }
func (v text) raw() any          { return *v.p }
func (v text) check() error      { return nil }

// several are a list of them, or one; where words are given, of these.
type several struct {
	p     *[]string
	what  string
	words []string
}

func (v several) set(raw any) (err error) {
	if *v.p, err = list(raw); err != nil {
		return fmt.Errorf("must be a list of %s, or one", v.what)
	}
	return v.check()
}

func (v several) raw() any { return slices.Clone(*v.p) }

func (v several) check() error {
	for _, one := range *v.p {
		switch {
		case one == "":
			return fmt.Errorf("must be a list of %s without an empty one", v.what)
		case v.words != nil && !slices.Contains(v.words, one):
			return fmt.Errorf("must be a list of %s", strings.Join(v.words, ", "))
		}
	}
	return nil
}

// directory is the URL of a certificate authority.
type directory struct{ p *string }

func (v directory) set(raw any) error {
	*v.p = scalar(raw)
	return v.check()
}

func (v directory) raw() any { return *v.p }

func (v directory) check() error {
	if u, err := url.Parse(*v.p); err != nil || u.Scheme != "https" || u.Host == "" {
		return errors.New("must be an https URL, such as https://acme-v02.api.letsencrypt.org/directory")
	}
	return nil
}
