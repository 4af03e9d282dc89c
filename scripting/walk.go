package scripting

import (
	"github.com/dop251/goja/ast"
)

// children calls visit with each node directly below n, in source order, and
// never with nil. It knows every node of the engine's syntax tree.
func children(n ast.Node, visit func(ast.Node)) {
	w := walker(visit)
	switch n := n.(type) {
	case *ast.Program:
		w.statements(n.Body)
	case ast.Statement:
		w.statement(n)
	case ast.Expression:
		w.expression(n)
	default:
		w.other(n)
	}
}

type walker func(ast.Node)

func (w walker) statements(list []ast.Statement) {
	for _, s := range list {
		w(s)
	}
}

func (w walker) expressions(list []ast.Expression) {
	for _, e := range list {
		if e != nil {
			w(e)
		}
	}
}

func (w walker) maybe(e ast.Expression) {
	if e != nil {
		w(e)
	}
}

func (w walker) body(s ast.Statement) {
	if s != nil {
		w(s)
	}
}

func (w walker) block(b *ast.BlockStatement) {
	if b != nil {
		w(b)
	}
}

func (w walker) bindings(list []*ast.Binding) {
	for _, b := range list {
		w(b)
	}
}

func (w walker) statement(n ast.Statement) {
	switch n := n.(type) {
	case *ast.BlockStatement:
		w.statements(n.List)
	case *ast.ExpressionStatement:
		w(n.Expression)
	case *ast.IfStatement:
		w(n.Test)
		w.body(n.Consequent)
		w.body(n.Alternate)
	case *ast.LabelledStatement:
		w.body(n.Statement)
	case *ast.ReturnStatement:
		w.maybe(n.Argument)
	case *ast.ThrowStatement:
		w.maybe(n.Argument)
	case *ast.TryStatement:
		w.try(n)
	case *ast.VariableStatement:
		w.bindings(n.List)
	case *ast.LexicalDeclaration:
		w.bindings(n.List)
	case *ast.FunctionDeclaration:
		w(n.Function)
	case *ast.ClassDeclaration:
		w(n.Class)
	case *ast.SwitchStatement:
		w(n.Discriminant)
		for _, c := range n.Body {
			w(c)
		}
	case *ast.CaseStatement:
		w.maybe(n.Test)
		w.statements(n.Consequent)
	case *ast.CatchStatement:
		w.catch(n)
	default:
		w.loop(n)
	}
}

func (w walker) try(n *ast.TryStatement) {
	w.block(n.Body)
	if n.Catch != nil {
		w(n.Catch)
	}
	w.block(n.Finally)
}

func (w walker) catch(n *ast.CatchStatement) {
	if n.Parameter != nil {
		w(n.Parameter)
	}
	w.block(n.Body)
}

func (w walker) loop(n ast.Statement) {
	switch n := n.(type) {
	case *ast.DoWhileStatement:
		w.body(n.Body)
		w(n.Test)
	case *ast.WhileStatement:
		w(n.Test)
		w.body(n.Body)
	case *ast.WithStatement:
		w(n.Object)
		w.body(n.Body)
	case *ast.ForInStatement:
		w(n.Into)
		w(n.Source)
		w.body(n.Body)
	case *ast.ForOfStatement:
		w(n.Into)
		w(n.Source)
		w.body(n.Body)
	case *ast.ForStatement:
		if n.Initializer != nil {
			w(n.Initializer)
		}
		w.maybe(n.Test)
		w.maybe(n.Update)
		w.body(n.Body)
	}
}

func (w walker) expression(n ast.Expression) {
	switch n := n.(type) {
	case *ast.AssignExpression:
		w(n.Left)
		w(n.Right)
	case *ast.BinaryExpression:
		w(n.Left)
		w(n.Right)
	case *ast.BracketExpression:
		w(n.Left)
		w(n.Member)
	case *ast.CallExpression:
		w(n.Callee)
		w.expressions(n.ArgumentList)
	case *ast.NewExpression:
		w(n.Callee)
		w.expressions(n.ArgumentList)
	case *ast.ConditionalExpression:
		w(n.Test)
		w(n.Consequent)
		w(n.Alternate)
	case *ast.DotExpression:
		w(n.Left)
	case *ast.PrivateDotExpression:
		w(n.Left)
	case *ast.SequenceExpression:
		w.expressions(n.Sequence)
	case *ast.TemplateLiteral:
		w.maybe(n.Tag)
		w.expressions(n.Expressions)
	case *ast.UnaryExpression:
		w(n.Operand)
	case *ast.YieldExpression:
		w.maybe(n.Argument)
	case *ast.AwaitExpression:
		w.maybe(n.Argument)
	default:
		w.literal(n)
	}
}

func (w walker) literal(n ast.Expression) {
	switch n := n.(type) {
	case *ast.ArrayLiteral:
		w.expressions(n.Value)
	case *ast.ObjectLiteral:
		for _, p := range n.Value {
			w(p)
		}
	case *ast.FunctionLiteral:
		w.parameters(n.ParameterList)
		w.block(n.Body)
	case *ast.ArrowFunctionLiteral:
		w.parameters(n.ParameterList)
		w(n.Body)
	case *ast.ClassLiteral:
		w.maybe(n.SuperClass)
		for _, e := range n.Body {
			w(e)
		}
	case *ast.OptionalChain:
		w(n.Expression)
	case *ast.Optional:
		w(n.Expression)
	default:
		w.pattern(n)
	}
}

func (w walker) parameters(n *ast.ParameterList) {
	if n == nil {
		return
	}
	w.bindings(n.List)
	w.maybe(n.Rest)
}

func (w walker) pattern(n ast.Expression) {
	switch n := n.(type) {
	case *ast.ArrayPattern:
		w.expressions(n.Elements)
		w.maybe(n.Rest)
	case *ast.ObjectPattern:
		for _, p := range n.Properties {
			w(p)
		}
		w.maybe(n.Rest)
	case *ast.Binding:
		w(n.Target)
		w.maybe(n.Initializer)
	case *ast.PropertyShort:
		w(&n.Name)
		w.maybe(n.Initializer)
	case *ast.PropertyKeyed:
		if n.Computed {
			w(n.Key)
		}
		w(n.Value)
	case *ast.SpreadElement:
		w(n.Expression)
	}
}

func (w walker) other(n ast.Node) {
	switch n := n.(type) {
	case *ast.ExpressionBody:
		w(n.Expression)
	case *ast.FieldDefinition:
		if n.Computed {
			w(n.Key)
		}
		w.maybe(n.Initializer)
	case *ast.MethodDefinition:
		if n.Computed {
			w(n.Key)
		}
		w(n.Body)
	case *ast.ClassStaticBlock:
		w.block(n.Block)
	case *ast.ForLoopInitializerExpression:
		w(n.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		w.bindings(n.List)
	case *ast.ForLoopInitializerLexicalDecl:
		w.bindings(n.LexicalDeclaration.List)
	case *ast.ForIntoVar:
		w(n.Binding)
	case *ast.ForDeclaration:
		w(n.Target)
	case *ast.ForIntoExpression:
		w(n.Expression)
	}
}
