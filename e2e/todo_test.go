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

func openTodo(t *testing.T, browser context.Context, url string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("#status.open")))
	page.waitFor(`document.querySelector("#title").textContent === "Our to-dos"`)
	page.do(chromedp.Evaluate[chromedp.Void](`window.stayed = true`))
	return page
}

// in is true when exactly one task of that title is on the board, in that column, and nothing of it waits.
func in(column, title string) string {
	return fmt.Sprintf(`((found) => found.length === 1 && found[0].closest("ul").id === %q && !found[0].closest("li").matches(".pending"))(
		[...document.querySelectorAll(".text")].filter((text) => text.textContent === %q))`, column, title)
}

// pressKey has a task get a key, as from a keyboard.
func (p tab) pressKey(title, key string, alt bool) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
		const card = [...document.querySelectorAll("main li")].find((li) => li.querySelector(".text").textContent === %q);
		card.focus();
		card.dispatchEvent(new KeyboardEvent("keydown", { key: %q, altKey: %v, bubbles: true, cancelable: true }));
	}`, title, key, alt)))
}

func activity(t *testing.T, s *sigil) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.http("/todo/activity.csv"), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Two people at one board: each sees what the other does, and a server that is killed has lost nothing; what was done meanwhile
// follows, and reminders come.
func TestTodoInABrowser(t *testing.T) {
	apps := sampleApps(t)
	t.Setenv(dataVariable, t.TempDir())
	s := start(t, apps)
	browser := browse(t)
	ann, bob := openTodo(t, browser, s.http("/todo/")), openTodo(t, browser, s.http("/todo/"))
	for _, page := range []tab{ann, bob} {
		page.waitFor(in("doing", "Restart the server, and find all of this again")) // from the seed
		page.waitFor(`document.querySelector("#people").textContent === "2"`)
	}
	ann.say("water the plants")
	ann.say("write to <b>bob</b>")
	bob.waitFor(in("open", "water the plants"))
	bob.waitFor(in("open", "write to <b>bob</b>"))
	bob.pressKey("water the plants", "ArrowRight", true)
	ann.waitFor(in("doing", "water the plants"))
	bob.pressKey("water the plants", "ArrowRight", true)
	for _, page := range []tab{ann, bob} {
		page.waitFor(in("done", "water the plants"))
		page.waitFor(`document.querySelector("#finished").textContent === "1"`)
		page.waitFor(`document.querySelector("#log").textContent.includes("finished “water the plants”")`)
	}
	ann.pressKey("write to <b>bob</b>", "Delete", false)
	bob.waitFor(`!document.querySelector("main").textContent.includes("write to <b>")`)
	ann.do(chromedp.Click(chromedp.CSS("#toast button"))) // undo
	bob.waitFor(in("open", "write to <b>bob</b>"))
	bob.do(chromedp.Evaluate[chromedp.Void](`{ const title = document.querySelector("#title"); title.focus(); title.textContent = "Home"; title.blur(); }`))
	ann.waitFor(`document.title === "Home"`)

	// A reminder that is due while nobody runs comes after the restart. (On a busy machine it may be due before.)
	ann.do(chromedp.Evaluate[chromedp.Void](`{ const toast = document.querySelector("#toast"); window.told = "";
		new MutationObserver(() => { window.told += toast.textContent; }).observe(toast, { childList: true, characterData: true, subtree: true }); }`))
	ann.do(chromedp.Evaluate[chromedp.Void](`{ const due = new Date(Date.now() - new Date().getTimezoneOffset() * 60000 + 3000);
		document.querySelector("#new").noValidate = true; document.querySelector("#due").value = due.toISOString().slice(0, 19); }`))
	ann.say("call the dentist")
	bob.waitFor(in("open", "call the dentist"))

	s.signal(syscall.SIGKILL)
	s.exit(patience)
	ann.waitFor(`document.querySelector("#status.open") === null`)
	ann.pressKey("water the plants", "ArrowLeft", true) // waits for the server
	ann.waitFor(`document.querySelector("#doing .pending .text")?.textContent === "water the plants"`)
	again := launch(t, "serve", "--admin", "off", "--listen", s.address, "--apps", apps)
	again.stdout.await(t, "listening on http://"+s.address, "\n")
	for _, page := range []tab{ann, bob} {
		page.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online")); document.dispatchEvent(new Event("visibilitychange"))`))
	}
	for _, page := range []tab{ann, bob} {
		page.waitFor(in("doing", "water the plants"))
		page.waitFor(in("open", "write to <b>bob</b>"))
		page.waitFor(in("open", "call the dentist"))
		page.waitFor(`document.title === "Home" && document.querySelector("#people").textContent === "2" && window.stayed`)
	}
	ann.waitFor(`window.told.includes("It is time: call the dentist")`)
	if csv := activity(t, s); !strings.Contains(csv, `"finished","water the plants"`) || strings.Count(csv, `"added","call the dentist"`) != 1 {
		t.Errorf("activity:\n%s", csv)
	}
}
