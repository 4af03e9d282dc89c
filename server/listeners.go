package server

import (
	"fmt"
	"maps"
	"net"
	"slices"

	"github.com/sigil-server/sigil/appbase"
)

// Listener is a named listener of an app.
type Listener struct {
	Name    string
	Address net.Addr // nil before the server runs
	Secure  bool     // it is behind TLS
}

// addListeners settles the named listeners of one app. A name for the port of all would put there what was to be kept apart,
// so that is a mistake.
func (p *places) addListeners(app string, listeners map[string]string) (problems []error) {
	for _, name := range slices.Sorted(maps.Keys(listeners)) {
		address := listeners[name]
		if address == p.main.listen && !free(address) {
			problems = append(problems, fmt.Errorf("listener %s of app %s cannot be %q: that is the port of all apps", name, app, address))
			continue
		}
		at := place{app: app, port: p.listenerPort(address), listener: name}
		if err := p.clash(at); err != nil {
			problems = append(problems, err)
			continue
		}
		p.settle(at)
	}
	return problems
}

// listenerPort is a port of its own for every address that the system chooses.
func (p *places) listenerPort(address string) *port {
	if !free(address) {
		return p.portAt(address)
	}
	made := &port{listen: address, main: p.main}
	p.ports = append(p.ports, made)
	return made
}

// free reports whether the system chooses the port of an address.
func free(address string) bool {
	_, number, err := net.SplitHostPort(address)
	return err == nil && number == "0"
}

// listenersOf are the named listeners of an app.
func (p *places) listenersOf(app string) (all []Listener) {
	if p == nil {
		return nil
	}
	for _, at := range p.named {
		if at.app == app {
			all = append(all, Listener{Name: at.listener, Address: at.address(), Secure: at.port.secure})
		}
	}
	return all
}

// routes are those that answer where the request came in.
func (c call) routes() *appbase.Routes { return c.now.routes.On(c.target.listener) }

// warnUnheard tells of routes that answer nowhere because their listener has no address.
func (a *app) warnUnheard(routes *appbase.Routes) {
	for _, name := range routes.Listeners() {
		if !slices.ContainsFunc(a.listeners, func(l Listener) bool { return l.Name == name }) {
			a.log.Warn("routes answer nowhere until the operator gives their listener an address", "listener", name, "key", "mounts."+a.name+".listeners."+name)
		}
	}
}
