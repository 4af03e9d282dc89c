package server

import (
	"regexp"
	"strings"
	"testing"
)

const presenceApp = `
@Guard((req) => { if (req.query.user) req.user = { id: req.query.user, name: "the " + req.query.user }; })
export default class App extends AppBase {
  @Topic("room:*", { presence: true, grace: "150ms" }) room() { return true; }
  @OnJoin("room:*") joined(member, topic) { this.publish("log", ["joined", member.id, member.user?.name, member.connections, topic]); }
  @OnLeave("room:*") left(member, topic) { this.publish("log", ["left", member.id, topic]); }
  @Websocket news(ws) { ws.subscribe("log"); ws.send("ready"); }
  @Websocket plain(ws) { ws.subscribe("room:1"); ws.send("ready"); }
  @Get size() { return this.connections.size; }
  @Get async who() { return (await this.presence("room:1")).map((m) => m.id); }
}`

var sinceText = regexp.MustCompile(`"since":\d+`)

func timeless(text string) string { return sinceText.ReplaceAllString(text, `"since":0`) }

func TestPresence(t *testing.T) {
	s := startSite(t, files{"app.js": presenceApp})
	log := s.dial("/app/news")
	log.want("ready")
	ann := s.dial("/app/live?user=ann")
	const annMember = `{"id":"ann","user":{"id":"ann","name":"the ann"},"connections":1,"since":0}`
	same(t, timeless(ann.ask("$/subscribe", `{"topic":"room:1","presence":true}`)), `{"offset":0,"count":1,"members":[`+annMember+`]}`)
	log.want(`["joined","ann","the ann",1,"room:1"]`)

	bob := s.dial("/app/plain?user=bob")
	bob.want("ready")
	log.want(`["joined","bob","the bob",1,"room:1"]`)
	same(t, timeless(ann.note()), `$/join {"topic":"room:1","member":{"id":"bob","user":{"id":"bob","name":"the bob"},"connections":1,"since":0}}`)
	if _, body := s.do("GET", "/app/who", ""); body != `["ann","bob"]` {
		t.Error(body)
	}

	second := s.dial("/app/plain?user=bob")
	second.want("ready")
	bob.leave()
	second.leave()
	log.want(`["left","bob","room:1"]`)
	same(t, timeless(ann.note()), `$/leave {"topic":"room:1","member":{"id":"bob","user":{"id":"bob","name":"the bob"},"connections":0,"since":0}}`)
	same(t, timeless(ann.ask("$/presence", `{"topic":"room:1"}`)), `{"count":1,"members":[`+annMember+`]}`)
	same(t, ann.ask("$/presence", `{"topic":"room:2"}`), `{"code":-32007,"message":"not subscribed to this topic"}`)

	// Somebody without a user is the session.
	guest := s.dial("/app/live")
	guest.ask("$/subscribe", `{"topic":"room:1"}`)
	ann.note()
	same(t, guest.ask("$/unsubscribe", `{"topic":"room:1"}`), "null")
	if got := ann.note(); got[:7] != "$/leave" {
		t.Error(got)
	}
	ann.leave()
}

// A reconnect within the grace is neither leaving nor joining.
func TestReconnectWithinTheGrace(t *testing.T) {
	s := startSite(t, files{"app.js": strings.Replace(presenceApp, "150ms", "1h", 1)})
	log, bob := s.dial("/app/news"), s.dial("/app/plain?user=bob")
	log.want("ready")
	bob.want("ready")
	log.want(`["joined","bob","the bob",1,"room:1"]`)
	_ = bob.conn.Close()
	eventually(t, func() bool { return s.get("/app/size") == "1" })
	bob = s.dial("/app/plain?user=bob")
	bob.want("ready")
	s.dial("/app/plain?user=carl").want("ready")
	log.want(`["joined","carl","the carl",1,"room:1"]`)
	if got := s.get("/app/who"); got != `["bob","carl"]` {
		t.Error(got)
	}
}
