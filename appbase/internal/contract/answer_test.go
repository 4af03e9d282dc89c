package contract

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnswers(t *testing.T) {
	o := loadSound(t, `
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /x:
    get:
      operationId: op
      responses:
        "200":
          description: one
          headers: { X-Count: { required: true, schema: { type: integer } } }
          content: { application/json: { schema: { type: object, required: [a], properties: { a: { type: array, items: { type: integer } } } } } }
        "204": { description: none }
        4XX: { description: wrong, content: { text/plain: {} } }
`).Operations[0]
	for _, test := range []struct {
		status            int
		kind, count, body string
		want              string
	}{
		{200, typeJSON, "3", `{"a":[1]}`, ""},
		{200, typeJSON, "3", `{"a":[1,"x"]}`, "the body at #/a/1: got string, want integer"},
		{200, typeJSON, "", `{"a":[1]}`, "the header X-Count is missing"},
		{200, typeJSON, "many", `{}`, "the header X-Count: got string, want integer; the body: missing property 'a'"},
		{200, typeJSON, "3", `{`, "the body is not JSON: unexpected EOF"},
		{200, "text/html", "3", `hi`, "the body is to be application/json, not text/html"},
		{200, "", "3", ``, "the body is missing; it is to be application/json"},
		{204, "", "", "", ""},
		{204, "text/plain", "", "x", "a body is not declared"},
		{404, "text/plain;charset=UTF-8", "", "no", ""},
		{500, "text/plain", "", "no", "the status 500 is not declared"},
	} {
		header := http.Header{}
		for name, value := range map[string]string{"Content-Type": test.kind, "X-Count": test.count} {
			if value != "" {
				header.Set(name, value)
			}
		}
		if got := strings.Join(o.CheckAnswer(test.status, header, []byte(test.body), true), "; "); got != test.want {
			t.Errorf("%d %s %s: %q, want %q", test.status, test.kind, test.body, got, test.want)
		}
	}
}

func TestSuccess(t *testing.T) {
	for responses, want := range map[string]Success{
		`"200": { description: d, content: { application/json: {} } }`:                                       {200, 200, typeJSON, true},
		`"201": { description: d, content: { text/csv: {} } }, "400": { description: d }`:                    {201, 201, "text/csv", false},
		`"202": { description: d }, "201": { description: d }, "204": { description: d }`:                    {201, 204, "", false},
		`"200": { description: d, content: { text/html: {}, text/plain: {} } }, default: { description: d }`: {200, 200, "", false},
		`"204": { description: d }`: {204, 204, "", false},
		`default: { description: d, content: { application/problem+json: {} } }`: {200, 200, "", false},
	} {
		c := loadSound(t, "{openapi: 3.1.0, info: { title: t, version: '1' }, paths: { /x: { get: { operationId: op, responses: { "+responses+" } } } } }")
		if got := c.Operations[0].Success; got != want {
			t.Errorf("%s: %+v, want %+v", responses, got, want)
		}
	}
}

func TestCredentials(t *testing.T) {
	o := loadSound(t, `
openapi: 3.1.0
info: { title: t, version: "1" }
security: [{ token: [read] }, { login: [] }, { key: [], session: [] }, { query: [] }]
paths:
  /x: { get: { operationId: op, responses: { default: { description: d } } } }
components:
  securitySchemes:
    token: { type: oauth2, flows: {} }
    login: { type: http, scheme: basic }
    key: { type: apiKey, in: header, name: X-Key }
    session: { type: apiKey, in: cookie, name: sid }
    query: { type: apiKey, in: query, name: key }
`).Operations[0]
	for _, test := range []struct {
		want string
		req  *Request
	}{
		{`{}`, asked("/x", "")},
		{`{"token":"abc"}`, asked("/x", "", "Authorization", "Bearer abc")},
		{`{"token":"abc"}`, asked("/x", "", "Authorization", "bearer  abc ")},
		{`{}`, asked("/x", "", "Authorization", "Bearer ")},
		{`{"login":{"password":"a:b","user":"ann"}}`, asked("/x", "", "Authorization", "Basic YW5uOmE6Yg==")},
		{`{}`, asked("/x", "", "Authorization", "Basic !!")},
		{`{"key":"k","session":"s"}`, asked("/x", "", "X-Key", "k", "Cookie", "a=b; sid=s")},
		{`{"query":"q"}`, asked("/x", "key=q")},
	} {
		if got := o.Check(test.req).Credentials; got != test.want {
			t.Errorf("%v: %s, want %s", test.req.Header, got, test.want)
		}
	}
	if len(o.Security) != 4 || o.Security[0][0].Scopes[0] != "read" {
		t.Errorf("%+v", o.Security)
	}
}
