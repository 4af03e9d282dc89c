package appbase

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/internal/tstype"
	"github.com/sigil-server/sigil/scripting"
)

// schemaHost is what the prelude's part about schema classes asks of the host.
func (in *instance) schemaHost() (map[string]any, error) {
	return map[string]any{
		"show":      calls.Show,
		"place":     in.place,
		"members":   in.classMembers,
		"isNamed":   in.isNamed,
		"typeNamed": in.typeNamed,
	}, nil
}

// place is where the author's code stands that is running just now: [file, line].
func (in *instance) place() goja.Value {
	frame, _ := in.rt.Caller()
	return in.vm.NewArray(frame.File, frame.Line)
}

// classAt finds what the source says of a class: the one of its name in the file, else the one that the line belongs to. The
// bundler may have put a number behind a name that stands twice.
func (in *instance) classAt(place goja.Value, name string) (file string, class *scripting.Class) {
	at, ok := place.(*goja.Object)
	if !ok || in.program == nil {
		return "", nil
	}
	file = at.Get("0").String()
	outline := in.program.Outline(file)
	if outline == nil {
		return file, nil
	}
	for i, c := range outline.Classes {
		if c.Name != "" && (c.Name == name || c.Name == strings.TrimRight(name, "0123456789")) {
			return file, &outline.Classes[i]
		}
	}
	return file, outline.ClassAt(int(at.Get("1").ToInteger()))
}

// isNamed reports whether a class is called so in its source.
func (in *instance) isNamed(place goja.Value, name, wanted string) bool {
	if name == wanted {
		return true
	}
	_, class := in.classAt(place, name)
	return class != nil && class.Name == wanted
}

// classSource is what the prelude is told of a class.
type classSource struct {
	File        string         `json:"file"`
	Description string         `json:"description,omitempty"`
	Deprecated  bool           `json:"deprecated,omitempty"`
	Members     []memberSource `json:"members"`
}

type memberSource struct {
	Name        string          `json:"name"`
	At          string          `json:"at"`
	Description string          `json:"description,omitempty"`
	Deprecated  bool            `json:"deprecated,omitempty"`
	Schema      map[string]any  `json:"schema,omitempty"`
	Names       []string        `json:"names,omitempty"`
	Error       string          `json:"error,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
}

// classMembers tells as JSON what the source says of a class's fields, and of those accessors that are marked.
func (in *instance) classMembers(place goja.Value, name string, marked []string) string {
	file, class := in.classAt(place, name)
	told := classSource{File: file, Members: []memberSource{}}
	if class != nil {
		doc := newComment(class.Doc)
		told.Description, told.Deprecated = doc.whole(), doc.deprecated
		for _, m := range class.Members {
			if !m.Static && (!m.Method || slices.Contains(marked, m.Name)) {
				told.Members = append(told.Members, newMemberSource(file, m))
			}
		}
	}
	text, _ := json.Marshal(told) // it has a JSON form
	return string(text)
}

func newMemberSource(file string, m scripting.Member) memberSource {
	doc := newComment(m.Doc)
	told := memberSource{Name: m.Name, At: fmt.Sprintf("%s:%d", file, m.Line), Description: doc.whole(), Deprecated: doc.deprecated}
	initial, kind := initialValue(m.Initial)
	switch {
	case m.Type != "":
		r, err := tstype.Parse(m.Type)
		if err != nil {
			told.Error = err.Error()
		}
		told.Schema, told.Names = r.Schema, r.Names
	case kind != "":
		told.Schema = map[string]any{"type": kind}
	}
	if initial != nil && string(initial) != "null" {
		told.Default = initial
	}
	return told
}

// initialValue reads what a field begins as, when that is a literal: as JSON, and its type if that says enough.
func initialValue(text string) (value json.RawMessage, kind string) {
	if len(text) > 1 && text[0] == '\'' && text[len(text)-1] == '\'' && !strings.ContainsAny(text, `"\`) {
		text = `"` + text[1:len(text)-1] + `"`
	}
	if !json.Valid([]byte(text)) {
		return nil, ""
	}
	switch c := text[0]; {
	case c == '"':
		kind = "string"
	case c == 't' || c == 'f':
		kind = "boolean"
	case c == '[':
		kind = "array"
	case c == '{':
		kind = "object"
	case c != 'n':
		kind = "number"
	}
	return json.RawMessage(text), kind
}

// typeSource is what the prelude is told of a type's name.
type typeSource struct {
	File   string         `json:"file"`
	Schema map[string]any `json:"schema"`
	Names  []string       `json:"names"`
	Error  string         `json:"error,omitempty"`
}

// typeNamed tells as JSON what an alias, an interface or an enum is: of the file, else of any of the app's. Undefined: there is
// none of that name.
func (in *instance) typeNamed(file, name string) goja.Value {
	if in.program == nil {
		return goja.Undefined()
	}
	for _, one := range append([]string{file}, in.program.Sources()...) {
		outline := in.program.Outline(one)
		if outline == nil || outline.Types[name] == "" {
			continue
		}
		told := typeSource{File: one}
		r, err := tstype.Parse(outline.Types[name])
		if err != nil {
			told.Error = err.Error()
		}
		told.Schema, told.Names = r.Schema, r.Names
		text, _ := json.Marshal(told) // it has a JSON form
		return in.vm.ToValue(string(text))
	}
	return goja.Undefined()
}
