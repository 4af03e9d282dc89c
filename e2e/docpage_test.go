package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const documentedApp = `
const Item = { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 1, description: "what it is called" }, price: { type: "number", minimum: 0 } } };
@Api({ title: "The <shop>", version: "2.0.0", description: "sells things", contact: { name: "Ada" }, license: { name: "MIT" } })
export default class Shop extends AppBase {
  @Get({ path: "/items/:id", params: { properties: { id: { type: "integer" } } }, query: { properties: { full: { type: "boolean" }, tag: { type: "array", items: { type: "string" } } } }, headers: { properties: { "x-key": { type: "string" } } }, summary: "one item" })
  item(req) { return new Response(JSON.stringify({ ...req.valid, seen: "<b>" }), { status: 200, headers: { "content-type": "application/json", "x-made": "here" } }); }
  @Post({ path: "/items", body: Item, response: Item, summary: "adds an item" }) add(req) { return created(req.valid.body); }
  @Get plain() { return "a <script>alert(1)</script> text"; }
  @Sse async *news() { yield { id: 7, event: "first", data: "one\ntwo" }; yield "three"; }
  @Websocket({ path: "/rooms/:name", receives: { title: "Line", type: "object", properties: { text: { type: "string" } } }, protocols: "v1", summary: "a room" })
  room(ws) { ws.onMessage((text) => ws.send(ws.params.name + " " + ws.query.who + ": " + text)); ws.onBinary((data) => ws.sendBytes(data)); ws.onClose((code, reason) => this.log.info("left", code, reason)); }
  @Websocket brief(ws) { ws.close(4321, "that was all"); }
  @Rpc add2(call, n) { return n + 2; }
  @Scheduled({ every: "1h" }) tidy() {}
}`

// docPage opens the documentation of an app in a new tab and waits until its forms are there.
func docPage(t *testing.T, browser context.Context, url string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	page := tab{t, ctx}
	page.do(chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("main[data-ready]")))
	return page
}

// await waits until an expression is true.
func (p tab) await(what, condition string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool]("!!("+condition+")", chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("waiting for %s: %v; the page says:\n%s", what, err, evaluate[string](p, `document.querySelector("main").innerText`))
	}
}

// set fills one field of an operation.
func (p tab) set(operation, selector, value string) {
	p.t.Helper()
	p.await("the field "+selector, fmt.Sprintf(`(() => { const field = document.querySelector(%q); if (!field) return false; field.value = %q; field.dispatchEvent(new Event("change")); return true; })()`, "#"+operation+" "+selector, value))
}

func (p tab) open(operation string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS("#"+operation+" > summary")), chromedp.WaitVisible(chromedp.CSS("#"+operation+" form")))
}

func (p tab) pressIn(operation, selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS("#" + operation + " " + selector)))
}

func TestDocumentationInABrowser(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"shop.js": documentedApp}))
	page := docPage(t, browse(t), s.http("/shop/doc"))
	if title := evaluate[string](page, `document.querySelector("h1").textContent`); title != "The <shop>" {
		t.Errorf("the title is %q", title)
	}
	t.Run("HTTP", func(t *testing.T) { tryHTTP(t, page) })
	t.Run("body", func(t *testing.T) { tryBody(t, page) })
	t.Run("events", func(t *testing.T) { tryEvents(t, page) })
	t.Run("WebSocket", func(t *testing.T) { tryWebSocket(t, s, page) })
	t.Run("calls", func(t *testing.T) { tryCalls(t, page) })
	t.Run("text", func(t *testing.T) {
		page := tab{t, page.ctx}
		page.open("get-plain-plain")
		page.pressIn("get-plain-plain", "button.main")
		page.await("the text", `document.querySelector("#get-plain-plain [data-answer]")?.textContent === "a <script>alert(1)</script> text"`)
	})
}

func tryHTTP(t *testing.T, page tab) {
	page.t = t
	const op = "get-item-items-id"
	page.open(op)
	page.set(op, "[data-parameter=id]", "12")
	page.set(op, "[data-parameter=full]", "true")
	page.set(op, "[data-parameter=tag]", "a b\nc&d")
	page.set(op, "[data-parameter=x-key]", "k")
	page.pressIn(op, "button.main")
	page.await("the answer", `document.querySelector("#get-item-items-id [data-complete]")`)
	body := evaluate[string](page, `document.querySelector("#get-item-items-id [data-answer]").textContent`)
	for _, part := range []string{`"id": 12`, `"full": true`, "\"a b\",\n", `"c&d"`, `"x-key": "k"`, `"seen": "<b>"`} {
		if !strings.Contains(body, part) {
			t.Errorf("%s is not in the answer:\n%s", part, body)
		}
	}
	if status := evaluate[string](page, `document.querySelector("#get-item-items-id [data-status]").textContent`); status != "200 OK" {
		t.Errorf("status %q", status)
	}
	if headers := evaluate[string](page, `document.querySelector("#get-item-items-id [data-headers]").textContent`); !strings.Contains(headers, "x-madehere") {
		t.Errorf("headers %q", headers)
	}
	page.set(op, "[data-parameter=id]", "x")
	page.pressIn(op, "button.main")
	page.await("the refusal", `document.querySelector("#get-item-items-id [data-status='400']") && document.querySelector("#get-item-items-id [data-answer]").textContent.includes("#/id")`)
}

