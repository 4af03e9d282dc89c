package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// browse starts a browser with a profile of its own, and more flags; it ends with the test. The context is a tab's.
func browse(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := browserPath()
	if err != nil {
		t.Fatal(err)
	}
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoFirstRun, chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(patience),
	}
	for _, name := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
		"disable-background-timer-throttling", "disable-renderer-backgrounding",
	} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // Chromium refuses to sandbox as root
	}
	limit, cancel := context.WithTimeout(context.Background(), 3*patience)
	allocator, stop := chromedp.NewExecAllocator(limit, append(flags, more...)...)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab) // waits until the browser is gone
		closeTab()
		stop()
		cancel()
	})
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return tab
}

// tab is one open page of the chat.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// openChat opens the chat in a new tab and waits until it is connected.
func openChat(t *testing.T, browser context.Context, url string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("#status.open")),
		// A note of every time the page loses its connection.
		chromedp.Evaluate[chromedp.Void](`window.lost = 0; new MutationObserver(() => {
			if (!document.querySelector("#status").classList.contains("open")) window.lost++;
		}).observe(document.querySelector("#status"), { attributes: true, childList: true })`))
	return page
}

func (p tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// say types into the page and sends, as a person does.
func (p tab) say(text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), text), chromedp.Click(chromedp.CSS("form button")))
}

// sees waits for a line of the chat.
func (p tab) sees(line string) {
	p.t.Helper()
	condition := fmt.Sprintf(`[...document.querySelectorAll("#log li")].some((li) => li.textContent === %q)`, line)
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("waiting for the line %q: %v; there is:\n%s", line, err, strings.Join(p.lines(), "\n"))
	}
}

func (p tab) lines() []string {
	return evaluate[[]string](p, `[...document.querySelectorAll("#log li")].map((li) => li.textContent)`)
}

// lost counts how often the page was without a connection.
func (p tab) lost() int { return evaluate[int](p, `window.lost`) }

func evaluate[T any](p tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatal(err)
	}
	return value
}

func TestChatInABrowser(t *testing.T) {
	s := start(t, sampleApps(t))
	browser := browse(t)
	ann := openChat(t, browser, s.http("/chatapp/"))
	ann.sees("[*] someone joined")
	bob := openChat(t, browser, s.http("/chatapp/"))

	ann.say("ann")
	bob.sees("[*] ann joined")
	bob.say("bob")
	ann.sees("[*] bob joined")
	ann.say("hello, bob <b>!</b>")
	bob.sees("ann: hello, bob <b>!</b>")
	bob.say("hello, ann")
	ann.sees("bob: hello, ann")

	rewrite(t, filepath.Join(s.apps, "chatapp", "main.js"), "${this.peers.get(ws)}: ${text}", "${this.peers.get(ws)} says: ${text}")
	s.stdout.await(t, "chatapp  generation 2", "\n")

	ann.say("is this new?")
	bob.sees("ann says: is this new?")
	bob.say("it is")
	ann.sees("bob says: it is")
	for name, page := range map[string]tab{"ann": ann, "bob": bob} {
		if n := page.lost(); n != 0 {
			t.Errorf("the page of %s lost its connection %d times", name, n)
		}
		joined := strings.Count(strings.Join(page.lines(), "\n"), "someone joined")
		if want := map[string]int{"ann": 2, "bob": 1}[name]; joined != want {
			t.Errorf("%s sees %d people join, want %d: a reload is nobody joining", name, joined, want)
		}
	}
}

// When the server goes and comes back, so does the page: under the name it had.
func TestChatPageComesBack(t *testing.T) {
	s := start(t, sampleApps(t))
	page := openChat(t, browse(t), s.http("/chatapp/"))
	page.say("ann")
	page.sees("[*] ann joined")
	s.signal(syscall.SIGTERM)
	s.exit(patience)
	page.do(chromedp.WaitVisible(chromedp.CSS("#status:not(.open)")))

	again := launch(t, "serve", "--admin", "off", "--listen", s.address, "--apps", s.apps)
	again.stdout.await(t, "listening on http://", "\n")
	page.do(chromedp.WaitVisible(chromedp.CSS("#status.open")))
	page.say("here again")
	page.sees("ann: here again")
}
