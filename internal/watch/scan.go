package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// maxLinks bounds the symbolic links followed for one path.
const maxLinks = 40

// scanner builds a tree. Each folder is watched before it is read, so what changes meanwhile is either found or reported.
type scanner struct {
	tree       *tree
	watch      func(folder string) error // asks the system; called again for folders it watches already
	maxFolders int
	folders    int // counted towards maxFolders
	errs       []error
	full       bool // maxFolders was met, and said
}

// scan looks at all of paths. The error joins what could not be watched; the tree holds the rest.
func scan(paths []string, maxFolders int, watch func(folder string) error) (*tree, error) {
	s := &scanner{tree: newTree(), watch: watch, maxFolders: maxFolders}
	for _, path := range paths {
		s.visit(path, path, nil)
	}
	return s.tree, errors.Join(s.errs...)
}

// visit adds what path leads to under its logical path. above are the real folders that are being walked.
func (s *scanner) visit(path, logical string, above []string) {
	real, info := s.resolve(path, logical)
	if info == nil {
		return
	}
	link := real != path
	if !info.IsDir() {
		s.tree.nodes[logical] = node{info: info, link: link}
		return
	}
	if known, ok := s.tree.nodes[logical]; ok && known.info.IsDir() {
		return // walked already
	}
	s.tree.nodes[logical] = node{info: info, link: link}
	s.walk(real, logical, above)
}

// walk adds all that is below a real folder.
func (s *scanner) walk(real, logical string, above []string) {
	if slices.Contains(above, real) {
		return // a link to a folder above itself
	}
	f := s.folder(real)
	if f == nil || (len(f.whole) > 0 && !s.count()) {
		return
	}
	f.whole[logical] = true
	entries, err := os.ReadDir(real)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.errs = append(s.errs, fmt.Errorf("watch below %q: %w", logical, err))
	}
	above = append(slices.Clip(above), real)
	for _, entry := range entries {
		s.element(entry, real, logical, above)
	}
}

// element adds one element of a folder that is watched whole.
func (s *scanner) element(entry fs.DirEntry, real, logical string, above []string) {
	name := entry.Name()
	if skipFile(name) {
		return
	}
	real, logical = filepath.Join(real, name), filepath.Join(logical, name)
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		if !skipFolder(name) {
			s.visit(real, logical, above)
		}
	case !entry.IsDir():
		if info, err := entry.Info(); err == nil {
			s.tree.nodes[logical] = node{info: info}
		}
	case !skipFolder(name):
		if info, err := entry.Info(); err == nil {
			s.tree.nodes[logical] = node{info: info}
			s.walk(real, logical, above)
		}
	}
}

// resolve follows path element by element and notes each name on which the way depends: links, the first name that is
// missing, and the last one. It returns the real path and what is there, or nil when nothing is.
func (s *scanner) resolve(path, logical string) (string, fs.FileInfo) {
	dir, text := splitRoot(filepath.Clean(path))
	rest := elements(text)
	for links := 0; len(rest) > 0; {
		here := filepath.Join(dir, rest[0])
		info, err := os.Lstat(here)
		if err != nil || len(rest) == 1 || info.Mode()&fs.ModeSymlink != 0 {
			n := s.name(dir, rest[0])
			if n == nil {
				return "", nil
			}
			if info, err = os.Lstat(here); err != nil { // looked at again: watched only now
				n.shape = true
				return "", nil
			}
			s.note(n, info, logical, len(rest) == 1)
		}
		rest = rest[1:]
		if info.Mode()&fs.ModeSymlink == 0 {
			dir = here
			continue
		}
		target, err := os.Readlink(here)
		if links++; err != nil || links > maxLinks {
			return "", nil
		}
		dir, rest = follow(dir, target, rest)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", nil
	}
	return dir, info
}

// note says why a name matters: a file that ends here, or a way that leads on.
func (s *scanner) note(n *name, info fs.FileInfo, logical string, last bool) {
	if info.IsDir() || info.Mode()&fs.ModeSymlink != 0 {
		n.shape = true
		return
	}
	if last {
		n.files[logical] = true
	}
}

// follow returns where the target of a link in the real folder dir leads, followed by rest. As dir is always real, a ".."
// among the elements means its parent.
func follow(dir, target string, rest []string) (string, []string) {
	if filepath.IsAbs(target) {
		dir, target = splitRoot(target)
	}
	return dir, append(elements(target), rest...)
}

// splitRoot cuts an absolute path into its root and the rest.
func splitRoot(path string) (root, rest string) {
	volume := filepath.VolumeName(path)
	return volume + string(filepath.Separator), path[len(volume):]
}

func elements(path string) []string {
	return strings.FieldsFunc(filepath.ToSlash(path), func(r rune) bool { return r == '/' })
}

// name returns what is known of one element of a real folder, which is watched from now on; nil when it cannot be.
func (s *scanner) name(dir, base string) *name {
	f := s.folder(dir)
	if f == nil {
		return nil
	}
	n := f.names[base]
	if n == nil {
		n = &name{files: map[string]bool{}}
		f.names[base] = n
	}
	return n
}

// folder has the system watch a real folder, once; nil when it cannot.
func (s *scanner) folder(dir string) *folder {
	if f := s.tree.folders[dir]; f != nil {
		return f
	}
	if !s.count() {
		return nil
	}
	info, err := os.Lstat(dir)
	if err == nil {
		err = s.watch(dir)
	}
	if err != nil {
		s.fail(dir, err)
		return nil
	}
	f := &folder{info: info, whole: map[string]bool{}, names: map[string]*name{}}
	s.tree.folders[dir] = f
	return f
}

// fail notes why a folder is not watched. One that just disappeared is no error: its own parent reports that.
func (s *scanner) fail(dir string, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, syscall.ENOSPC):
		s.errs = append(s.errs, fmt.Errorf("watch %q: the system's limit is reached; raise fs.inotify.max_user_watches: %w", dir, err))
	default:
		s.errs = append(s.errs, fmt.Errorf("watch %q: %w", dir, err))
	}
}

// count adds a folder; false when there are too many, which is said once.
func (s *scanner) count() bool {
	if s.folders++; s.folders <= s.maxFolders {
		return true
	}
	if !s.full {
		s.full = true
		s.errs = append(s.errs, fmt.Errorf("more than %d folders to watch: changes in the others are not seen", s.maxFolders))
	}
	return false
}
