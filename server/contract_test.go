package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/scripting"
)

const firstContract = `
openapi: 3.1.0
info: { title: The shop, version: 2.3.4 }
paths:
  /items/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get:
      operationId: getItem
      summary: One item
      parameters: [{ name: tag, in: query, schema: { type: array, items: { type: string } } }]
      responses: { "200": { description: it, content: { application/json: { schema: { type: object, required: [id] } } } } }
  /items:
    post:
      operationId: addItem
      security: [{ bearerAuth: [write] }, { key: [], bearerAuth: [] }]
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string }, size: { type: integer, default: 3 } } } } } }
      responses: { "201": { description: made, content: { application/vnd.item+json: {} } } }
    delete: { operationId: "remove-all", responses: { "204": { description: gone } } }
  /text: { get: { operationId: text, responses: { "200": { description: t, content: { application/json: { schema: { type: string } } } } } } }
  /wrong: { get: { operationId: wrong, responses: { "200": { description: t, content: { application/json: { schema: { type: object, required: [a] } } } } } } }
components:
  securitySchemes:
    bearerAuth: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: key }
`

const firstApp = `
export default class Shop extends AppBase {
  @Guard("bearerAuth") token(req, { scheme, scopes, credential }) {
    if (credential === "boom") throw new Error("boom");
    if (credential === "half") return forbidden(scheme + " " + scopes);
    req.user = credential;
    return credential === "good";
  }
  @Guard("key") key(req, { credential }) { return credential === "k"; }
  getItem(req) { return { id: req.valid.params.id, same: req.params.id, tag: req.query.tag, extra: req.query.extra, kind: typeof req.params.id }; }
  addItem(req) { return { ...req.valid.body, user: req.user }; }
  "remove-all"() {}
  text() { return "a text"; }
  wrong() { return { b: 1 }; }
  helper() {}
  @Websocket live(ws) { ws.send("hi"); }
}`

// ask sends a request and returns the status, the header and the body.
func (s *site) ask(verb, path, body string, header ...string) (int, http.Header, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), verb, "http://"+s.addr()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

func TestContractFirst(t *testing.T) {
	s := startSite(t, files{"shop/main.js": firstApp, "shop/openapi.yaml": firstContract}, func(o *Options) { o.Dev = true })
	const js, good = "application/json", "Bearer good"
	for _, test := range []struct {
		verb, path, body, kind, authorization string
		status                                int
		want, answerKind                      string
	}{
		{"GET", "/shop/items/7?tag=a&tag=b&extra=1", "", "", "", 200, `{"id":7,"same":7,"tag":["a","b"],"extra":"1","kind":"number"}`, js},
		{"GET", "/shop/items/x", "", "", "", 400, `"in":"path","name":"id","pointer":"#/id","detail":"got string, want integer"`, typeProblem},
		{"POST", "/shop/items", `{"name":"n"}`, js, good, 201, `{"name":"n","size":3,"user":"good"}`, "application/vnd.item+json"},
		{"POST", "/shop/items", `{"name":1}`, js, good, 400, `"in":"body","pointer":"#/name","detail":"got number, want string"`, typeProblem},
		{"POST", "/shop/items", ``, js, good, 400, `"in":"body","pointer":"#","detail":"is missing"`, typeProblem},
		{"POST", "/shop/items", `name=n`, "application/x-www-form-urlencoded", good, 415, `the body is to be application/json`, typeProblem},
		{"POST", "/shop/items", `{}`, js, "", 401, `credentials are missing: bearerAuth, or `, typeProblem},
		{"POST", "/shop/items", `{}`, js, "Bearer bad", 401, `bearerAuth was not accepted`, typeProblem},
		{"POST", "/shop/items", `{}`, js, "Bearer half", 403, `bearerAuth write`, "text/plain;charset=UTF-8"},
		{"POST", "/shop/items?key=k", `{"name":"n"}`, js, good, 201, `"user":"good"`, "application/vnd.item+json"},
		{"POST", "/shop/items", `{}`, js, "Bearer boom", 500, `internal server error`, "text/plain; charset=utf-8"},
		{"DELETE", "/shop/items", "", "", "", 204, "", ""},
		{"PUT", "/shop/items", "", "", "", 405, "PUT is not allowed here", "text/plain; charset=utf-8"},
		{"GET", "/shop/text", "", "", "", 200, `"a text"`, js},
		{"GET", "/shop/helper", "", "", "", 404, "", ""},
		{"GET", "/shop/getItem", "", "", "", 404, "", ""},
		{"GET", "/shop/token", "", "", "", 404, "", ""},
	} {
		status, header, body := s.ask(test.verb, test.path, test.body, "Content-Type", test.kind, "Authorization", test.authorization)
		if status != test.status || !strings.Contains(body, test.want) || test.answerKind != "" && header.Get("Content-Type") != test.answerKind {
			t.Errorf("%s %s: %d %s\n%s\nwant %d %s\n%s", test.verb, test.path, status, header.Get("Content-Type"), body, test.status, test.answerKind, test.want)
		}
		if header.Get(violationHeader) != "" && test.status != 403 { // 403 is not declared
			t.Errorf("%s %s breaks the contract:\n%s", test.verb, test.path, s.log)
		}
		if test.status == 401 && header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("the challenge is %q", header.Get("WWW-Authenticate"))
		}
		if allow := header.Get("Allow"); test.status == 405 && allow != "DELETE, OPTIONS, POST" {
			t.Errorf("Allow: %s", allow)
		}
	}
	if c := s.handshake("/shop/live"); c.res.StatusCode != 101 {
		t.Errorf("a WebSocket beside the contract: %s", c.res.Status)
	}
}

