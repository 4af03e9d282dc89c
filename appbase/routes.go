package appbase

import (
	"fmt"
	"slices"
	"strings"
)

// Kind tells what answers a route.
type Kind int

// The kinds of route.
const (
	KindWebsocket Kind = iota + 1 // @Websocket
	KindHTTP                      // @Get, @Post, @Put, @Patch, @Delete, @Head, @Http
	KindScheduled                 // @Scheduled: listed, never reachable from outside
)

// ReloadPolicy says what becomes of a route's open connections when its app is reloaded.
type ReloadPolicy string

// The reload policies of @Websocket({reload}).
const (
	Reattach ReloadPolicy = "reattach" // the new code's route function runs with the same connection
	Restart  ReloadPolicy = "restart"  // closed with 1012, so that the client connects again
	Drain    ReloadPolicy = "drain"    // stays with the code it began with until it ends
)

// SocketStyle says how the connections of a @Websocket route reach the script.
type SocketStyle int

// The styles of WebSocket routes.
const (
	StyleFunction SocketStyle = iota // @Websocket: through callbacks of a WsConn
	StyleEvents                      // @OnConnect and its siblings: through methods of the app
	StyleLive                        // the realtime protocol: topics and @Rpc methods
)

// Compression says how messages of an @Websocket route are compressed for clients that offer it (RFC 7692).
type Compression struct {
	Enabled         bool
	ContextTakeover bool // messages refer to earlier ones: smaller, for up to 40 KiB of memory a connection
	MinBytes        int  // smaller messages are sent plain; 0: 256
	Level           int  // 1 (fast) to 9 (small); 0: 1
}

// Route is one annotated method. It is immutable.
type Route struct {
	Kind        Kind
	Verbs       []string          // of KindHTTP; empty: any
	Path        string            // below the app: "/room", "/items/:id"
	Method      string            // the class's method
	Summary     string            // from the annotation, else the first sentence of the comment above the method; may be ""
	Description string            // from the annotation, else the rest of that comment; may be ""
	Deprecated  bool              // the comment says so
	Parameters  map[string]string // what the comment says of parameters, by name
	Returns     string            // what the comment says of the answer; may be ""
	Every       string            // of KindScheduled, as written
	Protocols   []string          // of KindWebsocket: subprotocols the route speaks, best first
	Origins     []string          // of KindWebsocket: origins allowed beside the server's
	Reload      ReloadPolicy
	Style       SocketStyle // of KindWebsocket
	Limits      SocketLimits
	Compress    Compression // of KindWebsocket
	Events      bool        // of KindHTTP: answers with server-sent events: [Worker.Events]
	Whole       bool        // answers at every path below the mount, and sees paths without it: a fetch app
	Listener    string      // the app's named listener on which alone it answers; "": wherever the app is
	Guarded     bool        // has guards: [Worker.Admit] must be asked before an upgrade is accepted
	Security    []Demand    // what its guards say that they want, any of which is enough; nil: they do not say
	Cors        *Cors       // of KindHTTP: which foreign pages may read the answers; nil: none
	// Schemas are JSON Schemas as text, by what they are of: "params", "query", "headers", "cookies", "body" and "response". A Standard
	// Schema that cannot say itself as JSON Schema is not among them.
	Schemas map[string]string
	Status  int // of a success, for the documents; 0: 200
	// Messages are those of KindWebsocket that the annotation has a schema for.
	Messages []MessageSchema
	answers  *answerSchema // nil: nothing is said of them
	// Operation is what the app's contract says of the route; nil when it says nothing.
	Operation *Operation
	pattern   pattern
}

// MessageSchema describes one kind of message of a WebSocket.
type MessageSchema struct {
	Sent   bool   // by the app; else by the client
	Schema string // JSON Schema as text
}

// Topic is one @Topic.
type Topic struct {
	Pattern, Method, Summary, Description string // Method is "" or the class's name where it stands on that
	Data                                  string // JSON Schema of a publication, as text; ""
	Publish                               bool   // clients may publish to it, or some of them
	Presence                              bool
}

// Info is what @Api on the class says of the app, for its OpenAPI document.
type Info struct {
	Version, Title, Description string
	Contact, License            map[string]any
	Servers                     []any
	Limits                      AppLimits
}

// Call is one @Rpc method.
type Call struct {
	Name   string // under which clients call it
	Method string // of the app's class

	Summary, Description string
	Params, Result       string // JSON Schemas as text; ""
}

// Routes is the route table of one generation. It is immutable.
type Routes struct {
	Info     Info
	Cors     *Cors // of the class; nil: none
	Parallel Parallel
	Contract *Contract                 // the app's openapi.yaml; nil: none
	Topics   []Topic                   // in the order of declaration
	Calls    []Call                    // @Rpc methods, in the order of declaration
	Schemes  map[string]map[string]any // the security schemes that Route.Security names (OpenAPI 3.1); must not be changed
	all      []*Route
	by       map[string]*Routes // those of each listener; nil: none is named
	cors     bool               // any route has a policy
}

// CatchesAll reports whether the route ends in a wildcard: what is meant more specially, a file too, goes before it.
func (route *Route) CatchesAll() bool { return route.pattern.wild }

// All returns every route in the order of declaration. The slice is the caller's.
func (r *Routes) All() []*Route { return slices.Clone(r.all) }

