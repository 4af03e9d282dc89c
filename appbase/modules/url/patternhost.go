package url

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/appbase/modules/internal/urlpattern"
)

// patterns is what the class URLPattern calls. An init comes as nine arguments: the components in their order and the base;
// undefined is what is not given.
type patterns struct{ vm *goja.Runtime }

func (b patterns) functions() globals.Host {
	return globals.Host{
		"compile": b.compile, "compileText": b.compileText, "components": b.components, "componentsOfInit": b.componentsOfInit,
	}
}

// compile(ignoreCase, ...init) is an array of components.
func (b patterns) compile(call goja.FunctionCall) goja.Value {
	return b.compiled(initOf(call, 1), call.Argument(0).ToBoolean())
}

// compileText(ignoreCase, pattern, base?) is the same of a pattern for a whole URL.
func (b patterns) compileText(call goja.FunctionCall) goja.Value {
	init, err := urlpattern.Split(text(call, 1), func(protocol string) (bool, error) {
		encode, o := encoding(urlpattern.Protocol, protocol, false)
		c, err := urlpattern.Compile(protocol, encode, o)
		if err != nil {
			return false, err
		}
		return b.special(c)
	})
	b.check(err)
	base := optional(call, 2)
	if base == nil && init[urlpattern.Protocol] == nil {
		b.check(errors.New("the pattern is relative, and has no base URL"))
	}
	return b.compiled(patternInit{init, base}, call.Argument(0).ToBoolean())
}

// components(url, base?) are those of a URL, an array of texts; null of what is no URL.
func (b patterns) components(call goja.FunctionCall) goja.Value {
	u, err := parse(text(call, 0), optional(call, 1))
	if err != nil {
		return goja.Null()
	}
	values := componentsOf(u)
	return b.texts(values[:]...)
}

// componentsOfInit(...init) are those of what is given as an init.
func (b patterns) componentsOfInit(call goja.FunctionCall) goja.Value {
	init, err := initOf(call, 0).process(false)
	if err != nil {
		return goja.Null()
	}
	var values []string
	for _, value := range init {
		values = append(values, valueOf(value))
	}
	return b.texts(values...)
}

func initOf(call goja.FunctionCall, from int) (in patternInit) {
	for part := range in.Init {
		in.Init[part] = optional(call, from+part)
	}
	in.base = optional(call, from+len(in.Init))
	return in
}

// compiled is an array of components, each [pattern, expression, custom, ...names].
func (b patterns) compiled(in patternInit, ignoreCase bool) goja.Value {
	components, err := compilePattern(in, b.special)
	b.check(err)
	var list []any
	for part, c := range components {
		flags := "u"
		if ignoreCase && part >= int(urlpattern.Pathname) {
			flags = "ui"
		}
		expression, err := b.regexp(c, flags)
		b.check(err)
		one := []any{c.Pattern, expression, c.Custom}
		for _, name := range c.Names {
			one = append(one, name)
		}
		list = append(list, b.vm.NewArray(one...))
	}
	return b.vm.NewArray(list...)
}

func (b patterns) regexp(c urlpattern.Component, flags string) (*goja.Object, error) {
	expression, err := b.vm.New(b.vm.Get("RegExp"), b.vm.ToValue(c.Expression), b.vm.ToValue(flags))
	if err != nil {
		return nil, errors.New("the pattern " + c.Pattern + " has a regular expression with a mistake in it")
	}
	return expression, nil
}

// special tells whether a protocol matches one whose URLs have an authority.
func (b patterns) special(c urlpattern.Component) (bool, error) {
	expression, err := b.regexp(c, "u")
	if err != nil {
		return false, err
	}
	test, _ := goja.AssertFunction(expression.Get("test"))
	for _, scheme := range []string{"http", "https", "ws", "wss", "ftp", "file"} {
		if matches, err := test(expression, b.vm.ToValue(scheme)); err != nil || matches.ToBoolean() {
			return err == nil, err
		}
	}
	return false, nil
}

func (b patterns) texts(values ...string) goja.Value {
	list := make([]any, len(values))
	for i, value := range values {
		list[i] = value
	}
	return b.vm.NewArray(list...)
}

// check throws a TypeError for an error.
func (b patterns) check(err error) {
	if err != nil {
		panic(b.vm.NewTypeError("Invalid URLPattern: %s", err.Error()))
	}
}