// In development an answer that breaks the contract goes out marked, and the log says what is wrong; else nobody looks.
func TestAnswersThatBreakTheContract(t *testing.T) {
	for _, dev := range []bool{true, false} {
		s := startSite(t, files{"shop/main.js": firstApp, "shop/openapi.yaml": firstContract}, func(o *Options) { o.Dev = dev })
		status, header, body := s.ask("GET", "/shop/wrong", "")
		if status != 200 || body != `{"b":1}` || (header.Get(violationHeader) == "true") != dev {
			t.Errorf("dev %v: %d %v %s", dev, status, header, body)
		}
		if told := strings.Contains(s.log.String(), "missing property 'a'"); told != dev {
			t.Errorf("dev %v: told %v\n%s", dev, told, s.log)
		}
	}
}

// The contract is shown as it is, with the app's mount for a server.
func TestContractDocument(t *testing.T) {
	s := startSite(t, files{"shop/main.js": firstApp, "shop/openapi.yaml": firstContract})
	doc := validOpenAPI(t, s.get("/shop/api"))
	if doc.Info.Version != "2.3.4" || len(doc.Servers) != 1 || doc.Servers[0].URL != "/shop" || doc.Paths.Find("/items/{id}").Get.OperationID != "getItem" {
		t.Errorf("%+v", doc)
	}
	if !json.Valid([]byte(s.get("/shop/api.json"))) {
		t.Error("/api.json is not JSON")
	}
	if app := s.server.Apps()[0]; app.Title != "The shop" || app.Routes[1].Summary != "One item" {
		t.Errorf("%+v", app)
	}
}

