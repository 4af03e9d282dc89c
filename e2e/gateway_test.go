package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// gateway is the sample app with a backend.
type gateway struct {
	*sigil
	backend *backend
	control string
}

func startGateway(t *testing.T, settings string) *gateway {
	t.Helper()
	b := startBackend(t)
	config := filepath.Join(t.TempDir(), "sigil.yaml")
	save(t, config, fmt.Sprintf(`
mounts: { gateway: { path: "/", listeners: { control: "127.0.0.1:0" } } }
fetch: { apps: ["gateway=127.0.0.1"] }
app: { gateway: { url: "/events", port: %s%s } }
`, b.port, settings))
	s := start(t, sampleApps(t), "--config", config)
	_, at, _ := strings.Cut(s.stdout.String(), "gateway listens for control on http://")
	return &gateway{s, b, strings.TrimSpace(strings.SplitN(at, "\n", 2)[0])}
}

// order asks the control API and wants status 200; the answer is the body.
func (g *gateway) order(method, path, body string) string {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+g.control+"/tapr/ws/"+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		g.t.Fatalf("%s %s: %s %v, want 200 always", method, path, res.Status, err)
	}
	return string(text)
}

func (g *gateway) dial(header http.Header) *socket {
	g.t.Helper()
	conn, err := dialAs(g.t.Context(), g.ws("/ws"), header)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = conn.CloseNow() }) // may be closed already
	return &socket{g.t, conn}
}

func dialAs(ctx context.Context, url string, header http.Header) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header})
	return conn, err
}

func as(user, cookie string) http.Header {
	h := http.Header{"X-Bfl-User": {user}, "User-Agent": {"tester"}}
	if cookie != "" {
		h.Set("Cookie", cookie)
	}
	return h
}

// listed are the ids of a user's connections, private and public.
func (g *gateway) listed(user string) (private, public []string) {
	g.t.Helper()
	var answer struct {
		Data []struct {
			Name  string
			Conns []struct{ ID, Token, UserAgent, UserAgentTag string }
			Open  []struct{ ID string } `json:"public_conns"`
			N     int                   `json:"conns_number"`
			M     int                   `json:"public_conns_number"`
		}
	}
	if err := json.Unmarshal([]byte(g.order("GET", "conn/list", "")), &answer); err != nil {
		g.t.Fatal(err)
	}
	for _, one := range answer.Data {
		if one.Name != user {
			continue
		}
		for _, c := range one.Conns {
			private = append(private, c.ID)
			if c.UserAgentTag != "f5d1278e8109edd94e1e4197e04873b9" { // the MD5 of "tester"
				g.t.Errorf("userAgentTag of %q is %s", c.UserAgent, c.UserAgentTag)
			}
		}
		for _, c := range one.Open {
			public = append(public, c.ID)
		}
		if one.N != len(private) || one.M != len(public) {
			g.t.Errorf("%s: %d and %d connections are counted, %d and %d listed", user, one.N, one.M, len(private), len(public))
		}
	}
	return private, public
}

const done = `{"code":0,"message":"success"}`

