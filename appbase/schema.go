package appbase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Bounds of validation.
const (
	maxSchemaBytes = 256 << 10
	maxMistakes    = 20 // told to a client
)

// schema is a JSON Schema that a part of requests has to fit. It belongs to one generation.
type schema struct {
	compiled *jsonschema.Schema
	root     property
	edits    bool // values are changed: there are defaults, or members to leave out
}

// property is what a schema says of one value, as far as texts are turned into values by it, and values are changed.
type property struct {
	Ref         string              `json:"$ref"`
	Type        any                 `json:"type"`
	Items       *property           `json:"items"`
	Properties  map[string]property `json:"properties"`
	Default     json.RawMessage     `json:"default"`
	Ignored     []string            `json:"x-ignored"` // members that are left out of what comes in
	Definitions map[string]property `json:"$defs"`
}

// mistake is one way in which a request does not fit.
type mistake struct {
	Pointer string `json:"pointer"` // RFC 6901, as a fragment: "#/items/0/price"
	Detail  string `json:"detail"`
}

// newSchema compiles a JSON Schema (draft 2020-12 unless it names another). Nothing is fetched: references lead to places
// within it. Its patterns are matched in linear time.
func newSchema(text string) (*schema, error) {
	if len(text) > maxSchemaBytes {
		return nil, fmt.Errorf("the schema has %d bytes; at most %d are taken", len(text), maxSchemaBytes)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.AssertFormat()
	if err := c.AddResource("app:schema", doc); err != nil {
		return nil, err
	}
	s := &schema{}
	if s.compiled, err = c.Compile("app:schema"); err != nil {
		return nil, err
	}
	_ = json.Unmarshal([]byte(text), &s.root) // what is written otherwise is not turned into anything
	s.edits = strings.Contains(text, `"default"`) || strings.Contains(text, `"x-ignored"`)
	return s, nil
}

// noLoader refuses references to other documents.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is another document, and none is fetched", url)
}

// check returns the value as JSON with defaults filled in and without what is ignored, or what is wrong with it.
func (s *schema) check(value any) (text string, wrong []mistake) {
	if s.edits {
		s.complete(value, s.root, 0)
	}
	if err := s.compiled.Validate(value); err != nil {
		return "", mistakes(err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", []mistake{{"#", err.Error()}}
	}
	return string(encoded), nil
}

// maxCompletedDepth is how deep defaults are filled in. A value may be deeper.
const maxCompletedDepth = 60

// complete adds the defaults of members that are missing and takes away those that are ignored.
func (s *schema) complete(value any, p property, depth int) {
	if depth > maxCompletedDepth {
		return
	}
	p = s.resolved(p)
	switch value := value.(type) {
	case map[string]any:
		for _, name := range p.Ignored {
			delete(value, name)
		}
		for name, member := range p.Properties {
			if one, there := value[name]; there {
				s.complete(one, member, depth+1)
			} else if len(member.Default) > 0 {
				if made, err := jsonschema.UnmarshalJSON(bytes.NewReader(member.Default)); err == nil {
					value[name] = made
				}
			}
		}
	case []any:
		if p.Items != nil {
			for _, one := range value {
				s.complete(one, *p.Items, depth+1)
			}
		}
	}
}

// resolved follows references to definitions of the schema's own.
func (s *schema) resolved(p property) property {
	for range 20 {
		if p.Ref == "#" {
			return s.root
		}
		name, ok := strings.CutPrefix(p.Ref, "#/$defs/")
		next, there := s.root.Definitions[name]
		if !ok || !there {
			break
		}
		p = next
	}
	return p
}

// typed turns the texts of a query, of parameters or headers into what the schema says they are. What cannot be turned
// stays a text, and the schema says what is wrong with it.
func (s *schema) typed(texts map[string][]string) map[string]any {
	object := make(map[string]any, len(texts))
	root := s.resolved(s.root)
	for name, values := range texts {
		p := s.resolved(root.Properties[name])
		if !p.is("array") {
			object[name] = p.value(values[len(values)-1])
			continue
		}
		items := property{}
		if p.Items != nil {
			items = s.resolved(*p.Items)
		}
		list := make([]any, len(values))
		for i, text := range values {
			list[i] = items.value(text)
		}
		object[name] = list
	}
	return object
}

// is reports whether a member may be of a type.
func (p property) is(kind string) bool {
	list, _ := p.Type.([]any)
	return p.Type == kind || slices.Contains(list, any(kind))
}

func (p property) value(text string) any {
	switch {
	case (p.is("integer") || p.is("number")) && isNumber(text):
		return json.Number(text)
	case p.is("boolean") && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}

// isNumber reports whether a text is a number as JSON has it, of a length that is cheap to compare.
func isNumber(text string) bool {
	var n json.Number
	return len(text) <= 40 && !strings.ContainsAny(text, "eE\" \t\r\n") && json.Unmarshal([]byte(text), &n) == nil && n != ""
}

// mistakes lists the causes of a validation's failure that have no cause of their own.
func mistakes(err error) (list []mistake) {
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		return []mistake{{"#", err.Error()}}
	}
	english := message.NewPrinter(language.English)
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			walk(cause)
		}
		if len(e.Causes) > 0 || len(list) >= maxMistakes {
			return
		}
		list = append(list, mistake{pointer(e.InstanceLocation), e.ErrorKind.LocalizedString(english)})
	}
	walk(failed)
	return list
}

// pointer writes a place in a document as a fragment (RFC 6901, 6).
func pointer(path []string) string {
	var b strings.Builder
	b.WriteString("#")
	for _, token := range path {
		b.WriteString("/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(token)))
	}
	return b.String()
}

// compileSchema is the annotations' way to a schema: a function that takes a part of a request as text and returns
// [value as JSON] or [undefined, mistakes as JSON].
func (in *instance) compileSchema(label, part, text string) goja.Value {
	s, err := newSchema(text)
	if err != nil {
		panic(in.vm.NewTypeError("%s: %s: %s", label, part, strings.ReplaceAll(err.Error(), "app:schema", "")))
	}
	return in.vm.ToValue(func(text string) goja.Value {
		value, wrong := s.checkPart(part, text)
		if wrong == nil {
			return in.vm.NewArray(value)
		}
		list, _ := json.Marshal(wrong) // texts always have a JSON form
		return in.vm.NewArray(goja.Undefined(), string(list))
	})
}

// checkPart checks a body of JSON, a raw query, or an object of texts.
func (s *schema) checkPart(part, text string) (string, []mistake) {
	switch part {
	case "body":
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return "", []mistake{{"#", "is not JSON: " + err.Error()}}
		}
		return s.check(value)
	case "query":
		texts := map[string][]string{}
		for pair := range strings.SplitSeq(text, "&") {
			if name, value, _ := strings.Cut(pair, "="); pair != "" {
				texts[unescape(name)] = append(texts[unescape(name)], unescape(value))
			}
		}
		return s.check(s.typed(texts))
	}
	var single map[string]string
	_ = json.Unmarshal([]byte(text), &single) // the prelude wrote it
	texts := make(map[string][]string, len(single))
	for name, value := range single {
		texts[name] = []string{value}
	}
	return s.check(s.typed(texts))
}