// A body of more than what is read at once, and one whose length is not told, are checked as any.
func TestLargeContractBodies(t *testing.T) {
	s := startSite(t, files{"shop/main.js": firstApp, "shop/openapi.yaml": firstContract})
	name := strings.Repeat("n", 2*eagerBytes)
	if status, _, body := s.ask("POST", "/shop/items", `{"name":"`+name+`"}`, "Content-Type", "application/json", "Authorization", "Bearer good"); status != 201 || len(body) < len(name) {
		t.Errorf("%d, %d bytes", status, len(body))
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+s.addr()+"/shop/items", io.MultiReader(strings.NewReader(`{"name":`), strings.NewReader(`7}`)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer good")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != 400 {
		t.Errorf("%d", res.StatusCode)
	}
}

// Saving the contract is saving the app.
func TestContractReloads(t *testing.T) {
	s := startSite(t, files{"shop/main.js": firstApp, "shop/openapi.yaml": firstContract})
	next := strings.Replace(firstContract, "/text:", "/words:", 1)
	s.save(files{"shop/openapi.yaml": next})
	if info := s.next(); info.Generation != 2 || info.Err != nil {
		t.Errorf("%+v", info)
	}
	if status, _, _ := s.ask("GET", "/shop/words", ""); status != 200 {
		t.Errorf("the new path: %d", status)
	}
	if status, _, _ := s.ask("GET", "/shop/text", ""); status != 404 {
		t.Errorf("the old path: %d", status)
	}
}

// All that keeps an app from being what its contract says is listed at once, with its place and a hint.
func TestContractMistakes(t *testing.T) {
	s := startSite(t, files{
		"shop/main.js": `
export default class Shop extends AppBase {
  listitems() {}
  publish() {}
  @Get addItem() {}
  @Get("/things/:id") thing() {}
  ok() {}
  @Guard("bearer") guard() { return true; }
}`,
		"shop/openapi.yaml": `
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /items:
    get: { operationId: listItems, responses: { "200": { description: d } } }
    post: { operationId: addItem, responses: { "200": { description: d } } }
    put: { operationId: publish, responses: { "200": { $ref: "#/components/responses/None" } } }
    patch: { operationId: change-it, security: [{ bearerAuth: [] }], responses: { "200": { description: d } } }
components: { securitySchemes: { bearerAuth: { type: http, scheme: bearer } } }
`,
	})
	err := s.server.Apps()[0].Err
	all, ok := errors.AsType[scripting.Errors](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Error()+" | "+e.Hint)
	}
	want := []string{
		`shop/openapi.yaml:6:25: ContractError: operationId "listItems": the class has no method listItems (GET /items) | there is a method listitems; names are compared letter by letter`,
		`shop/openapi.yaml:7:26: ContractError: operationId "addItem": the method is marked @Get, and the contract says where it answers | leave the annotation out`,
		`shop/openapi.yaml:8:25: ContractError: operationId "publish": a method of that name would hide this.publish of AppBase | give the operation another name`,
		`shop/openapi.yaml:8:62: ContractError: $ref "#/components/responses/None" leads to nothing | #/components/responses is not there either`,
		`shop/openapi.yaml:9:27: ContractError: operationId "change-it": the class has no method change-it (PATCH /items) | add it: "change-it"(req) { ... }`,
		`shop/openapi.yaml:10:34: ContractError: the security scheme "bearerAuth" is demanded and no method decides for it | mark a method @Guard("bearerAuth"); it gets the request and { scheme, scopes, credential }`,
		`shop/main.js:8:20: TypeError: @Guard("bearer") on guard: the contract has no such security scheme | `,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A route of the class's own must not stand in the way of one of the contract's.
func TestContractClashes(t *testing.T) {
	app := strings.Replace(firstApp, "helper() {}", `@Get("/items/:name") helper() {}`, 1)
	s := startSite(t, files{"shop/main.js": app, "shop/openapi.yaml": firstContract})
	err := s.server.Apps()[0].Err
	if err == nil || !strings.Contains(err.Error(), "helper answers at /items/:name, where the contract has an operation") || !strings.HasPrefix(err.Error(), "shop/main.js:15:") {
		t.Error(err)
	}
}

// Without a contract the name of a security scheme means nothing.
func TestSchemeGuardWithoutContract(t *testing.T) {
	s := startSite(t, files{"shop/main.js": firstApp})
	if err := s.server.Apps()[0].Err; err == nil || !strings.Contains(err.Error(), "there is no openapi.yaml") {
		t.Error(err)
	}
}
