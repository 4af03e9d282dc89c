package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// describedSamples are the sample apps that have documents: apps with fetch() answer at every path themselves.
func describedSamples(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("..", "apps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name, isFile := strings.CutSuffix(entry.Name(), ".js")
		if (isFile || entry.IsDir()) && name != "node_modules" && !strings.HasPrefix(name, "hono") {
			names = append(names, name)
		}
	}
	return names
}

// The AsyncAPI document of every sample app is valid by AsyncAPI's own parser, which has nothing to complain about.
func TestAsyncAPIOfSamples(t *testing.T) {
	s := start(t, sampleApps(t))
	apps := describedSamples(t)
	text, code := command(t, ".", "node", append([]string{filepath.Join("clients", "asyncapi.mjs"), s.address}, apps...)...)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != len(apps) {
		t.Errorf("%d lines for %d apps:\n%s", len(lines), len(apps), text)
	}
	for _, want := range []string{"chatapp: 3.0.0 /room", "echoapp: 3.0.0 /echo", "board: 3.0.0 /live board"} {
		if !strings.Contains("\n"+text, "\n"+want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

// Schemas of zod come into the document with their names, and what JSON Schema has no words for does not keep the rest out.
func TestZodInTheDocument(t *testing.T) {
	s := start(t, "packages")
	_, text, err := s.get("/packages/api.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Place": `{"properties":{"city":{"type":"string"},"zip":{"maxLength":5,"minLength":5,"type":"string"}},"required":["city"],"type":"object"}`,
		"Visit": `{"properties":{"at":{"format":"date-time","type":"string"},"back":{"anyOf":[{"$ref":"#/components/schemas/Place"},{"type":"null"}]},"note":{"description":"how long a note","type":"string"},` +
			`"people":{"default":1,"exclusiveMinimum":0,"type":"integer"},"place":{"$ref":"#/components/schemas/Place"}},"required":["at","place","back","note"],"type":"object"}`,
	} {
		got, err := json.Marshal(doc.Components.Schemas[name])
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is\n%s, want\n%s", name, got, want)
		}
	}
	parameters, err := json.Marshal(doc.Paths["/visits"]["post"].(map[string]any)["parameters"])
	if err != nil || !strings.Contains(string(parameters), `"name":"dry"`) {
		t.Errorf("parameters %s", parameters)
	}
	got, code := command(t, ".", "node", "--eval", `fetch(process.argv[1], { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ at: "2026-01-02T03:04:05Z", place: { city: "A" }, back: null, note: "four" }) }).then((r) => r.text()).then(console.log)`, s.http("/packages/visits?dry=yes"))
	if code != 0 || strings.TrimSpace(got) != `[{"city":"2026 1 4 true"}]` {
		t.Errorf("%d %s", code, got)
	}
}
