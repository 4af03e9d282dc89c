package conf

import (
	"errors"
	"strings"
)

// Fetch says what apps may ask of other servers.
type Fetch struct {
	Allow      []string // hosts, addresses and networks
	Private    bool     // wildcards in Allow reach private addresses too
	Apps       []string // "app=entry": what takes the place of Allow for single apps
	Requests   int      // of one worker of an app at once
	BodyBytes  Size     // of an answer that is read at once
	HeaderTime Duration // until the header of an answer has come
	BodyStall  Duration // a body that makes no progress, or that nobody reads
}

func (f *Fetch) fields() []field {
	return []field{
		{"fetch.allow", texts{&f.Allow, false}},
		{"fetch.private", boolean{&f.Private}},
		{"fetch.apps", texts{&f.Apps, true}},
		{"fetch.requests", count{&f.Requests, 1, 10_000, ""}},
		{"fetch.body_bytes", size{&f.BodyBytes, 1, maxSize}},
		{"fetch.header_time", span{&f.HeaderTime, minTime, maxTime, ""}},
		{"fetch.body_stall", span{&f.BodyStall, minTime, maxTime, ""}},
	}
}

// AllowFor is what one app may connect to; never nil.
func (f *Fetch) AllowFor(app string) []string {
	own := []string{}
	named := false
	for _, text := range f.Apps {
		if name, entry, _ := strings.Cut(text, "="); name == app {
			named = true
			if entry != "" {
				own = append(own, entry)
			}
		}
	}
	if named {
		return own
	}
	return append(own, f.Allow...)
}

// texts is a list of texts; with byApp each begins with the name of an app and "=".
type texts struct {
	p     *[]string
	byApp bool
}

func (v texts) set(raw any) error {
	found, err := list(raw)
	if err != nil {
		return errors.New(`must be a list, such as ["api.example.com"]`)
	}
	*v.p = found
	return v.check()
}

func (v texts) raw() any { return *v.p }

func (v texts) check() error {
	for _, text := range *v.p {
		if text == "" {
			return errors.New("must not have an empty element")
		}
		if name, _, ok := strings.Cut(text, "="); v.byApp && (!ok || name == "") {
			return errors.New(`must be a list of "app=host", and has an element without "="`)
		}
	}
	return nil
}
