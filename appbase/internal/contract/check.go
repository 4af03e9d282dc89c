package contract

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxFaults is how many a client is told of.
const maxFaults = 20

// Request is what is held against an operation.
type Request struct {
	Path     string // escaped, as the client wrote it; what is in front of the operation's own path does not matter
	RawQuery string
	Header   http.Header
	HasBody  bool
	Body     string // whole, where [Operation.ReadsBody] says that it is to be read
}

// Outcome is what came of it.
type Outcome struct {
	Status      int    // 0: the request fits; else 400 or 415
	Problem     string // of one that does not fit: problem details in JSON (RFC 9457)
	Values      string // of one that fits, in JSON: { params, query, headers, cookies, body }
	Credentials string // by the name of their scheme, in JSON: what the request has of those the operation demands; "" none
}

// fault is one way in which a request does not fit.
type fault struct {
	In      string `json:"in"`             // path, query, header, cookie or body
	Name    string `json:"name,omitempty"` // of the parameter
	Pointer string `json:"pointer"`        // into the object of these parameters, or the body (RFC 6901, a fragment)
	Detail  string `json:"detail"`
}

type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"`
	Errors []fault `json:"errors,omitempty"`
}

var errNumber = errors.New("has a number that is too large")

// ReadsBody reports whether a body of that Content-Type is to be read whole before [Operation.Check]: handlers get it as a
// value. Others they read themselves.
func (o *Operation) ReadsBody(contentType string) bool {
	return o.body != nil && o.body.match(contentType) != nil && isValue(contentType)
}

// check is one request under way.
type check struct {
	op     *Operation
	req    *Request
	values map[string]map[string]any // by place
	pairs  []pair                    // of the query
	cookie []pair
	paths  map[string]string
	faults []fault
}

// Check holds a request against the operation. It may be called by any goroutine.
func (o *Operation) Check(req *Request) Outcome {
	outcome := Outcome{Credentials: o.credentials(req)}
	c := &check{op: o, req: req, values: map[string]map[string]any{inPath: {}, inQuery: {}, inHeader: {}, inCookie: {}}}
	if !c.readTexts() {
		return c.refuse(outcome, 400, "the query has too many parts")
	}
	for _, p := range o.parameters {
		c.parameter(p)
	}
	body, status, detail := c.body()
	switch {
	case status != 0:
		return c.refuse(outcome, status, detail)
	case len(c.faults) > 0:
		return c.refuse(outcome, http.StatusBadRequest, "the request does not fit the contract")
	}
	outcome.Values = c.encode(body)
	return outcome
}

// readTexts takes apart what the parameters are in.
func (c *check) readTexts() bool {
	if c.op.has(inPath) {
		c.paths = c.op.pathTexts(c.req.Path)
	}
	ok := true
	if c.op.has(inQuery) {
		c.pairs, ok = pairsOf(c.req.RawQuery)
	}
	if c.op.has(inCookie) {
		c.cookie = cookiePairs(c.req.Header)
	}
	return ok
}

func (o *Operation) has(in string) bool {
	return slices.ContainsFunc(o.parameters, func(p *parameter) bool { return p.in == in })
}

func cookiePairs(header http.Header) (pairs []pair) {
	for _, line := range header["Cookie"] {
		for one := range strings.SplitSeq(line, ";") {
			if len(pairs) >= maxPairs {
				return pairs
			}
			if name, value, ok := strings.Cut(strings.TrimSpace(one), "="); ok {
				value = strings.Trim(value, `"`)
				pairs = append(pairs, pair{name, decodePath(value), value})
			}
		}
	}
	return pairs
}

// parameter reads one and holds it against its schema.
func (c *check) parameter(p *parameter) {
	before := len(c.faults)
	value, there := c.read(p)
	if !there {
		if p.shape != nil && p.shape.defaulted {
			c.values[p.in][p.key] = p.shape.fallback
			return
		}
		if p.required && len(c.faults) == before {
			c.fault(p, nil, "is missing")
		}
		return
	}
	p.shape.fill(value)
	if p.schema != nil {
		if err := p.schema.Validate(value); err != nil {
			c.invalid(p, err)
			return
		}
	}
	c.values[p.in][p.key] = value
}

// read finds the value of a parameter. A value that its style cannot be is a fault, and counts as read.
func (c *check) read(p *parameter) (value any, there bool) {
	switch p.in {
	case inPath:
		text, ok := c.paths[p.name]
		if !ok || p.json {
			return p.fromJSON(decodePath(text)), ok
		}
		if value, there = p.fromPath(text); !there {
			c.fault(p, nil, "is not written in the style "+p.style)
		}
		return value, there
	case inHeader:
		lines := c.req.Header.Values(p.name)
		if len(lines) == 0 {
			return nil, false
		}
		text := strings.Join(lines, ",")
		if p.json {
			return p.fromJSON(text), true
		}
		return p.shape.fromText(text, ",", p.explode, strings.TrimSpace), true
	}
	pairs := c.pairs
	if p.in == inCookie {
		pairs = c.cookie
	}
	if p.json {
		i := slices.IndexFunc(pairs, func(q pair) bool { return q.name == p.name })
		if i < 0 {
			return nil, false
		}
		return p.fromJSON(pairs[i].value), true
	}
	value, there = p.shape.fromPairs(pairs, p.name, p.style, p.explode)
	if there && p.empty && value == "" {
		return nil, false
	}
	return value, there
}

