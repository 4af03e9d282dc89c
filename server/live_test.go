package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// liveApp has what a client of the realtime protocol can meet.
const liveApp = `
@Guard((req) => { if (req.query.user) req.user = { id: req.query.user }; })
@Topic("news", { publish: true })
@Realtime({ resume: "1m" })
export default class Live extends AppBase {
  @Topic("room:*", { history: 5, publish: (ws, topic, data) => data !== "spam" }) room(ws, topic) {
    if (topic === "room:later") return new Promise((resolve) => { this.decide = resolve; });
    if (topic === "room:why") throw new RpcError(7, "not today", { until: "tomorrow" });
    return topic !== "room:secret";
  }
  @Rpc add(call, a, b) { return a + b; }
  @Rpc("user.name") who(call, { greeting } = {}) { return (greeting ?? "") + (call.user?.id ?? "nobody"); }
  @Rpc nothing() {}
  @Rpc fails() { null.x; }
  @Rpc own() { throw new RpcError(42, "no luck", [1]); }
  @Rpc({ timeout: "50ms" }) slow(call) { call.onCancel((why) => this.publish("room:why2", why)); return new Promise(() => {}); }
  @Rpc async wait(call) { await new Promise((resolve) => { this.go = resolve; call.onCancel(resolve); }); return call.cancelled ?? "done"; }
  @Rpc release() { this.go?.(); this.decide?.(true); return 1; }
  @Rpc push(call, topic) { this.connections.find({ id: call.connection.id }).subscribe(topic); call.connection.send({ direct: true }); this.broadcast("all"); call.connection.unsubscribe(topic); }
  @Rpc state(call) { return call.connection.state.n = (call.connection.state.n ?? 0) + 1; }
  @Websocket plain(ws) { ws.subscribe("room:1"); ws.onMessage((text) => ws.publish("room:1", text)); ws.send("ready"); }
  @Post("/publish") async emit(req) { const { topic, data } = await req.json(); return this.publish(topic, data); }
}`

// ask sends one call and returns its answer's result or error as JSON, and keeps the notifications before it.
func (c *client) ask(method, params string) string {
	c.t.Helper()
	c.send(opText, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params))
	return c.answer()
}

func (c *client) answer() string {
	c.t.Helper()
	var m struct{ Result, Error json.RawMessage }
	text := c.text()
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Result == nil && m.Error == nil {
		c.t.Fatalf("no answer: %s", text)
	}
	return string(m.Result) + string(m.Error)
}

func (c *client) text() string {
	c.t.Helper()
	f, err := c.read()
	if err != nil || f.op != opText {
		c.t.Fatalf("got frame %d %q, %v; want a text", f.op, f.data, err)
	}
	return string(f.data)
}

