package scripting

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Error is something that went wrong in script code, told with the author's
// own file, line and column. It is immutable.
//
// An Error made of an exception keeps the thrown value, and so the runtime it
// belongs to, alive; [Error.Detached] does not.
type Error struct {
	// Name is the error's class, such as "TypeError"; "SyntaxError" from the
	// compiler; "Uncaught" for a thrown value that is no Error.
	Name string
	// Message says what was wrong.
	Message string
	// File is relative to [CompileOptions.Root]; Line and Column count from
	// 1, Column in UTF-16 units as editors do. Line is 0 when the place is
	// unknown.
	File         string
	Line, Column int
	// SourceLine is the text of that line, without its end.
	SourceLine string
	// Stack lists the author's active functions, innermost first. Frames of
	// the server's own script code are left out.
	Stack []Frame
	// Hint says what to try; it may be "".
	Hint string
	// Interrupted is set when the watchdog ended the entry.
	Interrupted bool

	related []*Error // cause, or the members of an AggregateError
	label   string   // what related is: "caused by", "error"
	cause   error    // what the engine returned, nil when detached
	native  string   // the stack of a Go panic
	told    bool     // to those who waited for what was cut
}

// Frame is one active function of a stack.
type Frame struct {
	Func         string // may be ""
	File         string // relative to [CompileOptions.Root]
	Line, Column int    // from 1
}

// String is the frame as it stands in [Error.Detail]: "handle (chat.ts:12:5)".
func (f Frame) String() string {
	if f.Func == "" {
		return position(f.File, f.Line, f.Column)
	}
	return f.Func + " (" + position(f.File, f.Line, f.Column) + ")"
}

// Error is one line: "chat.ts:12:5: TypeError: x is not a function".
func (e *Error) Error() string {
	if e.File == "" {
		return e.title()
	}
	return position(e.File, e.Line, e.Column) + ": " + e.title()
}

// Unwrap returns what the engine reported, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Detached is a copy of e that keeps no runtime alive.
func (e *Error) Detached() *Error {
	c := *e
	c.cause = nil
	c.related = make([]*Error, len(e.related))
	for i, r := range e.related {
		c.related[i] = r.Detached()
	}
	return &c
}

// Near is e with the place of another error if it has none of its own.
func (e *Error) Near(other *Error) *Error {
	if e.Line > 0 || other == nil {
		return e
	}
	c := *e
	c.File, c.Line, c.Column, c.SourceLine = other.File, other.Line, other.Column, other.SourceLine
	return &c
}

// Detail is several lines for a log or a page: the message, the place, the
// source line with a caret below the column, the rest of the stack, causes,
// the hint, and the Go stack of a native function that panicked. It does not
// end in a line end.
func (e *Error) Detail() string {
	var b strings.Builder
	e.writeDetail(&b)
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	if e.native != "" {
		b.WriteString("\n" + e.native)
	}
	return b.String()
}

func (e *Error) writeDetail(b *strings.Builder) {
	b.WriteString(e.title())
	if e.File != "" {
		b.WriteString("\n  at " + e.place())
	}
	e.writeSource(b)
	e.writeStack(b)
	for _, r := range e.related {
		var inner strings.Builder
		r.writeDetail(&inner)
		b.WriteString("\n  " + e.label + ": " + strings.ReplaceAll(inner.String(), "\n", "\n  "))
	}
}

// writeStack writes the frames behind the first; those of a recursion once.
func (e *Error) writeStack(b *strings.Builder) {
	repeated := 0
	for i := 1; i < len(e.Stack); i++ {
		if e.Stack[i] == e.Stack[i-1] {
			repeated++
			continue
		}
		writeRepeated(b, &repeated)
		b.WriteString("\n  at " + e.Stack[i].String())
	}
	writeRepeated(b, &repeated)
}

func writeRepeated(b *strings.Builder, n *int) {
	if *n > 0 {
		b.WriteString("\n  ... repeated")
		*n = 0
	}
}

// place is the first frame, or just the position when there is no stack.
func (e *Error) place() string {
	if len(e.Stack) > 0 && e.Stack[0].File == e.File && e.Stack[0].Line == e.Line {
		return e.Stack[0].String()
	}
	return position(e.File, e.Line, e.Column)
}

func (e *Error) writeSource(b *strings.Builder) {
	if e.SourceLine == "" {
		return
	}
	number := strconv.Itoa(e.Line)
	line, column := excerpt(e.SourceLine, e.Column)
	b.WriteString("\n  " + number + " | " + line)
	if column > 0 {
		b.WriteString("\n  " + strings.Repeat(" ", len(number)) + " | " + caretPad(line, column) + "^")
	}
}

func (e *Error) title() string {
	if e.Name == "" {
		return e.Message
	}
	if e.Message == "" {
		return e.Name
	}
	if e.Name == uncaught {
		return e.Name + " " + e.Message
	}
	return e.Name + ": " + e.Message
}

// uncaught is the Name of a thrown value that is no Error.
const uncaught = "Uncaught"

// excerptWidth is how many characters of a source line an excerpt shows.
const excerptWidth = 160

// excerpt cuts a long line down to the part round the column.
func excerpt(line string, column int) (string, int) {
	runes := []rune(line)
	if len(runes) <= excerptWidth {
		return line, column
	}
	from := max(0, min(column-excerptWidth/2, len(runes)-excerptWidth))
	return string(runes[from : from+excerptWidth]), column - from
}

// caretPad is as wide as the characters before the column; tabs stay tabs.
func caretPad(line string, column int) string {
	var b strings.Builder
	for _, r := range line {
		column -= max(utf16.RuneLen(r), 1)
		if column <= 0 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

func position(file string, line, column int) string {
	if line <= 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// Errors are the mistakes that kept an app from compiling, in source order.
type Errors []*Error

// Error is one line per mistake.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes the single mistakes visible to [errors.As].
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// CompileError is what [Compile] returns when the author's code is at fault:
// the Errors, found by [errors.As], and the files that were read.
type CompileError struct {
	Errors Errors
	inputs []string
}

// Error is that of the Errors.
func (e *CompileError) Error() string { return e.Errors.Error() }

// Unwrap returns the Errors.
func (e *CompileError) Unwrap() error { return e.Errors }

// Inputs are the absolute paths of the files that were read until the
// mistakes were found, sorted: what to watch for the mistake to be mended.
func (e *CompileError) Inputs() []string { return e.inputs }

// clip shortens a text to n bytes, on a character's edge.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
