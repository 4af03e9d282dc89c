package server

import (
	"net/http"
	"strings"
	"testing"
)

const signalsJS = `
const told = (app, req, name) => req.signal.addEventListener("abort", () => app.log.info(name + " aborted: " + req.signal.reason.name));
export default class Signals extends AppBase {
  requests = new Map(); // name -> request
  #keep(req, name) { this.requests.set(name, req); told(this, req, name); req.setCookie("seen", name, { maxAge: 60 }); }
  @Sse waits(req, stream) { this.#keep(req, "waits"); stream.send("in"); }
  @Sse async *yields(req, stream) {
    this.#keep(req, "yields");
    yield "in";
    await new Promise((resolve) => req.signal.addEventListener("abort", resolve));
    this.log.info("yields goes on");
  }
  @Sse closes(req, stream) { this.#keep(req, "closes"); stream.send("in"); stream.closed.then(() => this.log.info("closes closed")); stream.close(); }
  @Sse async *returns(req, stream) { this.#keep(req, "returns"); stream.closed.then(() => this.log.info("returns closed")); yield "in"; }
  @Guard((req) => { req.setCookie("guard", "1"); return true; }) @Websocket socket(ws) { ws.send("in"); }
  @Guard((req) => { req.setCookie("guard", "2"); return forbidden("not you"); }) @Websocket refused(ws) {}
  @Get aborted(req) { return this.requests.get(req.query.name).signal.aborted; }
}`

// The signal of a stream's request is aborted when its client has gone, for a method as for a generator.
func TestEventsSignalClientGone(t *testing.T) {
	s := startSite(t, files{"s.js": signalsJS})
	for _, name := range []string{"waits", "yields"} {
		e := s.events("/s/" + name)
		e.want("data: in")
		if got := s.get("/s/aborted?name=" + name); got != "false" {
			t.Errorf("%s, while its client reads: aborted is %s", name, got)
		}
		_ = e.conn.Close() // the client has gone
		s.log.wait(t, name+" aborted: AbortError")
		if got := s.get("/s/aborted?name=" + name); got != "true" {
			t.Errorf("%s: aborted is %s", name, got)
		}
	}
	s.log.wait(t, "yields goes on")
}

// It is not when the script ended the stream itself.
func TestEventsSignalEnded(t *testing.T) {
	s := startSite(t, files{"s.js": signalsJS})
	for _, name := range []string{"closes", "returns"} {
		e := s.events("/s/" + name)
		e.want("data: in")
		e.want("")
		s.log.wait(t, name+" closed")
		_ = e.conn.Close()
		if got := s.get("/s/aborted?name=" + name); got != "false" {
			t.Errorf("%s: aborted is %s", name, got)
		}
	}
}

// Cookies that the script sets go out with the 101 of a handshake, with its refusal, and with the head of a stream.
func TestCookiesOfHandshakesAndStreams(t *testing.T) {
	s := startSite(t, files{"s.js": signalsJS})
	for _, c := range []struct {
		path   string
		client func(path string) *client
		status int
		cookie string
	}{
		{"/s/socket", func(path string) *client { return s.handshake(path) }, http.StatusSwitchingProtocols, "guard=1;"},
		{"/s/refused", func(path string) *client { return s.handshake(path) }, http.StatusForbidden, "guard=2;"},
		{"/s/waits", func(path string) *client { return s.events(path).client }, http.StatusOK, "seen=waits;"},
		{"/s/yields", func(path string) *client { return s.events(path).client }, http.StatusOK, "seen=yields;"},
	} {
		res := c.client(c.path).res
		if got := res.Header.Values("Set-Cookie"); res.StatusCode != c.status || len(got) != 1 || !strings.HasPrefix(got[0], c.cookie) {
			t.Errorf("%s: %s with the cookies %q, want %d with %s", c.path, res.Status, got, c.status, c.cookie)
		}
	}
}
