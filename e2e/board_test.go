package e2e

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

func openBoard(t *testing.T, browser context.Context, url string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("#status.open")))
	return page
}

// note is true when exactly one note has the text.
func note(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".note span")].filter((span) => span.textContent === %q).length === 1`, text)
}

// Two people at one board through cuts, a reload and a restart of the server: pages are never loaded again.
func TestBoardInABrowser(t *testing.T) { transports(t, boardInABrowser) }

func boardInABrowser(t *testing.T, blocked bool) {
	apps := sampleApps(t)
	s := start(t, apps)
	proxy := newCutter(t, s.address, blocked)
	address := "http://" + proxy.listener.Addr().String() + "/board/"
	browser := browse(t)
	ann, bob := openBoard(t, browser, address), openBoard(t, browser, address)
	for _, page := range []tab{ann, bob} {
		page.waitFor(`document.querySelector("#people").textContent === "2"`)
		page.waitFor(note("Drag me"))
		page.do(chromedp.Evaluate[chromedp.Void](`window.stayed = true`))
	}
	for round := range 5 {
		proxy.cut(1)
		text := fmt.Sprintf("after cut %d", round)
		ann.say(text) // waits for the connection
		ann.waitFor(note(text))
		bob.waitFor(note(text))
	}
	main := "board/main.js"
	rewrite(t, apps+"/"+main, "Drag me", "Moved code")
	bob.waitFor(note("after cut 4"))
	ann.say("after the reload")
	bob.waitFor(note("after the reload"))

	s.signal(syscall.SIGKILL)
	s.exit(patience)
	proxy.cut(1)
	ann.waitFor(`document.querySelector("#status.waiting, #status.connecting") !== null`)
	ann.say("said offline")
	again := launch(t, "serve", "--admin", "off", "--listen", s.address, "--apps", apps)
	again.stdout.await(t, "listening on http://"+s.address, "\n")
	for _, page := range []tab{ann, bob} {
		// The network is there again, and the page is seen again: it does not wait for its turn.
		page.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online")); document.dispatchEvent(new Event("visibilitychange"))`))
		page.waitFor(note("said offline"))
		page.waitFor(note("Moved code"))
		page.waitFor(`document.querySelector("#people").textContent === "2" && window.stayed`)
	}
}
