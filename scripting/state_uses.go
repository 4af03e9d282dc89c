package scripting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	operator "github.com/dop251/goja/token"
)

// readers are the methods of objects and arrays that change nothing.
var readers = map[string]bool{
	"at": true, "concat": true, "entries": true, "every": true, "filter": true, "find": true, "findIndex": true, "findLast": true,
	"flat": true, "flatMap": true, "forEach": true, "hasOwnProperty": true, "includes": true, "indexOf": true, "join": true,
	"keys": true, "lastIndexOf": true, "map": true, "reduce": true, "reduceRight": true, "slice": true, "some": true,
	"toReversed": true, "toSorted": true, "toString": true, "values": true, "with": true,
}

// frame is what stands round a node: its parent, and the parent's.
type frame struct {
	node ast.Node
	up   *frame
}

// walk looks at a node and all below it for uses that change something.
func (f *stateFinder) walk(n ast.Node, up *frame) {
	switch n := n.(type) {
	case *ast.CallExpression:
		if f.generated(n, up) {
			return
		}
	case *ast.ClassLiteral:
		if f.extendsApp(n) {
			f.appClass(n)
		}
		f.statics(n)
	case *ast.AssignExpression:
		f.assigned(n.Left)
	case *ast.UnaryExpression:
		if n.Operator == operator.INCREMENT || n.Operator == operator.DECREMENT || n.Operator == operator.DELETE {
			f.assigned(n.Operand)
		}
	case *ast.ForIntoExpression:
		f.assigned(n.Expression)
	case *ast.Identifier:
		f.use(n, up)
	}
	here := &frame{n, up}
	children(n, func(child ast.Node) { f.walk(child, here) })
}

// generated handles the calls by which the bundler lowers classes and exports; true: there is no more to see in it.
func (f *stateFinder) generated(call *ast.CallExpression, up *frame) bool {
	callee, ok := call.Callee.(*ast.Identifier)
	if !ok || len(call.ArgumentList) == 0 {
		return false
	}
	switch callee.Name {
	case "__export":
		return true
	case "__publicField":
		if _, isThis := call.ArgumentList[0].(*ast.ThisExpression); !isThis && len(call.ArgumentList) > 1 {
			f.mark(call.Idx0(), "static field "+fieldName(call.ArgumentList[1]))
		}
	}
	return false
}

func fieldName(e ast.Expression) string {
	if text, ok := e.(*ast.StringLiteral); ok {
		return fmt.Sprintf("%q", text.Value.String())
	}
	return "[computed]"
}

// statics finds static fields that are not lowered.
func (f *stateFinder) statics(class *ast.ClassLiteral) {
	for _, element := range class.Body {
		if field, ok := element.(*ast.FieldDefinition); ok && field.Static && !f.primitive(field.Initializer) {
			f.mark(field.Idx, "static field "+fieldKey(field.Key))
		}
	}
}

func fieldKey(key ast.Expression) string {
	switch key := key.(type) {
	case *ast.StringLiteral:
		return fmt.Sprintf("%q", key.Value.String())
	case *ast.PrivateIdentifier:
		return fmt.Sprintf("%q", "#"+key.Name.String())
	case *ast.Identifier:
		return fmt.Sprintf("%q", key.Name.String())
	}
	return "[computed]"
}

// appClass finds the fields of an app: declared, lowered, or assigned to this by a method; and looks at what only one
// worker has.
func (f *stateFinder) appClass(class *ast.ClassLiteral) {
	f.sharedFields(class.SuperClass)
	for _, element := range class.Body {
		if field, ok := element.(*ast.FieldDefinition); ok && !field.Static {
			f.mark(field.Idx, "field "+fieldKey(field.Key))
		}
	}
	var look func(ast.Node)
	look = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpression:
			f.lowered(n)
		case *ast.AssignExpression:
			if name, ok := thisMember(n.Left); ok && !f.shared[name] {
				f.mark(n.Left.Idx0(), "field "+name)
			}
		case *ast.UnaryExpression:
			if name, ok := thisMember(n.Operand); ok && !f.shared[name] && (n.Operator == operator.INCREMENT || n.Operator == operator.DECREMENT) {
				f.mark(n.Idx0(), "field "+name)
			}
		case *ast.DotExpression:
			if _, isThis := n.Left.(*ast.ThisExpression); isThis && slices.Contains(f.local, n.Identifier.Name.String()) {
				f.mark(n.Idx0(), "this."+n.Identifier.Name.String())
			}
		}
		children(n, look)
	}
	for _, element := range class.Body {
		look(element)
	}
}

