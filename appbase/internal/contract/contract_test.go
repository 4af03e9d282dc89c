package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loadSound loads a document that has no mistakes.
func loadSound(t testing.TB, text string) *Contract {
	t.Helper()
	c := Load(text)
	for _, m := range c.Mistakes() {
		t.Errorf("%v (%s)", m, m.Hint)
	}
	if t.Failed() {
		t.FailNow()
	}
	return c
}

// oneOperation is a document of one operation with the given parts, indented by six.
func oneOperation(path, verb, parts string) string {
	return fmt.Sprintf("openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths:\n  %s:\n    %s:\n      operationId: op\n%s\n      responses: { default: { description: any } }\n",
		path, verb, strings.TrimRight(parts, "\n"))
}

func asked(path, query string, header ...string) *Request {
	r := &Request{Path: path, RawQuery: query, Header: http.Header{}}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// part is what an outcome has of one part of the request, or the problem.
func part(t *testing.T, o Outcome, name string) string {
	t.Helper()
	if o.Status != 0 {
		return faultsOf(t, o)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(o.Values), &parts); err != nil {
		t.Fatalf("values are not JSON: %v\n%s", err, o.Values)
	}
	return string(parts[name])
}

// faultsOf lists a problem's errors in short: "query #/a: is missing".
func faultsOf(t *testing.T, o Outcome) string {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(o.Problem), &p); err != nil {
		t.Fatalf("the problem is not JSON: %v\n%s", err, o.Problem)
	}
	if p.Status != o.Status {
		t.Errorf("the status is %d, and in the problem %d", o.Status, p.Status)
	}
	lines := []string{fmt.Sprint(p.Status)}
	for _, f := range p.Errors {
		lines = append(lines, f.In+" "+f.Pointer+": "+f.Detail)
	}
	return strings.Join(lines, " | ")
}

// The examples of the table "Style Examples" of OpenAPI 3.1, and what real clients send besides.
func TestStyles(t *testing.T) {
	const text, list, object = "{ type: string }", "{ type: array, items: { type: string } }", "{ type: object, properties: { R: { type: integer }, G: { type: integer }, B: { type: integer } } }"
	const names, rgb = `["blue","black","brown"]`, `{"B":150,"G":200,"R":100}`
	for _, test := range []struct {
		in, style string
		explode   bool
		schema    string
		sent      string // the segment, the query, the header or the cookies
		want      string
	}{
		{"path", "matrix", false, text, ";color=blue", `"blue"`},
		{"path", "matrix", false, list, ";color=blue,black,brown", names},
		{"path", "matrix", false, object, ";color=R,100,G,200,B,150", rgb},
		{"path", "matrix", true, list, ";color=blue;color=black;color=brown", names},
		{"path", "matrix", true, object, ";R=100;G=200;B=150", rgb},
		{"path", "label", false, text, ".blue", `"blue"`},
		{"path", "label", false, list, ".blue,black,brown", names},
		{"path", "label", false, object, ".R,100,G,200,B,150", rgb},
		{"path", "label", true, list, ".blue.black.brown", names},
		{"path", "label", true, object, ".R=100.G=200.B=150", rgb},
		{"path", "simple", false, text, "blue", `"blue"`},
		{"path", "simple", false, text, "a%2Fb%20c", `"a/b c"`},
		{"path", "simple", false, list, "blue,black,brown", names},
		{"path", "simple", false, list, "a%2Cb,c", `["a,b","c"]`},
		{"path", "simple", false, object, "R,100,G,200,B,150", rgb},
		{"path", "simple", true, object, "R=100,G=200,B=150", rgb},
		{"header", "simple", false, list, "blue, black,brown", names},
		{"header", "simple", false, object, "R,100,G,200,B,150", rgb},
		{"header", "simple", true, object, "R=100,G=200,B=150", rgb},
		{"query", "form", true, text, "color=blue", `"blue"`},
		{"query", "form", true, text, "color=", `""`},
		{"query", "form", true, list, "color=blue&color=black&color=brown", names},
		{"query", "form", true, list, "color[]=blue&color[]=black&color[]=brown", names},
		{"query", "form", true, list, "color=a%2Cb", `["a,b"]`},
		{"query", "form", true, object, "R=100&G=200&B=150&other=1", rgb},
		{"query", "form", false, list, "color=blue,black,brown", names},
		{"query", "form", false, list, "color=blue%2Cblack%2Cbrown", names},
		{"query", "form", false, list, "color=a%2Cb,c", `["a,b","c"]`},
		{"query", "form", false, object, "color=R,100,G,200,B,150", rgb},
		{"query", "spaceDelimited", false, list, "color=blue%20black%20brown", names},
		{"query", "spaceDelimited", false, list, "color=blue+black+brown", names},
		{"query", "spaceDelimited", false, object, "color=R%20100%20G%20200%20B%20150", rgb},
		{"query", "pipeDelimited", false, list, "color=blue%7Cblack|brown", names},
		{"query", "pipeDelimited", false, object, "color=R%7C100%7CG%7C200%7CB%7C150", rgb},
		{"query", "deepObject", true, object, "color[R]=100&color%5BG%5D=200&color[B]=150", rgb},
		{"cookie", "form", false, list, "a=1; color=blue,black,brown", names},
		{"cookie", "form", true, list, "color=blue; color=black; color=brown", names},
		{"cookie", "form", true, text, `color="blue"`, `"blue"`},
	} {
		t.Run(fmt.Sprintf("%s %s %v %s", test.in, test.style, test.explode, test.sent), func(t *testing.T) {
			path, name := "/x", "color"
			r := asked("/app/x", "")
			switch test.in {
			case "path":
				path, r.Path = "/x/{color}", "/app/x/"+test.sent
			case "query":
				r.RawQuery = test.sent
			case "cookie":
				r.Header.Set("Cookie", test.sent)
			default:
				r.Header.Set("Color", test.sent)
			}
			c := loadSound(t, oneOperation(path, "get", fmt.Sprintf("      parameters:\n        - { name: %s, in: %s, required: true, style: %s, explode: %v, schema: %s }", name, test.in, test.style, test.explode, test.schema)))
			key := map[string]string{"path": "params", "query": "query", "header": "headers", "cookie": "cookies"}[test.in]
			if got := part(t, c.Operations[0].Check(r), key); got != `{"color":`+test.want+`}` {
				t.Errorf("%s, want color %s", got, test.want)
			}
		})
	}
}

