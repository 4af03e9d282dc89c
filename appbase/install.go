package appbase

import (
	_ "embed" // the prelude's sources
	"encoding/json"
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/scripting"
)

// The prelude is the part of the app API that reads best in JavaScript. Each file is one function of its host's
// functions that returns the globals it defines and the functions the host calls.
var (
	//go:embed prelude/annotations.js
	annotationsJS string
	//go:embed prelude/http.js
	httpJS string
	//go:embed prelude/base.js
	baseJS string
	//go:embed prelude/validate.js
	validateJS string
	//go:embed prelude/schema.js
	schemaJS string
	//go:embed prelude/sse.js
	sseJS string
	//go:embed prelude/fetchapp.js
	fetchAppJS string
	//go:embed prelude/connections.js
	connectionsJS string
	//go:embed prelude/contract.js
	contractJS string
	//go:embed prelude/realtime.js
	realtimeJS string
	//go:embed prelude/listeners.js
	listenersJS string
)

// Files are compiled once for all runtimes, when one first runs them: what no app uses costs neither time nor memory.
var (
	annotationsScript = scripting.NewScript("annotations", annotationsJS)
	httpScript        = scripting.NewScript("http", httpJS)
	baseScript        = scripting.NewScript("base", baseJS)
	validateScript    = scripting.NewScript("validate", validateJS)
	schemaScript      = scripting.NewScript("schema", schemaJS)
	sseScript         = scripting.NewScript("sse", sseJS)
	fetchAppScript    = scripting.NewScript("fetchapp", fetchAppJS)
	connectionsScript = scripting.NewScript("connections", connectionsJS)
	contractScript    = scripting.NewScript("contract", contractJS)
	realtimeScript    = scripting.NewScript("realtime", realtimeJS)
	listenersScript   = scripting.NewScript("listeners", listenersJS)
)

// prelude is what the host calls of it.
type prelude struct {
	findClass, describe, failAt, admit goja.Callable
	describeFetch, admitFetch          goja.Callable
	openEvents, endEvents              goja.Callable
	serveContract                      goja.Callable
	web                                *part // http.js
	doors                              *webDoors
}

// install fills a fresh runtime: the host modules, then the prelude.
func (in *instance) install() error {
	in.vm.SetFieldNameMapper(goja.UncapFieldNameMapper())
	if err := in.installModules(); err != nil {
		return err
	}
	if err := in.captureIntrinsics(); err != nil {
		return err
	}
	classes, err := in.later(schemaScript, in.schemaHost, "Schema", "Required", "Ignore")
	if err != nil {
		return err
	}
	validation, err := in.later(validateScript, func() (map[string]any, error) {
		return map[string]any{"show": calls.Show, "schema": in.compileSchema, "classes": in.of(classes)}, nil
	})
	if err != nil {
		return err
	}
	contract, err := in.later(contractScript, in.contractHost)
	if err != nil {
		return err
	}
	in.serveContract = contract.door("serve")
	annotations, err := in.runPrelude(annotationsScript, in.annotationsHost(in.of(validation), in.of(contract)))
	if err != nil {
		return err
	}
	in.findClass, _ = goja.AssertFunction(annotations.Get("findClass"))
	in.failAt, _ = goja.AssertFunction(annotations.Get("failAt"))
	if err := in.installWsConn(); err != nil {
		return err
	}
	base, err := in.baseHost()
	if err != nil {
		return err
	}
	if _, err = in.runPrelude(baseScript, base); err != nil {
		return err
	}
	return in.installLater(annotations)
}

// installLater names what most apps have no use for: it runs at its first use.
func (in *instance) installLater(annotations *goja.Object) error {
	web, err := in.later(httpScript, in.httpHost, "HttpReq", "created", "accepted", "noContent", "badRequest", "unauthorized",
		"forbidden", "notFound", "conflict", "redirect", "setCookie")
	if err != nil {
		return err
	}
	in.web, in.admit = web, web.door("admit")
	events, err := in.later(sseScript, func() (map[string]any, error) { return in.eventsHost(web) }, "EventStream")
	if err != nil {
		return err
	}
	in.openEvents, in.endEvents = events.door("open"), events.door("end")
	fetchApp, err := in.later(fetchAppScript, func() (map[string]any, error) { return in.fetchAppHost(annotations, web) }, "upgradeWebSocket")
	if err != nil {
		return err
	}
	in.describeFetch, in.admitFetch = fetchApp.door("describe"), fetchApp.door("admit")
	return in.installRealtime(annotations)
}

