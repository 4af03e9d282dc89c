package server

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// openAPI is an OpenAPI 3.1 document, as far as routes tell.
type openAPI struct {
	OpenAPI string                          `json:"openapi" yaml:"openapi"`
	Info    apiInfo                         `json:"info" yaml:"info"`
	Servers []any                           `json:"servers" yaml:"servers"`
	Paths   map[string]map[string]operation `json:"paths" yaml:"paths"`
}

type apiInfo struct {
	Title       string         `json:"title" yaml:"title"`
	Version     string         `json:"version" yaml:"version"`
	Description string         `json:"description,omitempty" yaml:"description,omitempty"`
	Contact     map[string]any `json:"contact,omitempty" yaml:"contact,omitempty"`
	License     map[string]any `json:"license,omitempty" yaml:"license,omitempty"`
}

type operation struct {
	OperationID string              `json:"operationId" yaml:"operationId"`
	Summary     string              `json:"summary,omitempty" yaml:"summary,omitempty"`
	Description string              `json:"description,omitempty" yaml:"description,omitempty"`
	Parameters  []parameter         `json:"parameters,omitempty" yaml:"parameters,omitempty"`
	Responses   map[string]response `json:"responses" yaml:"responses"`
}

type parameter struct {
	Name     string            `json:"name" yaml:"name"`
	In       string            `json:"in" yaml:"in"`
	Required bool              `json:"required" yaml:"required"`
	Schema   map[string]string `json:"schema" yaml:"schema"`
}

type response struct {
	Description string `json:"description" yaml:"description"`
}

// anyVerb are the operations that stand for a route of any verb.
var anyVerb = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// newOpenAPI describes an app's HTTP routes.
func newOpenAPI(mount string, routes *appbase.Routes) openAPI {
	info := routes.Info
	doc := openAPI{
		OpenAPI: "3.1.0",
		Info: apiInfo{
			Title: info.Title, Version: info.Version, Description: info.Description, Contact: info.Contact, License: info.License,
		},
		Servers: info.Servers,
		Paths:   map[string]map[string]operation{},
	}
	if len(doc.Servers) == 0 {
		doc.Servers = []any{map[string]string{"url": cmp.Or(mount, "/")}}
	}
	paths := pathNames{}
	for _, route := range routes.All() {
		if route.Kind == appbase.KindHTTP {
			doc.add(route, paths)
		}
	}
	return doc
}

func (doc *openAPI) add(route *appbase.Route, paths pathNames) {
	path, params := paths.template(route.Path)
	item := doc.Paths[path]
	if item == nil {
		item = map[string]operation{}
		doc.Paths[path] = item
	}
	verbs := route.Verbs
	if len(verbs) == 0 {
		verbs = anyVerb
	}
	for _, verb := range verbs {
		key := strings.ToLower(verb)
		if _, taken := item[key]; taken && len(route.Verbs) == 0 {
			continue // a route of that very verb goes before one of any
		}
		item[key] = operation{
			OperationID: operationID(route, key), Summary: route.Summary, Description: route.Description,
			Parameters: pathParameters(params), Responses: responses(route),
		}
	}
}

// operationID is unique within the document: a method may stand for several verbs and paths, but not for one twice.
func operationID(route *appbase.Route, verb string) string {
	return verb + "-" + route.Method + strings.NewReplacer("/", "-", ":", "", "*", "").Replace(strings.TrimRight(route.Path, "/"))
}

func pathParameters(names []string) []parameter {
	var list []parameter
	for _, name := range names {
		list = append(list, parameter{Name: name, In: "path", Required: true, Schema: map[string]string{"type": "string"}})
	}
	return list
}

func responses(route *appbase.Route) map[string]response {
	all := map[string]response{"200": {"what the handler answers"}, "500": {"the handler failed; the body has an error id"}}
	if route.Guarded {
		all["403"] = response{"a guard refused"}
	}
	return all
}

// pathNames remembers how the parameters of a path are called: paths that differ in nothing else are one path to OpenAPI,
// and the first to come gives the names.
type pathNames map[string]string

// template writes "/items/:id" as "/items/{id}" and lists the parameters.
func (p pathNames) template(path string) (template string, params []string) {
	segments := strings.Split(path, "/")
	shape := slices.Clone(segments)
	for i, s := range segments {
		if strings.HasPrefix(s, ":") || strings.HasPrefix(s, "*") {
			segments[i], shape[i] = "{"+s[1:]+"}", s[:1]
		}
	}
	template = strings.Join(segments, "/")
	if first, known := p[strings.Join(shape, "/")]; known {
		template = first
	} else {
		p[strings.Join(shape, "/")] = template
	}
	for s := range strings.SplitSeq(template, "/") {
		if name, ok := strings.CutPrefix(s, "{"); ok {
			params = append(params, strings.TrimSuffix(name, "}"))
		}
	}
	return template, params
}
