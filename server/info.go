package server

import (
	"net"
	"slices"

	"github.com/sigil-server/sigil/appbase"
)

// AppInfo is what there is to know of one app at one moment.
type AppInfo struct {
	Name        string
	Entry       string      // the file it is loaded from, absolute
	Mount       string      // where its paths begin: "/shop"; "" at the root
	Address     net.Addr    // of a port of its own; nil: it answers on that of all
	Secure      bool        // its port is behind TLS
	Listeners   []Listener  // named ones: where the routes answer that say so
	Title       string      // from @Api, else the name; "" when nothing serves
	Generation  int         // number of the generation that serves; 0 when none does
	Hash        string      // of that generation's sources
	Routes      []RouteInfo // of that generation, in the order of declaration
	Topics      []string    // patterns of its @Topic annotations
	Calls       []CallInfo  // its @Rpc methods, in the order of declaration
	Index       bool        // public/index.html answers at the mount
	Connections int         // open WebSockets
	Workers     int         // on how many the app may run; 0: one for each connection
	Because     string      // why so many: a clause
	Err         error       // why the newest code is not what serves; nil when it is
}

// CallInfo is one @Rpc method of an app.
type CallInfo struct {
	Name   string // under which clients call it
	Method string // of the app's class
}

// RouteInfo is one route of an app.
type RouteInfo struct {
	Kind        string   // "websocket", "http", "sse" or "scheduled"
	Verbs       []string // of "http"; empty: any
	Path        string   // with the mount: "/shop/items/:id"
	Method      string   // the method of the app's class
	Every       string   // of "scheduled"
	Listener    string   // on which it answers; "" is where the app is
	Summary     string
	Description string
	Guarded     bool // guards run before it
}

// info reads an app's state; it may be called from any goroutine.
func (a *app) info() AppInfo {
	now := a.current.Load()
	i := AppInfo{
		Name: a.name, Mount: a.at.path, Address: a.at.address(), Secure: a.at.port.secure, Entry: now.source.Entry, Generation: now.generation, Hash: now.hash,
		Connections: int(a.open.Load()), Err: now.err, Listeners: a.listeners,
	}
	if now.routes != nil {
		i.Title = now.routes.Info.Title
		i.Routes = routeInfos(a.at.path, now.routes)
		for _, topic := range now.routes.Topics {
			i.Topics = append(i.Topics, topic.Pattern)
		}
		for _, call := range now.routes.Calls {
			i.Calls = append(i.Calls, CallInfo{Name: call.Name, Method: call.Method})
		}
		i.Workers, i.Because = now.max(a.crew.cores), now.parallel.Why
		if now.parallel.PerConnection {
			i.Workers = 0
		}
		i.Index = now.routes.On("").HTTP("GET", "/").Outcome == appbase.NotFound && hasPublic(now.source, "/")
	}
	return i
}

func routeInfos(mount string, routes *appbase.Routes) []RouteInfo {
	var infos []RouteInfo
	for _, r := range routes.All() {
		infos = append(infos, RouteInfo{
			Kind: kindName(r), Verbs: slices.Clone(r.Verbs), Path: mountOf(mount, r) + r.Path, Listener: r.Listener, Method: r.Method,
			Every: r.Every, Summary: r.Summary, Description: r.Description, Guarded: r.Guarded,
		})
	}
	return infos
}

// mountOf is where the paths of a route begin: on a listener of its own at the root.
func mountOf(mount string, r *appbase.Route) string {
	if r.Listener != "" {
		return ""
	}
	return mount
}

func kindName(r *appbase.Route) string {
	switch {
	case r.Kind == appbase.KindWebsocket:
		return "websocket"
	case r.Kind == appbase.KindScheduled:
		return "scheduled"
	case r.Events:
		return "sse"
	default:
		return "http"
	}
}
