package server

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"

func develop(o *Options) { o.Dev = true }

func TestHomePage(t *testing.T) {
	s := startSite(t, shop, develop)
	res, page := s.do("GET", "/", "")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/html; charset=utf-8" || res.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%s %v", res.Status, res.Header)
	}
	for _, part := range []string{"<h2>shop</h2>", "generation 1", "ws://" + s.addr() + "/shop/echo", `href="/shop/hello"`, "SyntaxError", "prefers-color-scheme"} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is not on the page", part)
		}
	}
	if strings.Contains(page, `href="/shop/items`) {
		t.Error("a link that cannot be followed")
	}
	if res, _ := s.do("DELETE", "/", ""); res.StatusCode != 405 {
		t.Errorf("DELETE: %s", res.Status)
	}
}

func TestErrorPage(t *testing.T) { bothWays(t, testErrorPage) }

func testErrorPage(t *testing.T) {
	s := startSite(t, files{
		"bad.js":    "export default class Bad extends AppBase {\n  @Get oops() {\n    throw new Error(\"<script>alert(1)</script>\");\n  }\n}",
		"broken.js": "export default class {",
	}, develop)
	res, page := s.do("GET", "/bad/oops", "", browser)
	if res.StatusCode != 500 {
		t.Errorf("%s", res.Status)
	}
	for _, part := range []string{"bad.js:3:", "3 | ", "throw new Error(", "^</pre>", "Error: &lt;script&gt;", "error id"} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is not on the page:\n%s", part, page)
		}
	}
	if strings.Contains(page, "<script>") {
		t.Error("the page has the app's markup in it")
	}
	if _, text := s.do("GET", "/bad/oops", ""); !strings.HasPrefix(text, "internal server error (id ") {
		t.Errorf("without a browser: %q", text)
	}
	if res, page := s.do("GET", "/broken/", "", browser); res.StatusCode != 503 || !strings.Contains(page, "broken.js:1:") {
		t.Errorf("%s %s", res.Status, page)
	}
}

// Outside of development nobody but the log learns more than an id.
func TestErrorID(t *testing.T) { bothWays(t, testErrorID) }

func testErrorID(t *testing.T) {
	s := startSite(t, files{"bad.js": "export default class Bad extends AppBase { @Get oops() { throw new Error('inside'); } }"})
	res, text := s.do("GET", "/bad/oops", "", browser)
	id, found := strings.CutPrefix(strings.TrimSpace(text), "internal server error (id ")
	if res.StatusCode != 500 || !found || strings.Contains(text, "inside") {
		t.Fatalf("%s %q", res.Status, text)
	}
	s.log.wait(t, "id="+strings.TrimSuffix(id, ")"))
	s.log.wait(t, "inside")
}

func TestOpenAPI(t *testing.T) {
	s := startSite(t, files{"a.js": `
@Api({ title: "The API", version: "2.1.0", description: "what it does", contact: { name: "Ada" } })
export default class A extends AppBase {
  @Get("/items/:id") item() {}
  @Delete("/items/:key") remove() {}
  @Post({ path: "/items", summary: "adds one" }) add() {}
  @Get index() {}
  @Http("/items/:id/any") any() {}
  @Guard(() => false) @Put closed() {}
  @Websocket live(ws) {}
  @Scheduled({ every: "1h" }) tidy() {}
}`, "b.js": `export default class B extends AppBase {}`})
	var fromYAML, fromJSON map[string]any
	if err := yaml.Unmarshal([]byte(s.get("/a/api")), &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(s.get("/a/api.json")), &fromJSON); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(fromYAML, fromJSON) {
		t.Errorf("they differ:\n%v\n%v", fromYAML, fromJSON)
	}
	var doc openAPI
	if err := json.Unmarshal([]byte(s.get("/a/api.json")), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Title != "The API" || doc.Info.Version != "2.1.0" || doc.Info.Contact["name"] != "Ada" {
		t.Errorf("got %+v", doc.Info)
	}
	var operations, ids []string
	for path, item := range doc.Paths {
		for verb, op := range item {
			operations, ids = append(operations, verb+" "+path), append(ids, op.OperationID)
			if len(op.Responses) == 0 || strings.Count(path, "{") != len(op.Parameters) {
				t.Errorf("%s %s: %+v", verb, path, op)
			}
			for _, p := range op.Parameters {
				if p.In != "path" || !p.Required || !strings.Contains(path, "{"+p.Name+"}") {
					t.Errorf("%s: %+v", path, p)
				}
			}
		}
	}
	slices.Sort(operations)
	want := []string{
		"delete /items/{id}", "delete /items/{id}/any", "get /", "get /items/{id}", "get /items/{id}/any", "patch /items/{id}/any",
		"post /items", "post /items/{id}/any", "put /closed", "put /items/{id}/any",
	}
	if !slices.Equal(operations, want) {
		t.Errorf("got %q, want %q", operations, want)
	}
	slices.Sort(ids)
	if n := len(ids); len(slices.Compact(ids)) != n {
		t.Errorf("operationId twice: %q", ids)
	}
	if op := doc.Paths["/items"]["post"]; op.Summary != "adds one" {
		t.Errorf("got %+v", op)
	}
	if plain := s.get("/b/api.json"); !strings.Contains(plain, `"title": "b"`) || !strings.Contains(plain, `"version": "0.0.0"`) || !strings.Contains(plain, `"paths": {}`) {
		t.Errorf("got %s", plain)
	}
	for _, part := range []string{"The API", "what it does", "/a/items/:id", "/a/live", "every 1h", "adds one", "guarded"} {
		if page := s.get("/a/doc"); !strings.Contains(page, part) {
			t.Errorf("%q is not in the documentation", part)
		}
	}
}

func TestInspect(t *testing.T) {
	dir := t.TempDir()
	for name, text := range shop {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apps, err := Inspect(context.Background(), Options{AppsDir: dir})
	if err != nil || len(apps) != 5 {
		t.Fatalf("%d apps, %v", len(apps), err)
	}
	if broken := apps[0]; broken.Name != "broken" || broken.Err == nil || broken.Generation != 0 {
		t.Errorf("got %+v", broken)
	}
	want := RouteInfo{Kind: "http", Verbs: []string{"GET"}, Path: "/shop/items/:id", Method: "item"}
	if shop := apps[2]; shop.Err != nil || shop.Generation != 1 || !slices.ContainsFunc(shop.Routes, func(r RouteInfo) bool { return reflect.DeepEqual(r, want) }) {
		t.Errorf("got %+v", shop)
	}
	if _, err := Inspect(context.Background(), Options{AppsDir: dir + "/nowhere"}); err == nil {
		t.Error("a folder that is not there")
	}
}
