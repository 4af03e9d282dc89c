package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// Mount says where an app answers, if not below its name on the port of all. Its zero value is that.
type Mount struct {
	// Path is where the app's paths begin: "/", or "/store/v2": letters, digits, "-", "_" and "." between single slashes.
	// Default: "/" and the app's name, or "/" with a Listen of its own.
	Path string
	// Listen is the address of a port on which the app answers, and on no other. Apps may share one.
	Listen string
	// Listeners are the addresses of the app's named listeners: what its routes with that listener answer on, from "/" on, and
	// nothing else does. Routes of a listener that is not here answer nowhere.
	Listeners map[string]string
}

// place is where one app answers.
type place struct {
	app      string
	path     string // "" is the root
	port     *port
	listener string // the app's name for it; "" is where its other routes are
}

// String is the place as a person writes it.
func (p place) String() string {
	text := cmp.Or(p.path, "/") + " (" + p.app + ")"
	if p.port.own() {
		text += " on " + p.port.listen
	}
	return text
}

// port is one address that is listened on for apps. Its places are those that the operator chose; on the main port every
// other app is below its name.
type port struct {
	listen   string
	main     *port // nil: it is the main one
	listener net.Listener
	secure   bool    // behind TLS
	places   []place // but the root
	root     string  // the app at "/"; "" none
	serves   string  // which listener of that app
	moved    map[string]bool
}

func (p *port) own() bool { return p.main != nil }

// places knows where apps answer. Nil: all are below their names. It is immutable once the server has started.
type places struct {
	main  *port
	ports []*port // the main one first
	by    map[string]place
	named []place // the named listeners of all apps
}

