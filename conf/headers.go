package conf

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// standardHeaders are the fields of answers that go without saying.
func standardHeaders() map[string]string {
	return map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "strict-origin-when-cross-origin",
	}
}

// headers are fields of answers: a value for each name, beside those of base.
type headers struct {
	p    *map[string]string
	base map[string]string
}

func (v headers) set(raw any) error {
	values, ok := raw.(map[string]any)
	if !ok {
		return errors.New("must hold a value for each header, and can be set in a file only")
	}
	made := map[string]string{}
	maps.Copy(made, v.base)
	for name, value := range values {
		made[http.CanonicalHeaderKey(name)] = scalar(value)
	}
	*v.p = made
	return v.check()
}

func (v headers) raw() any {
	if len(*v.p) == 0 {
		return ""
	}
	return maps.Clone(*v.p)
}

func (v headers) check() error {
	for _, name := range slices.Sorted(maps.Keys(*v.p)) {
		if err := goodHeader(name, (*v.p)[name]); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
	}
	return nil
}

// serversOwn are header fields that are about the transfer or made for each answer.
func serversOwn() []string {
	return []string{"Connection", "Content-Length", "Content-Type", "Content-Encoding", "Date", "Keep-Alive", "Location", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade"}
}

func goodHeader(name, value string) error {
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }):
		return errors.New("is not the name of a header")
	case http.CanonicalHeaderKey(name) == "Strict-Transport-Security":
		return errors.New("is set by tls.hsts")
	case slices.Contains(serversOwn(), http.CanonicalHeaderKey(name)):
		return errors.New("is the server's own to set")
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return errors.New("must be one line")
	}
	return nil
}
