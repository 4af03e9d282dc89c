package contract

import (
	"strings"
	"testing"
)

const orders = `
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /orders:
    post:
      operationId: order
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Order" } }
          application/x-www-form-urlencoded:
            schema: { $ref: "#/components/schemas/Order" }
            encoding: { tags: { style: form, explode: false }, where: { style: deepObject } }
          text/plain: { schema: { type: string, maxLength: 5 } }
          image/*: {}
      responses: { "201": { description: done } }
components:
  schemas:
    Order:
      type: object
      required: [id, name]
      additionalProperties: false
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string }
        count: { type: integer, default: 1 }
        gift: { type: boolean }
        book: { type: array, items: { type: integer } }
        tags: { type: array, items: { type: string } }
        where: { type: object, properties: { zip: { type: integer }, country: { default: GB } } }
        extra: { type: object }
        parent: { $ref: "#/components/schemas/Order" }
`

func TestBodies(t *testing.T) {
	o := loadSound(t, orders).Operations[0]
	const form, js = typeForm, typeJSON
	for _, test := range []struct{ kind, body, want string }{
		{js, `{"name":"Ann","count":2}`, `{"name":"Ann","count":2}`},
		{js, `{"name":"Ann"}`, `{"count":1,"name":"Ann"}`},
		{js + "; charset=utf-8", `{"name":"Ann","count":2}`, `{"name":"Ann","count":2}`},
		{"APPLICATION/JSON", `{"name":"Ann","count":2}`, `{"name":"Ann","count":2}`},
		{"", `{"name":"Ann","count":2}`, `{"name":"Ann","count":2}`},
		{js, `{"name":"Ann","where":{},"parent":{"name":"Bob"}}`, `{"count":1,"name":"Ann","parent":{"count":1,"name":"Bob"},"where":{"country":"GB"}}`},
		{js, `{"name":1,"parent":{}}`, "400 | body #/name: got number, want string | body #/parent: missing property 'name'"},
		{js, `{"name":"Ann","title":"Ann"}`, "400 | body #: additional properties 'title' not allowed"},
		{js, `{"name":"Ann"`, "400 | body #: is not JSON: unexpected EOF"},
		{js, `{"name":"Ann","count":1e999}`, "400 | body #: has a number that is too large"},
		{js, `{"name":"Ann","count":1e2}`, `{"name":"Ann","count":1e2}`},
		{js, "", ""},
		{form, "name=Ann+Lee&count=2", `{"count":2,"name":"Ann Lee"}`},
		{form, "name=Ann&gift=true&book=1&book=2", `{"book":[1,2],"count":1,"gift":true,"name":"Ann"}`},
		{form, "name=Ann&tags=a,b", `{"count":1,"name":"Ann","tags":["a","b"]}`},
		{form, "name=Ann&where[zip]=12&where%5Bcountry%5D=FR", `{"count":1,"name":"Ann","where":{"country":"FR","zip":12}}`},
		{form, "name=Ann&extra=%7B%22a%22%3A1%7D", `{"count":1,"extra":{"a":1},"name":"Ann"}`},
		{form, "name=Ann&count=two", "400 | body #/count: got string, want integer"},
		{form, "name=Ann&other=1", "400 | body #: additional properties 'other' not allowed"},
		{"text/plain", "hello", `"hello"`},
		{"text/plain;charset=utf-8", "hello!", "400 | body #: maxLength: got 6, want 5"},
		{"text/plain", "\xff", "400 | body #: is not UTF-8"},
		{"image/png", "", ""},
		{"text/xml", "<a/>", "415"},
		{"no type", "x", "415"},
	} {
		r := asked("/orders", "", "Content-Type", test.kind)
		r.Body, r.HasBody = test.body, test.body != ""
		if got := part(t, o.Check(r), "body"); got != test.want {
			t.Errorf("%s %q: %s, want %s", test.kind, test.body, got, test.want)
		}
	}
}

func TestWhichBodiesAreRead(t *testing.T) {
	o := loadSound(t, orders).Operations[0]
	for kind, want := range map[string]bool{typeJSON: true, typeForm: true, "text/plain": true, "image/png": false, "text/xml": false, "multipart/form-data; boundary=x": false} {
		if got := o.ReadsBody(kind); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

// A form of one name many times is not read in quadratic time, and one of too many fields not at all.
func TestHugeForms(t *testing.T) {
	o := loadSound(t, orders).Operations[0]
	r := asked("/orders", "", "Content-Type", typeForm)
	r.Body, r.HasBody = strings.Repeat("a=1&", maxPairs+1), true
	if got := faultsOf(t, o.Check(r)); got != "400 | body #: has too many fields" {
		t.Error(got)
	}
}

// What only the server says is not asked of a request, and what only a client says not of an answer; nullable and the old
// bounds of OpenAPI 3.0 mean what they meant.
func TestOpenAPI30(t *testing.T) {
	o := loadSound(t, `
openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /users:
    post:
      operationId: addUser
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
      responses:
        "201": { description: done, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
components:
  schemas:
    User:
      type: object
      required: [id, password, age]
      properties:
        id: { type: integer, readOnly: true }
        password: { type: string, writeOnly: true }
        age: { type: integer, nullable: true, minimum: 0, exclusiveMinimum: true }
        role: { type: string, nullable: true, enum: [admin] }
`).Operations[0]
	for body, want := range map[string]string{
		`{"password":"x","age":3}`: `{"password":"x","age":3}`, `{"password":"x","age":null,"role":null}`: `{"password":"x","age":null,"role":null}`,
		`{"password":"x","age":0}`: "400 | body #/age: exclusiveMinimum: got 0, want 0", `{"age":1}`: "400 | body #: missing property 'password'",
	} {
		r := asked("/users", "", "Content-Type", typeJSON)
		r.Body, r.HasBody = body, true
		if got := part(t, o.Check(r), "body"); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	header := map[string][]string{"Content-Type": {typeJSON}}
	if wrong := o.CheckAnswer(201, header, []byte(`{"id":1,"age":3}`), true); wrong != nil {
		t.Error(wrong)
	}
	if wrong := o.CheckAnswer(201, header, []byte(`{"password":"x","age":3}`), true); len(wrong) != 1 || wrong[0] != "the body: missing property 'id'" {
		t.Error(wrong)
	}
}
