package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/appbase/modules/fetch"
	"github.com/sigil-server/sigil/conf"
)

// webOf gives each app what the configuration says of the globals of the web.
func webOf(c *conf.Config) func(app string) appbase.Web {
	version := versionText()
	return func(app string) appbase.Web {
		return appbase.Web{Version: version, Fetch: fetch.Options{
			Allow: c.Fetch.AllowFor(app), Private: c.Fetch.Private, MaxRequests: c.Fetch.Requests, MaxBodyBytes: int(c.Fetch.BodyBytes),
			HeaderTime: time.Duration(c.Fetch.HeaderTime), StallTime: time.Duration(c.Fetch.BodyStall),
		}}
	}
}

// checkFetch tells which entry of fetch.allow or fetch.apps is wrong.
func checkFetch(f conf.Fetch) error {
	if err := fetch.CheckAllow(f.Allow); err != nil {
		return fmt.Errorf("fetch.allow: %w", err)
	}
	for _, text := range f.Apps {
		if _, entry, _ := strings.Cut(text, "="); entry != "" {
			if err := fetch.CheckAllow([]string{entry}); err != nil {
				return fmt.Errorf("fetch.apps: %w", err)
			}
		}
	}
	return nil
}