// Everything that clients and the backend say to each other, once.
func TestGatewayProtocol(t *testing.T) {
	g := startGateway(t, "")
	if got := g.order("GET", "conn/list", ""); got != `{"code":0,"message":"success","data":[]}` {
		t.Errorf("nobody: %s", got)
	}
	private, public, bob := g.dial(as("ann", "auth_token=secret; theme=dark")), g.dial(as("ann", "theme=light")), g.dial(as("bob", "auth_token=other"))
	for _, c := range []*socket{private, public, bob} {
		if pong := c.ask(`{"event":"ping","data":{}}`); pong != `{"event":"pong"}` {
			t.Errorf("ping: %s", pong)
		}
	}
	for _, text := range []string{`{"b":1,"a":[null]}`, `[1,2]`, `"quoted"`, `not JSON`} {
		private.send(text)
	}
	if err := private.conn.Write(t.Context(), websocket.MessageBinary, []byte{0, 255, 7}); err != nil {
		t.Fatal(err)
	}
	ids, others := g.listed("ann")
	if len(ids) != 1 || len(others) != 1 {
		t.Fatalf("ann has %v and %v", ids, others)
	}
	sendsMeet(g, ids[0], private, public, bob)
	closesMeet(g, ids[0], private, public, bob)
	var events []backendEvent
	eventually(t, "the close", func() bool {
		events = g.backend.report()[ids[0]]
		return len(events) == 7
	})
	want := []string{`open {}`, `message {"a":[null],"b":1}`, `message {"text":"[1,2]"}`, `message {"text":"\"quoted\""}`, `message {"text":"not JSON"}`, `message {"base64":"AP8H"}`, `close {}`}
	for i, e := range events {
		data, _ := json.Marshal(e.Data)
		if got := e.Action + " " + string(data); got != want[i] || e.User != "ann" || e.Token != "secret" || e.IsPublic || e.Cookie != "auth_token=secret; theme=dark" || e.Key != fmt.Sprintf("%s/%d", ids[0], i+1) {
			t.Errorf("event %d: %s, %+v, want %s", i, got, e, want[i])
		}
	}
	if e := g.backend.report()[others[0]]; len(e) != 1 || !e[0].IsPublic || len(e[0].Token) != 36 || e[0].Cookie != "theme=light" {
		t.Errorf("the public one: %+v", e)
	}
}

// sendsMeet sends by every filter, with a mark after each that all get.
func sendsMeet(g *gateway, id string, private, public, bob *socket) {
	g.t.Helper()
	for i, c := range []struct {
		who  string
		gets []*socket
	}{
		{`"conn_id":"` + id + `"`, []*socket{private}},
		{`"conn_id":"` + id + `","users":[]`, []*socket{private}},
		{`"conn_id":"` + id + `","users":["bob"]`, nil},
		{`"users":["ann"]`, []*socket{private, public}},
		{`"users":["ann"],"users_access_type":1`, []*socket{private}},
		{`"users":["ann"],"users_access_type":2`, []*socket{public}},
		{`"users":["ann","bob"],"tokens":["other"]`, []*socket{bob}},
		{`"tokens":["secret","other"]`, []*socket{private, bob}},
		{`"tokens":["secret"],"users_access_type":2`, []*socket{private}}, // counts with users only
		{`"users":["nobody"]`, nil},
	} {
		payload := fmt.Sprintf(`{"n":%d}`, i)
		if got := g.order("POST", "conn/send", `{"payload":`+payload+`,`+c.who+`}`); got != done {
			g.t.Errorf("%s: %s", c.who, got)
		}
		g.order("POST", "conn/send", `{"payload":"mark","users":["ann","bob"]}`)
		for _, one := range []*socket{private, public, bob} {
			got := one.read()
			for _, meant := range c.gets {
				if one == meant {
					if got != payload {
						g.t.Errorf("%s: got %s", c.who, got)
					}
					got = one.read()
				}
			}
			if got != `"mark"` {
				g.t.Errorf("%s: somebody who is not meant got %s", c.who, got)
			}
		}
	}
	for body, want := range map[string]string{
		`{"payload":1}`: `"message":"send message target is nil"`, `{`: `"message":"send data invalid, `, `[]`: `"message":"send data invalid, `,
		`{"payload":1,"users":"ann"}`: `"message":"send data invalid, `, `{"payload":1,"conn_id":7}`: `"message":"send data invalid, `,
		`{"payload":1,"users":["ann"],"users_access_type":3}`: `"message":"send data invalid, `,
	} {
		if got := g.order("POST", "conn/send", body); !strings.HasPrefix(got, `{"code":400,`+want) {
			g.t.Errorf("%s: %s", body, got)
		}
	}
}

