package testrun

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// Report writes what came of test files for a person, and counts.
type Report struct {
	out     io.Writer
	paint   bool
	verbose bool

	files, broken int // broken: those that have errors of their own
	counts        map[Status]int
	began         time.Time
}

// ReportOptions configure a [Report].
type ReportOptions struct {
	Color   bool // in the escape codes of terminals
	Verbose bool // with what the apps log in tests that pass
}

// NewReport begins to count the time.
func NewReport(out io.Writer, o ReportOptions) *Report {
	return &Report{out: out, paint: o.Color, verbose: o.Verbose, counts: map[Status]int{}, began: time.Now()}
}

// marks stand before a test.
var marks = map[Status]string{Passed: "✓", Failed: "✗", Skipped: "-", Todo: "…"}

var colors = map[Status]string{Passed: "32", Failed: "31", Skipped: "2", Todo: "36"}

func (r *Report) color(code, text string) string {
	if !r.paint || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// File writes what came of one file.
func (r *Report) File(f *File) {
	if len(f.Tests) == 0 && len(f.Errors) == 0 {
		return // a filter has left nothing of it
	}
	r.files++
	fmt.Fprintf(r.out, "%s  %s\n", r.color("1", f.Name), r.color("2", span(f.Took)))
	r.text(f.Output, "  ")
	for _, err := range f.Errors {
		r.broken++
		fmt.Fprintf(r.out, "  %s %s\n", r.color("31", "✗"), strings.TrimLeft(r.indent(Detail(err), "    "), " "))
	}
	if len(f.Errors) > 0 {
		r.log(f.Log)
	}
	for i := range f.Tests {
		r.test(&f.Tests[i])
	}
	fmt.Fprintln(r.out)
}

// test writes one line, and what has failed below it.
func (r *Report) test(t *Test) {
	r.counts[t.Status]++
	took := ""
	if t.Took > 0 {
		took = "  " + r.color("2", span(t.Took))
	}
	path := append([]string(nil), t.Path...)
	for i := range path[:len(path)-1] {
		path[i] = r.color("2", path[i]+" ›")
	}
	fmt.Fprintf(r.out, "  %s %s%s\n", r.color(colors[t.Status], marks[t.Status]), strings.Join(path, " "), took)
	r.text(t.Output, "      ")
	for _, e := range t.Errors {
		fmt.Fprintln(r.out, r.indent(e.Detail(), "      "))
	}
	if t.Status == Failed || r.verbose {
		r.log(t.Log)
	}
}

// log writes what the apps have logged.
func (r *Report) log(text string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		fmt.Fprintf(r.out, "      %s\n%s\n", r.color("2", "the apps logged:"), indent(text, r.color("2", "      │ ")))
	}
}

func (r *Report) text(text, margin string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		fmt.Fprintln(r.out, indent(text, margin))
	}
}

// indent sets a text in, and paints what is expected and received in it.
func (r *Report) indent(text, margin string) string {
	all := strings.Split(text, "\n")
	for i, line := range all {
		switch {
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "expected:"):
			line = r.color("32", line)
		case strings.HasPrefix(line, "+ "), strings.HasPrefix(line, "received:"):
			line = r.color("31", line)
		case strings.HasPrefix(line, "  at "):
			line = r.color("36", line)
		}
		all[i] = strings.TrimRight(margin+line, " ")
	}
	return strings.Join(all, "\n")
}

func indent(text, margin string) string {
	return margin + strings.ReplaceAll(text, "\n", "\n"+margin)
}

// Detail is all that there is to say about an error, over several lines.
func Detail(err error) string {
	var list scripting.Errors
	if errors.As(err, &list) {
		var all []string
		for _, e := range list {
			all = append(all, e.Detail())
		}
		return strings.Join(all, "\n")
	}
	var detailed interface{ Detail() string }
	if errors.As(err, &detailed) {
		return detailed.Detail()
	}
	return err.Error()
}

// span is a duration as a person reads it.
func span(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Failed says whether anything has.
func (r *Report) Failed() bool { return r.broken > 0 || r.counts[Failed] > 0 }

// Ran is how many tests have run.
func (r *Report) Ran() int { return r.counts[Passed] + r.counts[Failed] }

// Summary writes the last line.
func (r *Report) Summary() {
	parts := []string{
		r.color("32", fmt.Sprintf("%d passed", r.counts[Passed])),
		r.color(map[bool]string{true: "31", false: "2"}[r.Failed()], fmt.Sprintf("%d failed", r.counts[Failed])),
	}
	for _, s := range []Status{Skipped, Todo} {
		if n := r.counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	line := strings.Join(parts, ", ")
	if r.broken > 0 {
		line += r.color("31", fmt.Sprintf(", and %s could not be run", plural(r.broken, "file")))
	}
	fmt.Fprintf(r.out, "%s\n%s\n", line, r.color("2", fmt.Sprintf("%s in %s", plural(r.files, "file"), span(time.Since(r.began)))))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
