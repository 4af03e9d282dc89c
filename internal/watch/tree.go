package watch

import (
	"io/fs"
	"os"
	"path/filepath"
)

// tree is what was found below the watched paths at one time, and how to read the system's reports in its light. Paths
// are of two kinds: a real path has no symbolic link in it and is what the system reports; a logical one is what the
// caller sees, made of the path that was asked for.
type tree struct {
	nodes   map[string]node    // by logical path: every file and folder that is watched and exists
	folders map[string]*folder // by real path: every folder the system watches for us
}

// node is a file or folder.
type node struct {
	info fs.FileInfo // of what the links lead to
	link bool        // a symbolic link is on the way to it
}

// folder is a real folder and why it is watched.
type folder struct {
	info  fs.FileInfo
	whole map[string]bool  // the logical paths by which it is watched whole
	names map[string]*name // single elements of it that matter, whole or not
}

// name is one element of a folder.
type name struct {
	files map[string]bool // the logical paths of watched files that end here
	shape bool            // a change here may lead watched paths elsewhere
}

func newTree() *tree {
	return &tree{nodes: map[string]node{}, folders: map[string]*folder{}}
}

// hit is what one report of the system means.
type hit struct {
	files map[string]bool // logical paths of files that may have changed
	shape bool            // the tree itself must be looked at again
}

func (h hit) none() bool { return len(h.files) == 0 && !h.shape }

// hit reads a report about a real path.
func (t *tree) hit(path string) hit {
	h := hit{files: map[string]bool{}}
	if t.folders[path] != nil {
		h.shape = true
	}
	f := t.folders[filepath.Dir(path)]
	if f == nil {
		return h
	}
	base := filepath.Base(path)
	if n := f.names[base]; n != nil {
		h.shape = h.shape || n.shape
		for logical := range n.files {
			h.files[logical] = true
		}
	}
	if len(f.whole) > 0 && !skipFile(base) {
		t.hitWhole(&h, f, path)
	}
	return h
}

// hitWhole adds what a report means for the paths by which its folder is watched whole.
func (t *tree) hitWhole(h *hit, f *folder, path string) {
	base := filepath.Base(path)
	info, err := os.Lstat(path)
	branch := err == nil && (info.IsDir() || info.Mode()&fs.ModeSymlink != 0)
	for logical := range f.whole {
		logical = filepath.Join(logical, base)
		known, ok := t.nodes[logical]
		switch {
		case branch && !ok && skipFolder(base):
		case branch, ok && (known.link || known.info.IsDir()):
			h.shape = true
		default:
			h.files[logical] = true
		}
	}
}

// same says whether two looks at a path saw the same. For a folder it is enough that it is the same folder: what is in
// it has paths of its own.
func same(a, b fs.FileInfo) bool {
	if a.IsDir() != b.IsDir() {
		return false
	}
	if a.IsDir() {
		return true
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && a.Mode() == b.Mode() && os.SameFile(a, b)
}

// diff calls changed for each logical path that is in one tree only or differs.
func (t *tree) diff(next *tree, changed func(path string)) {
	for path, old := range t.nodes {
		if now, ok := next.nodes[path]; !ok || !same(old.info, now.info) {
			changed(path)
		}
	}
	for path := range next.nodes {
		if _, ok := t.nodes[path]; !ok {
			changed(path)
		}
	}
}
