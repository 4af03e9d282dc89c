package server

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// parts are what schemas say of an operation: "params", "query", "headers", "cookies", "body" and "response".
type parts map[string]any

// partsOf decodes the schemas of a route, for a document whose references lead to its components.
func partsOf(route *appbase.Route, named *schemaNames) parts {
	p := parts{}
	for _, part := range slices.Sorted(maps.Keys(route.Schemas)) {
		schema, ok := named.adopt(route.Method+"-"+part, route.Schemas[part])
		if !ok {
			continue
		}
		if part != "body" && part != "response" {
			schema = named.opened(schema)
		}
		p[part] = schema
	}
	return p
}

// property is what a part's schema says of one member; nil when nothing.
func (p parts) property(part, name string) any {
	schema, _ := p[part].(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	return properties[name]
}

// parameters lists those of the path, then of the query, of headers and of cookies. said is what comments say of them.
func parameters(path []string, p parts, said map[string]string) []parameter {
	var list []parameter
	for _, name := range path {
		schema := p.property("params", name)
		if schema == nil {
			schema = map[string]any{"type": "string"}
		}
		list = append(list, newParameter("path", name, schema, true))
	}
	list = append(list, p.parametersOf("query", "query")...)
	list = append(list, p.parametersOf("headers", "header")...)
	list = append(list, p.parametersOf("cookies", "cookie")...)
	for i := range list {
		list[i].Description = cmp.Or(list[i].Description, said[list[i].Name])
	}
	return list
}

// parametersOf makes a parameter of every property of a part, in order of name.
func (p parts) parametersOf(part, in string) []parameter {
	schema, _ := p[part].(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	var list []parameter
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if in == "header" && isReservedHeader(name) {
			continue
		}
		list = append(list, newParameter(in, name, properties[name], slices.Contains(required, any(name))))
	}
	return list
}

func newParameter(in, name string, schema any, required bool) parameter {
	made := parameter{Name: name, In: in, Required: required, Schema: schema}
	if members, ok := schema.(map[string]any); ok {
		made.Description, _ = members["description"].(string)
	}
	return made
}

// isReservedHeader reports whether a field is described otherwise than as a parameter (OpenAPI 3.1, Parameter Object).
func isReservedHeader(name string) bool {
	return slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(name))
}

// bodyOf is the JSON that an operation takes; nil when nothing is said of it, or the verb has none.
func bodyOf(verb string, p parts) *requestBody {
	if p["body"] == nil || slices.Contains([]string{"get", "head"}, verb) {
		return nil
	}
	return &requestBody{Required: true, Content: map[string]media{typeJSON: {Schema: p["body"]}}}
}

func responses(route *appbase.Route, p parts) map[string]response {
	good := response{Description: cmp.Or(route.Returns, "what the handler answers")}
	switch {
	case route.Events:
		good = response{"a stream of events", map[string]media{"text/event-stream": {Schema: map[string]any{"type": "string"}, EventData: p["response"]}}}
	case p["response"] != nil:
		good.Content = map[string]media{typeJSON: {Schema: p["response"]}}
	}
	all := map[string]response{strconv.Itoa(cmp.Or(route.Status, http.StatusOK)): good, "500": {Description: "the handler failed; the body has an error id"}}
	if len(route.Schemas) > 1 || len(route.Schemas) == 1 && route.Schemas["response"] == "" {
		all["400"] = response{"the request does not fit; the body says where", map[string]media{"application/problem+json": {Schema: problemSchema()}}}
	}
	if route.Security != nil {
		all["401"] = response{Description: "what the route wants to know of the caller is missing or wrong"}
	}
	if route.Guarded {
		all["403"] = response{Description: "a guard refused"}
	}
	return all
}

// problemSchema describes what a request that does not fit is answered with (RFC 9457).
func problemSchema() map[string]any {
	text := map[string]any{"type": "string"}
	mistake := map[string]any{"type": "object", "properties": map[string]any{"in": text, "pointer": text, "detail": text}}
	return map[string]any{"type": "object", "properties": map[string]any{
		"type": text, "title": text, "detail": text, "status": map[string]any{"type": "integer"},
		"errors": map[string]any{"type": "array", "items": mistake},
	}}
}
