package server

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// openAPI is an OpenAPI 3.1 document, as far as routes tell.
type openAPI struct {
	OpenAPI    string                          `json:"openapi" yaml:"openapi"`
	Info       apiInfo                         `json:"info" yaml:"info"`
	Servers    []any                           `json:"servers" yaml:"servers"`
	Paths      map[string]map[string]operation `json:"paths" yaml:"paths"`
	Components *components                     `json:"components,omitempty" yaml:"components,omitempty"`
}

// components are what others refer to.
type components struct {
	Schemas         map[string]any `json:"schemas,omitempty" yaml:"schemas,omitempty"`
	SecuritySchemes map[string]any `json:"securitySchemes,omitempty" yaml:"securitySchemes,omitempty"`
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
	Deprecated  bool                `json:"deprecated,omitempty" yaml:"deprecated,omitempty"`
	Parameters  []parameter         `json:"parameters,omitempty" yaml:"parameters,omitempty"`
	RequestBody *requestBody        `json:"requestBody,omitempty" yaml:"requestBody,omitempty"`
	Responses   map[string]response `json:"responses" yaml:"responses"`
	Security    []appbase.Demand    `json:"security,omitempty" yaml:"security,omitempty"`
}

type parameter struct {
	Name        string `json:"name" yaml:"name"`
	In          string `json:"in" yaml:"in"`
	Required    bool   `json:"required" yaml:"required"`
	Description string `json:"description,omitempty" yaml:"description,omitempty"`
	Schema      any    `json:"schema" yaml:"schema"`
}

type requestBody struct {
	Required bool             `json:"required" yaml:"required"`
	Content  map[string]media `json:"content" yaml:"content"`
}

type response struct {
	Description string           `json:"description" yaml:"description"`
	Content     map[string]media `json:"content,omitempty" yaml:"content,omitempty"`
}

type media struct {
	Schema    any `json:"schema,omitempty" yaml:"schema,omitempty"`
	EventData any `json:"x-event-data,omitempty" yaml:"x-event-data,omitempty"` // the schema of each event's data; OpenAPI 3.1 has no word for it
}

// anyVerb are the operations that stand for a route of any verb.
var anyVerb = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// newOpenAPI describes an app's HTTP routes.
func newOpenAPI(mount string, routes *appbase.Routes) openAPI {
	doc := openAPI{
		OpenAPI: "3.1.0", Info: infoOf(routes), Servers: routes.Info.Servers, Paths: map[string]map[string]operation{},
	}
	if len(doc.Servers) == 0 {
		doc.Servers = []any{map[string]string{"url": cmp.Or(mount, "/")}}
	}
	paths, named := pathNames{}, newSchemaNames()
	for _, route := range routes.All() {
		if route.Kind == appbase.KindHTTP {
			doc.add(route, paths, named)
		}
	}
	doc.Components = componentsOf(named, openSchemes(routes, appbase.KindHTTP))
	return doc
}

// infoOf is what @Api says.
func infoOf(routes *appbase.Routes) apiInfo {
	info := routes.Info
	return apiInfo{Title: info.Title, Version: info.Version, Description: info.Description, Contact: info.Contact, License: info.License}
}

func (doc *openAPI) add(route *appbase.Route, paths pathNames, named *schemaNames) {
	path, params := paths.template(route.Path)
	item := doc.Paths[path]
	if item == nil {
		item = map[string]operation{}
		doc.Paths[path] = item
	}
	parts := partsOf(route, named)
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
			Deprecated: route.Deprecated, Parameters: parameters(params, parts, route.Parameters), RequestBody: bodyOf(key, parts), Responses: responses(route, parts),
			Security: route.Security,
		}
	}
}

// operationID is unique within the document: a method may stand for several verbs and paths, but not for one twice.
func operationID(route *appbase.Route, verb string) string {
	return verb + "-" + route.Method + strings.NewReplacer("/", "-", ":", "", "*", "").Replace(strings.TrimRight(route.Path, "/"))
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
