package server

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const catalogueTS = `
import { Author } from "./author";
type Kind = "paper" | "audio";
interface Size { /** in mm */ width: number; height?: number }
enum Shelf { Front = "front", Back = "back" }

/** A book that is sold. Second sentence. */
@Schema
class Book {
  /** On the cover. */
  @Required({ minLength: 1 }) title!: string;
  @Required author!: Author;
  kind: Kind = "paper";
  pages?: number;
  @Schema("integer") year = 2000
  size?: Size | null
  shelf?: Shelf
  tags: string[] = []
  related?: Book[];
  /** @deprecated never */
  published?: Date;
  @Ignore secret: Map<string, string> = new Map();
  static count = 0;
  #hidden = 1;
  method(a: string) { return a; }
}

@Schema({ additionalProperties: false, description: "an audio book" })
class AudioBook extends Book {
  @Schema({ minimum: 1 }) minutes: number = 1;
}

class Filter {
  @Schema({ minimum: 1, maximum: 100 }) limit = 10;
  @Required kind!: Kind;
  unmarked = 1;
}

class Session { @Required sid!: string }

/** Sells books.
 * All of them. */
export default class Shop extends AppBase {
  /**
   * Lists books. Newest first,
   * and more.
   *
   * Another paragraph.
   * @param limit at most so many
   * @returns the books
   */
  @Get({ path: "/books", query: Filter, response: [Book] })
  list(req: HttpReq) { return { query: req.valid.query }; }

  /** Finds one!
   * @deprecated use list
   * @param {string} id - its number */
  @Get("/books/:id") one() {}

  @Post({ path: "/books", body: Book, status: 201, response: Book, summary: "adds" }) add(req: HttpReq) { return created(req.valid.body); }
  @Post({ path: "/all", body: { type: "object", properties: { books: [AudioBook], by: Author } } }) all(req: HttpReq) { return req.valid.body; }
  @Get({ cookies: Session }) who(req: HttpReq) { return req.valid.cookies.sid; }
  /** Talks. */
  @Websocket({ receives: Book, sends: [Author, [Book]] }) talk(ws: WsConn) {}
  /** Adds up. */
  @Rpc sum() {}
}
`

const authorTS = `
@Schema
export class Author { @Required name!: string; born?: number | null }
`

func schemaSite(t *testing.T) *site {
	return startSite(t, files{"shop/main.ts": catalogueTS, "shop/author.ts": authorTS})
}

func TestSchemaClassesInOpenAPI(t *testing.T) {
	s := schemaSite(t)
	doc := validOpenAPI(t, s.get("/shop/api"))
	var names []string
	for name := range doc.Components.Schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"AudioBook", "Author", "Book", "Filter", "Kind", "Session", "Shelf", "Size"}; !slices.Equal(names, want) {
		t.Errorf("components %q, want %q", names, want)
	}
	text := s.get("/shop/api.json")
	var plain struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal([]byte(text), &plain); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Author": `{"properties":{"born":{"type":["number","null"]},"name":{"type":"string"}},"required":["name"],"title":"Author","type":"object"}`,
		"Kind":   `{"enum":["paper","audio"],"type":"string"}`,
		"Shelf":  `{"enum":["front","back"],"type":"string"}`,
		"Size":   `{"properties":{"height":{"type":"number"},"width":{"description":"in mm","type":"number"}},"required":["width"],"type":"object"}`,
		"Book": `{"description":"A book that is sold. Second sentence.","properties":{"author":{"$ref":"#/components/schemas/Author"},
			"kind":{"$ref":"#/components/schemas/Kind","default":"paper"},"pages":{"type":"number"},"published":{"deprecated":true,"format":"date-time","type":"string"},
			"related":{"items":{"$ref":"#/components/schemas/Book"},"type":"array"},"shelf":{"$ref":"#/components/schemas/Shelf"},
			"size":{"anyOf":[{"$ref":"#/components/schemas/Size"},{"type":"null"}]},"tags":{"default":[],"items":{"type":"string"},"type":"array"},
			"title":{"description":"On the cover","minLength":1,"type":"string"},"year":{"default":2000,"type":"integer"}},
			"required":["title","author"],"title":"Book","type":"object"}`,
	} {
		if got := compactJSON(t, plain.Components.Schemas[name]); got != compactJSON(t, []byte(want)) {
			t.Errorf("%s is\n%s, want\n%s", name, got, compactJSON(t, []byte(want)))
		}
	}
	audio := doc.Components.Schemas["AudioBook"].Value
	if audio.Properties["minutes"] == nil || audio.Properties["title"] == nil || audio.Description != "an audio book" || !slices.Contains(audio.Required, "title") {
		t.Errorf("got %+v", audio)
	}
}