func closesMeet(g *gateway, id string, private, public, bob *socket) {
	g.t.Helper()
	for body, want := range map[string]string{
		`{}`: `"message":"close connection target is nil"`, `{"conns":[],"users":[],"tokens":[""]}`: `"message":"close connection target is nil"`,
		`{"users_access_type":1}`: `"message":"close connection target is nil"`, `x`: `"message":"receive data invalid, `, `{"conns":["a"],"code":1006}`: `"message":"receive data invalid, `,
	} {
		if got := g.order("POST", "conn/close", body); !strings.HasPrefix(got, `{"code":400,`+want) {
			g.t.Errorf("%s: %s", body, got)
		}
	}
	for _, c := range []struct {
		body string
		who  *socket
		code int
	}{
		{`{"conns":["` + id + `"],"users":["bob"]}`, nil, 0},
		{`{"conns":["` + id + `"],"users":["ann"]}`, private, 1000},
		{`{"tokens":["","other"],"code":4321,"reason":"enough"}`, bob, 4321},
	} {
		if got := g.order("POST", "conn/close", c.body); got != done {
			g.t.Errorf("%s: %s", c.body, got)
		}
		if c.who == nil {
			continue
		}
		if code, reason := c.who.end(); code != c.code || (reason == "enough") != (code == 4321) {
			g.t.Errorf("%s: closed with %d %q", c.body, code, reason)
		}
	}
	g.order("POST", "conn/send", `{"payload":1,"users":["ann","bob"]}`)
	if got := public.read(); got != "1" {
		g.t.Errorf("who stayed got %s", got)
	}
}

// Clients see the control API nowhere, and the control listener has no clients.
func TestGatewayListeners(t *testing.T) {
	g := startGateway(t, "")
	for _, path := range []string{"/tapr/ws/conn/list", "/tapr/ws/conn/send", "/tapr/ws/stats"} {
		if status, _, err := g.get(path); err != nil || status != http.StatusNotFound {
			t.Errorf("%s at the clients' port: %d %v", path, status, err)
		}
	}
	if status, _, err := g.get("/ws"); err != nil || status != http.StatusUpgradeRequired {
		t.Errorf("/ws by plain HTTP: %d %v", status, err)
	}
	conn, err := dialAs(t.Context(), "ws://"+g.control+"/ws", nil)
	if err == nil {
		if code, _, err := waitClose(t.Context(), conn); code != 1008 {
			t.Errorf("a client at the control listener: %d %v", code, err)
		}
	}
}

// Who does not ping is closed; messages do not renew.
func TestGatewayExpiry(t *testing.T) {
	g := startGateway(t, ", expiry_seconds: 1.5")
	c := g.dial(as("ann", ""))
	stop := make(chan struct{})
	var talking errgroup.Group
	talking.Go(func() error {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return nil
			default:
				if g.order("POST", "conn/debug", "{}"); c.conn.Write(t.Context(), websocket.MessageText, []byte("still here")) != nil {
					return nil
				}
			}
		}
	})
	code, reason := c.end()
	close(stop)
	if err := talking.Wait(); err != nil || code != 4001 || !strings.Contains(reason, "no ping") {
		t.Errorf("closed with %d %q, %v", code, reason, err)
	}
}

// An event that the backend does not take in spite of all retries ends its connection, so that the client knows.
func TestGatewayGivesUp(t *testing.T) {
	g := startGateway(t, ", retries: 1, backoff_ms: 10")
	c := g.dial(as("ann", ""))
	eventually(t, "the open", func() bool { return len(g.backend.report()) == 1 })
	g.backend.mode("error")
	c.send("lost")
	if code, _ := c.end(); code != 1013 {
		t.Errorf("closed with %d", code)
	}
	if stats := g.order("GET", "stats", ""); !bytes.Contains([]byte(stats), []byte(`"failed":1`)) {
		t.Errorf("stats: %s", stats)
	}
}
