package appbase

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// Demand is one way to be let in: all of these schemes, each with the scopes that are wanted of it.
type Demand map[string][]string

// maxDemands bounds how many ways one route can have, since those of its guards are multiplied.
const maxDemands = 64

// schemeMembers are what a security scheme has to say, by its type (OpenAPI 3.1, Security Scheme Object).
var schemeMembers = map[string][]string{
	"apiKey": {"in", "name"}, "http": {"scheme"}, "oauth2": {"flows"}, "openIdConnect": {"openIdConnectUrl"}, "mutualTLS": nil,
}

var schemeName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// security collects what the guards of an app say that they want.
type security struct {
	schemes map[string]map[string]any // by name; those of all routes
}

// of reads what the guards of one route want (guard.security): schemes by their names, any of which is enough for that guard. What
// several guards want is wanted together. Nil: they do not say.
func (s *security) of(vm *goja.Runtime, guards goja.Value) (demands []Demand, err error) {
	vm.ForOf(guards, func(guard goja.Value) bool {
		said := guard.ToObject(vm).Get("security")
		if said == nil || goja.IsUndefined(said) {
			return true
		}
		var wanted []Demand
		if wanted, err = s.read(vm, said); err == nil {
			demands, err = together(demands, wanted)
		}
		return err == nil
	})
	return demands, err
}

// read is what one guard wants.
func (s *security) read(vm *goja.Runtime, said goja.Value) (demands []Demand, err error) {
	var schemes map[string]map[string]any
	if _, ok := said.(*goja.Object); !ok || vm.ExportTo(said, &schemes) != nil || len(schemes) == 0 {
		return nil, fmt.Errorf(`security of a guard is an object of security schemes by their names, such as { bearerAuth: { type: "http", scheme: "bearer" } }, not %s`, calls.Show(said))
	}
	for _, name := range said.(*goja.Object).Keys() {
		scheme := maps.Clone(schemes[name])
		scopes, err := scopesOf(scheme)
		delete(scheme, "scopes")
		if err == nil {
			err = s.adopt(name, scheme)
		}
		if err != nil {
			return nil, fmt.Errorf("security scheme %q of a guard: %w", name, err)
		}
		demands = append(demands, Demand{name: scopes})
	}
	return demands, nil
}

// scopesOf are those that a guard wants of a scheme. OpenAPI has them apart from the scheme, so that others may want other ones.
func scopesOf(scheme map[string]any) ([]string, error) {
	list, ok := scheme["scopes"].([]any)
	if !ok && scheme["scopes"] != nil {
		return nil, fmt.Errorf("scopes is a list of texts, not %v", scheme["scopes"])
	}
	scopes := []string{}
	for _, item := range list {
		scope, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("scopes is a list of texts, not %v", list)
		}
		scopes = append(scopes, scope)
	}
	return scopes, nil
}

// adopt checks a scheme and keeps it.
func (s *security) adopt(name string, scheme map[string]any) error {
	kind, _ := scheme["type"].(string)
	members, known := schemeMembers[kind]
	switch there, taken := s.schemes[name]; {
	case !schemeName.MatchString(name):
		return fmt.Errorf("its name may have letters, digits, dots, - and _ only")
	case !known:
		return fmt.Errorf("type is one of apiKey, http, oauth2, openIdConnect and mutualTLS, not %q", kind)
	case taken && !reflect.DeepEqual(there, scheme):
		return fmt.Errorf("another guard says something else of it: give one of them another name")
	}
	for _, member := range members {
		if scheme[member] == nil {
			return fmt.Errorf("one of type %s says %s, too", kind, member)
		}
	}
	if in := scheme["in"]; kind == "apiKey" && !slices.Contains([]any{"header", "query", "cookie"}, in) {
		return fmt.Errorf("in is header, query or cookie, not %v", in)
	}
	if s.schemes == nil {
		s.schemes = map[string]map[string]any{}
	}
	s.schemes[name] = scheme
	return nil
}

// together joins every way of the one with every way of the other. Nil is no demand.
func together(a, b []Demand) ([]Demand, error) {
	if a == nil {
		return b, nil
	}
	if len(a)*len(b) > maxDemands {
		return nil, fmt.Errorf("the guards of a route allow %d combinations of security schemes; %d can be described", len(a)*len(b), maxDemands)
	}
	var all []Demand
	for _, one := range a {
		for _, other := range b {
			both := maps.Clone(one)
			for name, scopes := range other {
				both[name] = slices.Compact(slices.Sorted(slices.Values(slices.Concat(both[name], scopes))))
			}
			all = append(all, both)
		}
	}
	return all, nil
}
