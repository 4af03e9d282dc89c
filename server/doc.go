package server

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed pages/doc
var docFiles embed.FS

// What the documentation page is made of beside its markup.
var (
	docStyle  = docFile("doc.css")
	docScript = docFile("dom.js", "schema.js", "inputs.js", "http.js", "socket.js", "page.js")
)

func docFile(names ...string) string {
	var all strings.Builder
	for _, name := range names {
		text, err := docFiles.ReadFile("pages/doc/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		all.Write(text)
	}
	return all.String()
}

// docPolicy lets the page run its one script, ask the server it comes from, and nothing else. Some browsers do not count
// WebSockets to 'self'.
func docPolicy(host string) string {
	if strings.ContainsAny(host, " ;,'\"") {
		host = "" // it is the client's, and would be part of the policy
	}
	sockets := ""
	if host != "" {
		sockets = " ws://" + host + " wss://" + host
	}
	sum := sha256.Sum256([]byte(docScript))
	return fmt.Sprintf("default-src 'none'; script-src 'sha256-%s'; style-src 'unsafe-inline'; img-src blob:; connect-src 'self'%s; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
		base64.StdEncoding.EncodeToString(sum[:]), sockets)
}

// docView is what the documentation page shows.
type docView struct {
	Mount, Title, Version, Description string
	Contact                            string
	Sections                           []docSection
	Style                              template.CSS
	Script                             template.JS
}

type docSection struct {
	Kind, Title, Note string
	Routes            []RouteInfo
}

func newDocView(c call, host string) docView {
	info := c.now.routes.Info
	view := docView{
		Mount: c.mount(), Title: info.Title, Version: info.Version, Description: info.Description, Contact: contactOf(info.Contact, info.License),
		Style: template.CSS(docStyle), Script: template.JS(docScript),
	}
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
		view.Sections = append(view.Sections, docSection{Kind: section.kind, Title: section.title, Note: note, Routes: routes})
	}
	return view
}

// contactOf is whom to ask and what may be done, in one line.
func contactOf(contact, license map[string]any) string {
	var parts []string
	for _, key := range []string{"name", "email", "url"} {
		if text, ok := contact[key].(string); ok && text != "" {
			parts = append(parts, text)
		}
	}
	if name, ok := license["name"].(string); ok && name != "" {
		parts = append(parts, "license: "+name)
	}
	return strings.Join(parts, " · ")
}
