// Package intl gives scripts Intl (ECMA-402) and the methods that take locales: numbers, dates, plurals, relative times, lists,
// sorting and segments of text. What it cannot write as a language's readers expect, it writes as those of en-US do.
package intl

import (
	_ "embed" // the classes and their declarations

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed common.js
	commonSource string
	//go:embed number.js
	numberSource string
	//go:embed date.js
	dateSource string
	//go:embed words.js
	wordsSource string
	//go:embed intl.js
	source string
	//go:embed intl.d.ts
	declarations string

	module = globals.NewModule("intl", []string{"Intl"}, commonSource, numberSource, dateSource, wordsSource, source)
)

// Declarations are the TypeScript declarations of the names that Install defines. Those of Intl's members come with TypeScript.
func Declarations() string { return declarations }

// Install defines the global Intl and the methods that take locales; both are made at the first use of one of them. It runs
// on the runtime's goroutine.
func Install(rt *scripting.Runtime) error {
	b := &binding{rt: rt, vm: rt.VM()}
	if err := module.Install(rt, b.functions); err != nil {
		return err
	}
	for class, names := range map[string][]string{
		"Number": {"toLocaleString"}, "BigInt": {"toLocaleString"}, "Array": {"toLocaleString"},
		"Date":   {"toLocaleString", "toLocaleDateString", "toLocaleTimeString"},
		"String": {"localeCompare", "toLocaleUpperCase", "toLocaleLowerCase"},
	} {
		prototype := b.vm.Get(class).ToObject(b.vm).Get("prototype").ToObject(b.vm)
		if err := scripting.DefineLazily(b.vm, prototype, func() (*goja.Object, error) { return b.methods(class) }, names...); err != nil {
			return err
		}
	}
	return nil
}

// methods are those of a class that take locales.
func (b *binding) methods(class string) (*goja.Object, error) {
	internals, err := globals.Internals(b.rt, "intl")
	if err != nil {
		return nil, err
	}
	return internals.Get("methods").ToObject(b.vm).Get(class).ToObject(b.vm), nil
}
