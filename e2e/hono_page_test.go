package e2e

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page of a Hono app: two people hear each other, over a change of the code.
func TestHonoUsersInABrowser(t *testing.T) {
	s := start(t, sampleApps(t))
	browser := browse(t)
	ann, bob := openChat(t, browser, s.http("/honousers/")), openChat(t, browser, s.http("/honousers/"))
	ann.say("hello <b>")
	for _, page := range []tab{ann, bob} {
		page.matches(`/^User \d{1,3}: hello <b>$/`)
	}
	for range 12 {
		bob.say("again")
	}
	ann.matches(`/^User \d{1,3}: again$/`)

	rewrite(t, filepath.Join(s.apps, "honousers", "main.js"), "message.message = `${", "message.message = `new ${")
	s.stdout.await(t, "honousers  generation 2", "\n")
	ann.say("who is new?")
	bob.matches(`/^new User \d{1,3}: who is new\?$/`)
	for name, page := range map[string]tab{"ann": ann, "bob": bob} {
		if n := page.lost(); n != 0 {
			t.Errorf("the page of %s lost its connection %d times", name, n)
		}
		if n := len(page.lines()); n > 10 {
			t.Errorf("%s sees %d lines, want the last 10", name, n)
		}
	}
}

// matches waits until the newest line is one that a pattern of JavaScript fits.
func (p tab) matches(pattern string) {
	p.t.Helper()
	condition := pattern + `.test(document.querySelector("#log li:first-child span")?.textContent ?? "")`
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("waiting for %s: %v; there is: %q", pattern, err, p.lines())
	}
}
