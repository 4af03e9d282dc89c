package appbase

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/contract"
	"github.com/sigil-server/sigil/scripting"
)

// contractNotes is what the prelude found out of a class and its contract (prelude/contract.js, operations).
type contractNotes struct {
	problems []problem
	methods  []string
	guards   []schemeGuard
}

// problem is why a method cannot answer for an operation.
type problem struct {
	operation   int
	why, detail string
}

// schemeGuard is a method marked @Guard("scheme").
type schemeGuard struct {
	scheme, name string
	method, site goja.Value
}

// wantedOperations are the contract's, for describe; undefined without a contract.
func (in *instance) wantedOperations() goja.Value {
	if in.contract == nil {
		return goja.Undefined()
	}
	operations := in.contract.document.Operations
	list := make([]any, len(operations))
	for i, o := range operations {
		one := in.vm.NewObject()
		for key, value := range map[string]string{"id": o.ID, "verb": o.Verb, "path": o.Template(), "summary": o.Summary, "description": o.Description} {
			_ = one.Set(key, value)
		}
		list[i] = one
	}
	return in.vm.NewArray(list...)
}

// checkContract lists all that keeps the class from being what its contract says: what is wrong with the document, and with
// the methods. They come together as [scripting.Errors].
func (in *instance) checkContract(notes *goja.Object) error {
	if in.contract == nil {
		return nil
	}
	found := in.readContractNotes(notes.Get("contract").ToObject(in.vm))
	mistakes, told := in.contract.document.Mistakes(), map[string]bool{}
	for _, p := range found.problems {
		if o := in.contract.document.Operations[p.operation]; o.ID != "" && !told[o.ID] {
			told[o.ID] = true
			mistakes = append(mistakes, in.problemOf(o, p, found.methods))
		}
	}
	in.schemeGuards, in.challenges = map[string]goja.Value{}, map[string]string{}
	for _, g := range found.guards {
		in.schemeGuards[g.scheme] = g.method
	}
	for _, s := range in.contract.document.Guarded {
		in.challenges[s.Name] = s.Challenge
		if in.schemeGuards[s.Name] == nil {
			mistakes = append(mistakes, contract.Mistake{
				Line: s.Line, Column: s.Column, Message: fmt.Sprintf("the security scheme %q is demanded and no method decides for it", s.Name),
				Hint: fmt.Sprintf("mark a method @Guard(%q); it gets the request and { scheme, scopes, credential }", s.Name),
			})
		}
	}
	all := in.contract.errors(mistakes)
	all = append(all, in.checkGuards(found.guards)...)
	if len(all) > 0 {
		return all
	}
	return nil
}

func (in *instance) readContractNotes(object *goja.Object) (n contractNotes) {
	in.vm.ForOf(object.Get("problems"), func(item goja.Value) bool {
		p := problem{}
		parts := item.ToObject(in.vm)
		p.operation, p.why = int(parts.Get("0").ToInteger()), parts.Get("1").String()
		if detail := parts.Get("2"); detail != nil {
			p.detail = detail.String()
		}
		n.problems = append(n.problems, p)
		return true
	})
	in.vm.ForOf(object.Get("methods"), func(item goja.Value) bool {
		n.methods = append(n.methods, item.String())
		return true
	})
	in.vm.ForOf(object.Get("guards"), func(item goja.Value) bool {
		g := item.ToObject(in.vm)
		n.guards = append(n.guards, schemeGuard{g.Get("scheme").String(), g.Get("name").String(), g.Get("method"), g.Get("site")})
		return true
	})
	return n
}

// problemOf tells where the contract has the operation that no method answers for.
func (in *instance) problemOf(o *contract.Operation, p problem, methods []string) contract.Mistake {
	m := contract.Mistake{Line: o.Line, Column: o.Column}
	switch p.why {
	case "hides":
		m.Message = fmt.Sprintf("operationId %q: a method of that name would hide this.%s of AppBase", o.ID, o.ID)
		m.Hint = "give the operation another name"
	case "annotated":
		m.Message = fmt.Sprintf("operationId %q: the method is marked %s, and the contract says where it answers", o.ID, p.detail)
		m.Hint = "leave the annotation out"
	default:
		m.Message = fmt.Sprintf("operationId %q: the class has no method %s (%s %s)", o.ID, o.ID, o.Verb, o.Path)
		m.Hint = "add it: " + methodStub(o.ID)
		if near := contract.Nearest(o.ID, methods); near != "" {
			m.Hint = fmt.Sprintf("there is a method %s; names are compared letter by letter", near)
		}
	}
	return m
}

func methodStub(id string) string {
	if strings.ContainsFunc(id, func(c rune) bool {
		return c != '_' && c != '$' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) {
		return fmt.Sprintf("%q(req) { ... }", id)
	}
	return id + "(req) { ... }"
}

// checkGuards tells of guards for schemes that the contract does not have, or has another guard for.
func (in *instance) checkGuards(guards []schemeGuard) (list scripting.Errors) {
	known := in.contract.document.Schemes()
	seen := map[string]string{}
	for _, g := range guards {
		text := ""
		switch first := seen[g.scheme]; {
		case first != "":
			text = fmt.Sprintf("%s and %s both decide for the security scheme %q", first, g.name, g.scheme)
		case !slices.Contains(known, g.scheme):
			text = fmt.Sprintf("@Guard(%q) on %s: the contract has no such security scheme", g.scheme, g.name)
			if near := contract.Nearest(g.scheme, known); near != "" {
				text += fmt.Sprintf("; did you mean %q?", near)
			}
		}
		seen[g.scheme] = g.name
		if text != "" {
			_, err := in.failAt(goja.Undefined(), g.site, in.vm.ToValue(text))
			list = append(list, in.rt.Error(err).Detached())
		}
	}
	return list
}

// contractClashes tells of annotated routes that stand in the way of the contract's.
func (in *instance) contractClashes(all []*Route) error {
	var list scripting.Errors
	for i, a := range all {
		for _, b := range all[:i] {
			if (a.Operation == nil) == (b.Operation == nil) || clash(b, a) == nil {
				continue
			}
			own := a
			if a.Operation != nil {
				own = b
			}
			text := fmt.Sprintf("%s answers at %s, where the contract has an operation: give it another path", own.Method, own.Path)
			_, err := in.failAt(goja.Undefined(), in.bound[own].site, in.vm.ToValue(text))
			list = append(list, in.rt.Error(err).Detached())
		}
	}
	if len(list) > 0 {
		return list
	}
	return nil
}

// adoptContract has the contract say what the app is, in the place of @Api.
func (in *instance) adoptContract(routes *Routes) {
	routes.Contract = in.contract
	if in.contract == nil {
		return
	}
	said, info := in.contract.document.Info, &routes.Info
	info.Title, info.Version, info.Description = cmp.Or(said.Title, info.Title), cmp.Or(said.Version, info.Version), cmp.Or(said.Description, info.Description)
}

// errors are mistakes with the author's file and line.
func (c *Contract) errors(mistakes []contract.Mistake) (list scripting.Errors) {
	slices.SortStableFunc(mistakes, func(a, b contract.Mistake) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	for _, m := range mistakes {
		e := &scripting.Error{Name: "ContractError", Message: m.Message, File: c.file, Line: m.Line, Column: m.Column, Hint: m.Hint}
		if m.Line > 0 && m.Line <= len(c.lines) {
			e.SourceLine = strings.TrimRight(c.lines[m.Line-1], "\r")
		}
		list = append(list, e)
	}
	return list
}
