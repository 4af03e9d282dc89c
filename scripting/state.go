package scripting

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	operator "github.com/dop251/goja/token"
)

// State is one place where an app keeps something of its own between two calls, or looks at what has to be known of other
// runtimes. An app that keeps nothing behaves the same on one runtime and on many.
type State struct {
	What string // `field "peers"`
	File string // the author's, relative to the root
	Line int    // from 1
}

// String is the place as a sentence needs it: field "peers" (chat.ts:3).
func (s State) String() string { return fmt.Sprintf("%s (%s:%d)", s.What, s.File, s.Line) }

// State lists, in the order of the sources, where the app keeps state: fields of a class that extends the
// one named in CompileOptions, what its methods assign to this, their uses of LocalMembers, module variables that change or hold
// something that can, static fields, and properties of globalThis. Packages (node_modules) do not count. What
// cannot be told to be constant counts as state.
func (p *Program) State() []State { return p.state }

// stateFinder walks a bundle.
type stateFinder struct {
	b         *bundle
	file      *file.File
	bindings  map[string]*stateBinding // of the modules' top levels; the bundler keeps their names apart
	apps      map[string]bool          // the app class and those that extend it, by name
	local     []string                 // members of it that only one runtime has
	decorator string                   // of shared fields
	shared    map[string]bool          // shared fields, by quoted name
	found     []State
}

// stateBinding is a variable of a module.
type stateBinding struct {
	at      file.Idx
	kind    bindingKind
	changed bool
}

type bindingKind int

const (
	constant bindingKind = iota // cannot change but by assignment
	fragile                     // a literal object or array: constant as long as it is only read
	mutable                     // anything else
)

// findState analyses a parsed bundle, before it is repaired.
func findState(b *bundle, tree *ast.Program, o CompileOptions) []State {
	f := &stateFinder{b: b, file: tree.File, bindings: map[string]*stateBinding{}, apps: map[string]bool{o.AppClass: true}, local: o.LocalMembers, decorator: o.SharedField, shared: map[string]bool{}}
	top := moduleStatements(tree)
	for _, s := range top {
		f.declare(s)
	}
	for _, s := range top {
		f.walk(s, nil)
	}
	for name, v := range f.bindings {
		if v.at != 0 && (v.changed || v.kind == mutable) {
			f.mark(v.at, fmt.Sprintf("variable %q", name))
		}
	}
	slices.SortFunc(f.found, func(a, b State) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, strings.Compare(a.What, b.What))
	})
	return slices.Compact(f.found)
}

// moduleStatements are the statements of the function that the bundle is.
func moduleStatements(tree *ast.Program) []ast.Statement {
	if len(tree.Body) > 0 {
		if s, ok := tree.Body[0].(*ast.ExpressionStatement); ok {
			if fn, ok := s.Expression.(*ast.FunctionLiteral); ok {
				return fn.Body.List
			}
		}
	}
	return nil
}

// mark notes state at a place of the author's own.
func (f *stateFinder) mark(at file.Idx, what string) {
	if name, line := f.place(at); name != "" {
		f.found = append(f.found, State{what, name, line})
	}
}

// place is where in the author's files something stands; "" elsewhere.
func (f *stateFinder) place(at file.Idx) (string, int) {
	pos := f.file.Position(int(at) - f.file.Base())
	e := &Error{}
	f.b.place(e, pos.Filename, pos.Line, pos.Column)
	if e.File == "" || slices.Contains(strings.Split(path.Dir(e.File), "/"), "node_modules") {
		return "", 0
	}
	return e.File, e.Line
}

// own reports whether a name stands in the line it is said to come from; those that the bundler made do not.
func (f *stateFinder) own(name string, at file.Idx) bool {
	pos := f.file.Position(int(at) - f.file.Base())
	e := &Error{}
	f.b.place(e, pos.Filename, pos.Line, pos.Column)
	return strings.Contains(e.SourceLine, strings.TrimRight(name, "0123456789"))
}

