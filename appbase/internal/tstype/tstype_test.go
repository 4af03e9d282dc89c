package tstype

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"string":                    `{"type":"string"}`,
		"any":                       `{}`,
		"bigint":                    `{"type":"integer"}`,
		"Date | null":               `{"format":"date-time","type":["string","null"]}`,
		"number[][]":                `{"items":{"items":{"type":"number"},"type":"array"},"type":"array"}`,
		"readonly (string | 5)[]":   `{"items":{"anyOf":[{"type":"string"},{"enum":[5],"type":"number"}]},"type":"array"}`,
		`"a" | 'b'`:                 `{"enum":["a","b"],"type":"string"}`,
		`| "a" | "b" | null`:        `{"enum":["a","b",null],"type":["string","null"]}`,
		`-1.5 | true`:               `{"enum":[-1.5,true]}`,
		`"it's"`:                    `{"const":"it's"}`,
		"Array<Book>":               `{"items":{"$ref":"#/$defs/Book"},"type":"array"}`,
		"Book | null":               `{"anyOf":[{"$ref":"#/$defs/Book"},{"type":"null"}]}`,
		"Record<string, number>":    `{"additionalProperties":{"type":"number"},"type":"object"}`,
		`Record<"a" | "b", any>`:    `{"additionalProperties":{},"propertyNames":{"enum":["a","b"],"type":"string"},"type":"object"}`,
		"[string, x: number?]":      `{"maxItems":2,"minItems":1,"prefixItems":[{"type":"string"},{"type":"number"}],"type":"array"}`,
		"[string, ...number[]]":     `{"items":{"type":"number"},"minItems":1,"prefixItems":[{"type":"string"}],"type":"array"}`,
		"{ [key: string]: Date }":   `{"additionalProperties":{"format":"date-time","type":"string"},"type":"object"}`,
		"A & { b: boolean }":        `{"allOf":[{"$ref":"#/$defs/A"},{"properties":{"b":{"type":"boolean"}},"required":["b"],"type":"object"}]}`,
		"`a${string}`":              `{"type":"string"}`,
		"string | undefined":        `{"type":"string"}`,
		"{ a: string, 'b c'?: 1; }": `{"properties":{"a":{"type":"string"},"b c":{"const":1}},"required":["a"],"type":"object"}`,
		"{ /** what\n * it is */ readonly a: string // x\n b: number | undefined }": `{"properties":{"a":{"description":"what it is","type":"string"},"b":{"type":"number"}},"required":["a"],"type":"object"}`,
	} {
		r, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, _ := json.Marshal(r.Schema); string(got) != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestParseNames(t *testing.T) {
	r, err := Parse("{ a: Book; b: Author[] | Book } | undefined")
	if err != nil || strings.Join(r.Names, " ") != "Author Book" || !r.Undefined {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"Map<string, number>":         "Map<...>",
		"() => void":                  "has no JSON form",
		"(string) => void":            "a function",
		"keyof Book":                  "keyof",
		"{ a: () => void }":           "a: ",
		"":                            "too early",
		"string string":               `"string"`,
		"Shop.Book":                   "within another",
		"symbol":                      "symbol",
		strings.Repeat("(", 99) + "a": "nested",
		strings.Repeat("a", 20<<10):   "bytes",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40s: %v, want %q", text, err, says)
		}
	}
}

// Whatever the text, there is an answer, and a schema has a JSON form.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"string", "{ a?: B[] }", "[a, ...b[]]", "Record<string, 'a' | null>", "`${x}`", "- 1", "{[k:string]:1", "a<b<c>>", "/** x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		if _, err := json.Marshal(r.Schema); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