// Socket finds the @Websocket route that answers at path (below the app, beginning with "/") and its path parameters.
func (r *Routes) Socket(path string) (*Route, map[string]string, bool) {
	best, params := r.find(path, func(route *Route) bool { return route.Kind == KindWebsocket })
	return best, params, best != nil
}

// Outcome says how a path and a verb met the route table.
type Outcome int

// The outcomes of [Routes.HTTP].
const (
	NotFound  Outcome = iota // no route has this path
	Found                    // Match.Route answers
	WrongVerb                // the path exists, for the verbs in Match.Allow
	NotHTTP                  // the path is a WebSocket or a schedule: Match.Route
)

// Match is the answer of [Routes.HTTP].
type Match struct {
	Route   *Route
	Params  map[string]string
	Outcome Outcome
	Allow   []string // of WrongVerb: the verbs that would do, sorted, HEAD and OPTIONS included
}

// HTTP finds the route that answers verb at path (below the app, beginning with "/"). HEAD is answered by a GET route
// when it has none of its own.
func (r *Routes) HTTP(verb, path string) Match {
	if m, ok := r.answering(verb, path); ok {
		return m
	}
	if verb == "HEAD" {
		if m, ok := r.answering("GET", path); ok {
			return m
		}
	}
	if allow := r.Allowed(path); len(allow) > 0 {
		return Match{Outcome: WrongVerb, Allow: allow}
	}
	if other, _ := r.find(path, func(route *Route) bool { return route.Kind != KindHTTP }); other != nil {
		return Match{Route: other, Outcome: NotHTTP}
	}
	return Match{Outcome: NotFound}
}

func (r *Routes) answering(verb, path string) (Match, bool) {
	route, params := r.find(path, func(route *Route) bool { return route.Kind == KindHTTP && route.takes(verb) })
	return Match{Route: route, Params: params, Outcome: Found}, route != nil
}

// find returns the most literal of the matching routes: "/items/new" before "/items/:id".
func (r *Routes) find(path string, want func(*Route) bool) (best *Route, params map[string]string) {
	for _, route := range r.all {
		if best != nil && !route.before(best) || !want(route) {
			continue
		}
		if p, ok := route.match(path); ok {
			best, params = route, p
		}
	}
	return best, params
}

// Allowed are the verbs that a path takes, sorted, HEAD and OPTIONS included; of a route of any verb the usual ones. Nil:
// no HTTP route has the path.
func (r *Routes) Allowed(path string) []string {
	var verbs []string
	for _, route := range r.all {
		if _, ok := route.match(path); !ok || route.Kind != KindHTTP {
			continue
		}
		if len(route.Verbs) == 0 {
			verbs = append(verbs, usualVerbs...)
		}
		verbs = append(verbs, route.Verbs...)
	}
	if len(verbs) == 0 {
		return nil
	}
	if slices.Contains(verbs, "GET") {
		verbs = append(verbs, "HEAD")
	}
	verbs = append(verbs, "OPTIONS")
	slices.Sort(verbs)
	return slices.Compact(verbs)
}

// usualVerbs stand for any verb where a list is wanted.
var usualVerbs = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (route *Route) match(path string) (map[string]string, bool) {
	if route.Whole {
		return nil, true
	}
	return route.pattern.match(path)
}

func (route *Route) takes(verb string) bool {
	return len(route.Verbs) == 0 || slices.Contains(route.Verbs, verb)
}

// before reports whether route is to be preferred to other where both match.
func (route *Route) before(other *Route) bool {
	if route.pattern.same(other.pattern) {
		return len(route.Verbs) > 0 && len(other.Verbs) == 0
	}
	return route.pattern.before(other.pattern)
}

// newRoutes checks what only the whole table can show; wrong is the route that the error is about.
func newRoutes(info Info, all []*Route) (routes *Routes, wrong *Route, err error) {
	for i, a := range all {
		for _, b := range all[:i] {
			if err := clash(a, b); err != nil {
				return nil, a, err
			}
		}
	}
	return &Routes{Info: info, all: all}, nil, nil
}

func clash(a, b *Route) error {
	if a.Kind != b.Kind || a.Listener != b.Listener || !a.pattern.same(b.pattern) || a.Kind == KindScheduled {
		return nil
	}
	if a.Kind == KindHTTP && !a.sharesVerb(b) {
		return nil
	}
	return fmt.Errorf("%s and %s both answer at %s: give one of them another path", b.Method, a.Method, a.Path)
}

func (route *Route) sharesVerb(other *Route) bool {
	if len(route.Verbs) == 0 || len(other.Verbs) == 0 {
		return len(route.Verbs) == len(other.Verbs) // a named verb goes before "any"
	}
	return slices.ContainsFunc(route.Verbs, func(v string) bool { return slices.Contains(other.Verbs, v) })
}

// String is the route as a person writes it: "GET /items/:id".
func (route *Route) String() string {
	switch {
	case route.Kind == KindWebsocket:
		return "WS " + route.Path
	case route.Kind == KindScheduled:
		return "EVERY " + route.Every + " " + route.Method
	case route.Events:
		return "SSE " + route.Path
	case len(route.Verbs) == 0:
		return "ANY " + route.Path
	}
	return strings.Join(route.Verbs, ",") + " " + route.Path
}

func (route *Route) sameVerbs(other *Route) bool { return slices.Equal(route.Verbs, other.Verbs) }
