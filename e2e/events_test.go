package e2e

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// An EventSource of a real browser gets what is sent, and after a reload what it missed, without a word from the page.
func TestEventSource(t *testing.T) {
	s := start(t, sampleApps(t))
	ctx, cancel := chromedp.NewContext(browse(t))
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(s.http("/guestbook/")))
	waitFor(page, `document.querySelector("#state").textContent === "live"`)
	sign := func(text string) {
		page.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const form = document.querySelector("form"); form.elements.name.value = "Ada"; form.elements.text.value = %q; form.requestSubmit(); })()`, text)))
		waitFor(page, fmt.Sprintf(`document.querySelector("ul").textContent.includes(%q)`, text))
	}
	sign("before the reload")
	rewrite(t, filepath.Join(s.apps, "guestbook", "main.js"), "1000", "500")
	s.stdout.await(t, "guestbook  generation 2", "\n")
	sign("after the reload")
}

// waitFor waits until an expression of the page is true.
func waitFor(p tab, condition string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("waiting for %s: %v", condition, err)
	}
}