// declare remembers the variables and classes of one statement.
func (f *stateFinder) declare(s ast.Statement) {
	switch s := s.(type) {
	case *ast.VariableStatement:
		f.declareAll(s.List)
	case *ast.LexicalDeclaration:
		f.declareAll(s.List)
	case *ast.ClassDeclaration:
		f.class(s.Class.Name.Name.String(), s.Class)
	case *ast.FunctionDeclaration:
		f.bindings[s.Function.Name.Name.String()] = &stateBinding{}
	}
}

func (f *stateFinder) declareAll(list []*ast.Binding) {
	for _, b := range list {
		id, ok := b.Target.(*ast.Identifier)
		if !ok {
			f.mark(b.Idx0(), "a destructured variable")
			continue
		}
		name := id.Name.String()
		if class, ok := b.Initializer.(*ast.ClassLiteral); ok {
			f.class(name, class)
			continue
		}
		if f.own(name, id.Idx) {
			f.bindings[name] = &stateBinding{at: id.Idx, kind: f.kind(name, b.Initializer)}
		}
	}
}

// class remembers an app's class.
func (f *stateFinder) class(name string, class *ast.ClassLiteral) {
	if f.extendsApp(class) {
		f.apps[name] = true
	}
	f.bindings[name] = &stateBinding{} // its static fields are found where it is walked
}

func (f *stateFinder) extendsApp(class *ast.ClassLiteral) (found bool) {
	var look func(ast.Node)
	look = func(n ast.Node) {
		if id, ok := n.(*ast.Identifier); ok && f.apps[id.Name.String()] {
			found = true
		}
		children(n, look)
	}
	if class.SuperClass != nil {
		look(class.SuperClass)
	}
	return found
}

// kind tells what a variable holds.
func (f *stateFinder) kind(name string, e ast.Expression) bindingKind {
	switch e := e.(type) {
	case nil, *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return constant
	case *ast.ObjectLiteral, *ast.ArrayLiteral:
		return fragile
	case *ast.CallExpression:
		if frozen(e) || isEnum(name, e) || stateless(e.Callee) {
			return constant
		}
	case *ast.NewExpression:
		if stateless(e.Callee) {
			return constant
		}
	}
	if f.primitive(e) {
		return constant
	}
	return mutable
}

// primitive reports whether an expression is a literal, or an operation on such.
func (f *stateFinder) primitive(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.StringLiteral, *ast.NumberLiteral, *ast.BooleanLiteral, *ast.NullLiteral, *ast.RegExpLiteral:
		return true
	case *ast.TemplateLiteral:
		return e.Tag == nil // its value is a text, whatever it is made of
	case *ast.UnaryExpression:
		return e.Operator != operator.INCREMENT && e.Operator != operator.DECREMENT
	case *ast.BinaryExpression:
		return e.Comparison || f.primitive(e.Left) && f.primitive(e.Right)
	case *ast.Identifier:
		b := f.bindings[e.Name.String()]
		return e.Name == "undefined" || b != nil && b.kind == constant
	}
	return false
}

// frozen reports whether a call makes what cannot change: Object.freeze({...}), Symbol("x").
func frozen(call *ast.CallExpression) bool {
	switch callee := call.Callee.(type) {
	case *ast.DotExpression:
		object, ok := callee.Left.(*ast.Identifier)
		return ok && object.Name == "Object" && callee.Identifier.Name == "freeze"
	case *ast.Identifier:
		return callee.Name == "Symbol"
	}
	return false
}

// stateless reports whether a constructor makes what keeps nothing from one call to the next: new AsyncLocalStorage(), whose
// values go with the work that set them, and the formatters of Intl.
func stateless(callee ast.Expression) bool {
	switch callee := callee.(type) {
	case *ast.DotExpression:
		object, ok := callee.Left.(*ast.Identifier)
		return ok && object.Name == "Intl"
	case *ast.Identifier:
		return callee.Name == "AsyncLocalStorage"
	}
	return false
}

// isEnum recognises what a TypeScript enum becomes: ((E) => ...)(E || {}).
func isEnum(name string, call *ast.CallExpression) bool {
	if len(call.ArgumentList) != 1 {
		return false
	}
	or, ok := call.ArgumentList[0].(*ast.BinaryExpression)
	if !ok || or.Operator != operator.LOGICAL_OR {
		return false
	}
	id, ok := or.Left.(*ast.Identifier)
	return ok && id.Name.String() == name
}
