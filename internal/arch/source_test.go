package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// How long things may be at most. Most are to be far shorter.
const (
	maxFileLines = 500
	maxFuncLines = 80
)

// source is one parsed file of the repository.
type source struct {
	name string // below the root, with slashes
	fset *token.FileSet
	file *ast.File
}

func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s source) line(pos token.Pos) int { return s.fset.Position(pos).Line }

func (s source) lines(node ast.Node) int { return s.line(node.End()) - s.line(node.Pos()) + 1 }

// sources parses every Go file of the repository, also those of other systems and of the modules beside this one.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	dir := root(t)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != dir && (name == "testdata" || name == "node_modules" || name[0] == '.') {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		found = append(found, source{name: filepath.ToSlash(relative), fset: fset, file: file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLengths(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.line(s.file.FileEnd); n > maxFileLines {
			t.Errorf("%s has %d lines; %d are allowed", s.name, n, maxFileLines)
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := codeLines(s, fn); n > maxFuncLines {
				t.Errorf("%s:%d: %s has %d lines; %d are allowed", s.name, s.line(fn.Pos()), fn.Name.Name, n, maxFuncLines)
			}
		}
	}
}

// codeLines counts the lines of a function, leaving out those of tables: literals without code in them.
func codeLines(s source, fn *ast.FuncDecl) int {
	n := s.lines(fn)
	ast.Inspect(fn, func(node ast.Node) bool {
		table, ok := node.(*ast.CompositeLit)
		if !ok || hasCode(table) {
			return true
		}
		n -= s.lines(table) - 1
		return false
	})
	return n
}

func hasCode(table *ast.CompositeLit) (found bool) {
	ast.Inspect(table, func(node ast.Node) bool {
		_, ok := node.(*ast.FuncLit)
		found = found || ok
		return !found
	})
	return found
}

// A test that sleeps is slow on a good day and wrong on a bad one: wait for what must happen, or sleep in a bubble of
// testing/synctest, where it only moves the clock.
func TestNoSleep(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test() {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok && isSelector(call.Fun, "synctest", "Test") {
				return false
			}
			if isSelector(node, "time", "Sleep") {
				t.Errorf("%s:%d: time.Sleep in a test", s.name, s.line(node.Pos()))
			}
			return true
		})
	}
}

func isSelector(node ast.Node, pkg, name string) bool {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	x, ok := selector.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// Parts are wired by hand, in cmd, once: nothing registers itself.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: func init", s.name, s.line(fn.Pos()))
			}
		}
	}
}

// Every package says in one comment what it is for.
func TestPackageComments(t *testing.T) {
	commented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		dir := filepath.Dir(s.name)
		commented[dir] = commented[dir] || s.file.Doc != nil
	}
	for dir, ok := range commented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestCodeLines(t *testing.T) {
	text := `package p
func f() {
	rows := []int{
		1,
		2,
	}
	calls := []func(){
		func() {},
	}
	_, _ = rows, calls
}`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	fn, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok {
		t.Fatal("no function")
	}
	if got := codeLines(source{name: "p.go", fset: fset, file: file}, fn); got != 7 {
		t.Errorf("%d lines of code, want 7", got)
	}
}