// compactJSON writes JSON with its members in order of name.
func compactJSON(t *testing.T, text []byte) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	made, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(made)
}

func TestCommentsInDocuments(t *testing.T) {
	s := schemaSite(t)
	doc := validOpenAPI(t, s.get("/shop/api.json"))
	if doc.Info.Description != "Sells books. All of them." {
		t.Errorf("the app: %q", doc.Info.Description)
	}
	list := doc.Paths.Value("/books").Get
	if list.Summary != "Lists books" || list.Description != "Newest first,\nand more.\n\nAnother paragraph." || *list.Responses.Value("200").Value.Description != "the books" {
		t.Errorf("got %q %q", list.Summary, list.Description)
	}
	if limit := list.Parameters.GetByInAndName("query", "limit"); limit.Description != "at most so many" || !limit.Schema.Value.Type.Is("number") {
		t.Errorf("got %+v", limit)
	}
	if kind := list.Parameters.GetByInAndName("query", "kind"); !kind.Required || list.Parameters.GetByInAndName("query", "unmarked") != nil {
		t.Errorf("got %+v", kind)
	}
	one := doc.Paths.Value("/books/{id}").Get
	if one.Summary != "Finds one!" || !one.Deprecated || one.Description != "Deprecated: use list" || one.Parameters[0].Value.Description != "its number" {
		t.Errorf("got %+v", one)
	}
	if add := doc.Paths.Value("/books").Post; add.Responses.Value("403") != nil || add.Summary != "adds" || add.RequestBody.Value.Content["application/json"].Schema.Ref != "#/components/schemas/Book" || add.Responses.Value("201") == nil || add.Responses.Value("200") != nil {
		t.Errorf("got %+v", add)
	}
	if sid := doc.Paths.Value("/who").Get.Parameters.GetByInAndName(openapi3.ParameterInCookie, "sid"); sid == nil || !sid.Required {
		t.Errorf("got %+v", sid)
	}
	sockets := asyncAPIOf(t, s, "/shop/asyncapi.json")
	if talk := sockets.Channels["talk"]; talk.Summary != "Talks" || len(talk.Messages) != 3 || talk.Messages["Book"].Payload.(map[string]any)["$ref"] != "#/components/schemas/Book" {
		t.Errorf("got %+v", talk)
	}
	if call := sockets.Operations["call-sum"]; call.Summary != "Adds up" {
		t.Errorf("got %+v", call)
	}
}

func TestSchemaClassesCheckRequests(t *testing.T) {
	s := schemaSite(t)
	for _, c := range []struct {
		request, body, cookie string
		status                int
		text                  string
	}{
		{"POST /shop/books", `{"title":"x","author":{"name":"Ann"},"secret":{"a":1},"related":[{"title":"y","author":{"name":"B"},"secret":1}]}`, "", 201,
			`{"author":{"name":"Ann"},"kind":"paper","related":[{"author":{"name":"B"},"kind":"paper","tags":[],"title":"y","year":2000}],"tags":[],"title":"x","year":2000}`},
		{"POST /shop/books", `{"title":"","author":{}}`, "", 400, "#/title"},
		{"POST /shop/books", `{"title":"x","author":{}}`, "", 400, "#/author"},
		{"POST /shop/books", `{"title":"x","author":{"name":"A"},"kind":"vinyl"}`, "", 400, "#/kind"},
		{"POST /shop/books", `{"title":"x","author":{"name":"A"},"size":{"width":"wide"}}`, "", 400, "#/size"},
		{"POST /shop/all", `{"books":[{"title":"x","author":{"name":"A"},"more":1}]}`, "", 400, "#/books/0"},
		{"POST /shop/all", `{"by":{"name":"A"}}`, "", 200, `{"by":{"name":"A"}}`},
		{"GET /shop/books?kind=audio&limit=7", "", "", 200, `{"query":{"kind":"audio","limit":7}}`},
		{"GET /shop/books?kind=audio", "", "", 200, `{"query":{"kind":"audio","limit":10}}`},
		{"GET /shop/books?kind=audio&limit=101", "", "", 400, "#/limit"},
		{"GET /shop/books", "", "", 400, "kind"},
		{"GET /shop/who", "", "Cookie: sid=7", 200, "7"},
		{"GET /shop/who", "", "", 400, `"in":"cookies"`},
	} {
		verb, path, _ := strings.Cut(c.request, " ")
		headers := []string{"Content-Type: application/json"}
		if c.cookie != "" {
			headers = append(headers, c.cookie)
		}
		res, text := s.do(verb, path, c.body, headers...)
		if res.StatusCode != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s %s: %s %s, want %d %s", c.request, c.body, res.Status, text, c.status, c.text)
		}
	}
}

