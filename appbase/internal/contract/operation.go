package contract

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// verbs are the operations that a path may have, in the order in which OpenAPI names them.
var verbs = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// operations reads all of them.
func (r *reader) operations() (list []*Operation) {
	paths := place{r.root, ""}.at("paths")
	if paths.node == nil {
		r.wrong(r.root, "", "paths is missing")
		return nil
	}
	r.object(paths.node, "paths")
	shapes, ids := map[string]string{}, map[string]*Operation{}
	for key := range members(paths.node) {
		if strings.HasPrefix(key.Value, "x-") {
			continue
		}
		segments, problem := pathOf(key.Value)
		if problem != "" {
			r.wrong(key, "", "the path %q %s", short(key.Value), problem)
			continue
		}
		shape := shapeOfPath(segments)
		if other, taken := shapes[shape]; taken {
			r.wrong(key, "one path has one set of parameters: move the operations to one of the two", "the paths %q and %q are the same", short(other), short(key.Value))
		}
		shapes[shape] = key.Value
		for _, o := range r.path(key, paths.at(key.Value), segments) {
			r.identify(o, ids)
			list = append(list, o)
		}
	}
	return list
}

// identify sees to it that every operationId is there and means one operation.
func (r *reader) identify(o *Operation, ids map[string]*Operation) {
	if o.ID == "" {
		return // it was told
	}
	if first, taken := ids[o.ID]; taken {
		r.wrong(&yaml.Node{Line: o.Line, Column: o.Column}, "each operation is a method of its own", "operationId %q stands twice: line %d has it for %s %s", short(o.ID), first.Line, first.Verb, first.Path)
		return
	}
	ids[o.ID] = o
}

func (r *reader) path(key *yaml.Node, given place, segments []segment) (list []*Operation) {
	item, ok := r.follow(given)
	if !ok || r.object(item.node, "the path "+short(key.Value)) == nil {
		return nil
	}
	for name, value := range members(item.node) {
		switch {
		case slices.Contains(verbs, name.Value):
			if o := r.operation(key, name, item, segments); o != nil {
				list = append(list, o)
			}
		case strings.HasPrefix(name.Value, "x-"):
		case !slices.Contains([]string{"summary", "description", "servers", "parameters", "$ref", "additionalOperations"}, name.Value):
			r.wrong(name, "the methods are "+strings.Join(verbs, ", "), "%q is no part of a path", short(name.Value))
		case name.Value == "additionalOperations":
			r.wrong(value, "", "additionalOperations is not understood")
		}
	}
	return list
}

// operation reads one; nil when it is a WebSocket, which answers 101 and is a method marked @Websocket, or no operation.
func (r *reader) operation(path, verb *yaml.Node, item place, segments []segment) *Operation {
	at := item.at(verb.Value)
	if r.object(at.node, "an operation") == nil || get(get(at.node, "responses"), "101") != nil {
		return nil
	}
	id := get(at.node, "operationId")
	o := &Operation{
		ID: textOf(id), Verb: strings.ToUpper(verb.Value), Path: path.Value, Line: verb.Line, Column: verb.Column,
		Summary: textOf(get(at.node, "summary")), Description: textOf(get(at.node, "description")), segments: segments,
	}
	if o.ID == "" {
		r.wrong(verb, "add operationId: the name of the method that answers", "%s %s has no operationId", o.Verb, short(o.Path))
	} else {
		o.Line, o.Column = id.Line, id.Column
	}
	o.parameters = r.parameters(at.at("parameters"), item.at("parameters"))
	r.checkPath(o, verb)
	o.body = r.requestBody(at.at("requestBody"))
	o.Security = r.security(at)
	o.schemes = r.schemesOf(o.Security)
	o.answers = r.answers(at, verb)
	o.Success = successOf(o.answers)
	return o
}

