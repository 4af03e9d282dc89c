package server

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/scripting"
)

//go:embed pages/*.html
var pageFiles embed.FS

// The server's own pages. Each is one file of pages/ within the frame that they share.
var (
	homePage  = parsePage("home.html")
	docPage   = parsePage("doc.html")
	errorPage = parsePage("error.html")
)

func parsePage(name string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{"label": label, "browsable": browsable}).
		ParseFS(pageFiles, "pages/frame.html", "pages/"+name))
}

// label is how a route is named on a page.
func label(r RouteInfo) string {
	switch r.Kind {
	case "websocket":
		return "WS"
	case "sse":
		return "SSE"
	case "scheduled":
		return "every " + r.Every
	}
	if len(r.Verbs) == 0 {
		return "ANY"
	}
	return strings.Join(r.Verbs, " ")
}

// browsable reports whether a route can be followed as a link.
func browsable(r RouteInfo) bool {
	return r.Kind == "http" && !strings.ContainsAny(r.Path, ":*") && (len(r.Verbs) == 0 || slices.Contains(r.Verbs, http.MethodGet))
}

// plainPolicy is that of pages that need nothing but themselves and run no script.
const plainPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

// page answers with one of the server's pages that are only read.
func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, page *template.Template, view any) {
	s.pageUnder(plainPolicy, w, r, status, page, view)
}

// pageUnder answers with one of the server's pages under a content security policy.
func (s *Server) pageUnder(policy string, w http.ResponseWriter, r *http.Request, status int, page *template.Template, view any) {
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "frame.html", view); err != nil {
		id := newErrorID()
		s.log.Error("a page cannot be made", "page", page.Name(), "id", id, "error", err)
		s.internalError(w, r, id, nil)
		return
	}
	header := w.Header()
	header.Set("Content-Type", typeHTML+"; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // whoever went away needs no answer
}

// home is "/": in development the list of apps, else nothing.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	if !s.options.Dev {
		s.notFound(w, r)
		return
	}
	if !s.reads(w, r) {
		return
	}
	s.page(w, r, http.StatusOK, homePage, homeView{Title: "Apps", Apps: infos(&s.table), Host: s.host(r), Secure: s.proxies.scheme(r) == "https", Dir: s.catalog.dir})
}

// homeView is what the list of apps shows.
type homeView struct {
	Title, Host, Dir string
	Apps             []AppInfo
	Secure           bool // the page was asked for by https
}

// Scheme is how clients reach an app by HTTP.
func (v homeView) Scheme(app AppInfo) string {
	if app.Address != nil && app.Secure || app.Address == nil && v.Secure {
		return "https"
	}
	return "http"
}

// SocketScheme is how they reach it by WebSocket.
func (v homeView) SocketScheme(app AppInfo) string {
	return "ws" + strings.TrimPrefix(v.Scheme(app), "http")
}

// HostOf is by what name and port the client reaches an app.
func (v homeView) HostOf(app AppInfo) string {
	_, port, err := net.SplitHostPort(fmt.Sprint(app.Address))
	if app.Address == nil || err != nil {
		return v.Host
	}
	name, _, err := net.SplitHostPort(v.Host)
	if err != nil {
		name = v.Host
	}
	return net.JoinHostPort(name, port)
}

// errorView is what the error page shows.
type errorView struct {
	Title    string
	ID       string
	Summary  string
	Mistakes []mistakeView
}

// mistakeView is one mistake in the author's code.
type mistakeView struct {
	Heading, Place, Hint string
	Line                 int
	Source, Before       string // Before ends where the caret points
	Stack                []string
}

func newErrorView(title, id string, err error) errorView {
	view := errorView{Title: title, ID: id}
	var many scripting.Errors
	var one *scripting.Error
	switch {
	case errors.As(err, &many):
		for _, e := range many {
			view.Mistakes = append(view.Mistakes, newMistakeView(e))
		}
	case errors.As(err, &one):
		view.Mistakes = []mistakeView{newMistakeView(one)}
	default:
		view.Summary = err.Error()
	}
	return view
}

func newMistakeView(e *scripting.Error) mistakeView {
	m := mistakeView{Heading: e.Message, Hint: e.Hint, Line: e.Line, Source: e.SourceLine}
	if e.Name != "" {
		m.Heading = e.Name + ": " + e.Message
	}
	if e.File != "" {
		m.Place = scripting.Frame{File: e.File, Line: e.Line, Column: e.Column}.String()
	}
	if e.Column > 0 {
		m.Before = upTo(e.SourceLine, e.Column-1)
	}
	for _, f := range e.Stack {
		m.Stack = append(m.Stack, f.String())
	}
	return m
}

// upTo is what stands in line before a column in UTF-16 units.
func upTo(line string, units int) string {
	for i, r := range line {
		if units <= 0 {
			return line[:i]
		}
		units--
		if r > 0xFFFF {
			units--
		}
	}
	return line
}
