package scripting

import (
	"regexp"
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/evanw/esbuild/pkg/api"
)

func regexpQuote(s string) string { return regexp.QuoteMeta(s) }

// mistakes are the bundler's messages as Errors of a name.
func mistakes(o CompileOptions, name string, messages []api.Message) Errors {
	var out Errors
	for _, m := range messages[:min(len(messages), maxMistakes)] {
		e := &Error{Name: name, Message: strings.ReplaceAll(m.Text, `"`+builtinSpace+":", `"`)} // by what apps import
		if at := m.Location; at != nil {
			e.File, e.Line = at.File, at.Line
			e.Column = utf16Column(at.LineText, at.Column)
			e.SourceLine = at.LineText
		}
		e.Hint = bundlerHint(o, m)
		out = append(out, e)
	}
	return out
}

// utf16Column makes a column of editors, from 1, of an offset in bytes.
func utf16Column(line string, offset int) int {
	if offset > len(line) {
		return offset + 1
	}
	column := 1
	for _, r := range line[:offset] {
		column += max(utf16.RuneLen(r), 1)
	}
	return column
}

// directEval is the bundler's name of a call of eval by this name, which sees local variables.
const directEval = "direct-eval"

// emptyImportMeta is its name of a use of import.meta.
const emptyImportMeta = "empty-import-meta"

// sortWarnings tells warnings from what is an error here: a name imported from a file that does not export it, which is
// how a file looks while it is being saved, and direct eval, which the engine does not survive in every class. The bundler
// does not warn of either in packages.
func sortWarnings(all []api.Message) (grave, warnings []api.Message) {
	for _, m := range all {
		switch m.ID {
		case directEval:
			m.Text = "eval cannot be called directly"
			grave = append(grave, m)
		case "import-is-undefined":
			grave = append(grave, m)
		case emptyImportMeta:
			m.Text = "import.meta is empty"
			warnings = append(warnings, m)
		default:
			warnings = append(warnings, m)
		}
	}
	return grave, warnings
}

// bundlerHint is what to try about a message of the bundler.
func bundlerHint(o CompileOptions, m api.Message) string {
	switch m.ID {
	case directEval:
		return `(0, eval)("...") and new Function("...") work: they see globals only`
	case "import-is-undefined":
		return "is the export misspelt, or the file not wholly saved?"
	case emptyImportMeta:
		return "an app is one program, whose files have no addresses when it runs: import what it needs"
	}
	if strings.HasPrefix(m.Text, "No loader is configured") {
		return `import text from "./file" with { type: "text" } gives what is in it, { type: "bytes" } its bytes`
	}
	if name, ok := strings.CutPrefix(m.Text, `Could not resolve "`); ok {
		name, _, _ = strings.Cut(name, `"`) // an alias is followed by what it stands for
		return unresolvedHint(o, name)
	}
	for _, note := range m.Notes {
		if note.Text != "" {
			return clip(note.Text+notePlace(note.Location), 300)
		}
	}
	return ""
}

// notePlace is where a note points.
func notePlace(at *api.Location) string {
	if at == nil || strings.HasPrefix(at.File, builtinSpace+":") {
		return ""
	}
	return " " + position(at.File, at.Line, utf16Column(at.LineText, at.Column))
}

// unresolvedHint is what to try about an import of something missing.
func unresolvedHint(o CompileOptions, name string) string {
	switch {
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, "/"):
		return "is there such a file? the path is relative to the importing one"
	case strings.HasPrefix(name, "node:"), nodeModules[name]:
		return name + " is a module of Node.js, which apps do not have"
	}
	return "npm install " + packageOf(name) + " in " + appDir(o)
}

// nodeModules are the modules of Node.js that authors reach for.
var nodeModules = map[string]bool{
	"assert": true, "buffer": true, "child_process": true, "crypto": true, "events": true, "fs": true,
	"fs/promises": true, "http": true, "https": true, "net": true, "os": true, "path": true,
	"process": true, "stream": true, "url": true, "util": true, "worker_threads": true, "zlib": true,
}

// packageOf is the package that a specifier belongs to.
func packageOf(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// appDir names the folder that an app's packages go to: its own below the root,
// or the root for an app of one file.
func appDir(o CompileOptions) string {
	rel := relative(o.Root, o.Entry)
	if i := strings.IndexByte(rel, '/'); i > 0 {
		return rel[:i]
	}
	return "the folder of the apps"
}

// mistakeAt is a mistake at a place in the bundle, counted from 1.
func (b *bundle) mistakeAt(line, column int, message string) *Error {
	e := &Error{Name: "SyntaxError", Message: message}
	at := sort.Search(len(b.segments), func(i int) bool {
		s := &b.segments[i]
		return s.genLine > line-1 || s.genLine == line-1 && s.genCol > column-1
	})
	if at == 0 {
		return e
	}
	s := b.segments[at-1]
	b.place(e, b.names[s.source], s.line+1, s.col+1)
	return e
}

// place fills in a position, given the engine's name of the source.
func (b *bundle) place(e *Error, name string, line, column int) {
	s := b.sources[name]
	if s == nil || s.internal {
		return
	}
	e.File, e.Line, e.Column, e.SourceLine = s.name, line, column, s.line(line)
}

// messageNested is what is wrong with a text that tooDeep refuses.
const messageNested = "the source is nested too deep"

// deepMessage is the bundler's message for a file that is nested too deep at
// an offset.
func deepMessage(name, text string, at int) api.Message {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	s := source{content: text}
	line := strings.Count(text[:at], "\n") + 1
	lineText := s.line(line)
	if at-start > excerptWidth {
		lineText = "" // generated code
	}
	return api.Message{Text: messageNested, Location: &api.Location{
		File: name, Line: line, Column: at - start, LineText: lineText,
	}}
}
