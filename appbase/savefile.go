package appbase

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// maxSavings is how many files a generation may be writing at once.
const maxSavings = 64

var errNoFiles = errors.New("this app has no folder to keep files in")

// saving is a file on its way into the app's folder: it has another name until it is whole.
type saving struct {
	mu         sync.Mutex
	root       *os.Root
	file       *os.File // nil when it has ended
	name, temp string
}

// savePath is a path below the app's folder of files, in its shortest form.
func savePath(name string) (string, error) {
	clean := path.Clean(strings.ReplaceAll(name, "\\", "/"))
	if name == "" || len(name) > 1024 || path.IsAbs(clean) || !filepath.IsLocal(filepath.FromSlash(clean)) || clean == "." || hidden(clean) || strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("a file is saved to a path within the app's folder, without names that begin with a dot, such as \"avatars/7.png\", not %s", quote(name))
	}
	return clean, nil
}

// beginSaving makes the file, and the folders on its way, below dir.
func beginSaving(dir, name string) (*saving, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("the app's folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the app's folder of files: %w", err)
	}
	s := &saving{root: root, name: name, temp: path.Join(path.Dir(name), ".saving-"+rand.Text())}
	if err = root.MkdirAll(path.Dir(name), 0o750); err == nil {
		s.file, err = root.OpenFile(s.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	}
	if err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("save %q: %w", name, err)
	}
	return s, nil
}

var errSaved = errors.New("the file is closed already")

func (s *saving) write(data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return errSaved
	}
	_, err := s.file.Write(data)
	return err
}

// end gives the file its name, in place of one that was there, or removes it. Later calls do nothing.
func (s *saving) end(keep bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if keep && err == nil {
		err = s.root.Rename(s.temp, s.name)
	}
	if !keep || err != nil {
		_ = s.root.Remove(s.temp)
	}
	return errors.Join(err, s.root.Close())
}

// savings are the files that one generation is writing. They end with it.
type savings struct {
	mu     sync.Mutex
	open   map[*saving]struct{}
	closed bool
}

func (all *savings) full() bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	return len(all.open) >= maxSavings
}

// add takes one in; it is removed at once when the generation has ended.
func (all *savings) add(s *saving) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.closed {
		_ = s.end(false)
		return
	}
	all.open[s] = struct{}{}
}

func (all *savings) remove(s *saving) {
	all.mu.Lock()
	defer all.mu.Unlock()
	delete(all.open, s)
}

func (all *savings) close() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.closed = true
	for s := range all.open {
		_ = s.end(false)
	}
	all.open = nil
}

// savingHost are the prelude's functions for files that are saved.
func (in *instance) savingHost() map[string]any {
	all := &savings{open: map[*saving]struct{}{}}
	in.rt.OnClose(all.close)
	return map[string]any{
		"createFile": func(name string) goja.Value { return in.createFile(all, name) },
		"writeFile": func(s *saving, data goja.Value) goja.Value {
			chunk, _ := in.bytesOf(data)
			chunk = append([]byte(nil), chunk...)
			return in.withFiles(func() (func() goja.Value, error) { return nil, s.write(chunk) })
		},
		"endFile": func(s *saving, keep bool) goja.Value {
			return in.withFiles(func() (func() goja.Value, error) {
				defer all.remove(s)
				return nil, s.end(keep)
			})
		},
	}
}

// createFile(path) is a promise of a file to write to.
func (in *instance) createFile(all *savings, name string) goja.Value {
	clean, err := savePath(name)
	switch {
	case err != nil:
		panic(in.vm.NewTypeError("%s", err.Error()))
	case in.worker.files == "":
		in.rt.Throw(errNoFiles)
	case all.full():
		in.rt.Throw(fmt.Errorf("more than %d files are being saved", maxSavings))
	}
	return in.withFiles(func() (func() goja.Value, error) {
		s, err := beginSaving(in.worker.files, clean)
		if err != nil {
			return nil, err
		}
		all.add(s)
		return func() goja.Value { return in.vm.ToValue(s) }, nil
	})
}