// newPlaces reads what the operator chose. The error lists all mounts that are in each other's way.
func newPlaces(mounts map[string]Mount, listen string) (*places, error) {
	main := &port{listen: listen, moved: map[string]bool{}}
	p := &places{main: main, ports: []*port{main}, by: map[string]place{}}
	var problems []error
	for _, app := range slices.Sorted(maps.Keys(mounts)) {
		at, err := p.place(app, mounts[app])
		if err == nil {
			err = p.clash(at)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		p.settle(at)
		problems = append(problems, p.addListeners(app, mounts[app].Listeners)...)
	}
	return p, errors.Join(problems...)
}

func (p *places) place(app string, m Mount) (place, error) {
	at := place{app: app, path: "/" + app, port: p.main}
	if m.Listen != "" && m.Listen != p.main.listen {
		at.path, at.port = "", p.portAt(m.Listen)
	}
	if m.Path != "" {
		at.path = strings.TrimSuffix(m.Path, "/")
	}
	if at.path != "" && !goodMount(at.path) {
		return at, fmt.Errorf("app %s cannot be mounted at %q: a path is \"/\", or letters, digits, \"-\", \"_\" and \".\" between single slashes", app, m.Path)
	}
	return at, nil
}

// goodMount reports whether a path has one spelling, in URLs and here.
func goodMount(path string) bool {
	rest, ok := strings.CutPrefix(path, "/")
	for segment := range strings.SplitSeq(rest, "/") {
		odd := strings.ContainsFunc(segment, func(r rune) bool { return r >= 0x80 || !isWord(byte(r)) && r != '.' })
		ok = ok && segment != "" && segment[0] != '.' && !odd
	}
	return ok
}

func (p *places) portAt(listen string) *port {
	if i := slices.IndexFunc(p.ports, func(o *port) bool { return o.listen == listen }); i >= 0 {
		return p.ports[i]
	}
	made := &port{listen: listen, main: p.main}
	p.ports = append(p.ports, made)
	return made
}

func (p *places) settle(at place) {
	if at.listener != "" {
		p.named = append(p.named, at)
		at.port.root, at.port.serves = at.app, at.listener
		return
	}
	p.by[at.app] = at
	p.main.moved[at.app] = true
	if at.path == "" {
		at.port.root = at.app
		return
	}
	at.port.places = append(at.port.places, at)
}

// clash says which chosen place is in the way of another: the same, or one within the other. The root is in nobody's
// way: it gets what is left.
func (p *places) clash(at place) error {
	for _, other := range p.settled() {
		if other.port != at.port || other.app == at.app && other.listener == at.listener || (other.path == "") != (at.path == "") {
			continue
		}
		if below(at.path, other.path) || below(other.path, at.path) {
			return fmt.Errorf("mounts overlap: %v and %v", other, at)
		}
	}
	return nil
}

// below reports whether path is mount or lies below it.
func below(path, mount string) bool {
	rest, ok := strings.CutPrefix(path, mount)
	return ok && (rest == "" || rest[0] == '/')
}

// settled are all places that were chosen, in a fixed order.
func (p *places) settled() []place {
	var all []place
	for _, app := range slices.Sorted(maps.Keys(p.by)) {
		all = append(all, p.by[app])
	}
	return append(all, p.named...)
}

// of is where an app answers.
func (p *places) of(app string) place {
	if p == nil {
		return place{app: app, path: "/" + app, port: &port{}}
	}
	if at, chosen := p.by[app]; chosen {
		return at
	}
	return place{app: app, path: "/" + app, port: p.main}
}

// admit leaves out the apps whose place the operator gave to another.
func (p *places) admit(sources []appbase.Source) (kept []appbase.Source, problems []error) {
	if p == nil {
		return sources, nil
	}
	for _, src := range sources {
		if err := p.clash(p.of(src.Name)); err != nil {
			problems = append(problems, err)
			continue
		}
		kept = append(kept, src)
	}
	return kept, problems
}

// missing are the apps that have a place and are not there.
func (p *places) missing(t *table) (names []string) {
	if p == nil {
		return nil
	}
	for _, app := range slices.Sorted(maps.Keys(p.by)) {
		if t.find(app) == nil {
			names = append(names, app)
		}
	}
	return names
}

// open listens on every port. When one cannot be, none is.
func (p *places) open(ctx context.Context) (err error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // the loops take the sockets over, and know those of TCP
	for _, o := range p.ports {
		if o.listener, err = config.Listen(ctx, "tcp", o.listen); err != nil {
			p.close()
			return fmt.Errorf("listening on %q%s: %w", o.listen, o.tenants(), err)
		}
	}
	return nil
}

// tenants names the apps of a port of their own.
func (p *port) tenants() string {
	if !p.own() {
		return ""
	}
	var names []string
	for _, at := range p.places {
		names = append(names, at.app)
	}
	if p.root != "" {
		names = append(names, p.root)
	}
	return " for " + strings.Join(names, ", ")
}

// close closes every port, for the second time where it was served; that is all the error would say.
func (p *places) close() {
	for _, o := range p.ports {
		if o.listener != nil {
			_ = o.listener.Close()
		}
	}
}

// locate finds the app that a decoded path belongs to: a place that was chosen, else an app of that name, else the one at
// the root. An app of "" is none; one of another name need not be there.
func (p *port) locate(apps *table, path string) target {
	for _, at := range p.places {
		if below(path, at.path) {
			return target{mount: at.path, app: at.app, rest: path[len(at.path):]}
		}
	}
	name, rest, slash := strings.Cut(path[1:], "/")
	if slash {
		rest = "/" + rest
	}
	if !p.own() && name != "" && !p.moved[name] && (p.root == "" || apps.find(name) != nil) {
		return target{mount: "/" + name, app: name, rest: rest}
	}
	if p.root != "" {
		return target{app: p.root, rest: path, listener: p.serves}
	}
	return target{rest: path}
}

// locateOdd is locate for an escaped path that parsePath refuses: everything below its mount goes to a fetch app, as it would on
// servers that know nothing but its function. There is no other app that such a path belongs to.
func (p *port) locateOdd(apps *table, escaped string) (target, bool) {
	if !strings.HasPrefix(escaped, "/") {
		return target{}, false
	}
	path, _ := parsePath(cmp.Or(wellSpelled(escaped), "/"))
	t := p.locate(apps, path)
	a := apps.find(t.app)
	if a == nil || !a.current.Load().isFetch() {
		return target{}, false
	}
	rest, ok := decodeOdd(escaped[len(t.mount):])
	if !ok {
		return target{}, false
	}
	t.rest = rest
	return t, true
}

// address is that of a port of the app's own; nil for the port of all.
func (p place) address() net.Addr {
	if !p.port.own() || p.port.listener == nil {
		return nil
	}
	return p.port.listener.Addr()
}
