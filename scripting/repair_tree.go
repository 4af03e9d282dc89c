package scripting

import (
	"errors"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	operator "github.com/dop251/goja/token"
)

// repairTree mends, between parsing and compiling, what the engine would
// compile wrongly. Positions stay as they are. The error is a *patternError.
func repairTree(tree *ast.Program) error {
	r := &treeRepair{calls: newCallGraph()}
	r.visit(tree)
	r.calls.guardRecursion()
	return errors.Join(r.failed...)
}

// treeRepair walks a tree once and applies every repair.
type treeRepair struct {
	calls     *callGraph
	functions []*functionScope // the functions round the present node
	failed    []error
}

// functionScope is a function that has arguments of its own, or an arrow
// function, which has not.
type functionScope struct {
	arrow      bool
	parameters bool // the walk is in its parameters
	borrowed   bool // an arrow function inside uses arguments
}

func (r *treeRepair) visit(n ast.Node) {
	r.calls.visit(n)
	switch n := n.(type) {
	case *ast.FunctionLiteral:
		r.function(n)
		return
	case *ast.ArrowFunctionLiteral:
		r.push(&functionScope{arrow: true})
		r.calls.begin(n, nil, func() { guardArrow(n) })
		children(n, r.visit)
		r.calls.end()
		r.pop()
		return
	case *ast.Binding:
		r.visit(n.Target)
		n.Initializer = r.initializer(n.Initializer)
		return
	case *ast.PropertyShort:
		r.visit(&n.Name)
		n.Initializer = r.initializer(n.Initializer)
		return
	case *ast.AssignExpression:
		r.visit(n.Left)
		n.Right = r.initializer(n.Right)
		return
	case *ast.BinaryExpression:
		brandCheck(n)
	case *ast.Identifier:
		if n.Name == "arguments" {
			r.usesArguments()
		}
	case *ast.RegExpLiteral:
		r.pattern(n)
	}
	children(n, r.visit)
}

func (r *treeRepair) push(f *functionScope) { r.functions = append(r.functions, f) }

func (r *treeRepair) pop() { r.functions = r.functions[:len(r.functions)-1] }

// function repairs a use of arguments by an arrow function inside n alone:
// the engine then never makes the object, or makes it in the wrong place. A
// use directly in n, which does nothing, makes it do so.
func (r *treeRepair) function(n *ast.FunctionLiteral) {
	f := &functionScope{parameters: true}
	r.push(f)
	r.calls.begin(n, n.Name, func() { n.Body.List = insertStatement(n.Body.List, checkDepth(n.Body.LeftBrace)) })
	walker(r.visit).parameters(n.ParameterList)
	f.parameters = false
	walker(r.visit).block(n.Body)
	r.calls.end()
	r.pop()
	if f.borrowed && n.Body != nil {
		n.Body.List = insertStatement(n.Body.List, &ast.ExpressionStatement{Expression: useArguments(n.Body.LeftBrace)})
	}
}

// initializer visits the right side of a binding or an assignment. Among a
// function's parameters a use of arguments has to stand before the arrow
// function that borrows it.
func (r *treeRepair) initializer(e ast.Expression) ast.Expression {
	if e == nil {
		return nil
	}
	if len(r.functions) == 0 || !r.functions[len(r.functions)-1].parameters {
		r.visit(e)
		return e
	}
	f := r.functions[len(r.functions)-1]
	before := f.borrowed
	f.borrowed = false
	r.visit(e)
	if f.borrowed {
		e = &ast.SequenceExpression{Sequence: []ast.Expression{useArguments(e.Idx0()), e}}
	}
	f.borrowed = f.borrowed || before
	return e
}

func useArguments(at file.Idx) ast.Expression {
	return &ast.Identifier{Name: "arguments", Idx: at}
}

// usesArguments notes for the function whose arguments are meant that an
// arrow function uses them.
func (r *treeRepair) usesArguments() {
	for i := len(r.functions) - 1; i >= 0; i-- {
		if f := r.functions[i]; !f.arrow {
			f.borrowed = f.borrowed || i < len(r.functions)-1
			return
		}
	}
}

// brandCheck gives #x in y its operator: the parser writes down the token that
// follows, and #x in y && z would be compiled as #x && y.
func brandCheck(n *ast.BinaryExpression) {
	if _, ok := n.Left.(*ast.PrivateIdentifier); ok {
		n.Operator = operator.IN
	}
}

// insertStatement puts a statement behind the directives of a body.
func insertStatement(body []ast.Statement, statement ast.Statement) []ast.Statement {
	n := directives(body)
	out := make([]ast.Statement, 0, len(body)+1)
	out = append(out, body[:n]...)
	out = append(out, statement)
	return append(out, body[n:]...)
}

// directives is how many statements of a body are directives.
func directives(body []ast.Statement) int {
	for i, s := range body {
		e, ok := s.(*ast.ExpressionStatement)
		if !ok {
			return i
		}
		if _, ok := e.Expression.(*ast.StringLiteral); !ok {
			return i
		}
	}
	return len(body)
}

// pattern expands the property escapes of a regular expression literal.
func (r *treeRepair) pattern(n *ast.RegExpLiteral) {
	expanded, err := expandPattern(n.Pattern, n.Flags)
	if err == nil && !patternFits(n.Pattern, n.Flags) {
		err = errors.New("the regular expression is too large or nested too deep")
	}
	if err != nil {
		r.failed = append(r.failed, &patternError{at: n.Idx, err: err})
		return
	}
	n.Pattern = expanded
}

// patternError is a mistake in a regular expression literal.
type patternError struct {
	at  file.Idx
	err error
}

func (e *patternError) Error() string { return e.err.Error() }