// captureIntrinsics keeps functions that a script could replace later.
func (in *instance) captureIntrinsics() error {
	for path, slot := range map[[2]string]*goja.Callable{
		{"JSON", "parse"}: &in.jsonParse, {"JSON", "stringify"}: &in.jsonStringify, {"ArrayBuffer", "isView"}: &in.isView,
	} {
		fn, ok := goja.AssertFunction(in.vm.Get(path[0]).ToObject(in.vm).Get(path[1]))
		if !ok {
			return fmt.Errorf("%s.%s is missing", path[0], path[1])
		}
		*slot = fn
	}
	return in.records.capture(in.vm)
}

// runPrelude runs one file and publishes its globals.
func (in *instance) runPrelude(script *scripting.Script, host map[string]any) (*goja.Object, error) {
	object, err := in.evaluate(script, host)
	if err != nil {
		return nil, err
	}
	return object, in.publishGlobals(object)
}

// defineGlobal defines a name as the standards do: writable, configurable, not enumerable.
func (in *instance) defineGlobal(name string, value goja.Value) error {
	return in.vm.GlobalObject().DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func (in *instance) annotationsHost(validation, contract goja.Value) map[string]any {
	return map[string]any{
		"contract":   contract,
		"validation": validation,
		"place":      in.place,
		"show":       calls.Show,
		"checkPath": func(path string) {
			if _, err := parsePattern(path); err != nil {
				panic(in.vm.NewTypeError("%s", err.Error()))
			}
		},
		"span":     in.span,
		"duration": func(value goja.Value) float64 { return in.span("every", value) },
		"time":     func(value goja.Value) goja.Value { return in.limitTime(value) },
		"checkCron": func(text, zone string) {
			if _, err := parseCron(text, zone); err != nil {
				panic(in.vm.NewTypeError("%s", err.Error()))
			}
		},
	}
}

// span reads "60m", "1h30m" or a number of milliseconds; the answer is in milliseconds. what names it in errors.
func (in *instance) span(what string, value goja.Value) float64 {
	ms := value.ToFloat()
	if text, ok := value.Export().(string); ok {
		d, err := time.ParseDuration(text)
		if err != nil {
			panic(in.vm.NewTypeError("%s is a duration such as \"30s\", \"15m\" or \"24h\", not %q", what, text))
		}
		ms = float64(d) / float64(time.Millisecond)
	}
	if !(ms >= 1) || ms > float64(366*24*time.Hour/time.Millisecond) {
		panic(in.vm.NewTypeError("%s is a duration of 1 ms to a year, such as \"15m\", not %s", what, calls.Show(value)))
	}
	return ms
}

func (in *instance) connectionsHost() (map[string]any, error) {
	return map[string]any{
		"count":   in.countConns,
		"select":  in.selected,
		"userIds": in.userIDs,
		"sendTo":  in.sendTo,
		"closeAll": func(list, code, reason goja.Value) int {
			return in.closeAll(list, orUndefined(code), orUndefined(reason))
		},
	}, nil
}

func orUndefined(value goja.Value) goja.Value {
	if value == nil {
		return goja.Undefined()
	}
	return value
}

func (in *instance) baseHost() (map[string]any, error) {
	w := in.worker
	config, err := in.configObject()
	if err != nil {
		return nil, err
	}
	lists, err := in.later(connectionsScript, in.connectionsHost)
	if err != nil {
		return nil, err
	}
	supervision, err := in.later(listenersScript, in.supervisionHost)
	if err != nil {
		return nil, err
	}
	in.outside.part = supervision
	return in.withData(map[string]any{
		"listener": in.listenerHandle,
		"name":     w.name, "config": config, "env": in.env,
		"log":        func() goja.Value { return in.logObject() },
		"generation": func() int { return in.generation },
		"readFile":   in.readFile,
		"render":     in.render,
		"lock":       in.lock,
		"lists":      in.of(lists),
		"connection": in.connection,
		"broadcast":  in.broadcast,
		"publish":    func(topic, data, options goja.Value) goja.Value { return in.publish(topic, data, options, nil) },
		"history":    in.history,
		"members":    in.members,
	}), nil
}

// configObject is the operator's values as an object of the generation's own.
func (in *instance) configObject() (goja.Value, error) {
	if in.worker.config == nil {
		return in.vm.NewObject(), nil
	}
	text, err := json.Marshal(in.worker.config)
	if err != nil {
		return nil, fmt.Errorf("the configuration of the app is not plain data: %w", err)
	}
	return in.parseJSON(string(text)), nil
}

// env is this.env: the variables of the environment that the operator grants.
func (in *instance) env() goja.Value {
	made := in.vm.NewObject()
	for name, value := range in.worker.env {
		_ = made.Set(name, value)
	}
	return made
}

func (in *instance) connection(id string) goja.Value {
	if c := in.worker.find(id); c != nil && c.inst == in {
		return c.object()
	}
	in.lookAround()
	if in.worker.wide {
		for _, s := range in.worker.directory.elsewhere(in.worker, &selection{ids: []string{id}}) {
			return in.elsewhere(s)
		}
	}
	return goja.Undefined()
}
