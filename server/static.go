package server

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

const indexFile = "index.html"

// publicFile is an open file of an app's public folder.
type publicFile struct {
	file   *os.File
	info   fs.FileInfo
	coding string // in which it holds what was asked for; "" for itself
}

// errFolder says that the path is a folder with an index: it wants a slash at its end.
var errFolder = errors.New("a folder")

// openPublic opens what a path below the app names: a regular file, or the index.html of a folder when the path ends
// with a slash. Links are followed as long as they stay inside; names that begin with a dot, and tests, do not exist.
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
	return &publicFile{file: file, info: info}, nil
}

// publicName is the file's name for a decoded path below the app.
func publicName(rest string) (string, bool) {
	name := strings.TrimPrefix(rest, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += indexFile
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || strings.HasPrefix(segment, ".") || strings.Contains(segment, appbase.InnerSlash) {
			return "", false
		}
	}
	if appbase.IsTest(name) {
		return "", false
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
	header, name := w.Header(), f.info.Name()
	header.Set("Cache-Control", "no-cache") // kept, but asked about: a saved file is there at once
	if kind := fileType(name); kind != "" {
		header.Set("Content-Type", kind)
	}
	if packed := s.neighbour(header, r, c, f); packed != nil {
		defer func() { _ = packed.file.Close() }() // only read
		header.Set("Content-Encoding", packed.coding)
		f = packed
	}
	header.Set("ETag", fmt.Sprintf(`"%x-%x%s"`, f.info.ModTime().UnixNano(), f.info.Size(), f.coding))
	settleRange(r, f.info.Size())
	http.ServeContent(w, r, name, f.info.ModTime(), f.file)
	return true
}

// neighbours are the codings in which an author may put a file beside itself: "app.js.br". The smallest first.
var neighbours = []struct{ coding, extension string }{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}

// neighbourAge is how much older a neighbour may be: a copy of a folder writes in any order. What is older yet was made of
// another file.
const neighbourAge = time.Minute

// neighbour opens the file in a coding that the author has put beside it, the client takes, and is not older; nil when
// there is none. A part is only to be had of the file itself.
func (s *Server) neighbour(header http.Header, r *http.Request, c call, f *publicFile) *publicFile {
	if s.codings == nil {
		return nil
	}
	name, _ := publicName(c.target.rest)
	var offers []string
	for _, n := range neighbours {
		if _, err := os.Stat(filepath.Join(c.now.source.PublicDir(), filepath.FromSlash(name)+n.extension)); err == nil {
			offers = append(offers, n.coding)
		}
	}
	if len(offers) > 0 {
		header.Add("Vary", "Accept-Encoding")
	}
	if r.Header.Get("Range") != "" {
		return nil
	}
	coding, _ := preferredCoding(r.Header["Accept-Encoding"], offers...)
	for _, n := range neighbours {
		if n.coding != coding {
			continue
		}
		packed, err := openPublic(c.now.source, "/"+name+n.extension)
		if err != nil || f.info.ModTime().Sub(packed.info.ModTime()) > neighbourAge {
			return nil
		}
		packed.coding = coding
		return packed
	}
	return nil
}

// fileTypes are those of files that systems know differently, or not at all.
var fileTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".htm": "text/html; charset=utf-8", ".html": "text/html; charset=utf-8",
	".ico": "image/vnd.microsoft.icon", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".md": "text/markdown; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".ogg": "audio/ogg",
	".otf": "font/otf", ".pdf": "application/pdf", ".svg": "image/svg+xml", ".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8",
	".vtt": "text/vtt; charset=utf-8", ".wasm": "application/wasm", ".wav": "audio/wav", ".webm": "video/webm", ".webmanifest": "application/manifest+json",
	".woff": "font/woff", ".woff2": "font/woff2", ".xml": "application/xml", ".yaml": "application/yaml", ".yml": "application/yaml",
	".br": "application/octet-stream", ".gz": "application/gzip", ".zst": "application/zstd",
}

// fileType is the media type of a file; "" is left to what it holds.
func fileType(name string) string {
	extension := strings.ToLower(path.Ext(name))
	if kind, ok := fileTypes[extension]; ok {
		return kind
	}
	return mime.TypeByExtension(extension)
}
