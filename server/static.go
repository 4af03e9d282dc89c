package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

const indexFile = "index.html"

// publicFile is an open file of an app's public folder.
type publicFile struct {
	file *os.File
	info fs.FileInfo
}

// errFolder says that the path is a folder with an index: it wants a slash at its end.
var errFolder = errors.New("a folder")

// openPublic opens what a path below the app names: a regular file, or the index.html of a folder when the path ends
// with a slash. Links are followed as long as they stay inside; names that begin with a dot do not exist.
func openPublic(src appbase.Source, rest string) (*publicFile, error) {
	name, ok := publicName(rest)
	if !ok || src.PublicDir() == "" {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(src.PublicDir())
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only reads
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		if index, err := root.Stat(path.Join(name, indexFile)); err == nil && index.Mode().IsRegular() {
			return nil, errFolder
		}
		return nil, fs.ErrNotExist
	case !info.Mode().IsRegular(): // opening a pipe would wait for its other end
		return nil, fs.ErrNotExist
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	return &publicFile{file, info}, nil
}

// publicName is the file's name for a decoded path below the app.
func publicName(rest string) (string, bool) {
	name := strings.TrimPrefix(rest, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += indexFile
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || strings.HasPrefix(segment, ".") {
			return "", false
		}
	}
	return name, true
}

// hasPublic reports whether a public file answers at the path.
func hasPublic(src appbase.Source, rest string) bool {
	f, err := openPublic(src, rest)
	if err != nil {
		return false
	}
	_ = f.file.Close() // only read
	return true
}

// file answers with a public file. False: there is none.
func (s *Server) file(w *steadyWriter, r *http.Request, c call) bool {
	f, err := openPublic(c.now.source, c.target.rest)
	if errors.Is(err, errFolder) {
		if s.reads(w, r) {
			redirect(w, r, c.target.path()+"/")
		}
		return true
	}
	if err != nil {
		return false
	}
	defer func() { _ = f.file.Close() }() // only read
	if !s.reads(w, r) {
		return true
	}
	w.Header().Set("Cache-Control", "no-cache") // kept, but asked about: a saved file is there at once
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, f.info.ModTime().UnixNano(), f.info.Size()))
	http.ServeContent(w, r, f.info.Name(), f.info.ModTime(), f.file)
	return true
}
