package server

import (
	"maps"
	"slices"

	"github.com/sigil-server/sigil/appbase"
)

// componentsOf are what a document's other parts refer to; nil: nothing.
func componentsOf(named *schemaNames, schemes map[string]any) *components {
	if len(named.schemas) == 0 && len(schemes) == 0 {
		return nil
	}
	return &components{Schemas: named.schemas, SecuritySchemes: schemes}
}

// openSchemes are the security schemes that routes of a kind want, as OpenAPI has them.
func openSchemes(routes *appbase.Routes, kind appbase.Kind) map[string]any {
	schemes := map[string]any{}
	for _, route := range routes.All() {
		for _, demand := range route.Security {
			for name := range demand {
				if route.Kind == kind {
					schemes[name] = routes.Schemes[name]
				}
			}
		}
	}
	return schemes
}

// asyncSchemes are those of WebSockets in the words of AsyncAPI 3.0.
func asyncSchemes(routes *appbase.Routes) map[string]any {
	schemes := openSchemes(routes, appbase.KindWebsocket)
	for name := range schemes {
		schemes[name] = asyncScheme(routes.Schemes[name])
	}
	return schemes
}

func asyncScheme(scheme map[string]any) map[string]any {
	made := maps.Clone(scheme)
	switch made["type"] {
	case "apiKey":
		made["type"] = "httpApiKey"
	case "mutualTLS":
		made["type"] = "X509"
	case "oauth2":
		made["flows"] = asyncFlows(scheme["flows"])
	}
	return made
}

// asyncFlows calls the scopes that a flow can give what AsyncAPI calls them.
func asyncFlows(flows any) any {
	all, ok := flows.(map[string]any)
	if !ok {
		return flows
	}
	made := map[string]any{}
	for kind, flow := range all {
		if members, ok := flow.(map[string]any); ok {
			members = maps.Clone(members)
			members["availableScopes"] = members["scopes"]
			delete(members, "scopes")
			flow = members
		}
		made[kind] = flow
	}
	return made
}

// asyncSecurity refers to the schemes any of which is enough for a route. AsyncAPI has no words for several at once: a way that
// wants them is left out.
func asyncSecurity(route *appbase.Route) (refs []reference) {
	for _, demand := range route.Security {
		if names := slices.Collect(maps.Keys(demand)); len(names) == 1 {
			refs = append(refs, reference{"#/components/securitySchemes/" + names[0]})
		}
	}
	return refs
}
