package server

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/storage"
)

// validOpenAPI reads a document and has it checked by a library that did not write it.
func validOpenAPI(t *testing.T, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	return doc
}

func TestOpenAPIOfSamples(t *testing.T) {
	folder, err := filepath.Abs("../apps")
	if err != nil {
		t.Fatal(err)
	}
	stores := storage.NewStores(storage.Options{Dir: t.TempDir(), Relaxed: true})
	t.Cleanup(func() { // when the site has ended
		if err := stores.Close(); err != nil {
			t.Error(err)
		}
	})
	s := startSite(t, nil, func(o *Options) {
		o.AppsDir, o.Limits.CallTime = folder, 10*time.Second // all at once, and the race detector
		o.Store = func(ctx context.Context, app string) (appbase.Store, error) {
			store, err := stores.Get(ctx, app)
			if err != nil {
				return nil, err
			}
			return appstore.Of(store), nil
		}
	})
	apps := s.server.Apps()
	if len(apps) < 9 {
		t.Errorf("%d samples", len(apps))
	}
	for _, app := range apps {
		if app.Err != nil {
			t.Errorf("%s: %v", app.Name, app.Err)
			continue
		}
		routes := s.server.table.find(app.Name).current.Load().routes.All()
		if slices.ContainsFunc(routes, func(r *appbase.Route) bool { return r.Whole }) {
			continue // a fetch app answers at every path itself, that of the document too
		}
		validOpenAPI(t, s.get(app.Mount+"/api"))
		validOpenAPI(t, s.get(app.Mount+"/api.json"))
	}
}

const schemaApp = `
const Tag = { type: "object", properties: { name: { type: "string" }, of: { $ref: "#/$defs/Tag" } } };
const Item = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object", required: ["name"], additionalProperties: false,
  properties: { name: { type: "string", minLength: 1 }, price: { type: "number", exclusiveMinimum: 0, default: 1000000 }, tags: { type: "array", items: { $ref: "#/$defs/Tag" } } },
  $defs: { Tag },
};
const Tree = { type: "object", properties: { left: { $ref: "#" }, kind: { enum: [{ $ref: "#" }, "leaf"] } } };
const standard = (json) => ({ "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }), jsonSchema: { input: () => json("in"), output: () => json("out") } } });
export default class A extends AppBase {
  @Get({ path: "/items/:id", params: { properties: { id: { type: "integer" } } },
    query: { type: "object", required: ["sort"], properties: { sort: { enum: ["up", "down"], description: "which way" }, tag: { type: "array", items: { type: "string" } } } },
    headers: { properties: { "x-version": { type: "integer" }, Accept: { type: "string" } } }, response: Item })
  item() {}
  @Post({ path: "/items", body: Item }) add() {}
  @Put({ body: Tree }) tree() {}
  @Patch({ body: standard((io) => ({ type: "object", title: io })), response: standard((io) => ({ type: "string", title: io })) }) zod() {}
  @Delete({ query: standard(() => { throw new Error("no words for it"); }) }) mute() {}
  @Sse({ query: { properties: { since: { type: "integer" } } } }) news(req) {}
}`

func TestOpenAPISchemas(t *testing.T) {
	s := startSite(t, files{"a.js": schemaApp})
	validOpenAPI(t, s.get("/a/api"))
	doc := validOpenAPI(t, s.get("/a/api.json"))
	if names := doc.Components.Schemas; len(names) != 2 || names["Tag"] == nil || names["tree-body"] == nil {
		t.Errorf("components: %v", names)
	}
	get := doc.Paths.Value("/items/{id}").Get
	var told []string
	for _, p := range get.Parameters {
		told = append(told, p.Value.In+" "+p.Value.Name)
	}
	if want := []string{"path id", "query sort", "query tag", "header x-version"}; !slices.Equal(told, want) {
		t.Errorf("parameters %q, want %q", told, want)
	}
	sort := get.Parameters.GetByInAndName("query", "sort")
	if !sort.Required || sort.Description != "which way" || !get.Parameters.GetByInAndName("path", "id").Schema.Value.Type.Is("integer") {
		t.Errorf("got %+v", sort)
	}
	if tags := get.Responses.Value("200").Value.Content["application/json"].Schema.Value.Properties["tags"]; tags.Value.Items.Ref != "#/components/schemas/Tag" {
		t.Errorf("tags are %q", tags.Value.Items.Ref)
	}
	tree := doc.Paths.Value("/tree").Put.RequestBody.Value.Content["application/json"].Schema
	if tree.Ref != "#/components/schemas/tree-body" || tree.Value.Properties["left"].Ref != tree.Ref {
		t.Errorf("tree is %q", tree.Ref)
	}
	if first := tree.Value.Properties["kind"].Value.Enum[0].(map[string]any)["$ref"]; first != "#" {
		t.Errorf("a value that looks like a reference became %q", first)
	}
	patch := doc.Paths.Value("/zod").Patch
	if patch.RequestBody.Value.Content["application/json"].Schema.Value.Title != "in" || patch.Responses.Value("200").Value.Content["application/json"].Schema.Value.Title != "out" {
		t.Errorf("a standard schema says neither side")
	}
	if mute := doc.Paths.Value("/mute").Delete; len(mute.Parameters) != 0 {
		t.Errorf("got %+v", mute.Parameters)
	}
	if news := doc.Paths.Value("/news").Get; news.Responses.Value("200").Value.Content["text/event-stream"] == nil || news.Responses.Value("400") == nil {
		t.Errorf("got %+v", news)
	}
	if plain := s.get("/a/api"); strings.Contains(plain, "e+0") {
		t.Errorf("whole numbers are written as others:\n%s", plain)
	}
}
