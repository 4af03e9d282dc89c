package appbase

import (
	"fmt"
	"time"

	"github.com/dop251/goja"
)

// bind reads what the annotations noted (prelude/annotations.js, describe) into the route table and what its routes run.
func (in *instance) bind(notes *goja.Object, extendsBase bool) error {
	in.bound = map[*Route]binding{}
	var wants security
	if err := in.checkContract(notes); err != nil {
		return err
	}
	var all []*Route
	var failed error
	in.vm.ForOf(notes.Get("routes"), func(item goja.Value) bool {
		route, b, err := in.route(item.ToObject(in.vm))
		if err == nil && b.guarded {
			if route.Security, err = wants.of(in.vm, b.guards); err != nil {
				_, err = in.failAt(goja.Undefined(), b.site, in.vm.ToValue(err.Error()))
			}
		}
		if failed = err; err == nil {
			in.bound[route] = b
			all = append(all, route)
		}
		return err == nil
	})
	if failed != nil {
		return failed
	}
	in.bindRealtime(notes)
	in.readHibernate(notes.Get("api").ToObject(in.vm))
	in.data.observers = in.readObservers(notes.Get("observers"))
	in.outside.notes, in.outside.names = notes.Get("listeners"), in.listenerNames(notes.Get("listeners"))
	in.start, in.stop = in.callables(notes.Get("start")), in.callables(notes.Get("stop"))
	if err := in.contractClashes(all); err != nil {
		return err
	}
	routes, wrong, err := newRoutes(in.info(notes.Get("api")), all)
	if err != nil {
		_, err = in.failAt(goja.Undefined(), in.bound[wrong].site, in.vm.ToValue(err.Error()))
		return err
	}
	class, err := in.corsOf(notes)
	routes.adoptCors(class)
	in.adoptContract(routes)
	routes.Parallel = in.parallel(notes.Get("api").ToObject(in.vm), extendsBase)
	routes.Topics, routes.Calls = in.offers(notes)
	routes.Schemes = wants.schemes
	in.readComments(notes, routes)
	routes.split()
	in.routes = routes
	return err
}

// corsOf reads what @Cors noted on a class or a route; nil when nothing.
func (in *instance) corsOf(note *goja.Object) (*Cors, error) {
	policy, ok := note.Get("cors").(*goja.Object)
	if !ok {
		return nil, nil
	}
	var c Cors
	if err := in.vm.ExportTo(in.plain(policy), &c); err != nil {
		return nil, fmt.Errorf("@Cors: %w", err)
	}
	return &c, nil
}

// note is what one annotation says; absent members stay zero.
type note struct {
	Kind, Label, Name, Path, Reload, Summary, Description, EveryText string
	Listener                                                         string
	Style                                                            int
	Cron, Zone, Missed                                               string
	Jitter                                                           float64 // ms
	Overlap                                                          bool
	Every                                                            float64 // ms
	Verbs, Protocols, Origins                                        []string
	Limits                                                           SocketLimits
	Compress                                                         Compression
	Events, Whole, Checks                                            bool
	Schemas                                                          map[string]string
	Messages                                                         []MessageSchema
	Status                                                           int
	Operation                                                        int // of the contract, from 1; 0: none
}

func (in *instance) route(object *goja.Object) (*Route, binding, error) {
	var n note
	if err := in.vm.ExportTo(in.plain(object), &n); err != nil {
		return nil, binding{}, err
	}
	p := pattern{text: n.Path}
	if !n.Whole {
		var err error
		parse := parsePattern
		if n.Operation > 0 {
			parse = parseTemplate
		}
		if p, err = parse(n.Path); err != nil {
			return nil, binding{}, fmt.Errorf("%s on %s: %w", n.Label, n.Name, err)
		}
	}
	route := &Route{
		Kind: kinds[n.Kind], Verbs: n.Verbs, Path: p.text, Method: n.Name, Summary: n.Summary, Description: n.Description,
		Every: n.EveryText, Protocols: n.Protocols, Origins: n.Origins, Reload: ReloadPolicy(n.Reload), Style: SocketStyle(n.Style), Limits: n.Limits, Compress: n.Compress, Events: n.Events, Whole: n.Whole, Listener: n.Listener, Schemas: n.Schemas, Messages: n.Messages, Status: n.Status, answers: newAnswerSchema(&n), pattern: p,
	}
	var err error
	if route.Cors, err = in.corsOf(object); err != nil {
		return nil, binding{}, err
	}
	b := binding{function: object.Get("method"), guards: object.Get("guards"), site: object.Get("site"), timing: n.timing()}
	b.call, _ = goja.AssertFunction(b.function)
	b.style = in.style(route, object)
	in.bindOperation(route, &b, n.Operation)
	guards := b.guards.ToObject(in.vm).Get("length").ToInteger()
	b.guarded = guards > 0
	if n.Checks {
		guards-- // the last holds the request against schemas
	}
	route.Guarded = route.Whole || b.terms.secured() || guards > 0
	return route, b, nil
}

// timing is when a @Scheduled method runs. The annotation has checked it.
func (n *note) timing() timing {
	t := timing{every: spanOf(n.Every), jitter: spanOf(n.Jitter), overlap: n.Overlap, catchUp: n.Missed == "run"}
	if n.Cron != "" {
		t.table, _ = parseCron(n.Cron, n.Zone)
	}
	return t
}

func spanOf(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

var kinds = map[string]Kind{"websocket": KindWebsocket, "http": KindHTTP, "scheduled": KindScheduled}

// notPlain are the members of a note that are read by themselves.
var notPlain = map[string]bool{"method": true, "guards": true, "site": true, "handlers": true, "cors": true}

// plain copies a note without its functions and absent members, so that it can be exported.
func (in *instance) plain(object *goja.Object) goja.Value {
	plain := in.vm.NewObject()
	for _, key := range object.Keys() {
		value := object.Get(key)
		if !notPlain[key] && !goja.IsUndefined(value) && !goja.IsNull(value) {
			_ = plain.Set(key, value)
		}
	}
	return plain
}

func (in *instance) callables(list goja.Value) (calls []goja.Callable) {
	in.vm.ForOf(list, func(item goja.Value) bool {
		if call, ok := goja.AssertFunction(item); ok {
			calls = append(calls, call)
		}
		return true
	})
	return calls
}

func (in *instance) info(api goja.Value) Info {
	info := Info{Version: "0.0.0", Title: in.worker.name}
	var given Info
	if err := in.vm.ExportTo(in.plain(api.ToObject(in.vm)), &given); err != nil {
		return info
	}
	if given.Version != "" {
		info.Version = given.Version
	}
	if given.Title != "" {
		info.Title = given.Title
	}
	info.Description, info.Contact, info.License, info.Servers = given.Description, given.Contact, given.License, given.Servers
	info.Limits = given.Limits
	return info
}