func tryBody(t *testing.T, page tab) {
	page.t = t
	const op = "post-add-items"
	page.open(op)
	if body := evaluate[string](page, `document.querySelector("#post-add-items [data-body]").value`); body != "{\n  \"name\": \"text\",\n  \"price\": 0\n}" {
		t.Errorf("the body begins as %q", body)
	}
	page.pressIn(op, "button.main")
	page.await("the answer", `document.querySelector("#post-add-items [data-status='201']") && document.querySelector("#post-add-items [data-answer]").textContent.includes('"name": "text"')`)
	page.set(op, "[data-body]", `{"price":-1}`)
	page.pressIn(op, "button.main")
	page.await("the refusal", `document.querySelector("#post-add-items [data-status='400']") && document.querySelector("#post-add-items [data-answer]").textContent.includes("#/price")`)
}

func tryEvents(t *testing.T, page tab) {
	page.t = t
	const op = "get-news-news"
	page.open(op)
	page.pressIn(op, "button.main")
	page.await("the end", `document.querySelector("#get-news-news [data-kind=ended]")`)
	lines := evaluate[[]string](page, `[...document.querySelectorAll("#get-news-news .log .text")].map((one) => one.textContent)`)
	if strings.Join(lines, "|") != "one\ntwo|three|the server has ended the stream" {
		t.Errorf("got %q", lines)
	}
}

// lines are what a log shows of one kind.
func (p tab) logged(operation, kind string) []string {
	p.t.Helper()
	return evaluate[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("#%s .log [data-kind=%s] .text")].map((one) => one.textContent)`, operation, kind))
}

func tryWebSocket(t *testing.T, s *sigil, page tab) {
	page.t = t
	const op = "ws-room"
	page.open(op)
	page.set(op, "[data-parameter=name]", "kitchen sink")
	page.set(op, "[data-query]", "who=ann")
	page.pressIn(op, "[data-connect]")
	page.await("the connection", `document.querySelector("#ws-room [data-state=open]")`)
	if state := evaluate[string](page, `document.querySelector("#ws-room output").value`); state != "connected, v1" {
		t.Errorf("the state is %q", state)
	}
	page.pressIn(op, "[data-send]")
	page.await("the echo", `document.querySelectorAll("#ws-room [data-kind=received]").length === 1`)
	page.set(op, "[data-message]", "48 69")
	page.pressIn(op, "input[type=checkbox]")
	page.pressIn(op, "[data-send]")
	page.await("the bytes", `document.querySelectorAll("#ws-room [data-kind=received]").length === 2`)
	if got := page.logged(op, "received"); strings.Join(got, "|") != `kitchen sink ann: {"text":"text"}|48 69` {
		t.Errorf("received %q", got)
	}
	if got := page.logged(op, "sent"); strings.Join(got, "|") != `{"text":"text"}|48 69` {
		t.Errorf("sent %q", got)
	}
	page.pressIn(op, "[data-connect]")
	page.await("the end", `document.querySelector("#ws-room [data-state=closed]")`)
	if got := page.logged(op, "closed"); len(got) != 1 || got[0] != "closed 1000" {
		t.Errorf("closed %q", got)
	}
	s.stderr.await(t, "left ", "1000")

	page.open("ws-brief")
	page.pressIn("ws-brief", "[data-connect]")
	page.await("the app's close", `document.querySelector("#ws-brief output").value === "closed 4321 that was all"`)
}

func tryCalls(t *testing.T, page tab) {
	page.t = t
	const op = "ws-live"
	page.open(op)
	page.pressIn(op, "[data-connect]")
	page.await("the connection", `document.querySelector("#ws-live [data-state=open]")`)
	page.set(op, "[data-message]", `{"jsonrpc":"2.0","id":1,"method":"add2","params":[40]}`)
	page.pressIn(op, "[data-send]")
	page.await("the answer", `document.querySelectorAll("#ws-live [data-kind=received]").length === 1`)
	if got := page.logged(op, "received"); !strings.Contains(got[0], `"result":42`) {
		t.Errorf("received %q", got)
	}
}

// The sample that is written for the page: a book is brought by one form, announced by another, and asked for over the WebSocket.
func TestCatalogueInABrowser(t *testing.T) {
	s := start(t, sampleApps(t))
	page := docPage(t, browse(t), s.http("/catalogue/doc"))
	page.open("get-arrivals-arrivals")
	page.pressIn("get-arrivals-arrivals", "button.main")
	page.await("the stream", `document.querySelector("#get-arrivals-arrivals [data-status='200']")`)
	page.open("post-add-books")
	body := evaluate[string](page, `document.querySelector("#post-add-books [data-body]").value`)
	if !strings.Contains(body, `"binding": "paperback"`) || strings.Contains(body, "views") {
		t.Errorf("the form begins with %s", body)
	}
	page.set("post-add-books", "[data-body]", `{"title":"Page by page","author":{"name":"Ann"}}`)
	page.pressIn("post-add-books", "button.main")
	page.await("the answer", `document.querySelector("#post-add-books [data-status='201'].good")`)
	page.await("the event", `document.querySelector("#get-arrivals-arrivals [data-kind=received] .text")?.textContent.includes("Page by page")`)
	page.pressIn("get-arrivals-arrivals", "button[type=button]")
	page.await("the stop", `[...document.querySelectorAll("#get-arrivals-arrivals .answer p")].some((p) => p.textContent === "stopped")`)

	page.open("ws-desk")
	if question := evaluate[string](page, `document.querySelector("#ws-desk [data-message]").value`); question != `{"find":"text"}` {
		t.Errorf("the message begins with %s", question)
	}
	page.pressIn("ws-desk", "[data-connect]")
	page.await("the connection", `document.querySelector("#ws-desk [data-state=open]")`)
	page.set("ws-desk", "[data-message]", `{"find":"page by"}`)
	page.pressIn("ws-desk", "[data-send]")
	page.await("what was found", `document.querySelector("#ws-desk [data-kind=received] .text")?.textContent.includes("Ann")`)
}