// checkPath compares the parameters of a path with those that are declared.
func (r *reader) checkPath(o *Operation, verb *yaml.Node) {
	seen := map[string]bool{}
	for _, s := range o.segments {
		if s.name == "" {
			continue
		}
		if seen[s.name] {
			r.wrong(verb, "", "the path %q has the parameter %q twice", short(o.Path), short(s.name))
		}
		seen[s.name] = true
		if !slices.ContainsFunc(o.parameters, func(p *parameter) bool { return p.in == inPath && p.name == s.name }) {
			r.wrong(verb, "add it to parameters: { name: "+s.name+", in: path, required: true, schema: ... }", "%s %s does not declare the path parameter %q", o.Verb, short(o.Path), short(s.name))
		}
	}
	for _, p := range o.parameters {
		if p.in == inPath && !seen[p.name] {
			r.wrong(verb, "", "%s %s declares a path parameter %q that the path has not", o.Verb, short(o.Path), short(p.name))
		}
	}
}

// --- answers --------------------------------------------------------------------------------------------------------------

// answer is what the document says of the answers of a status.
type answer struct {
	status  string // "200", "4XX", "default"
	body    body
	headers []*parameter
}

func (r *reader) answers(at place, verb *yaml.Node) (list []*answer) {
	given := at.at("responses")
	if given.node == nil {
		r.wrong(verb, "", "%s has no responses", strings.ToUpper(verb.Value))
		return nil
	}
	r.object(given.node, "responses")
	for key := range members(given.node) {
		if strings.HasPrefix(key.Value, "x-") {
			continue
		}
		if !isStatus(key.Value) {
			r.wrong(key, `a status is like "200", "4XX" or "default"`, "%q is no status", short(key.Value))
			continue
		}
		if one, ok := r.follow(given.at(key.Value)); ok && r.object(one.node, "a response") != nil {
			a := &answer{status: strings.ToUpper(key.Value), headers: r.answerHeaders(one.at("headers"))}
			a.body.media = r.content(one.at("content"), response)
			list = append(list, a)
		}
	}
	return list
}

func isStatus(text string) bool {
	if strings.EqualFold(text, "default") {
		return true
	}
	if len(text) != 3 || text[0] < '1' || text[0] > '5' {
		return false
	}
	_, err := strconv.Atoi(text)
	return err == nil || strings.EqualFold(text[1:], "XX")
}

func (r *reader) answerHeaders(at place) (list []*parameter) {
	r.object(at.node, "headers")
	for key := range members(at.node) {
		one, ok := r.follow(at.at(key.Value))
		if !ok || strings.EqualFold(key.Value, "content-type") {
			continue
		}
		p := &parameter{name: key.Value, key: http.CanonicalHeaderKey(key.Value), in: inHeader, required: isTrue(one.node, "required"), style: "simple", explode: isTrue(one.node, "explode")}
		r.parameterSchemaOf(p, one, response)
		list = append(list, p)
	}
	return list
}

// successOf is what a plain value is answered as: 200 if it is declared, else the lowest of the 200s.
func successOf(answers []*answer) Success {
	best := Success{Status: http.StatusOK}
	var of *answer
	for _, a := range answers {
		status, err := strconv.Atoi(a.status)
		if err != nil || status < 200 || status > 299 {
			continue
		}
		if of == nil || status == http.StatusOK || best.Status != http.StatusOK && status < best.Status {
			best.Status, of = status, a
		}
	}
	if of == nil {
		for _, a := range answers {
			if a.status == "2XX" { // what is said of "default" is mostly said of errors
				of = a
			}
		}
	}
	best.Nothing = best.Status
	if slices.ContainsFunc(answers, func(a *answer) bool { return a.status == "204" }) {
		best.Nothing = http.StatusNoContent
	}
	if of != nil && len(of.body.media) == 1 && !strings.Contains(of.body.media[0].kind, "*") {
		best.Type = of.body.media[0].kind
		best.JSON = isJSON(best.Type)
	}
	return best
}
