package testrun

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/wsconn"
)

// fileRun is one test file while it runs. What is not said otherwise belongs to its loop.
type fileRun struct {
	options Options
	file    *File
	world   *world
	loop    *wsconn.Loop
	apps    *journal // what apps log
	own     *journal // what the file logs
	stop    func() bool
	script  *appbase.Script
	suite   *suite.Suite
	done    chan struct{} // closed when the last test is over
}

// runFile runs the tests of one file. cancelled tests are left out; stop is asked after every failed one.
func (r *Runner) runFile(ctx context.Context, path string) *File {
	began := time.Now()
	f := &File{Name: relative(r.options.Dir, path), Path: path, Inputs: []string{path}}
	defer func() { f.Took = time.Since(began) }()
	program, err := appbase.CompileTest(ctx, path, r.options.Dir)
	if err != nil {
		var failed interface{ Inputs() []string }
		if errors.As(err, &failed) {
			f.Inputs = append(f.Inputs, failed.Inputs()...)
		}
		f.Errors = append(f.Errors, err)
		return f
	}
	f.Inputs = append(f.Inputs, program.Inputs()...)
	run := &fileRun{options: r.options, file: f, apps: &journal{}, own: &journal{}, stop: r.failed, done: make(chan struct{})}
	run.options.own = ownApp(r.options.Dir, path)
	if err := run.run(ctx, program, r.programs.compile); err != nil {
		f.Errors = append(f.Errors, err)
	}
	return f
}

// run makes the world and the loop, and ends them.
func (f *fileRun) run(ctx context.Context, program *scripting.Program, compile func(context.Context, appbase.Source) (*scripting.Program, error)) (err error) {
	if f.world, err = newWorld(f.options, f.apps, compile); err != nil {
		return err
	}
	if f.loop, err = wsconn.NewLoop(wsconn.LoopOptions{}); err != nil {
		return errors.Join(err, f.world.close())
	}
	loop, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.loop.Run(loop) }()
	f.loop.Post(func() { f.load(program) })
	select {
	case <-f.done:
	case <-ctx.Done():
	}
	closed := make(chan error, 1)
	go func() { closed <- f.world.close() }() // beside the loop, which may owe an answer
	err = <-closed
	for path := range f.world.inputs {
		f.file.Inputs = append(f.file.Inputs, path)
	}
	f.loop.Post(func() {
		if f.script != nil {
			f.script.Close()
		}
	})
	end()
	err = errors.Join(err, <-ended)
	f.file.Log, f.file.Output = f.apps.take(), f.own.take()
	slices.Sort(f.file.Inputs)
	f.file.Inputs = slices.Compact(f.file.Inputs)
	return err
}

// fail ends the file by an error of its own.
func (f *fileRun) fail(err error) {
	var script *scripting.Error
	if errors.As(err, &script) {
		err = script.Detached()
	}
	f.file.Errors = append(f.file.Errors, err)
	close(f.done)
}

// load evaluates the file, which names its tests.
func (f *fileRun) load(program *scripting.Program) {
	timeout := f.options.Timeout
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	var err error
	f.script, err = appbase.NewScript(appbase.ScriptOptions{
		Executor: f.loop, Log: slog.New(lines{f.own}), Clock: f.world.clock, CallTime: timeout,
		OnError: func(e *scripting.Error) {
			if f.suite != nil {
				f.suite.Report(e)
			}
		},
	})
	if err == nil {
		f.suite, err = f.script.Suite(f.world, timeout)
	}
	if err != nil {
		f.fail(err)
		return
	}
	f.world.suite.Store(f.suite)
	over := false
	once := func(err error) {
		if over {
			return
		}
		over = true
		f.loaded(err)
	}
	stop := f.loop.AfterFunc(loadTime, func() {
		once(fmt.Errorf("%s: loading took longer than %v: a top-level await has not settled", f.file.Name, loadTime))
	})
	f.script.Run(program, func(err error) {
		stop()
		once(err)
	})
}

// loadTime bounds the top level of a test file, and the start of its app.
const loadTime = 20 * time.Second

// loaded starts the file's app, then its tests.
func (f *fileRun) loaded(err error) {
	switch {
	case err != nil:
		f.fail(err)
	case f.options.own == "":
		f.test()
	default:
		f.world.Start(f.options.own, func(err error) {
			f.loop.Post(func() {
				if err != nil {
					f.fail(fmt.Errorf("the app %s cannot be loaded: %w", f.options.own, err))
					return
				}
				f.test()
			})
		})
	}
}

func (f *fileRun) test() {
	f.file.Log, f.file.Output = f.apps.take(), f.own.take()
	f.suite.Run(suite.Plan{Wanted: f.wanted(), Began: func([]string) { f.between() }, Ended: f.ended}, func(errs []*scripting.Error) {
		for _, e := range errs {
			f.file.Errors = append(f.file.Errors, e)
		}
		close(f.done)
	})
}

func (f *fileRun) wanted() func([]string) bool {
	if f.options.Name == nil {
		return nil
	}
	return func(path []string) bool { return f.options.Name(strings.Join(path, " ")) }
}

// between keeps what was logged since the last test.
func (f *fileRun) between() {
	f.file.Log += f.apps.take()
	f.file.Output += f.own.take()
}

func (f *fileRun) ended(r suite.Result) bool {
	t := Test{Path: r.Path, Took: r.Took, Errors: r.Errors, Status: statuses[r.Status], Log: f.apps.take(), Output: f.own.take()}
	f.file.Tests = append(f.file.Tests, t)
	return t.Status != Failed || !f.stop()
}

var statuses = [...]Status{suite.Passed: Passed, suite.Failed: Failed, suite.Skipped: Skipped, suite.Todo: Todo}

func relative(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}
