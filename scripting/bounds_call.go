package scripting

import "github.com/dop251/goja"

// calls guards what makes a list of arguments of an array.
func (b *bounds) calls() {
	b.guard(b.global("Function", "prototype"), "apply", func(call goja.FunctionCall, original native) goja.Value {
		b.long(call.Argument(1), maxArguments)
		return original(call)
	})
	reflect := b.global("Reflect")
	b.guard(reflect, "apply", func(call goja.FunctionCall, original native) goja.Value {
		b.long(call.Argument(2), maxArguments)
		return original(call)
	})
	b.guard(reflect, "construct", func(call goja.FunctionCall, original native) goja.Value {
		b.long(call.Argument(1), maxArguments)
		return original(call)
	})
}

// iterators lets the watchdog into the loops of native functions (and of
// spreads) over arrays and strings, which call next and run no script.
func (b *bounds) iterators() {
	for _, i := range b.intrinsic("iterators").Keys() {
		b.guard(b.intrinsic("iterators", i), "next", func(call goja.FunctionCall, original native) goja.Value {
			b.step()
			return original(call)
		})
	}
}

// generators bounds generators that delegate to each other: the engine does
// not count them as calls.
func (b *bounds) generators() {
	for _, name := range []string{"next", "return", "throw"} {
		b.guard(b.intrinsic("generator"), name, b.nested)
	}
}

// nested counts native functions that are active inside each other.
func (b *bounds) nested(call goja.FunctionCall, original native) goja.Value {
	b.nest()
	defer b.unnest()
	return original(call)
}

func (b *bounds) nest() {
	if b.active >= maxNesting {
		b.refuse(messageTooDeep)
	}
	b.active++
}

func (b *bounds) unnest() { b.active-- }

// maxPrototypes bounds a chain of prototypes.
const maxPrototypes = 2000

// prototypes guards what lengthens a chain of prototypes, or makes a circle of
// it through a proxy, in which the engine would look for a property for ever.
func (b *bounds) prototypes() {
	object := b.global("Object")
	b.guard(object, "setPrototypeOf", b.setPrototype)
	b.guard(b.global("Reflect"), "setPrototypeOf", b.setPrototype)
	b.guard(object, "create", func(call goja.FunctionCall, original native) goja.Value {
		b.chain(nil, call.Argument(0))
		return original(call)
	})
	b.guardProtoSetter(b.global("Object", "prototype"))
	b.guardProxies()
}

func (b *bounds) setPrototype(call goja.FunctionCall, original native) goja.Value {
	b.chain(call.Argument(0), call.Argument(1))
	return original(call)
}

// chain refuses a prototype whose own chain is too long or leads to o.
func (b *bounds) chain(o, prototype goja.Value) {
	next, _ := prototype.(*goja.Object)
	self, _ := o.(*goja.Object)
	if self != nil {
		self = unproxied(self)
	}
	for n := 0; next != nil; n++ {
		next = unproxied(next)
		if next == self {
			panic(b.rt.newError("TypeError", "Cyclic __proto__ value"))
		}
		if n > maxPrototypes {
			b.refuse("the chain of prototypes is too long")
		}
		next = next.Prototype()
	}
}

// unproxied is the object behind proxies.
func unproxied(o *goja.Object) *goja.Object {
	for {
		p, ok := exported[goja.Proxy](o)
		if !ok || p.Target() == nil {
			return o
		}
		o = p.Target()
	}
}

// guardProtoSetter guards the setter of __proto__.
func (b *bounds) guardProtoSetter(prototype *goja.Object) {
	pair := b.intrinsic("proto")
	original := b.callable(pair.Get("set"))
	setter := b.rt.native("set __proto__", 1, func(call goja.FunctionCall) goja.Value {
		b.chain(call.This, call.Argument(0))
		return original(call)
	})
	b.check(prototype.DefineAccessorProperty("__proto__", pair.Get("get"), setter, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// maxProxies bounds proxies of proxies.
const maxProxies = 100

// guardProxies bounds how deep proxies stand behind each other, as targets or
// as handlers.
func (b *bounds) guardProxies() {
	look := func(args []goja.Value) []goja.Value {
		left := maxProxies
		for _, arg := range args {
			b.proxies(arg, &left)
		}
		return args
	}
	proxy := b.guardConstructor("Proxy", look)
	b.guard(proxy, "revocable", func(call goja.FunctionCall, original native) goja.Value {
		look(call.Arguments)
		return original(call)
	})
}

func (b *bounds) proxies(v goja.Value, left *int) {
	o, ok := v.(*goja.Object)
	if !ok {
		return
	}
	p, ok := exported[goja.Proxy](o)
	if !ok {
		return
	}
	if *left--; *left < 0 {
		b.refuse("too many proxies behind each other")
	}
	if p.Target() != nil {
		b.proxies(p.Target(), left)
	}
	if p.Handler() != nil {
		b.proxies(p.Handler(), left)
	}
}
