package testrun

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// The elements of a JUnit report, as its readers agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		File     string      `xml:"file,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
		Out      string      `xml:"system-out,omitempty"`
		Err      string      `xml:"system-err,omitempty"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitSkipped `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
		Err     string        `xml:"system-err,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr,omitempty"`
	}
)

// WriteJUnit writes files as a JUnit report: a testsuite for each, a testcase for each test, whose class is the file and the
// describes about it.
func WriteJUnit(out io.Writer, files []*File) error {
	all := junitSuites{Name: "sigil test"}
	var took time.Duration
	for _, f := range files {
		s := junitOf(f)
		all.Suites = append(all.Suites, s)
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		took += f.Took
	}
	all.Time = seconds(took)
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func junitOf(f *File) junitSuite {
	s := junitSuite{Name: f.Name, File: f.Name, Time: seconds(f.Took), Out: printable(f.Output), Err: printable(f.Log)}
	for _, err := range f.Errors {
		s.Cases = append(s.Cases, junitCase{
			Name: "(file)", Class: f.Name, File: f.Name, Time: seconds(0),
			Error: &junitProblem{Message: printable(firstLine(err.Error())), Type: "Error", Text: printable(Detail(err))},
		})
	}
	for i := range f.Tests {
		s.Cases = append(s.Cases, caseOf(f, &f.Tests[i]))
	}
	s.Tests, s.Errors = len(s.Cases), len(f.Errors)
	s.Failures, s.Skipped = f.Count(Failed), f.Count(Skipped)+f.Count(Todo)
	return s
}

func caseOf(f *File, t *Test) junitCase {
	last := len(t.Path) - 1
	c := junitCase{
		Name: printable(t.Path[last]), Class: printable(strings.Join(append([]string{f.Name}, t.Path[:last]...), " › ")), File: f.Name,
		Time: seconds(t.Took), Out: printable(t.Output), Err: printable(t.Log),
	}
	switch t.Status {
	case Failed:
		c.Failure = &junitProblem{Message: "failed", Type: "Error"}
		var details []string
		for _, e := range t.Errors {
			details = append(details, e.Detail())
		}
		if len(t.Errors) > 0 {
			c.Failure.Message, c.Failure.Type = printable(firstLine(t.Errors[0].Message)), t.Errors[0].Name
		}
		c.Failure.Text = printable(strings.Join(details, "\n\n"))
	case Skipped:
		c.Skipped = &junitSkipped{}
	case Todo:
		c.Skipped = &junitSkipped{Message: "todo"}
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// printable leaves out what XML 1.0 cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD && r != utf8.RuneError, r >= 0x10000:
			return r
		}
		return -1
	}, text)
}
