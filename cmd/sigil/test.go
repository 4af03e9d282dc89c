package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/internal/appstore"
	"github.com/sigil-server/sigil/internal/watch"
	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/testrun"
)

// testFlags are those of sigil test.
type testFlags struct {
	name, junit, config  string
	watch, verbose, pass bool
	bail, jobs           int
	timeout              time.Duration
}

func newTest() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [DIR] [FILE...]",
		Short: "Runs the tests of the apps",
		Long: `Runs the files *.test.ts and *.test.js beside the apps in DIR (default: apps), or only the files and folders named.
Apps run in this process, without ports, each test file with apps, a store and a clock of its own:

    // apps/chat/main.test.ts
    import { connect, expect, it } from "sigil:test";

    it("tells everybody", async () => {
      const ana = await connect("/chat/room"), bo = await connect("/chat/room");
      ana.send("hello");
      expect(await bo.next()).toBe("hello");
    });

The exit code is 1 when a test fails. docs/testing.md has the rest.`,
		Example: "  sigil test\n  sigil test apps/chat -t \"tells everybody\"\n  sigil test --watch\n  sigil test --junit report.xml --bail 1",
		RunE:    func(cmd *cobra.Command, args []string) error { return runTests(cmd, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.name, "filter", "t", "", "run only tests whose full name has this in it, or matches this regular expression")
	flags.StringVar(&f.junit, "junit", "", "write a JUnit report to this file")
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on, and run the tests that a change concerns")
	flags.IntVar(&f.bail, "bail", 0, "end after so many failed tests; 0 runs all")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "test files that run at once (default: processors)")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Second, "time that a test may take")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show what the apps log in tests that pass, too")
	flags.BoolVar(&f.pass, "pass-with-no-tests", false, "exit with 0 when there are none")
	flags.StringVar(&f.config, "config", "", "configuration file (YAML): the apps' values, limits and mounts (default: sigil.yaml, if there is one)")
	flags.Lookup("bail").NoOptDefVal = "1"
	return cmd
}

func runTests(cmd *cobra.Command, args []string, f testFlags) error {
	options, err := testOptions(cmd, args, f)
	if err != nil {
		return err
	}
	spareProcessors() // every file and every app has a loop
	runner := testrun.New(options)
	if f.watch {
		return watchTests(cmd, runner, f)
	}
	files, err := runner.Files()
	if err != nil {
		if f.pass && strings.Contains(err.Error(), testrun.ErrNoTests.Error()) {
			return nil
		}
		return err
	}
	report := newTestReport(cmd.OutOrStdout(), f)
	var all []*testrun.File
	runner.Run(cmd.Context(), files, func(file *testrun.File) {
		report.File(file)
		all = append(all, file)
	})
	report.Summary()
	if f.junit != "" {
		if err := writeJUnit(f.junit, all); err != nil {
			return err
		}
	}
	switch {
	case report.Failed() || cmd.Context().Err() != nil:
		return errReported
	case report.Ran() == 0 && f.name != "" && !f.pass:
		return fmt.Errorf("no test has a name that matches %q", f.name)
	}
	return nil
}

// watchTests runs until it is interrupted, which is no failure.
func watchTests(cmd *cobra.Command, runner *testrun.Runner, f testFlags) error {
	out := cmd.OutOrStdout()
	watcher, err := watch.New(watch.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = watcher.Close() }() // ends the watching; nothing is lost by an error
	var report *testrun.Report
	return runner.Watch(cmd.Context(), watcher, testrun.Round{
		Began: func(files []string) {
			fmt.Fprintf(out, "--- %s: %d test file(s)\n\n", time.Now().Format("15:04:05"), len(files))
			report = newTestReport(out, f)
		},
		File: func(file *testrun.File) { report.File(file) },
		Ended: func() {
			report.Summary()
			fmt.Fprint(out, "watching for changes; ctrl-c ends\n\n")
		},
	})
}

func newTestReport(out io.Writer, f testFlags) *testrun.Report {
	return testrun.NewReport(out, testrun.ReportOptions{Color: isTerminal(out) && os.Getenv("NO_COLOR") == "", Verbose: f.verbose})
}

// isTerminal says whether a person reads it.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func writeJUnit(path string, files []*testrun.File) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	err = testrun.WriteJUnit(out, files)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("writing the report %s: %w", path, err)
	}
	return nil
}

// testOptions reads the arguments: an apps folder, and files and folders in it.
func testOptions(cmd *cobra.Command, args []string, f testFlags) (testrun.Options, error) {
	o := testrun.Options{
		Timeout: f.timeout, Bail: f.bail, Jobs: f.jobs, Open: openTestStores,
		Handler: func(w io.Writer) slog.Handler { return newConsoleHandler(w, slog.LevelInfo) },
	}
	if len(args) == 0 {
		args = []string{"apps"}
	}
	for _, arg := range args {
		path, err := filepath.Abs(arg)
		if err != nil {
			return o, err
		}
		if _, err := os.Stat(path); err != nil {
			return o, fmt.Errorf("nothing to test: %w", err)
		}
		o.Under = append(o.Under, path)
	}
	o.Dir = testrun.AppsFolder(o.Under[0])
	sources := configSources(f.config, cmd)
	sources.Flags = nil // they are of the tests
	c, err := configure(sources)
	if err != nil {
		return o, err
	}
	o.Server = serverOptions(c, nil)
	if f.name != "" {
		o.Name = nameFilter(f.name)
	}
	return o, nil
}

// nameFilter takes a part of a name, or a regular expression.
func nameFilter(text string) func(string) bool {
	pattern, err := regexp.Compile(text)
	return func(name string) bool {
		return strings.Contains(name, text) || err == nil && pattern.MatchString(name)
	}
}

// testStores are stores in a folder that is thrown away.
type testStores struct{ *storage.Stores }

func openTestStores(dir string, now func() time.Time) testrun.Store {
	return testStores{storage.NewStores(storage.Options{Dir: dir, Relaxed: true, Now: now})}
}

// Get is the store of an app.
func (s testStores) Get(ctx context.Context, app string) (appbase.Store, error) {
	store, err := s.Stores.Get(ctx, app)
	if err != nil {
		return nil, err
	}
	return appstore.Of(store), nil
}
