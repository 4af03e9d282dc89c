package appbase

import (
	"path/filepath"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/contract"
	"github.com/sigil-server/sigil/scripting"
)

// contractNames are the files that are an app's contract, the preferred first.
var contractNames = []string{"openapi.yaml", "openapi.yml", "openapi.json"}

// Contract is the OpenAPI document that an app is written to: openapi.yaml (or .yml, .json) in its folder. It is immutable.
type Contract struct {
	document *contract.Contract
	file     string   // relative to the folder that holds the apps
	lines    []string // for errors
}

// YAML is the document for clients that find the app at mount ("/shop"; "" is the root): a server there is added unless it
// has one.
func (c *Contract) YAML(mount string) ([]byte, error) { return c.document.YAML(mount) }

// JSON is the same in JSON.
func (c *Contract) JSON(mount string) ([]byte, error) { return c.document.JSON(mount) }

// Operation is what the contract says of one route. It is immutable.
type Operation struct{ of *contract.Operation }

// ID is the operation's operationId, which is the name of the method that answers.
func (o *Operation) ID() string { return o.of.ID }

// ReadsBody reports whether a body of that Content-Type is a value for the handler, so that all of it has to be read into
// [Request.Body] before [Request.Check].
func (o *Operation) ReadsBody(contentType string) bool { return o.of.ReadsBody(contentType) }

// CheckAnswer lists in which ways an answer breaks the contract; none when it keeps it. Of one that is made while it is
// sent only status and headers are looked at. head: it answers HEAD, so there is no body to look at.
func (o *Operation) CheckAnswer(res *Response, head bool) []string {
	return o.of.CheckAnswer(res.Status, res.Fields(), res.Body, res.Stream == nil && !head)
}

// checked is a request that was held against an operation.
type checked struct {
	by      *contract.Operation
	outcome contract.Outcome
}

// Check holds the request against the operation of its route, once its body is there. What does not fit is answered when
// the guards have let it in. It may be called by any goroutine, before the request is handed over.
func (r *Request) Check(o *Operation) {
	path, _, _ := strings.Cut(r.URL, "?")
	outcome := o.of.Check(&contract.Request{
		Path: path, RawQuery: r.RawQuery, Header: r.Header, HasBody: len(r.Body) > 0 || r.Upload != nil, Body: string(r.Body),
	})
	r.checked = &checked{o.of, outcome}
}

// contractFiles are read with the modules of an app that has a folder.
func contractFiles(dir string) (files []scripting.Companion) {
	if dir == "" {
		return nil
	}
	for _, name := range contractNames {
		file := filepath.Join(filepath.Base(dir), name)
		files = append(files, scripting.Companion{Path: filepath.Join(dir, name), Read: func(text string) any {
			return &Contract{document: contract.Load(text), file: filepath.ToSlash(file), lines: strings.Split(text, "\n")}
		}})
	}
	return files
}

// contractIn is the contract that was read with a program; nil when there is none.
func contractIn(p *scripting.Program, dir string) *Contract {
	for _, name := range contractNames {
		if c, ok := p.Companion(filepath.Join(dir, name)).(*Contract); ok {
			return c
		}
	}
	return nil
}

// ignoreContract says that a contract binds classes only.
func (in *instance) ignoreContract() {
	if in.contract != nil {
		in.worker.log.Warn("the contract is not used: an app with fetch() answers by itself", "file", in.contract.file)
		in.contract = nil
	}
}

// terms is what an operation's requests and answers have to keep, for the prelude.
type terms struct {
	operation *contract.Operation
	object    *goja.Object
}

func (t *terms) secured() bool { return t != nil && len(t.operation.Security) > 0 }

// bindOperation makes a route one of an operation's, counted from 1; 0 is none.
func (in *instance) bindOperation(route *Route, b *binding, number int) {
	if number == 0 {
		return
	}
	o := in.contract.document.Operations[number-1]
	route.Operation = &Operation{o}
	b.terms = &terms{o, in.termsOf(o)}
}

// termsOf is an operation as the prelude wants it.
func (in *instance) termsOf(o *contract.Operation) *goja.Object {
	alternatives := make([]any, len(o.Security))
	for i, demands := range o.Security {
		list := make([]any, len(demands))
		for j, d := range demands {
			one := in.vm.NewObject()
			_ = one.Set("scheme", d.Scheme)
			_ = one.Set("scopes", d.Scopes)
			_ = one.Set("challenge", in.challenges[d.Scheme])
			_ = one.Set("guard", in.schemeGuards[d.Scheme])
			list[j] = one
		}
		alternatives[i] = in.vm.NewArray(list...)
	}
	object := in.vm.NewObject()
	_ = object.Set("security", in.vm.NewArray(alternatives...))
	_ = object.Set("status", o.Success.Status)
	_ = object.Set("nothing", o.Success.Nothing)
	_ = object.Set("type", o.Success.Type)
	_ = object.Set("json", o.Success.JSON)
	return object
}

// serveByContract is serve for an operation. A request that was held against the contract of another generation is held
// against this one's.
func (in *instance) serveByContract(b *binding, req *Request, done func(*Response, error)) {
	if req.checked == nil || req.checked.by != b.terms.operation {
		req.Check(&Operation{b.terms.operation})
	}
	raw, err := in.request(req)
	if err != nil {
		done(nil, in.asError(err))
		return
	}
	o, vm := &req.checked.outcome, in.vm
	site := b.site
	in.run(in.serveContract, func(value goja.Value, err error) { done(in.answer(site, req, value, err)) },
		in.app, b.guards, b.function, b.terms.object, raw,
		vm.ToValue(o.Values), vm.ToValue(o.Credentials), vm.ToValue(o.Status), vm.ToValue(o.Problem))
}

func (in *instance) contractHost() (map[string]any, error) {
	web, err := in.web.object()
	if err != nil {
		return nil, err
	}
	return map[string]any{"web": web}, nil
}
