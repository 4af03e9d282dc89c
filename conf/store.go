package conf

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Database says where apps keep what outlives the process.
type Database struct {
	URL         string            // of a PostgreSQL server; "" keeps files in Config.Data
	Apps        map[string]string // URLs by app, which come before URL; "" is a file
	Commit      string            // disk or system
	Size        Size              // of one app's file; 0 is no bound
	Connections int               // of one app to a server
}

func (d *Database) fields() []field {
	return []field{
		{"database.url", server{&d.URL}},
		{"database.apps", servers{&d.Apps}},
		{"database.commit", choice{&d.Commit, []string{"disk", "system"}}},
		{"database.size", bound{&d.Size, 1 << 20, 1 << 50}},
		{"database.connections", count{&d.Connections, 1, 1000, ""}},
	}
}

// server is the URL of a PostgreSQL server, or nothing. What is wrong with one is said without showing it, as it may hold a
// password.
type server struct{ p *string }

const serverForm = "must be postgres://user:password@host/database, or empty"

func (v server) set(raw any) error {
	*v.p = scalar(raw)
	return v.check()
}

func (v server) raw() any { return shownServer(*v.p) }

func (v server) check() error {
	if !goodServer(*v.p) {
		return errors.New(serverForm)
	}
	return nil
}

func goodServer(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

func shownServer(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "..."
	}
	return u.Redacted()
}

// servers are URLs by app, as a list of "app=url".
type servers struct{ p *map[string]string }

func (v servers) set(raw any) error {
	texts, err := list(raw)
	if err != nil {
		return errors.New(`must be a list of "app=url"`)
	}
	*v.p = map[string]string{}
	for _, text := range texts {
		name, address, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return errors.New(`must be a list of "app=url", and has an element without "="`)
		}
		(*v.p)[name] = address
	}
	return v.check()
}

func (v servers) raw() any {
	texts := []string{}
	for _, name := range slices.Sorted(maps.Keys(*v.p)) {
		texts = append(texts, name+"="+shownServer((*v.p)[name]))
	}
	return texts
}

func (v servers) check() error {
	for name, address := range *v.p {
		if !goodServer(address) {
			return fmt.Errorf("that of %s %s", name, serverForm)
		}
	}
	return nil
}

// bound is a Size from min to max, or none.
type bound struct {
	p        *Size
	min, max Size
}

func (v bound) set(raw any) error {
	if scalar(raw) == "none" {
		*v.p = 0
		return nil
	}
	return v.p.UnmarshalText([]byte(scalar(raw)))
}

func (v bound) raw() any {
	if *v.p == 0 {
		return "none"
	}
	return v.p.String()
}

func (v bound) check() error {
	if *v.p != 0 && (*v.p < v.min || *v.p > v.max) {
		return fmt.Errorf("must be from %v to %v, or none", v.min, v.max)
	}
	return nil
}
