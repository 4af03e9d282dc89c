package appbase

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// answerSchema is what a route's answers hold, by its annotation. It is compiled when an answer is first held against it, by any
// goroutine.
type answerSchema struct {
	text string
	once sync.Once
	made *schema
	err  error
}

func (a *answerSchema) schema() (*schema, error) {
	a.once.Do(func() { a.made, a.err = newSchema(a.text) })
	return a.made, a.err
}

// newAnswerSchema is that of a route; nil when its annotation says nothing of answers, or it streams events.
func newAnswerSchema(n *note) *answerSchema {
	if text := n.Schemas["response"]; text != "" && !n.Events {
		return &answerSchema{text: text}
	}
	return nil
}

// CheckAnswer lists in which ways an answer breaks the schema that the route's annotation has as its `response`; none when it
// keeps it, or there is none. What is no success, has no body, or is made while it is sent is not looked at. It changes
// nothing, takes time, and may be called from any goroutine.
func (route *Route) CheckAnswer(res *Response) (wrong []string) {
	if route.answers == nil || res.Stream != nil || res.Status < 200 || res.Status > 299 || res.Status == http.StatusNoContent {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(res.Fields().Get("Content-Type"))
	if isJSON := kind == "application/json" || strings.HasSuffix(kind, "+json"); !isJSON {
		if res.Status == http.StatusOK && len(res.Body) > 0 {
			return []string{fmt.Sprintf("it is %s and not JSON", kind)}
		}
		return nil
	}
	s, err := route.answers.schema()
	if err != nil {
		return []string{"the response schema is none: " + strings.ReplaceAll(err.Error(), "app:schema", "")}
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(res.Body)))
	if err != nil {
		return []string{"it is no JSON: " + err.Error()}
	}
	if err := s.compiled.Validate(value); err != nil {
		for _, m := range mistakes(err) {
			wrong = append(wrong, m.Pointer+": "+m.Detail)
		}
	}
	return wrong
}