// fromJSON reads a parameter that is JSON; what is none stays a text, and the schema says what is wrong with it.
func (p *parameter) fromJSON(text string) any {
	value, err := parseJSON(text)
	if err != nil {
		return text
	}
	return value
}

func (c *check) fault(p *parameter, path []string, detail string) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, fault{p.in, p.name, fragment(append([]string{p.key}, path...)), detail})
	}
}

func (c *check) invalid(p *parameter, err error) {
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		c.fault(p, nil, err.Error())
		return
	}
	for _, leaf := range leaves(failed) {
		c.fault(p, leaf.InstanceLocation, english(leaf))
	}
}

// body reads a body as a value, in JSON; "" when there is none to be read. The status is that of a refusal.
func (c *check) body() (text string, status int, detail string) {
	b := c.op.body
	switch {
	case b == nil:
		return "", 0, ""
	case !c.req.HasBody:
		if b.required {
			c.bodyFault(nil, "is missing")
		}
		return "", 0, ""
	}
	contentType := c.req.Header.Get("Content-Type")
	m := b.match(contentType)
	if m == nil {
		return "", http.StatusUnsupportedMediaType, "the body is to be " + b.kinds() + ", not " + short(contentType)
	}
	if !isValue(contentType) {
		return "", 0, ""
	}
	value, raw, err := m.value(contentType, c.req.Body)
	if err != nil {
		c.bodyFault(nil, err.Error())
		return "", 0, ""
	}
	return c.checkBody(m, value, raw), 0, ""
}

func (c *check) checkBody(m *media, value any, raw string) string {
	filled := m.shape.fill(value)
	if m.schema != nil {
		if err := m.schema.Validate(value); err != nil {
			c.bodyInvalid(err)
			return ""
		}
	}
	if filled || raw == "" {
		return string(marshal(value))
	}
	return raw
}

// value reads a body. raw is the value in JSON, when it came so.
func (m *media) value(contentType, text string) (value any, raw string, err error) {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "" {
		kind = m.kind
	}
	switch {
	case kind == typeForm:
		object, ok := m.form(text)
		if !ok {
			return nil, "", errors.New("has too many fields")
		}
		return object, "", nil
	case strings.HasPrefix(kind, "text/"):
		if !utf8.ValidString(text) {
			return nil, "", errors.New("is not UTF-8")
		}
		return text, "", nil
	}
	value, err = parseJSON(text)
	switch {
	case errors.Is(err, errNumber):
		return nil, "", err
	case err != nil:
		return nil, "", errors.New("is not JSON: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	return value, strings.ToValidUTF8(text, "\ufffd"), nil
}

func (b *body) kinds() string {
	kinds := make([]string, len(b.media))
	for i, m := range b.media {
		kinds[i] = m.kind
	}
	return strings.Join(kinds, " or ")
}

func (c *check) bodyFault(path []string, detail string) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, fault{In: inBody, Pointer: fragment(path), Detail: detail})
	}
}

func (c *check) bodyInvalid(err error) {
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		c.bodyFault(nil, err.Error())
		return
	}
	for _, leaf := range leaves(failed) {
		c.bodyFault(leaf.InstanceLocation, english(leaf))
	}
}

func (c *check) refuse(outcome Outcome, status int, detail string) Outcome {
	p := problem{"about:blank", http.StatusText(status), status, detail, c.faults}
	outcome.Status, outcome.Problem = status, string(marshal(p))
	return outcome
}

// encode writes what fits as one object.
func (c *check) encode(body string) string {
	var b strings.Builder
	for _, part := range [...]struct{ key, in string }{{`{"params":`, inPath}, {`,"query":`, inQuery}, {`,"headers":`, inHeader}, {`,"cookies":`, inCookie}} {
		b.WriteString(part.key)
		if values := c.values[part.in]; len(values) > 0 {
			b.Write(marshal(values))
		} else {
			b.WriteString("{}")
		}
	}
	if body != "" {
		b.WriteString(`,"body":` + body)
	}
	b.WriteByte('}')
	return b.String()
}

// fragment writes a place in a value as a fragment (RFC 6901, 6).
func fragment(path []string) string {
	var b strings.Builder
	b.WriteString("#")
	for _, token := range path {
		b.WriteString("/" + url.PathEscape(escape(token)))
	}
	return b.String()
}
