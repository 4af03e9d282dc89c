package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// shared are the folders whose files every page can use.
var shared = [...]string{"layouts", "partials"}

// file is a template's file as a look at the folder found it.
type file struct {
	name     string // below the folder
	size     int64
	modified time.Time
}

// filesFor lists what a page is made of: the shared files, then the page.
func filesFor(root *os.Root, name string) ([]file, error) {
	var all []file
	for _, dir := range shared {
		err := fs.WalkDir(root.FS(), dir, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return fs.SkipDir
			case err != nil:
				return err
			case entry.IsDir(), hidden(path), path == name:
				return nil
			case len(all) == maxFiles:
				return fmt.Errorf("more than %d files", maxFiles)
			}
			f, err := look(root, path)
			all = append(all, f)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("templates: %s: %w", dir, err)
		}
	}
	f, err := look(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notThere(name)
	}
	return append(all, f), err
}

func look(root *os.Root, name string) (file, error) {
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return file{}, fmt.Errorf("%s: %w", path.Join("templates", name), err)
	case !info.Mode().IsRegular():
		return file{}, fmt.Errorf("templates: %q: %w", name, fs.ErrNotExist)
	case info.Size() > maxFileBytes:
		return file{}, fmt.Errorf("%s has %d bytes; a template has at most %d", path.Join("templates", name), info.Size(), maxFileBytes)
	}
	return file{name, info.Size(), info.ModTime()}, nil
}

// stamp tells one state of a page's files from another.
type stamp string

func stampOf(files []file) stamp {
	var text []byte
	for _, f := range files {
		text = fmt.Appendf(text, "%s\x00%d\x00%d\n", f.name, f.size, f.modified.UnixNano())
	}
	return stamp(text)
}
