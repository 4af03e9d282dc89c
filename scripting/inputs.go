package scripting

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// builtinSpace is the bundler's namespace for the server's own modules.
const builtinSpace = "sigil"

// inputs reads the files of a build and remembers them. The bundler calls it
// from many goroutines.
type inputs struct {
	root string
	max  int

	mu     sync.Mutex
	hashes map[string][sha256.Size]byte // by absolute path
}

// plugin has the bundler read files through in, and resolve the builtins.
func (in *inputs) plugin(o CompileOptions) api.Plugin {
	return api.Plugin{Name: "sigil", Setup: func(b api.PluginBuild) {
		for name, text := range o.Builtins {
			filter := "^" + regexpQuote(name) + "$"
			b.OnResolve(api.OnResolveOptions{Filter: filter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: name, Namespace: builtinSpace, PluginData: args.ResolveDir}, nil
			})
			b.OnLoad(api.OnLoadOptions{Filter: filter, Namespace: builtinSpace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				dir, _ := args.PluginData.(string)
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: dir}, nil
			})
		}
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "file"}, in.load)
	}}
}

// load looks at a file before the bundler reads it, which knows of files that
// are not there: those that a package leaves out in its field "browser".
func (in *inputs) load(args api.OnLoadArgs) (api.OnLoadResult, error) {
	text, err := in.read(args.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return api.OnLoadResult{}, err
	}
	if at := tooDeep(text); at >= 0 {
		return api.OnLoadResult{Errors: []api.Message{deepMessage(relative(in.root, args.Path), text, at)}}, nil
	}
	return api.OnLoadResult{}, nil
}

// read reads a file of at most max bytes and remembers it.
func (in *inputs) read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		in.add(path, nil)
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(in.max)+1))
	in.add(path, text)
	if err != nil {
		return "", err
	}
	if len(text) > in.max {
		return "", fmt.Errorf("the file is larger than %d bytes", in.max)
	}
	return string(text), nil
}

func (in *inputs) add(path string, text []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.hashes == nil {
		in.hashes = make(map[string][sha256.Size]byte)
	}
	in.hashes[path] = sha256.Sum256(text)
}

// addEntry counts the entry as an input under the path it was asked for by,
// which may be a symbolic link.
func (in *inputs) addEntry(path string) {
	in.mu.Lock()
	_, known := in.hashes[path]
	in.mu.Unlock()
	if !known {
		_, _ = in.read(path) // a missing entry is the bundler's to tell
	}
}

// paths are the files read so far, sorted.
func (in *inputs) paths() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	paths := make([]string, 0, len(in.hashes))
	for path := range in.hashes {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// hash covers the relative names and the contents of the files read so far.
func (in *inputs) hash() string {
	all := sha256.New()
	for _, path := range in.paths() {
		sum := in.hashes[path]
		fmt.Fprintf(all, "%s\x00%x\n", relative(in.root, path), sum)
	}
	return hex.EncodeToString(all.Sum(nil)[:16])
}

// relative is a path below root with slashes, or the path itself when there
// is none.
func relative(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}