func TestTypes(t *testing.T) {
	for _, test := range []struct{ schema, query, want string }{
		{"{ type: integer }", "a=7", `{"a":7}`},
		{"{ type: integer }", "a=-7", `{"a":-7}`},
		{"{ type: integer }", "a=7.5", "400 | query #/a: got number, want integer"},
		{"{ type: integer }", "a=seven", "400 | query #/a: got string, want integer"},
		{"{ type: integer }", "a=07", "400 | query #/a: got string, want integer"},
		{"{ type: integer }", "a=1e999999999", "400 | query #/a: got string, want integer"},
		{"{ type: integer, format: int32 }", "a=3000000000", "400 | query #/a: 3000000000 is not valid int32: is outside of int32"},
		{"{ type: number }", "a=0.25", `{"a":0.25}`},
		{"{ type: number, multipleOf: 0.01 }", "a=19.99", `{"a":19.99}`},
		{"{ type: boolean }", "a=true", `{"a":true}`},
		{"{ type: boolean }", "a=yes", "400 | query #/a: got string, want boolean"},
		{"{ type: string }", "a=7", `{"a":"7"}`},
		{"{ type: [integer, 'null'] }", "a=null", `{"a":null}`},
		{"{ type: [integer, string] }", "a=7", `{"a":7}`},
		{"{ type: [integer, string] }", "a=x", `{"a":"x"}`},
		{"{ enum: [1, 2] }", "a=2", `{"a":2}`},
		{"{ type: array, items: { type: integer } }", "a=1&a=2", `{"a":[1,2]}`},
		{"{ type: array, items: { type: integer } }", "a=1&a=x", "400 | query #/a/1: got string, want integer"},
		{"{ $ref: '#/components/schemas/Size' }", "a=4", `{"a":4}`},
		{"{ allOf: [ { $ref: '#/components/schemas/Size' }, { minimum: 3 } ] }", "a=2", "400 | query #/a: minimum: got 2, want 3"},
		{"{ oneOf: [ { type: integer }, { type: boolean } ] }", "a=true", `{"a":true}`},
		{"{ type: string, format: date }", "a=2024-02-30", "400 | query #/a: '2024-02-30' is not valid date: parsing time \"2024-02-30\": day out of range"},
		{"{ type: string }", "a=%zz", `{"a":"%zz"}`},
		{"{ type: integer, default: 5 }", "", `{"a":5}`},
		{"{ type: string }", "b=1", `{}`},
		{"{ type: string }", "a=1&a=2", `{"a":"2"}`},
	} {
		doc := oneOperation("/x", "get", "      parameters: [ { name: a, in: query, schema: "+test.schema+" } ]") + "components: { schemas: { Size: { type: integer } } }\n"
		c := loadSound(t, doc)
		if got := part(t, c.Operations[0].Check(asked("/x", test.query)), "query"); got != test.want {
			t.Errorf("%s of %s: %s, want %s", test.query, test.schema, got, test.want)
		}
	}
}

func TestParametersOfAllPlacesAreToldOfTogether(t *testing.T) {
	c := loadSound(t, oneOperation("/x/{id}", "post", `
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: q, in: query, required: true, schema: { type: string } }
        - { name: X-Key, in: header, required: true, schema: { type: string } }
        - { name: session, in: cookie, required: true, schema: { type: string } }
      requestBody: { required: true, content: { application/json: { schema: {} } } }`))
	got := faultsOf(t, c.Operations[0].Check(asked("/x/abc", "")))
	want := "400 | path #/id: got string, want integer | query #/q: is missing | header #/x-key: is missing | cookie #/session: is missing | body #: is missing"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestContentParameters(t *testing.T) {
	c := loadSound(t, oneOperation("/x", "get", "      parameters: [ { name: f, in: query, content: { application/json: { schema: { type: object, required: [a] } } } } ]"))
	for query, want := range map[string]string{
		"f=%7B%22a%22:1%7D": `{"f":{"a":1}}`, "f={}": "400 | query #/f: missing property 'a'", "f=x": "400 | query #/f: got string, want object",
	} {
		if got := part(t, c.Operations[0].Check(asked("/x", query)), "query"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestPartsOfSegments(t *testing.T) {
	c := loadSound(t, oneOperation("/reports/v{version}.json", "get", "      parameters: [ { name: version, in: path, required: true, schema: { type: integer } } ]"))
	o := c.Operations[0]
	if got := o.Template(); got != "/reports/v{version}.json" {
		t.Errorf("the route table sees %s", got)
	}
	if got := part(t, o.Check(asked("/app/reports/v12.json", "")), "params"); got != `{"version":12}` {
		t.Error(got)
	}
}

// The bookshop shows every style: its contract has no mistakes.
func TestSample(t *testing.T) {
	text, err := os.ReadFile("../../../apps/bookshop/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := loadSound(t, string(text))
	if c.Info.Title != "Bookshop" || len(c.Operations) != 11 || len(c.Guarded) != 2 {
		t.Errorf("%+v, %d operations, guarded by %+v", c.Info, len(c.Operations), c.Guarded)
	}
}
