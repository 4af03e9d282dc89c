package main

import (
	"fmt"
	"io"
	"net"

	"github.com/sigil-server/sigil/server"
)

// banner tells a person what is served and where to try it.
type banner struct {
	out            io.Writer
	address, admin net.Addr
	plain          net.Addr // of plain HTTP beside https; nil: there is none
	secure         bool     // address is behind TLS
	started        bool
}

// loaded is told of apps that were loaded: first of all, later of each.
func (b *banner) loaded(apps []server.AppInfo) {
	for _, app := range apps {
		if app.Err != nil {
			fmt.Fprintf(b.out, "%s  not loaded, see the log\n", app.Name)
			continue
		}
		fmt.Fprintf(b.out, "%s  generation %d  (%.7s)  %s\n", app.Name, app.Generation, app.Hash, workers(app))
		printRoutes(b.out, app, place{b.address, b.secure})
	}
	if b.started {
		return
	}
	b.started = true
	if len(apps) == 0 {
		fmt.Fprintln(b.out, "no apps yet: put a file into the apps folder, or try sigil new hello")
	}
	if b.admin != nil {
		fmt.Fprintf(b.out, "admin on http://%s\n", reachable(b.admin))
	}
	for _, app := range apps {
		if app.Address != nil {
			fmt.Fprintf(b.out, "%s listens on %s%s\n", app.Name, place{app.Address, app.Secure}.url("http"), app.Mount)
		}
		for _, l := range app.Listeners {
			fmt.Fprintf(b.out, "%s listens for %s on %s\n", app.Name, l.Name, place{l.Address, l.Secure}.url("http"))
		}
	}
	if b.plain != nil {
		fmt.Fprintf(b.out, "plain HTTP on http://%s\n", reachable(b.plain))
	}
	fmt.Fprintf(b.out, "listening on %s\n", place{b.address, b.secure}.url("http"))
}

// workers says on how many an app may run, and why.
func workers(app server.AppInfo) string {
	switch app.Workers {
	case 0:
		return "a worker for each connection, because " + app.Because
	case 1:
		return "1 worker, because " + app.Because
	}
	return fmt.Sprintf("up to %d workers, because %s", app.Workers, app.Because)
}

// place is an address and whether it is behind TLS. A nil address is the default one.
type place struct {
	net.Addr
	secure bool
}

// url is the place's with a scheme, http or ws.
func (p place) url(scheme string) string {
	if p.secure {
		scheme += "s"
	}
	return scheme + "://" + reachable(p.Addr)
}

// printRoutes lists an app's routes, each with the URL to try.
func printRoutes(w io.Writer, app server.AppInfo, home place) {
	if app.Address != nil {
		home = place{app.Address, app.Secure}
	}
	if app.Index {
		fmt.Fprintf(w, "    %-7s %s%s/\n", "PAGE", home.url("http"), app.Mount)
	}
	for _, r := range app.Routes {
		at := home
		if r.Listener != "" {
			if at = listenerPlace(app, r.Listener); at.Addr == nil {
				continue // it answers nowhere, as the log says
			}
		}
		switch r.Kind {
		case "websocket":
			fmt.Fprintf(w, "    %-7s %s%s\n", "WS", at.url("ws"), r.Path)
		case "sse":
			fmt.Fprintf(w, "    %-7s %s%s\n", "SSE", at.url("http"), r.Path)
		case "scheduled":
			fmt.Fprintf(w, "    %-7s %s\n", "EVERY", r.Every+" "+r.Method)
		default:
			fmt.Fprintf(w, "    %-7s %s%s\n", verbs(r.Verbs), at.url("http"), r.Path)
		}
	}
}

func listenerPlace(app server.AppInfo, name string) place {
	for _, l := range app.Listeners {
		if l.Name == name {
			return place{l.Address, l.Secure}
		}
	}
	return place{}
}

func verbs(list []string) string {
	if len(list) == 0 {
		return "ANY"
	}
	return list[0]
}

// reachable is where a client on this machine finds address.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return "127.0.0.1:8081"
	}
	if len(tcp.IP) == 0 || tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return tcp.String()
}