// sharedFields finds the fields whose decorators (_name_dec = [Shared, ...], as the bundler writes them before the class) share
// them.
func (f *stateFinder) sharedFields(n ast.Node) {
	if assign, ok := n.(*ast.AssignExpression); ok {
		id, _ := assign.Left.(*ast.Identifier)
		list, isList := assign.Right.(*ast.ArrayLiteral)
		if name, ok := decorated(id); ok && isList && f.isShared(list) {
			f.shared[fmt.Sprintf("%q", name)] = true
		}
	}
	if n != nil {
		children(n, f.sharedFields)
	}
}

// decorated is x of _x_dec, _x_dec2.
func decorated(id *ast.Identifier) (name string, ok bool) {
	if id == nil {
		return "", false
	}
	name, ok = strings.CutSuffix(strings.TrimRight(id.Name.String(), "0123456789"), "_dec")
	return strings.TrimPrefix(name, "_"), ok
}

func (f *stateFinder) isShared(decorators *ast.ArrayLiteral) (found bool) {
	var look func(ast.Node)
	look = func(n ast.Node) {
		if id, ok := n.(*ast.Identifier); ok && strings.TrimRight(id.Name.String(), "0123456789") == f.decorator {
			found = true
		}
		children(n, look)
	}
	look(decorators)
	return found
}

// lowered finds what the bundler makes of a field: __publicField(this, "x", 1), __privateAdd(this, _x, 1).
func (f *stateFinder) lowered(call *ast.CallExpression) {
	callee, ok := call.Callee.(*ast.Identifier)
	if !ok || len(call.ArgumentList) < 3 {
		return
	}
	if _, isThis := call.ArgumentList[0].(*ast.ThisExpression); !isThis {
		return
	}
	switch callee.Name {
	case "__publicField":
		if name := fieldName(call.ArgumentList[1]); !f.shared[name] {
			f.mark(call.Idx0(), "field "+name)
		}
	case "__privateAdd":
		if id, ok := call.ArgumentList[1].(*ast.Identifier); ok {
			f.mark(call.Idx0(), fmt.Sprintf("field %q", "#"+id.Name.String()[1:]))
		}
	}
}

// thisMember is the name of x in this.x.
func thisMember(e ast.Expression) (string, bool) {
	switch e := e.(type) {
	case *ast.DotExpression:
		_, ok := e.Left.(*ast.ThisExpression)
		return fmt.Sprintf("%q", e.Identifier.Name.String()), ok
	case *ast.BracketExpression:
		_, ok := e.Left.(*ast.ThisExpression)
		return "[computed]", ok
	case *ast.PrivateDotExpression:
		_, ok := e.Left.(*ast.ThisExpression)
		return fmt.Sprintf("%q", "#"+e.Identifier.Name.String()), ok
	}
	return "", false
}

// assigned notes the target of an assignment: a variable, a pattern of such, or something reached from one.
func (f *stateFinder) assigned(target ast.Node) {
	switch t := target.(type) {
	case *ast.Identifier:
		f.change(t.Name.String())
	case *ast.DotExpression:
		f.reached(t.Left, t.Idx0(), t.Identifier.Name.String())
	case *ast.BracketExpression:
		f.reached(t.Left, t.Idx0(), "[computed]")
	case *ast.PrivateDotExpression:
		f.assigned(t.Left)
	case *ast.ArrayPattern, *ast.ObjectPattern, *ast.PropertyKeyed, *ast.PropertyShort, *ast.Binding:
		children(t, f.assigned)
	}
}

// reached is an assignment to a property.
func (f *stateFinder) reached(object ast.Expression, at file.Idx, property string) {
	if id, ok := object.(*ast.Identifier); ok && (id.Name == "globalThis" || id.Name == "self") {
		f.mark(at, "globalThis."+property)
		return
	}
	f.assigned(object)
}

func (f *stateFinder) change(name string) {
	if b := f.bindings[name]; b != nil {
		b.changed = true
	}
}

// use looks at how a literal object or array is used: anything but reading may change it.
func (f *stateFinder) use(id *ast.Identifier, up *frame) {
	b := f.bindings[id.Name.String()]
	if b == nil || b.kind != fragile || b.changed || up == nil || id.Idx == b.at {
		return
	}
	if !reads(id, up) {
		b.changed = true
	}
}

// reads reports whether the object that id names is only read where it stands.
func reads(id *ast.Identifier, up *frame) bool {
	var member string
	switch parent := up.node.(type) {
	case *ast.SpreadElement, *ast.ForOfStatement, *ast.ForInStatement:
		return true
	case *ast.BinaryExpression:
		return parent.Operator == operator.IN
	case *ast.DotExpression:
		member = parent.Identifier.Name.String()
	case *ast.BracketExpression:
		if parent.Left != ast.Expression(id) {
			return true // a key: the object's text
		}
	default:
		return false
	}
	if up.up == nil {
		return true
	}
	call, ok := up.up.node.(*ast.CallExpression)
	return !ok || call.Callee != up.node.(ast.Expression) || readers[member]
}
