package contract

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is expected anew")

// All that is wrong with a document is told at once, each with its line and what to try.
func TestMistakesAreListedTogether(t *testing.T) {
	text, err := os.ReadFile("testdata/broken.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, m := range Load(string(text)).Mistakes() {
		fmt.Fprintf(&got, "%v\n", m)
		if m.Hint != "" {
			fmt.Fprintf(&got, "\thint: %s\n", m.Hint)
		}
	}
	if *update {
		if err := os.WriteFile("testdata/broken.txt", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/broken.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("told:\n%s\nwant:\n%s", got.String(), want)
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := range 8 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	for text, want := range map[string]string{
		"":                             "1:1: the contract is empty",
		"[]":                           "1:1: the contract is to be an object, not a list",
		"openapi: [":                   "1:1: the contract cannot be read: did not find expected node content",
		"openapi: 3.1.0\n  x: y: z":    "2:1: the contract cannot be read: mapping values are not allowed in this context",
		"swagger: '2.0'\npaths: {}":    "1:10: Swagger 2 is not understood; OpenAPI 3.0, 3.1 and 3.2 are",
		"openapi: 4.0.0\npaths: {}":    `1:10: openapi is "4.0.0"`,
		"a: 1\na: 2":                   `2:1: "a" stands twice in one object`,
		"openapi: 3.1.0\npaths: []":    "2:8: paths is to be an object, not a list",
		"openapi: 3.1.0\nx: " + deep:   "1:1: the contract has more than 200000 parts once its aliases are followed",
		bomb:                           "1:1: the contract has more than 200000 parts once its aliases are followed",
		"{\n\t\"openapi\": \"1\"\n\t}": `2:13: openapi is "1"`,
	} {
		mistakes := Load(text).Mistakes()
		found := false
		for _, m := range mistakes {
			found = found || m.Error() == want
		}
		if !found {
			t.Errorf("%.60q: told %v, want %s", text, mistakes, want)
		}
	}
}

// Anchors, aliases and merged keys mean what YAML says.
func TestAliases(t *testing.T) {
	c := loadSound(t, `
openapi: 3.1.0
info: { title: t, version: "1" }
x-limit: &limit { name: limit, in: query, schema: { type: integer } }
paths:
  /x:
    get:
      operationId: op
      parameters:
        - *limit
        - { <<: *limit, name: offset }
      responses: { default: { description: d } }
`)
	if got := part(t, c.Operations[0].Check(asked("/x", "limit=1&offset=2")), "query"); got != `{"limit":1,"offset":2}` {
		t.Error(got)
	}
}

// A path that answers 101 is a WebSocket, which is a method marked so: it is no operation.
func TestWebSocketsAreNotOperations(t *testing.T) {
	c := loadSound(t, `
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /live: { get: { responses: { "101": { description: a WebSocket } } } }
`)
	if len(c.Operations) != 0 {
		t.Errorf("%+v", c.Operations)
	}
}

func TestDocument(t *testing.T) {
	const text = "# ours\nopenapi: 3.1.0\ninfo: { title: t, version: '1' }\n%spaths: {}\n"
	for servers, want := range map[string]string{
		"": "# ours\nopenapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers:\n  - url: /shop\npaths: {}\n",
		"servers: [{ url: 'https://shop.example/v1' }]\n":   "# ours\nopenapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers:\n  - url: /shop\n  - {url: 'https://shop.example/v1'}\npaths: {}\n",
		"servers: [{ url: 'https://example.com/shop/' }]\n": "# ours\nopenapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'https://example.com/shop/'}]\npaths: {}\n",
	} {
		c := loadSound(t, fmt.Sprintf(text, servers))
		got, err := c.YAML("/shop")
		if err != nil || string(got) != want {
			t.Errorf("%v\n%s\nwant:\n%s", err, got, want)
		}
		if again, err := c.JSON(""); err != nil || !strings.Contains(string(again), `"openapi": "3.1.0"`) {
			t.Errorf("%v\n%s", err, again)
		}
	}
}
