package appbase

import (
	"maps"
	"slices"
)

// On are the routes that answer on the app's listener of that name, "" being wherever the app is.
func (r *Routes) On(listener string) *Routes {
	if r.by == nil && listener == "" {
		return r
	}
	if routes := r.by[listener]; routes != nil {
		return routes
	}
	return &Routes{Info: r.Info, Parallel: r.Parallel}
}

// Listeners are the names of listeners that routes ask for, sorted.
func (r *Routes) Listeners() []string {
	names := slices.Sorted(maps.Keys(r.by))
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// split sorts the routes by their listeners. To be called once the table is complete.
func (r *Routes) split() {
	if !slices.ContainsFunc(r.all, func(route *Route) bool { return route.Listener != "" }) {
		return
	}
	r.by = map[string]*Routes{}
	for _, route := range r.all {
		part := r.by[route.Listener]
		if part == nil {
			part = &Routes{Info: r.Info, Cors: r.Cors, Parallel: r.Parallel, Contract: r.Contract, cors: r.cors}
			r.by[route.Listener] = part
		}
		part.all = append(part.all, route)
		if route.Style == StyleLive {
			part.Topics, part.Calls = r.Topics, r.Calls
		}
	}
}
