package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// describe answers with what the server knows of an app: "/api" (OpenAPI as YAML), "/asyncapi" (AsyncAPI as YAML), both with
// ".json" as JSON, and "/doc". False: the path is none of them.
func (s *Server) describe(w *steadyWriter, r *http.Request, c call) bool {
	switch c.target.rest {
	case "/api", "/api.json", "/asyncapi", "/asyncapi.json", "/doc":
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
	case "/api", "/api.json":
		if contract := c.routes().Contract; contract != nil {
			s.contractDocument(w, r, c, contract)
			return true
		}
		s.document(w, r, c, newOpenAPI(c.mount(), c.routes()))
	case "/asyncapi", "/asyncapi.json":
		place := asyncPlace{host: s.host(r), mount: c.mount(), secure: s.proxies.scheme(r) == "https"}
		s.document(w, r, c, newAsyncAPI(place, c.routes()))
	default:
		s.pageUnder(docPolicy(s.host(r)), w, r, http.StatusOK, docPage, newDocView(c, s.host(r)))
	}
	return true
}

// mount is where the paths of the call's app begin: at the root of a listener of its own.
func (c call) mount() string {
	if c.target.listener != "" {
		return ""
	}
	return c.app.at.path
}

func marshalJSON(value any) ([]byte, error) { return json.MarshalIndent(value, "", "  ") }

// document answers with a document as JSON or YAML, by the path.
func (s *Server) document(w http.ResponseWriter, r *http.Request, c call, doc any) {
	kind, marshal := "application/yaml", yaml.Marshal
	if strings.HasSuffix(c.target.rest, ".json") {
		kind, marshal = typeJSON, marshalJSON
	}
	body, err := marshal(doc)
	if err != nil {
		id := newErrorID()
		c.app.log.Error("a document cannot be made", "path", c.target.rest, "id", id, "error", err)
		s.internalError(w, r, id, nil)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever went away needs no answer
}
