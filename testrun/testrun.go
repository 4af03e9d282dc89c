// Package testrun runs the tests of apps: the files *.test.js and *.test.ts beside them. Every file has a runtime of its own
// and, in the same process, apps of its own, without ports: real routing, guards, frames and stores, on a clock that stands
// still until the test moves it.
package testrun

import (
	"io"
	"log/slog"
	"time"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/server"
)

// Options configure a run. Dir is required.
type Options struct {
	// Dir is the folder of the apps, absolute.
	Dir string
	// Under are the files and folders, absolute, in which tests are looked for; default Dir.
	Under []string
	// Server are the options of the server that hosts the apps, such as AppConfig and Limits; what has to do with ports,
	// logging and stores has no meaning.
	Server server.Options
	// Open opens the stores of apps in an empty folder, with the time that they go by. Nil: apps have no store.
	Open func(dir string, now func() time.Time) Store
	// Name leaves out tests whose names, those of the describes about them and " " in between, it does not accept. Nil: none.
	Name func(string) bool
	// Timeout is how long a test may take that names no other time; default 5 s.
	Timeout time.Duration
	// Bail ends the run after so many failed tests; 0: never.
	Bail int
	// Jobs is how many files run at once; default the number of processors.
	Jobs int
	// Handler formats what apps log; default: as [slog.NewTextHandler] does.
	Handler func(io.Writer) slog.Handler

	own string // the app of the file
}

func (o Options) handler(w io.Writer) slog.Handler {
	if o.Handler == nil {
		return slog.NewTextHandler(w, nil)
	}
	return o.Handler(w)
}

// Test is one test that is over.
type Test struct {
	Path   []string // the names of the describes about it, and its own
	Status Status
	Took   time.Duration
	Errors []*scripting.Error // what it failed by
	Log    string             // what the apps have logged meanwhile
	Output string             // what the test file has logged meanwhile
}

// Status is what came of a test.
type Status string

// The outcomes of a test.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
	Todo    Status = "todo"
)

// File is one test file that is over.
type File struct {
	Name   string // relative to the folder of the apps, with slashes
	Path   string // absolute
	Tests  []Test
	Errors []error // that belong to no test: it, or its app, cannot be loaded
	Log    string  // what was logged outside of tests
	Output string
	Took   time.Duration
	Inputs []string // the files it and its apps are made of, and the folders of these, absolute
}

// Failed says whether a test, or the file itself, has.
func (f *File) Failed() bool { return len(f.Errors) > 0 || f.Count(Failed) > 0 }

// Count is how many tests have an outcome.
func (f *File) Count(s Status) (n int) {
	for _, t := range f.Tests {
		if t.Status == s {
			n++
		}
	}
	return n
}
