package e2e

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// talkByTLS is what a page does with the server that it came from. It ends in the page's title.
const talkByTLS = `(async () => {
	const where = await (await fetch("/app/where")).text();
	const ws = new WebSocket("wss://" + location.host + "/app/echo");
	await new Promise((go, no) => { ws.onopen = go; ws.onerror = () => no(new Error("no WebSocket")); });
	const echo = await new Promise((go) => { ws.onmessage = (e) => go(e.data); ws.send("hi"); });
	const events = new EventSource("/app/ticks");
	const tick = await new Promise((go) => { events.onmessage = (e) => go(e.data); });
	events.close();
	const [page] = performance.getEntriesByType("navigation");
	return [page.nextHopProtocol, where === location.origin + "/app/where", echo, tick].join(" ");
})().then((text) => { document.title = text; }, (error) => { document.title = "failed: " + error; }); 0`

// A browser gets the page by HTTP/2, and opens its WebSocket beside it.
func TestBrowserByTLS(t *testing.T) {
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(dir, time.Now().Add(time.Hour))
	s := startSecured(t, filesConfig(dir, ""), ca.pool(), "localhost")
	browser := browse(t, chromedp.Flag("ignore-certificate-errors-spki-list", keyHash(t, filepath.Join(dir, "cert.pem"))))
	page := tab{t, browser}
	page.do(chromedp.Navigate("https://"+s.address+"/app/"), chromedp.Evaluate[chromedp.Void](talkByTLS))
	const want = "h2 true hi 0"
	if _, err := chromedp.Run(browser, chromedp.Poll[bool](`document.title !== "secure"`, chromedp.WithPollingTimeout(patience))); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(browser, chromedp.Evaluate[string]("document.title"))
	if err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// keyHash is how Chromium names the key of a certificate that it is to trust.
func keyHash(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
