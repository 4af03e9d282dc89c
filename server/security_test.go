package server

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const guardedApp = `
const wants = (security, guard = () => unauthorized()) => Object.assign(guard, { security });
const member = wants({ session: { type: "apiKey", in: "cookie", name: "session" }, token: { type: "http", scheme: "bearer" } });
const writer = wants({ board: { type: "oauth2", flows: { implicit: { authorizationUrl: "https://id.example/", scopes: { write: "may write" } } }, scopes: ["write"] } });
@Realtime({ guard: writer }) @Topic("news")
@Guard(member)
export default class A extends AppBase {
  @Get list() {}
  @Guard(writer) @Post add() {}
  @Websocket room(ws) {}
  @Websocket({ guard: writer }) desk(ws) {}
}
export class Other { @Get nothing() {} }`

// What guards say that they want stands in the documents: alternatives of one guard, and all of several.
func TestSecurityInDocuments(t *testing.T) {
	s := startSite(t, files{"a.js": guardedApp, "b.js": `export default class B extends AppBase { @Guard(() => true) @Get a() {} }`})
	validOpenAPI(t, s.get("/a/api"))
	doc := validOpenAPI(t, s.get("/a/api.json"))
	security := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got := security(doc.Paths.Value("/list").Get.Security); got != `[{"session":[]},{"token":[]}]` {
		t.Errorf("of one guard: %s", got)
	}
	if got := security(doc.Paths.Value("/add").Post.Security); got != `[{"board":["write"],"session":[]},{"board":["write"],"token":[]}]` {
		t.Errorf("of two guards: %s", got)
	}
	schemes := doc.Components.SecuritySchemes
	if len(schemes) != 3 || schemes["token"].Value.Scheme != "bearer" || schemes["session"].Value.In != "cookie" || schemes["board"].Value.Extensions["scopes"] != nil {
		t.Errorf("schemes %s", security(schemes))
	}
	if doc.Paths.Value("/list").Get.Responses.Value("401") == nil {
		t.Error("no 401")
	}
	if plain := s.get("/b/api"); strings.Contains(plain, "ecurity") {
		t.Errorf("a guard that says nothing:\n%s", plain)
	}
	async := asyncAPIOf(t, s, "/a/asyncapi.json")
	want := []reference{{"#/components/securitySchemes/session"}, {"#/components/securitySchemes/token"}}
	if got := async.Operations["receive-room"].Security; !reflect.DeepEqual(got, want) {
		t.Errorf("of a WebSocket: %v", got)
	}
	if got := async.Operations["send-desk"].Security; got != nil {
		t.Errorf("several at once: %v", got)
	}
	if got := security(async.Components.SecuritySchemes); !strings.Contains(got, `"httpApiKey"`) || !strings.Contains(got, `"availableScopes":{"write":"may write"}`) {
		t.Errorf("schemes of AsyncAPI: %s", got)
	}
}

// What is no security scheme is a mistake of the app, told where the route stands.
func TestMistakesInSecurity(t *testing.T) {
	for security, want := range map[string]string{
		`"bearer"`:                            "security of a guard is an object of security schemes by their names",
		`{}`:                                  "security of a guard is an object",
		`{ a: 1 }`:                            "security of a guard is an object",
		`{ a: {} }`:                           `security scheme "a" of a guard: type is one of apiKey, http, oauth2, openIdConnect and mutualTLS, not ""`,
		`{ "a b": http }`:                     "its name may have letters, digits, dots, - and _ only",
		`{ a: key("body") }`:                  "in is header, query or cookie, not body",
		`{ a: key() }`:                        "one of type apiKey says in, too",
		`{ a: { ...http, scopes: "write" } }`: "scopes is a list of texts, not write",
		`{ a: { ...http, scopes: [1] } }`:     "scopes is a list of texts",
		`{ taken: key("query") }`:             "another guard says something else of it",
		`Object.fromEntries(Array.from({ length: 9 }, (_, i) => ["s" + i, http]))`: "81 combinations of security schemes; 64 can be described",
	} {
		s := startSite(t, files{"a.js": `const http = { type: "http", scheme: "bearer" }, key = (place) => ({ type: "apiKey", name: "k", in: place });
const guard = () => true, first = () => true, more = () => true;
first.security = { taken: http }; guard.security = ` + security + `; more.security = Object.keys(guard.security).length > 8 ? Object.fromEntries(Array.from({ length: 9 }, (_, i) => ["t" + i, http])) : undefined;
export default class A extends AppBase {
  @Guard(first) @Get a() {}
  @Guard(guard, more) @Get b() {}
}`})
		if err := s.server.Apps()[0].Err; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a.js:6:") {
			t.Errorf("%s:\n got %v\nwant %s", security, err, want)
		}
	}
}

// Scopes of two guards are joined.
func TestSecurityScopes(t *testing.T) {
	s := startSite(t, files{"a.js": `const needs = (...scopes) => Object.assign(() => true, { security: { id: { type: "openIdConnect", openIdConnectUrl: "https://id.example/", scopes } } });
export default class A extends AppBase { @Guard(needs("write", "read"), needs("read", "admin")) @Get a() {} }`})
	doc := validOpenAPI(t, s.get("/a/api.json"))
	if got := (*doc.Paths.Value("/a").Get.Security)[0]["id"]; !slices.Equal(got, []string{"admin", "read", "write"}) {
		t.Errorf("scopes %q", got)
	}
}
