package appbase

import (
	"strings"
	"testing"
)

const orders = `
const order = { type: "object", required: ["item", "count"], additionalProperties: false, properties: {
  item: { type: "string", pattern: "^[a-z]+$" }, count: { type: "integer", minimum: 1 }, gift: { type: "boolean", default: false },
  lines: { type: "array", items: { $ref: "#/$defs/line" } } }, $defs: { line: { type: "object", properties: { "a/b": { type: "number" } } } } };
const upper = { "~standard": { version: 1, vendor: "test", validate: (v) => typeof v?.name === "string" ? { value: { name: v.name.toUpperCase() } } : { issues: [{ message: "a name is wanted", path: ["list", { key: "na/me" }] }] } } };
export default class App extends AppBase {
  @Post({ body: order }) order(req) { return req.valid.body; }
  @Get({ path: "/items/:id", params: { properties: { id: { type: "integer" } } }, query: { properties: {
    page: { type: "integer", minimum: 1, default: 1 }, all: { type: "boolean" }, tag: { type: "array", items: { type: "number" } }, text: { type: "string" } }, required: ["text"] } })
  item(req) { return req.valid; }
  @Get({ headers: { required: ["x-key"], properties: { "x-key": { type: "integer" } } } }) keyed(req) { return req.valid.headers["x-key"]; }
  @Post({ body: upper, query: upper }) standard(req) { return [req.valid.body, req.valid.query]; }
  @Post({ body: order, guard: () => unauthorized("who?") }) guarded() {}
}`

// What fits reaches the handler as the schema says; what does not is told with every place.
func TestValidation(t *testing.T) {
	w := newWorld(t, orders)
	for _, c := range []struct{ verb, target, body, want string }{
		{"POST", "/order", `{"item":"tea","count":2}`, `200 application/json {"count":2,"gift":false,"item":"tea"}`},
		{"POST", "/order", `{"item":"TEA","count":0,"more":1,"lines":[{},{"a/b":"x"}]}`, "400 application/problem+json " +
			`"pointer":"#/item"|"pointer":"#/count"|"pointer":"#/lines/1/a~1b"|additional properties 'more' not allowed`},
		{"POST", "/order", `{"item"`, `400 application/problem+json "in":"body","pointer":"#","detail":"is not JSON`},
		{"POST", "/order", ``, "400 application/problem+json is not JSON"},
		{"POST", "/order", `{"__proto__":{"item":"x"}}`, "400 application/problem+json missing properties"},
		{"GET", "/items/7?text=5&all=true&tag=1&tag=2.5", "", `200 application/json {"params":{"id":7},"query":{"all":true,"page":1,"tag":[1,2.5],"text":"5"}}`},
		{"GET", "/items/x?page=0&tag=y", "", `400 application/problem+json "in":"params","pointer":"#/id"|"in":"query","pointer":"#/page"|"pointer":"#/tag/0"|missing property 'text'`},
		{"GET", "/items/7?text=a&page=1e400", "", `400 application/problem+json "pointer":"#/page"`},
		{"POST", "/standard?name=q", `{"name":"b"}`, `200 application/json [{"name":"B"},{"name":"Q"}]`},
		{"POST", "/standard?name=q", `{"name":1}`, `400 application/problem+json {"in":"body","pointer":"#/list/na~1me","detail":"a name is wanted"}`},
		{"POST", "/guarded", `{}`, "401 text/plain;charset=UTF-8 who?"},
		{"GET", "/keyed", "", "400 application/problem+json missing property 'x-key'"},
	} {
		got := w.request(c.verb, c.target, c.body)
		start, parts, _ := strings.Cut(c.want, " application/problem+json ")
		if parts == "" {
			start, parts = c.want, ""
		}
		if !strings.HasPrefix(got, start) {
			t.Errorf("%s %s %s: %s, want %s", c.verb, c.target, c.body, got, c.want)
			continue
		}
		for part := range strings.SplitSeq(parts, "|") {
			if !strings.Contains(got, part) {
				t.Errorf("%s %s %s: %s, want %q in it", c.verb, c.target, c.body, got, part)
			}
		}
	}
	if got := w.request("GET", "/keyed", "", "X-Key", "5"); got != "200 application/json 5" {
		t.Error(got)
	}
	if got := w.request("POST", "/order", "{}", "Content-Type", "text/plain"); !strings.HasPrefix(got, "415 application/problem+json") {
		t.Error(got)
	}
}

// A schema that cannot be used is an error at load, with the annotation's place.
func TestSchemaMistakes(t *testing.T) {
	for options, want := range map[string]string{
		`{ body: { type: "strin" } }`:                      "@Post: body: ",
		`{ body: { $ref: "https://example.com/schema" } }`: "none is fetched",
		`{ body: { $ref: "file:///etc/passwd" } }`:         "none is fetched",
		`{ body: { pattern: "(?=a)" } }`:                   "@Post: body: ",
		`{ body: 5 }`:                                      "is a JSON Schema or a Standard Schema",
		`{ body: { description: "x".repeat(300000) } }`:    "at most 262144",
		`{ query: { "~standard": {} } }`:                   "not a Standard Schema",
		`{ body: { $ref: "#/$defs/none" } }`:               "@Post: body: ",
	} {
		err := emptyWorld(t).tryLoad("export default class App extends AppBase {\n  @Post(" + options + ") x() {}\n}")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "app.ts:2:") {
			t.Errorf("%s: %v, want %q", options, err, want)
		}
	}
}

// FuzzTyped: texts become what the schema says or stay texts, and checking ends.
func FuzzTyped(f *testing.F) {
	f.Add("a=1&b=true&c=1&c=2")
	f.Add("a=%zz&=&b")
	s, err := newSchema(`{"properties":{"a":{"type":"integer"},"b":{"type":"boolean"},"c":{"type":"array","items":{"type":"number"},"uniqueItems":true}}}`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if text, wrong := s.checkPart("query", query); wrong == nil && text == "" {
			t.Fatalf("%q: neither a value nor a mistake", query)
		}
	})
}

func BenchmarkValidation(b *testing.B) {
	w := newWorld(b, orders)
	b.ReportAllocs()
	for b.Loop() {
		if got := w.request("POST", "/order", `{"item":"tea","count":2}`); got[0] != '2' {
			b.Fatal(got)
		}
	}
}

func BenchmarkSchema(b *testing.B) {
	s, err := newSchema(`{"type":"object","required":["item","count"],"properties":{"item":{"type":"string","pattern":"^[a-z]+$"},"count":{"type":"integer","minimum":1}}}`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, wrong := s.checkPart("body", `{"item":"tea","count":2}`); wrong != nil {
			b.Fatal(wrong)
		}
	}
}
