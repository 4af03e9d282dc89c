package contract

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Scheme is one way in which clients say who they are.
type Scheme struct {
	Name         string
	Challenge    string // of WWW-Authenticate; "" when there is none
	Line, Column int

	kind, place, key string // apiKey, http ...; query, header or cookie; and the name there, or http's scheme
}

func (r *reader) readSchemes() {
	at := place{r.root, ""}.at("components").at("securitySchemes")
	r.object(at.node, "securitySchemes")
	for key := range members(at.node) {
		one, ok := r.follow(at.at(key.Value))
		if !ok || r.object(one.node, "a security scheme") == nil {
			r.schemes[key.Value] = nil // known, though not understood
			continue
		}
		r.schemes[key.Value] = r.scheme(key, one.node)
		r.order = append(r.order, key.Value)
	}
}

func (r *reader) scheme(name, node *yaml.Node) *Scheme {
	s := &Scheme{Name: name.Value, Line: name.Line, Column: name.Column, kind: textOf(get(node, "type"))}
	switch s.kind {
	case "http":
		s.key = strings.ToLower(textOf(get(node, "scheme")))
		switch s.key {
		case "":
			r.wrong(node, "scheme is basic, bearer ...", "the security scheme %q has no scheme", short(s.Name))
		case "basic":
			s.Challenge = `Basic realm="` + quotable(s.Name) + `", charset="UTF-8"`
		default:
			s.Challenge = strings.ToUpper(s.key[:1]) + s.key[1:]
		}
	case "apiKey":
		s.place, s.key = textOf(get(node, "in")), textOf(get(node, "name"))
		if !slices.Contains([]string{inQuery, inHeader, inCookie}, s.place) || s.key == "" {
			r.wrong(node, "say name, and in: query, header or cookie", "the security scheme %q does not say where its key is", short(s.Name))
		}
	case "oauth2", "openIdConnect":
		s.key, s.Challenge = "bearer", "Bearer"
	case "mutualTLS":
	default:
		r.wrong(orNode(get(node, "type"), node), "type is apiKey, http, mutualTLS, oauth2 or openIdConnect", "the security scheme %q has the type %q", short(s.Name), short(s.kind))
	}
	return s
}

// quotable is a name as it may stand in a quoted string.
func quotable(name string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return -1
		}
		return c
	}, name)
}

// security reads what an operation demands; what it does not say the document says for all.
func (r *reader) security(at place) (all [][]Demand) {
	given := get(at.node, "security")
	if given == nil {
		given = get(r.root, "security")
	}
	for _, requirement := range r.list(given, "security") {
		demands := []Demand{}
		if r.object(requirement, "a security requirement") == nil {
			continue
		}
		for name, scopes := range members(requirement) {
			if r.demand(name) {
				demands = append(demands, Demand{name.Value, textsOf(scopes)})
			}
		}
		all = append(all, demands)
	}
	return all
}

// schemesOf are the schemes of what is demanded, each once.
func (r *reader) schemesOf(all [][]Demand) (list []*Scheme) {
	for _, demands := range all {
		for _, d := range demands {
			if s := r.schemes[d.Scheme]; s != nil && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// demand notes that a scheme is used.
func (r *reader) demand(name *yaml.Node) bool {
	if _, known := r.schemes[name.Value]; known {
		r.used[name.Value] = true
		return true
	}
	hint := "declare it below components.securitySchemes"
	if near := Nearest(name.Value, r.order); near != "" {
		hint = "did you mean " + near + "?"
	}
	r.wrong(name, hint, "the security scheme %q is not declared", short(name.Value))
	return false
}

func textsOf(list *yaml.Node) []string {
	texts := []string{}
	for _, item := range itemsOf(list) {
		texts = append(texts, item.Value)
	}
	return texts
}

// guarded are the schemes that are used.
func (r *reader) guarded() (list []Scheme) {
	for _, name := range r.order {
		if r.used[name] && r.schemes[name] != nil {
			list = append(list, *r.schemes[name])
		}
	}
	return list
}

// credentials are those of the demanded schemes that a request has, in JSON; "" when nothing is demanded.
func (o *Operation) credentials(req *Request) string {
	if len(o.schemes) == 0 {
		return ""
	}
	found := map[string]any{}
	for _, s := range o.schemes {
		if credential := s.credential(req); credential != nil {
			found[s.Name] = credential
		}
	}
	return string(marshal(found))
}

// credential is what a request has of a scheme: a text, of basic { user, password }, of mutual TLS true; nil for nothing.
func (s *Scheme) credential(req *Request) any {
	switch {
	case s.kind == "mutualTLS":
		return true // that there is a certificate is the guard's to see
	case s.kind == "apiKey":
		return s.apiKey(req)
	}
	scheme, text, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	text = strings.TrimSpace(text)
	if !strings.EqualFold(scheme, s.key) || text == "" {
		return nil
	}
	if s.key != "basic" {
		return text
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	user, password, ok := strings.Cut(string(decoded), ":")
	if err != nil || !ok || !utf8.Valid(decoded) {
		return nil
	}
	return map[string]string{"user": user, "password": password}
}

func (s *Scheme) apiKey(req *Request) any {
	text := ""
	switch s.place {
	case inHeader:
		text = req.Header.Get(s.key)
	case inCookie:
		r := http.Request{Header: req.Header}
		if cookie, err := r.Cookie(s.key); err == nil {
			text = cookie.Value
		}
	default:
		query, _ := url.ParseQuery(req.RawQuery) // what can be read of it
		text = query.Get(s.key)
	}
	if text == "" {
		return nil
	}
	return text
}