func TestSchemaClassMistakes(t *testing.T) {
	for source, says := range map[string]string{
		`@Api({ version: 1 }) export default class A extends AppBase {}`:                                                                    "@Api: version is a text",
		`@Api({ license: { url: "x" } }) export default class A extends AppBase {}`:                                                         "@Api: license is an object with a name",
		`@Api({ servers: ["x"] }) export default class A extends AppBase {}`:                                                                "@Api: servers is a list of objects with a url",
		`export default class A extends AppBase { @Get({ status: 404 }) a() {} }`:                                                           "status is that of a success",
		`const s = {}; s.a = s; s.b = s; export default class A extends AppBase { @Post({ body: s }) a() {} }`:                              "circular",
		`class B {} export default class A extends AppBase { @Post({ body: B }) a() {} }`:                                                   "body is the class B, which is no schema: mark the class @Schema",
		`@Schema class B { m?: Map<string, string> } export default class A extends AppBase { @Post({ body: B }) a() {} }`:                  `B.m (a.ts:1): Map<...> has no JSON form`,
		`@Schema class B { c?: Nowhere } export default class A extends AppBase { @Post({ body: B }) a() {} }`:                              "B.c: the type Nowhere is not known",
		`class B { @Schema("int") c = 1 } export default class A extends AppBase { @Post({ body: B }) a() {} }`:                             `"int" is no type of JSON`,
		`class B { @Required m() {} } export default class A extends AppBase { @Post({ body: B }) a() {} }`:                                 "@Required belongs on a field; m is a method",
		`class B { @Ignore @Required c = 1 } export default class A extends AppBase { }`:                                                    "cannot be marked @Ignore and something else",
		`class B { @Schema static c = 1 } export default class A extends AppBase { }`:                                                       "static, #private",
		`@Schema("x") class B { } export default class A extends AppBase { }`:                                                               "@Schema on a class takes an object",
		`class B { @Required c = 1 } export default class A extends AppBase { @Post({ body: [B, B] }) a() {} }`:                             "body is a JSON Schema",
		`class B { @Schema({ type: "string", pattern: "(" }) c = "" } export default class A extends AppBase { @Post({ body: B }) a() {} }`: "pattern",
	} {
		s := startSite(t, files{"a.ts": source})
		if err := s.server.Apps()[0].Err; err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", source, err, says)
		}
	}
}

// In plain JavaScript types come from the annotations and from what fields begin as.
func TestSchemaClassesInJavaScript(t *testing.T) {
	s := startSite(t, files{"a.js": `
class Part { @Required(Number) n; }
class Item {
  @Required(String) name;
  @Schema([Part]) parts = [];
  @Schema(Date) at;
  @Schema({ type: "integer", minimum: 0 }) count = 0;
  @Required get total() { return 1; }
  flag = true;
}
@Schema class Strict { @Required name = ""; @Required price = 0; note = "none"; @Ignore inner = ""; }
@Schema class Whole { flag = true; text = 'a'; item = null; @Schema(Item) inner; }
export default class A extends AppBase { @Post({ body: Item }) add(req) { return req.valid.body; } @Put({ body: Whole }) put(req) { return req.valid.body; } @Patch({ body: Strict }) strict(req) { return req.valid.body; } }`})
	doc := validOpenAPI(t, s.get("/a/api"))
	item := doc.Components.Schemas["Item"].Value
	if len(item.Properties) != 5 || !slices.Equal(item.Required, []string{"name", "total"}) || item.Properties["parts"].Value.Items.Ref != "#/components/schemas/Part" {
		t.Errorf("got %+v", item)
	}
	whole := doc.Components.Schemas["Whole"].Value
	if !whole.Properties["flag"].Value.Type.Is("boolean") || !whole.Properties["text"].Value.Type.Is("string") || whole.Properties["inner"].Ref != "#/components/schemas/Item" {
		t.Errorf("got %+v", whole)
	}
	if res, text := s.do("PATCH", "/a/strict", `{"price":1}`); res.StatusCode != 400 || !strings.Contains(text, "name") {
		t.Errorf("a required field that begins as something is missing: %s %s", res.Status, text)
	}
	if res, text := s.do("PATCH", "/a/strict", `{"price":1,"name":"x","inner":"y"}`); res.StatusCode != 200 || text != `{"name":"x","note":"none","price":1}` {
		t.Errorf("%s %s", res.Status, text)
	}
	if res, text := s.do("POST", "/a/add", `{"name":"x","total":1}`); res.StatusCode != 200 || text != `{"count":0,"name":"x","parts":[],"total":1}` {
		t.Errorf("%s %s", res.Status, text)
	}
	if res, text := s.do("POST", "/a/add", `{"name":"x","total":1,"parts":[{"n":"1"}]}`); res.StatusCode != 400 || !strings.Contains(text, "#/parts/0/n") {
		t.Errorf("%s %s", res.Status, text)
	}
}
