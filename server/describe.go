package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// describe answers with what the server knows of an app: "/api" (OpenAPI as YAML), "/api.json", "/doc". False: the path
// is none of them.
func (s *Server) describe(w *steadyWriter, r *http.Request, c call) bool {
	switch c.target.rest {
	case "/api", "/api.json", "/doc":
	default:
		return false
	}
	if !c.app.describes(c.target.rest) {
		return false
	}
	if !s.reads(w, r) {
		return true
	}
	switch c.target.rest {
	case "/api":
		s.document(w, r, c, "application/yaml", yaml.Marshal)
	case "/api.json":
		s.document(w, r, c, typeJSON, marshalJSON)
	default:
		s.page(w, r, http.StatusOK, docPage, newDocView(c, s.host(r)))
	}
	return true
}

func marshalJSON(value any) ([]byte, error) { return json.MarshalIndent(value, "", "  ") }

func (s *Server) document(w http.ResponseWriter, r *http.Request, c call, kind string, marshal func(any) ([]byte, error)) {
	body, err := marshal(newOpenAPI(c.app.at.path, c.routes()))
	if err != nil {
		id := newErrorID()
		c.app.log.Error("the OpenAPI document cannot be made", "id", id, "error", err)
		s.internalError(w, r, id, nil)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever went away needs no answer
}

// docView is what the documentation page shows.
type docView struct {
	Mount, Title, Version, Description string
	Sections                           []docSection
}

type docSection struct {
	Title, Note string
	Routes      []RouteInfo
}

func newDocView(c call, host string) docView {
	info := c.now.routes.Info
	view := docView{Mount: c.app.at.path, Title: info.Title, Version: info.Version, Description: info.Description}
	all := routeInfos(c.app.at.path, c.routes())
	for _, section := range []struct{ kind, title, note string }{
		{"websocket", "WebSocket", "npx wscat -c ws://" + host},
		{"http", "HTTP", "curl http://" + host},
		{"sse", "Server-sent events", "curl -N http://" + host},
		{"scheduled", "Scheduled", ""},
	} {
		routes := slices.DeleteFunc(slices.Clone(all), func(r RouteInfo) bool { return r.Kind != section.kind })
		if len(routes) == 0 {
			continue
		}
		note := section.note
		if note != "" {
			note += routes[0].Path
		}
		view.Sections = append(view.Sections, docSection{Title: section.title, Note: note, Routes: routes})
	}
	return view
}
