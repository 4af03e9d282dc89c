package scripting

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// The engine ends a recursion that is too deep with an error that no script
// can catch. So functions that may call themselves, as far as their names
// tell, get a call of a native function at their start, which throws a
// RangeError before the engine's limit is reached. What recurses without
// being seen here still ends at that limit.

// depthName is the wrapper's parameter that holds the native function.
const depthName = "__sigil_depth__"

// callGraph is the functions of a program by the names they are called by.
type callGraph struct {
	names     map[ast.Node]unistring.String // of function and class literals, found before they are visited
	functions []*callNode
	active    []*callNode // the functions round the present node
	byName    map[unistring.String][]*callNode
}

// callNode is one function.
type callNode struct {
	calls map[unistring.String]struct{}
	guard func() // puts the check at its start

	index, low int // of the search for circles
	onStack    bool
	recursive  bool
}

func newCallGraph() *callGraph {
	return &callGraph{
		names:  make(map[ast.Node]unistring.String),
		byName: make(map[unistring.String][]*callNode),
	}
}

// name notes what a function or class literal is called.
func (g *callGraph) name(e ast.Expression, name unistring.String) {
	switch e.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
		if name != "" {
			g.names[e] = name
		}
	}
}

// begin enters a function.
func (g *callGraph) begin(n ast.Node, own *ast.Identifier, guard func()) {
	f := &callNode{calls: make(map[unistring.String]struct{}), guard: guard}
	g.functions = append(g.functions, f)
	g.active = append(g.active, f)
	if name, ok := g.names[n]; ok {
		g.byName[name] = append(g.byName[name], f)
	}
	if own != nil {
		g.byName[own.Name] = append(g.byName[own.Name], f)
	}
}

func (g *callGraph) end() { g.active = g.active[:len(g.active)-1] }

// call notes that the present function, and those round it, may call what the
// expression names.
func (g *callGraph) call(e ast.Expression) {
	name, ok := calledName(e)
	if !ok {
		return
	}
	for _, f := range g.active {
		f.calls[name] = struct{}{}
	}
}

// calledName is the name that a function is called by: the variable's or the
// property's.
func calledName(e ast.Expression) (unistring.String, bool) {
	switch e := e.(type) {
	case *ast.Identifier:
		return e.Name, true
	case *ast.DotExpression:
		return e.Identifier.Name, true
	case *ast.PrivateDotExpression:
		return "#" + e.Identifier.Name, true
	case *ast.OptionalChain:
		return calledName(e.Expression)
	case *ast.Optional:
		return calledName(e.Expression)
	}
	return "", false
}

// visit notes names and calls; it is called for each node before its
// children.
func (g *callGraph) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpression:
		g.call(n.Callee)
		for _, arg := range n.ArgumentList {
			g.call(arg)
		}
	case *ast.NewExpression:
		g.call(n.Callee)
	case *ast.DotExpression:
		if _, ok := n.Left.(*ast.ThisExpression); ok {
			g.call(n) // it may be a getter
		}
	case *ast.Binding:
		g.nameTarget(n.Target, n.Initializer)
	case *ast.AssignExpression:
		g.nameTarget(n.Left, n.Right)
	case *ast.PropertyKeyed:
		g.name(n.Value, keyName(n.Key))
	case *ast.FieldDefinition:
		if n.Initializer != nil {
			g.name(n.Initializer, keyName(n.Key))
		}
	case *ast.ClassLiteral:
		g.class(n)
	}
}

func (g *callGraph) nameTarget(target, value ast.Expression) {
	if value == nil {
		return
	}
	if name, ok := calledName(target); ok {
		g.name(value, name)
	}
}

// class names methods; the constructor is called by the name of the class.
func (g *callGraph) class(n *ast.ClassLiteral) {
	for _, e := range n.Body {
		m, ok := e.(*ast.MethodDefinition)
		if !ok {
			continue
		}
		name := keyName(m.Key)
		if name == "constructor" && !m.Static {
			name = g.names[n]
			if n.Name != nil {
				name = n.Name.Name
			}
		}
		g.name(m.Body, name)
	}
}

// keyName is a property's name, "" for a computed one.
func keyName(key ast.Expression) unistring.String {
	switch key := key.(type) {
	case *ast.StringLiteral:
		return key.Value
	case *ast.Identifier:
		return key.Name
	case *ast.PrivateIdentifier:
		return "#" + key.Name
	}
	return ""
}

// guardRecursion puts the check into every function that may call itself.
func (g *callGraph) guardRecursion() {
	s := circleSearch{graph: g}
	for _, f := range g.functions {
		if f.index == 0 {
			s.visit(f)
		}
	}
	for _, f := range g.functions {
		if f.recursive {
			f.guard()
		}
	}
}

// circleSearch finds the functions on circles of calls (Tarjan's algorithm
// for strongly connected components).
type circleSearch struct {
	graph *callGraph
	next  int
	stack []*callNode
}

func (s *circleSearch) visit(f *callNode) {
	s.next++
	f.index, f.low = s.next, s.next
	f.onStack = true
	s.stack = append(s.stack, f)
	for name := range f.calls {
		for _, callee := range s.graph.byName[name] {
			if callee == f {
				f.recursive = true
			}
			if callee.index == 0 {
				s.visit(callee)
				f.low = min(f.low, callee.low)
			} else if callee.onStack {
				f.low = min(f.low, callee.index)
			}
		}
	}
	if f.low == f.index {
		s.pop(f)
	}
}

// pop takes the component of f off the stack.
func (s *circleSearch) pop(f *callNode) {
	at := len(s.stack) - 1
	for s.stack[at] != f {
		at--
	}
	component := s.stack[at:]
	s.stack = s.stack[:at]
	for _, member := range component {
		member.onStack = false
		member.recursive = member.recursive || len(component) > 1
	}
}

// checkDepth is the statement that calls the native function.
func checkDepth(at file.Idx) ast.Statement {
	return &ast.ExpressionStatement{Expression: &ast.CallExpression{
		Callee:           &ast.Identifier{Name: depthName, Idx: at},
		LeftParenthesis:  at,
		RightParenthesis: at,
	}}
}

// guardArrow puts the check into an arrow function, whose body may be a mere
// expression.
func guardArrow(n *ast.ArrowFunctionLiteral) {
	switch body := n.Body.(type) {
	case *ast.BlockStatement:
		body.List = insertStatement(body.List, checkDepth(body.LeftBrace))
	case *ast.ExpressionBody:
		at := body.Expression.Idx0()
		n.Body = &ast.BlockStatement{
			LeftBrace:  at,
			List:       []ast.Statement{checkDepth(at), &ast.ReturnStatement{Return: at, Argument: body.Expression}},
			RightBrace: body.Expression.Idx1(),
		}
	}
}
