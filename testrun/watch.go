package testrun

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// Changes is a source of file changes, as the server's.
type Changes interface {
	// Watch replaces the set of watched folders (with everything below them) and files.
	Watch(paths []string) error
	// Events yields batches of changed absolute paths, under the names that were asked for.
	Events() <-chan []string
}

// Round is one run of a watched one: its files are about to run. The functions are called in turn.
type Round struct {
	Began func(files []string)
	File  func(*File)
	Ended func()
}

// Watch runs all tests, and then those that a change concerns, until ctx ends: a test file that was changed or is new, and
// those whose own files or whose apps' files were. The error says why there is nothing to watch.
func (r *Runner) Watch(ctx context.Context, changes Changes, round Round) error {
	if err := changes.Watch([]string{r.options.Dir}); err != nil {
		return err
	}
	files, err := r.Files()
	if err != nil {
		return err
	}
	inputs := map[string][]string{}
	for {
		if len(files) > 0 {
			round.Began(files)
			r.Run(ctx, files, func(f *File) {
				inputs[f.Path] = f.Inputs
				round.File(f)
			})
			round.Ended()
			if err := changes.Watch(watched(r.options.Dir, inputs)); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case batch, open := <-changes.Events():
			if !open {
				return nil
			}
			files = r.affected(batch, inputs)
		}
	}
}

// watched is the folder of the apps and what lies outside of it.
func watched(dir string, inputs map[string][]string) []string {
	paths := []string{dir}
	for _, all := range inputs {
		for _, path := range all {
			if !below(dir, path) {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// affected are the test files that a change concerns. Those that are gone are forgotten.
func (r *Runner) affected(changed []string, inputs map[string][]string) (files []string) {
	there, err := r.Files()
	if err != nil {
		return nil
	}
	for _, file := range there {
		known, ran := inputs[file]
		if !ran || slices.ContainsFunc(changed, func(path string) bool { return concerns(file, known, path) }) {
			files = append(files, file)
		}
	}
	for file := range inputs {
		if !slices.Contains(there, file) {
			delete(inputs, file)
		}
	}
	return files
}

// concerns says whether a changed path is one of the inputs of a test file, or lies in an app's folder among them; other test
// files there do not count.
func concerns(file string, inputs []string, changed string) bool {
	if changed == file || slices.Contains(inputs, changed) {
		return true
	}
	if appbase.IsTest(changed) {
		return false
	}
	return slices.ContainsFunc(inputs, func(input string) bool { return below(input, changed) || below(changed, input) })
}

// below reports whether path is dir or lies in it.
func below(dir, path string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == filepath.Separator)
}
