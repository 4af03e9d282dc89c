// Package contract reads an OpenAPI document that an app is written to, and holds requests and answers against it. It
// knows nothing of scripts and sockets: a request comes as its texts and leaves as typed values in JSON, or as the problem
// to answer with.
package contract

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of a document.
const (
	maxNodes    = 200_000 // after aliases have been followed
	maxDepth    = 100
	maxMistakes = 100
	maxRefs     = 20 // references that lead to each other
)

// Mistake is something in the document that has to be mended.
type Mistake struct {
	Line, Column int // from 1, the column in characters; 0 when no place is known
	Message      string
	Hint         string // what to try; may be ""
}

func (m Mistake) Error() string { return fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.Message) }

// Info is what the document says of the whole.
type Info struct{ Title, Version, Description string }

// Contract is a document that was read. It is immutable and may be used by any number of goroutines.
type Contract struct {
	Info       Info
	Operations []*Operation // in the order of the document, but WebSockets
	Guarded    []Scheme     // security schemes that operations demand, in the order of the document
	schemes    []string
	mistakes   []Mistake
	document   document
}

// Mistakes lists what is wrong with the document, in the order of its lines. With mistakes, Operations are those that could
// be understood, for more to be found; they must not serve.
func (c *Contract) Mistakes() []Mistake { return slices.Clone(c.mistakes) }

// Operation is one method at one path.
type Operation struct {
	ID          string
	Verb        string // in upper case
	Path        string // as the document has it: "/books/{id}"
	Summary     string
	Description string
	Security    [][]Demand // any one of these, all of its demands; empty: open to all
	Success     Success
	Line        int // of the operationId
	Column      int

	segments   []segment
	parameters []*parameter
	body       *body
	answers    []*answer
	schemes    []*Scheme // of Security
}

// Demand is one security scheme that a request has to satisfy.
type Demand struct {
	Scheme string   `json:"scheme"`
	Scopes []string `json:"scopes"` // never nil
}

// Success is what a plain value is answered as.
type Success struct {
	Status  int    // 200 to 299
	Nothing int    // status of an answer without a value
	Type    string // media type, when the document leaves no choice; else ""
	JSON    bool   // it is JSON
}

// Load reads a document of YAML or JSON, OpenAPI 3.0, 3.1 or 3.2.
func Load(text string) *Contract {
	r := newReader(text)
	c := &Contract{}
	if r.root != nil {
		r.checkReferences(r.root, 0)
		c.Info = r.info()
		r.readSchemes()
		c.Operations = r.operations()
		r.checkSchemas()
		c.Guarded, c.schemes = r.guarded(), r.order
		c.document = document{r.tree}
	}
	c.mistakes = r.sorted()
	return c
}

// Schemes are the names of the security schemes that are declared, in the order of the document.
func (c *Contract) Schemes() []string { return slices.Clone(c.schemes) }

// Template is the operation's path as route tables have it: "/books/:id", and "/report.{format}" where a parameter is a part
// of a segment.
func (o *Operation) Template() string {
	var b strings.Builder
	for _, s := range o.segments {
		b.WriteString("/")
		switch {
		case s.name == "":
			b.WriteString(s.before)
		case s.before == "" && s.after == "":
			b.WriteString(":" + s.name)
		default:
			b.WriteString(s.before + "{" + s.name + "}" + s.after)
		}
	}
	return b.String()
}
