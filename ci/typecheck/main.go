// Command typecheck holds the code of the module in the current folder against the types of other systems than this one,
// from source: a tenth of what it costs to compile all libraries once more for each, which is 230 s of processor time for darwin
// with nothing in the cache. So it does not link; GOOS=darwin go build ./cmd/sigil does.
//
//	go run ./ci/typecheck darwin windows
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	failed := make(chan bool)
	for _, system := range os.Args[1:] {
		go func() { failed <- !passes(system) }()
	}
	code := 0
	for range os.Args[1:] {
		if <-failed {
			code = 1
		}
	}
	os.Exit(code)
}

// passes checks the module for one system and prints what is wrong.
func passes(system string) bool {
	packages, err := list(context.Background(), system)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", system, err)
		return false
	}
	c := &checker{files: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, p := range packages {
		c.check(p)
	}
	for _, err := range c.errors {
		fmt.Fprintf(os.Stderr, "%s: %v\n", system, err)
	}
	return len(c.errors) == 0
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string
	DepOnly         bool // a library
}

// list returns the packages of the module after all they import.
func list(ctx context.Context, system string) (all []listed, err error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,ImportMap,DepOnly", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(out); err == nil; {
		var p listed
		if err = decoder.Decode(&p); err == nil {
			all = append(all, p)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return all, cmd.Wait()
}

// checker has the packages that are checked already.
type checker struct {
	files  *token.FileSet
	done   map[string]*types.Package
	errors []error
}

// check checks one package, whose imports are done: of libraries only what they declare.
func (c *checker) check(p listed) {
	if p.ImportPath == "unsafe" {
		return
	}
	files, err := c.parse(p)
	if err != nil {
		c.errors = append(c.errors, err)
		return
	}
	config := types.Config{
		Importer: imports{c.done, p.ImportMap}, Sizes: types.SizesFor("gc", build.Default.GOARCH), IgnoreFuncBodies: p.DepOnly,
		Error: func(err error) { c.errors = append(c.errors, err) },
	}
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, c.files, files, nil) // the error was told
}

func (c *checker) parse(p listed) ([]*ast.File, error) {
	files := make([]*ast.File, len(p.GoFiles))
	for i, name := range p.GoFiles {
		var err error
		if files[i], err = parser.ParseFile(c.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// imports resolves the imports of one package.
type imports struct {
	done  map[string]*types.Package
	alias map[string]string // what the standard library has in a folder of its own
}

// Import implements [types.Importer].
func (i imports) Import(path string) (*types.Package, error) {
	if alias := i.alias[path]; alias != "" {
		path = alias
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not listed", path)
}
