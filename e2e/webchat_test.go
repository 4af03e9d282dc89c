package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// openWebchat opens the page in a new tab and waits until it is connected.
func openWebchat(t *testing.T, browser context.Context, url string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("#status.open")))
	return page
}

func (p tab) waitFor(condition string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("waiting for %s: %v", condition, err)
	}
}

func said(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("#log li")].filter((li) => li.dataset.text === %q).length === 1`, text)
}

// A message goes in as an HTTP form and comes out by WebSocket on every page; the life cycle is in the log.
func TestWebchatInABrowser(t *testing.T) {
	s := start(t, sampleApps(t))
	browser := browse(t)
	ann, bob := openWebchat(t, browser, s.http("/webchat/")), openWebchat(t, browser, s.http("/webchat/"))
	for _, page := range []tab{ann, bob} {
		page.waitFor(`document.querySelector("#people").textContent === "2"`)
	}
	ann.say("hello & <b>welcome</b>")
	for _, page := range []tab{ann, bob} {
		page.waitFor(said("hello & <b>welcome</b>"))
	}
	post(t, s.http("/webchat/messages"), "message=from+a+shell", http.StatusCreated)
	bob.waitFor(said("from a shell"))
	post(t, s.http("/webchat/messages"), "message=+", http.StatusBadRequest)

	late := openWebchat(t, browser, s.http("/webchat/"))
	late.waitFor(said("from a shell"))
	bob.waitFor(`document.querySelector("#people").textContent === "3"`)
	if err := chromedp.Cancel(late.ctx); err != nil { // closes the tab
		t.Fatal(err)
	}
	bob.waitFor(`document.querySelector("#people").textContent === "2"`)

	s.signal(syscall.SIGTERM)
	s.exit(patience)
	for _, line := range []string{"the chat is open", "the chat is closed: shutdown, after 2 messages"} {
		if !strings.Contains(s.stderr.String(), line) {
			t.Errorf("the log lacks %q", line)
		}
	}
}

func post(t *testing.T, url, form string, want int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != want {
		t.Errorf("%s: %s %s, want %d", form, res.Status, body, want)
	}
}
