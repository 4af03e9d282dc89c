package server

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const socketsApp = `
const Line = { title: "Line", type: "object", description: "what is said", required: ["text"], properties: { text: { type: "string" }, of: { $ref: "#/$defs/Who" } }, $defs: { Who: { type: "string" } } };
const Gone = { type: "object", properties: { gone: { const: true } } };
@Realtime({ path: "/rt" })
@Topic("news.*:*", { data: Line, publish: true, summary: "what is new" })
export default class A extends AppBase {
  @Websocket({ path: "/rooms/:name", receives: Line, sends: [Line, Gone, Gone], summary: "a room", protocols: "v1" }) room(ws) {}
  @Websocket("/rooms/:name/raw") raw(ws) {}
  @OnConnect({ sends: Gone }) hi() {}
  @OnMessage({ receives: { type: "string" } }) said() {}
  @Rpc({ name: "sum.of", params: { type: "array", items: { type: "number" } }, result: { type: "number" }, summary: "adds" }) sum() {}
  @Rpc half() {}
  @Get page() {}
  @Sse events() {}
}`

func asyncAPIOf(t *testing.T, s *site, path string) (doc asyncAPI) {
	t.Helper()
	text := s.get(path)
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return doc
}

func TestAsyncAPI(t *testing.T) {
	s := startSite(t, files{"a.js": socketsApp})
	doc := asyncAPIOf(t, s, "/a/asyncapi.json")
	if want := map[string]asyncServer{
		"websocket": {Host: s.addr(), Pathname: "/a", Protocol: "ws"},
		"live":      {Host: s.addr(), Pathname: "/a/rt", Protocol: "ws", Description: "Topics, by the realtime protocol"},
	}; doc.AsyncAPI != "3.0.0" || !reflect.DeepEqual(doc.Servers, want) {
		t.Errorf("got %s %+v", doc.AsyncAPI, doc.Servers)
	}
	addresses := map[string]string{}
	for name, channel := range doc.Channels {
		addresses[name] = channel.Address
	}
	if want := map[string]string{"room": "/rooms/{name}", "raw": "/rooms/{name}/raw", "hi": "/ws", "live": "/rt", "topic-news-___": "news.{part1}:{part2}"}; !maps.Equal(addresses, want) {
		t.Errorf("channels %v, want %v", addresses, want)
	}
	room := doc.Channels["room"]
	if names := slices.Sorted(maps.Keys(room.Messages)); !slices.Equal(names, []string{"Line", "room-sends"}) {
		t.Errorf("messages of the room: %q", names)
	}
	if room.Summary != "a room" || room.Messages["Line"].Summary != "what is said" || len(room.Parameters) != 1 || !slices.Equal(room.Protocols, []string{"v1"}) {
		t.Errorf("got %+v", room)
	}
	if of := room.Messages["Line"].Payload.(map[string]any)["properties"].(map[string]any)["of"]; !reflect.DeepEqual(of, map[string]any{"$ref": "#/components/schemas/Who"}) {
		t.Errorf("got %v", of)
	}
	if events := doc.Channels["hi"].Messages; events["hi-receives"].ContentType != "text/plain" || events["hi-sends"].ContentType != typeJSON {
		t.Errorf("got %+v", events)
	}
	if raw := slices.Sorted(maps.Keys(doc.Channels["raw"].Messages)); !slices.Equal(raw, []string{"binary", "text"}) {
		t.Errorf("got %q", raw)
	}
	names := strings.Join(slices.Sorted(maps.Keys(doc.Operations)), " ")
	if want := "call-half call-sum-of receive-hi receive-live receive-raw receive-room receive-topic-news-___ send-hi send-live send-raw send-room send-topic-news-___"; names != want {
		t.Errorf("operations %s, want %s", names, want)
	}
	call := doc.Operations["call-sum-of"]
	if call.Action != "receive" || call.Summary != "adds" || call.Reply.Messages[0].Ref != "#/channels/live/messages/answer-sum-of" {
		t.Errorf("got %+v", call)
	}
}

// Every reference of a document leads somewhere, and YAML says what JSON says.
func TestAsyncAPIHangsTogether(t *testing.T) {
	s := startSite(t, files{"a.js": socketsApp, "b.js": `export default class B extends AppBase {}`})
	for _, app := range []string{"a", "b"} {
		var fromYAML, fromJSON map[string]any
		if err := yaml.Unmarshal([]byte(s.get("/"+app+"/asyncapi")), &fromYAML); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(s.get("/"+app+"/asyncapi.json")), &fromJSON); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(fromYAML, fromJSON) {
			t.Errorf("%s: they differ:\n%v\n%v", app, fromYAML, fromJSON)
		}
		eachReference(fromJSON, func(ref string) {
			var at any = fromJSON
			for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
				object, _ := at.(map[string]any)
				at = object[step]
			}
			if at == nil {
				t.Errorf("%s: %s leads nowhere", app, ref)
			}
		})
	}
	if res, _ := s.do("POST", "/a/asyncapi", "x"); res.StatusCode != 405 {
		t.Errorf("POST: %s", res.Status)
	}
	if res, _ := s.do("GET", "/a/asyncapi", ""); res.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("got %v", res.Header)
	}
}

func eachReference(value any, visit func(ref string)) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if ref, ok := member.(string); ok && key == "$ref" {
				visit(ref)
			}
			eachReference(member, visit)
		}
	case []any:
		for _, member := range value {
			eachReference(member, visit)
		}
	}
}

func TestMessageSchemaMistakes(t *testing.T) {
	for source, says := range map[string]string{
		`@Websocket({ receives: 7 }) a(ws) {}`:  "@Websocket: receives is a JSON Schema or a Standard Schema",
		`@Websocket({ summary: 7 }) a(ws) {}`:   "summary and description are texts",
		`@Rpc({ result: "x" }) a() {}`:          "@Rpc: result is a JSON Schema",
		`@Topic("t", { data: null }) a(ws) {}`:  "data is a JSON Schema",
		`@OnMessage({ receives: true }) a() {}`: "receives is a JSON Schema",
	} {
		s := startSite(t, files{"a.js": "export default class A extends AppBase { " + source + " }"})
		if err := s.server.Apps()[0].Err; err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", source, err, says)
		}
	}
}
