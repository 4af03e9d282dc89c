package arch

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"runtime"
	"testing"
)

// engine is the library whose types only scripting, appbase and its modules may show.
const engine = "github.com/dop251/goja"

// No package outside scripting and appbase shows a type of the engine, not even one that another package handed it.
func TestEngineStaysInside(t *testing.T) {
	exports := map[string]string{} // import path to the compiler's export data
	var outside []string
	for _, p := range list(t, runtime.GOOS, "-deps", "-export", "-json=ImportPath,Export", "./...") {
		exports[p.ImportPath] = p.Export
		if path, mine := ours(p.ImportPath); mine && !within(path, "scripting") && !within(path, "appbase") {
			outside = append(outside, p.ImportPath)
		}
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	for _, path := range outside {
		p, err := imports.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			if object := p.Scope().Lookup(name); object.Exported() && shows(object) {
				t.Errorf("%s shows a type of the engine: %v", path, object)
			}
		}
	}
}

// shows says whether an exported object mentions a type of the engine in its declaration, fields or methods.
func shows(object types.Object) bool {
	if named, ok := object.Type().(*types.Named); ok && named.Obj() == object {
		for method := range named.Methods() {
			if method.Exported() && mentions(method.Type()) {
				return true
			}
		}
		return mentions(named.Underlying())
	}
	return mentions(object.Type())
}

// mentions looks through what a reader of a declaration sees: a type with a name is not looked into.
func mentions(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Pkg() != nil && within(t.Obj().Pkg().Path(), engine)
	case *types.Map:
		return mentions(t.Key()) || mentions(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		return mentions(t.Elem())
	case *types.Signature:
		return mentionsAny(t.Params()) || mentionsAny(t.Results())
	case *types.Struct:
		for field := range t.Fields() {
			if field.Exported() && mentions(field.Type()) {
				return true
			}
		}
	case *types.Interface:
		for method := range t.Methods() {
			if mentions(method.Type()) {
				return true
			}
		}
	}
	return false
}

func mentionsAny(tuple *types.Tuple) bool {
	for v := range tuple.Variables() {
		if mentions(v.Type()) {
			return true
		}
	}
	return false
}

// The check sees what it is made to see: packages inside do show the engine.
func TestMentions(t *testing.T) {
	value := types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage(engine, "goja"), "Value", nil), types.Typ[types.Int], nil)
	signature := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", types.NewSlice(value))), false)
	for _, shown := range []types.Type{value, types.NewPointer(value), types.NewMap(types.Typ[types.String], value), signature,
		types.NewStruct([]*types.Var{types.NewField(token.NoPos, nil, "V", signature, false)}, nil)} {
		if !mentions(shown) {
			t.Errorf("%v is not seen", shown)
		}
	}
	hidden := types.NewStruct([]*types.Var{types.NewField(token.NoPos, nil, "v", value, false)}, nil)
	if mentions(hidden) || mentions(types.Typ[types.String]) {
		t.Error("sees what is not shown")
	}
}
