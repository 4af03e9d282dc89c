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
	compiled   *jsonschema.Schema
	properties map[string]property
}

// property is what a schema says of one member, as far as texts are turned into values by it.
type property struct {
	Type    any             `json:"type"`
	Items   *property       `json:"items"`
	Default json.RawMessage `json:"default"`
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
	var members struct {
		Properties map[string]property `json:"properties"`
	}
	_ = json.Unmarshal([]byte(text), &members) // what is written otherwise is not turned into anything
	s.properties = members.Properties
	return s, nil
}

// noLoader refuses references to other documents.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is another document, and none is fetched", url)
}

// check returns the value as JSON with defaults filled in, or what is wrong with it.
func (s *schema) check(value any) (text string, wrong []mistake) {
	if object, ok := value.(map[string]any); ok {
		s.fill(object)
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

// fill adds the defaults of members that are missing.
func (s *schema) fill(object map[string]any) {
	for name, p := range s.properties {
		if _, there := object[name]; there || len(p.Default) == 0 {
			continue
		}
		if value, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.Default)); err == nil {
			object[name] = value
		}
	}
}

// typed turns the texts of a query, of parameters or headers into what the schema says they are. What cannot be turned
// stays a text, and the schema says what is wrong with it.
func (s *schema) typed(texts map[string][]string) map[string]any {
	object := make(map[string]any, len(texts))
	for name, values := range texts {
		p := s.properties[name]
		if !p.is("array") {
			object[name] = p.value(values[len(values)-1])
			continue
		}
		items := p.Items
		if items == nil {
			items = &property{}
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
