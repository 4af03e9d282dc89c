package testrun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// ErrNoTests is in the error of [Find] when there are none.
var ErrNoTests = errors.New("no test files: they are named *.test.ts or *.test.js and lie beside the apps")

// Find lists the test files under files and folders, sorted. Folders that begin with a dot, and node_modules, are left out.
func Find(under []string) (files []string, err error) {
	for _, path := range under {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			if !appbase.IsTest(path) {
				return nil, fmt.Errorf("%s is no test file: these are named *.test.ts or *.test.js", path)
			}
			files = append(files, path)
			continue
		}
		if err := filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.IsDir() && at != path && (e.Name() == "node_modules" || strings.HasPrefix(e.Name(), ".")):
				return fs.SkipDir
			case !e.IsDir() && appbase.IsTest(at):
				files = append(files, at)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, ErrNoTests
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// AppsFolder is the folder of the apps that a file or folder with tests belongs to: the one that holds the app it lies in, a
// folder of that has apps or is named "apps", or else the folder itself.
func AppsFolder(path string) string {
	dir := path
	info, err := os.Stat(path)
	isFolder := err == nil && info.IsDir()
	if !isFolder {
		dir = filepath.Dir(path)
	}
	for at := dir; ; at = filepath.Dir(at) {
		parent := filepath.Dir(at)
		switch {
		case isApp(at):
			return parent
		case filepath.Base(at) == "apps", at == dir && isFolder && hasApps(at):
			return at
		case parent == at:
			return dir
		}
	}
}

// isApp says whether a folder is an app.
func isApp(dir string) bool {
	sources, _, err := appbase.Discover(filepath.Dir(dir))
	return err == nil && slices.ContainsFunc(sources, func(s appbase.Source) bool { return s.Dir == dir })
}

func hasApps(dir string) bool {
	sources, _, err := appbase.Discover(dir)
	return err == nil && len(sources) > 0
}

// ownApp is the app that a test file lies in, or is named after; "" none.
func ownApp(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return ""
	}
	name, _, inside := strings.Cut(filepath.ToSlash(rel), "/")
	if !inside {
		name, _, _ = strings.Cut(name, ".")
	}
	sources, _, err := appbase.Discover(dir)
	if err != nil || !slices.ContainsFunc(sources, func(s appbase.Source) bool { return s.Name == name }) {
		return ""
	}
	return name
}
