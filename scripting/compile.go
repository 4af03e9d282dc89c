package scripting

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

// defaultMaxSourceBytes bounds a bundle.
const defaultMaxSourceBytes = 8 << 20

// CompileOptions say what to compile. Entry and Root are required.
type CompileOptions struct {
	// Entry is the absolute path of the module to evaluate.
	Entry string
	// Root is the absolute path of the folder that names in errors and stacks
	// are relative to.
	Root string
	// Builtins are modules of the server's own: their source by the name they
	// are imported by. They import each other, and packages as the module that
	// imports them would.
	Builtins map[string]string
	// Aliases are other names of packages: "@hono/hono" for "hono". What is
	// below the name is meant too.
	Aliases map[string]string
	// JSXImportSource is the package whose jsx-runtime makes elements, where
	// neither a comment nor tsconfig.json names one; default "react".
	JSXImportSource string
	// AppClass is the class that apps extend, and LocalMembers its members
	// through which it looks at what other runtimes have: see [Program.State].
	AppClass     string
	LocalMembers []string
	// Companions are files that belong to the program beside its modules.
	Companions []Companion
	// SharedField is the decorator of fields that all runtimes share.
	SharedField string
	// MaxSourceBytes bounds a single file and the whole bundle; default 8 MiB.
	MaxSourceBytes int
}

func (o CompileOptions) withDefaults() (CompileOptions, error) {
	if !filepath.IsAbs(o.Entry) || !filepath.IsAbs(o.Root) {
		return o, fmt.Errorf("compile %q below %q: both must be absolute paths", o.Entry, o.Root)
	}
	if o.MaxSourceBytes <= 0 {
		o.MaxSourceBytes = defaultMaxSourceBytes
	}
	return o, nil
}

// Compile bundles the entry file with what it imports, repairs what the
// engine is known to get wrong, and compiles the result. Decorators, using
// declarations, async generators and for await are lowered; TypeScript is
// stripped, not checked.
//
// The error is a *[CompileError] when the author's code is at fault, and
// ctx's when ctx ends first. Compile may be called from any goroutine, at any
// number of goroutines at once.
func Compile(ctx context.Context, o CompileOptions) (*Program, error) {
	boundMatching()
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	b, err := bundleApp(ctx, o)
	if err != nil {
		return nil, err
	}
	program, state, mistakes, err := compileBundle(b, o)
	if err != nil {
		return nil, err
	}
	if len(mistakes) > 0 {
		return nil, &CompileError{Errors: mistakes, inputs: b.inputs}
	}
	return &Program{
		program: program, sources: b.sources,
		hash: b.hash, inputs: b.inputs, warnings: b.warnings, state: state,
		companions: readCompanions(o.Companions, b.beside),
		words:      sync.OnceValue(func() []string { return wordsOf(b.sources) }),
	}, nil
}

// compileBundle analyses, repairs and compiles a bundle for the engine.
func compileBundle(b *bundle, o CompileOptions) (*goja.Program, []State, Errors, error) {
	if tooDeep(b.code) >= 0 {
		return nil, nil, Errors{{Name: "SyntaxError", Message: messageNested}}, nil
	}
	code := b.code + "\n//# sourceMappingURL=app.map"
	loader := parser.WithSourceMapLoader(func(string) ([]byte, error) { return b.sourceMap, nil })
	tree, err := parser.ParseFile(nil, bundleName, code, 0, loader)
	if err != nil {
		return nil, nil, b.parseErrors(err), nil
	}
	state := findState(b, tree, o)
	if err := repairTree(tree); err != nil {
		return nil, nil, b.patternErrors(tree, err), nil
	}
	program, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, nil, b.compileErrors(err), nil
	}
	return program, state, nil, nil
}

// parseErrors are the engine's own complaints about a bundle.
func (b *bundle) parseErrors(err error) Errors {
	var list parser.ErrorList
	if !errors.As(err, &list) {
		return Errors{{Name: "SyntaxError", Message: err.Error()}}
	}
	var out Errors
	for _, one := range list[:min(len(list), maxMistakes)] {
		out = append(out, b.mistakeAt(one.Position.Line, one.Position.Column, one.Message))
	}
	return out
}

// patternErrors are the mistakes that repairTree found.
func (b *bundle) patternErrors(tree *ast.Program, err error) Errors {
	var out Errors
	joined, _ := err.(interface{ Unwrap() []error })
	for _, one := range joined.Unwrap() {
		e := &Error{Name: "SyntaxError", Message: one.Error()}
		var pattern *patternError
		if errors.As(one, &pattern) {
			pos := tree.File.Position(int(pattern.at) - tree.File.Base())
			b.place(e, pos.Filename, pos.Line, pos.Column)
		}
		out = append(out, e)
	}
	return out
}

func (b *bundle) compileErrors(err error) Errors {
	var syntax *goja.CompilerSyntaxError
	if !errors.As(err, &syntax) || syntax.File == nil {
		return Errors{{Name: "SyntaxError", Message: err.Error()}}
	}
	pos := syntax.File.Position(syntax.Offset)
	e := &Error{Name: "SyntaxError", Message: syntax.Message}
	b.place(e, pos.Filename, pos.Line, pos.Column)
	return Errors{e}
}