// note reads a notification as "method params".
func (c *client) note() string {
	c.t.Helper()
	var m struct {
		Method string
		Params json.RawMessage
	}
	if err := json.Unmarshal([]byte(c.text()), &m); err != nil || m.Method == "" {
		c.t.Fatalf("no notification: %+v, %v", m, err)
	}
	return m.Method + " " + string(m.Params)
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRpc(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	c := s.dial("/live/live?user=ann")
	for _, test := range []struct{ method, params, want string }{
		{"add", "[1,2]", "3"},
		{"add", `["a","b"]`, `"ab"`},
		{"user.name", `{"greeting":"hi "}`, `"hi ann"`},
		{"user.name", "[]", `"ann"`},
		{"nothing", "[]", "null"},
		{"own", "[]", `{"code":42,"message":"no luck","data":[1]}`},
		{"slow", "[]", `{"code":-32001,"message":"the call took longer than 50ms"}`},
		{"constructor", "[]", `{"code":-32601,"message":"no method constructor"}`},
		{"plain", "[]", `{"code":-32601,"message":"no method plain"}`},
		{"$/ping", "{}", "{}"},
		{"$/nope", "{}", `{"code":-32601,"message":"no method $/nope"}`},
		{"$/subscribe", "[]", `{"code":-32602,"message":"params is not what $/subscribe takes"}`},
	} {
		same(t, c.ask(test.method, test.params), test.want)
	}
	if got := c.ask("fails", "[]"); !strings.HasPrefix(got, `{"code":-32603,"message":"internal error","data":{"id":"`) {
		t.Error(got)
	}
	if log := s.log.String(); !strings.Contains(log, "live.js:14:23: TypeError") || !strings.Contains(log, "method=fails") {
		t.Error("the error is not in the log with its place")
	}
	c.leave()
}

func TestRpcBatchesNotificationsAndCancelling(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	c := s.dial("/live/live")
	c.send(opText, `no json`)
	same(t, c.text(), `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the message is not JSON"}}`)
	c.send(opText, `{"jsonrpc":"2.0","method":"add","params":[1,2]}`)
	c.send(opText, `[{"jsonrpc":"2.0","method":"add","params":[1,2]}]`)
	c.send(opText, `[{"jsonrpc":"2.0","id":"w","method":"wait"},{"jsonrpc":"2.0","id":2,"method":"add","params":[1,2]},5,{"jsonrpc":"2.0","id":3,"method":"$/subscribe","params":{"topic":"news"}}]`)
	c.send(opText, `{"jsonrpc":"2.0","id":4,"method":"add","params":[2,2]}`)
	same(t, c.text(), `{"jsonrpc":"2.0","id":4,"result":4}`) // does not wait for the batch
	c.send(opText, `{"jsonrpc":"2.0","id":"w","method":"add","params":[2,2]}`)
	same(t, c.text(), `{"jsonrpc":"2.0","id":"w","error":{"code":-32600,"message":"a call with this id is in flight"}}`)
	c.send(opText, `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"w"}}`)
	same(t, c.text(), `[{"jsonrpc":"2.0","id":2,"result":3},{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"a call is an object"}},`+
		`{"jsonrpc":"2.0","id":3,"error":{"code":-32600,"message":"$/subscribe cannot stand in a batch"}},{"jsonrpc":"2.0","id":"w","error":{"code":-32800,"message":"the call was cancelled"}}]`)
	for i := range 101 {
		c.send(opText, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"wait"}`, 1000+i))
	}
	same(t, c.text(), `{"jsonrpc":"2.0","id":1100,"error":{"code":-32005,"message":"too many calls are in flight on this connection"}}`)
	c.send(opBinary, "x")
	c.wantEnd("1003 the realtime protocol is text")
}

func TestLiveTopics(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	a, b, plain := s.dial("/live/live"), s.dial("/live/live"), s.dial("/live/plain")
	plain.want("ready")
	for topic, want := range map[string]string{
		"room:secret": `{"code":-32003,"message":"not allowed"}`,
		"room:why":    `{"code":7,"message":"not today","data":{"until":"tomorrow"}}`,
		"other":       `{"code":-32004,"message":"no topic of this name is open to clients"}`,
		"news":        `{"offset":0}`,
	} {
		same(t, a.ask("$/subscribe", fmt.Sprintf(`{"topic":%q}`, topic)), want)
	}
	var at struct{ Epoch string }
	if err := json.Unmarshal([]byte(a.ask("$/subscribe", `{"topic":"room:1"}`)), &at); err != nil || at.Epoch == "" {
		t.Fatal("no epoch")
	}
	same(t, b.ask("$/publish", `{"topic":"news","data":1}`), `{"code":-32007,"message":"only subscribers of the topic may publish"}`)
	same(t, b.ask("$/publish", `{"topic":"room:1","data":"spam"}`), `{"code":-32003,"message":"not allowed"}`)
	same(t, b.ask("$/publish", `{"topic":"room:1"}`), `{"code":-32602,"message":"one of data and base64 is needed"}`)
	same(t, b.ask("$/publish", `{"topic":"room:1","data":"tea","key":"k"}`), fmt.Sprintf(`{"epoch":%q,"offset":1}`, at.Epoch))
	same(t, b.ask("$/publish", `{"topic":"room:1","data":"tea","key":"k"}`), fmt.Sprintf(`{"epoch":%q,"offset":1,"duplicate":true}`, at.Epoch))
	same(t, b.ask("$/publish", `{"topic":"room:1","base64":"AQI="}`), fmt.Sprintf(`{"epoch":%q,"offset":2}`, at.Epoch))
	plain.want("tea")
	if f, err := plain.read(); err != nil || f.op != opBinary || string(f.data) != "\x01\x02" {
		t.Errorf("got %+v, %v", f, err)
	}
	plain.send(opText, "from a plain socket")
	same(t, a.note(), `$/message {"topic":"room:1","offset":1,"data":"tea"}`)
	same(t, a.note(), `$/message {"topic":"room:1","offset":2,"base64":"AQI="}`)
	same(t, a.note(), `$/message {"topic":"room:1","offset":3,"data":"from a plain socket"}`)
	s.do("POST", "/live/publish", `{"topic":"news","data":{"n":1}}`)
	same(t, a.note(), `$/message {"topic":"news","data":{"n":1}}`)
}

func TestLiveUnsubscribe(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	a := s.dial("/live/live")
	a.ask("$/subscribe", `{"topic":"news"}`)
	same(t, a.ask("$/unsubscribe", `{"topic":"news"}`), "null")
	a.send(opText, `{"jsonrpc":"2.0","id":5,"method":"$/subscribe","params":{"topic":"room:later"}}`)
	same(t, a.ask("$/unsubscribe", `{"topic":"room:later"}`), "null")
	a.send(opText, `{"jsonrpc":"2.0","id":6,"method":"release"}`)
	same(t, a.text(), `{"jsonrpc":"2.0","id":5,"error":{"code":-32800,"message":"unsubscribed meanwhile"}}`)
	same(t, a.answer(), "1")
	a.send(opText, `{"jsonrpc":"2.0","id":7,"method":"push","params":["news"]}`)
	same(t, a.note(), `$/subscribed {"topic":"news","offset":0}`)
	same(t, a.note(), `$/message {"data":{"direct":true}}`)
	same(t, a.note(), `$/message {"data":"all"}`)
	same(t, a.note(), `$/unsubscribed {"topic":"news"}`)
	same(t, a.answer(), "null")
	a.leave()
}

func TestLiveAcrossReloads(t *testing.T) {
	s := startSite(t, files{"live.js": liveApp})
	a := s.dial("/live/live")
	a.ask("$/subscribe", `{"topic":"news"}`)
	a.ask("$/subscribe", `{"topic":"room:1"}`)
	same(t, a.ask("state", "[]"), "1")
	a.send(opText, `{"jsonrpc":"2.0","id":"old","method":"wait"}`)
	same(t, a.ask("add", "[1,1]"), "2")
	s.save(files{"live.js": strings.ReplaceAll(strings.Replace(liveApp, `@Topic("news", { publish: true })`, "", 1), "a + b", "a - b")})
	s.next()
	same(t, a.note(), `$/unsubscribed {"topic":"news"}`)
	same(t, a.ask("add", "[1,1]"), "0")
	same(t, a.ask("state", "[]"), "2")
	s.do("POST", "/live/publish", `{"topic":"room:1","data":1}`)
	same(t, a.note(), `$/message {"topic":"room:1","offset":1,"data":1}`)
	a.leave()
}
