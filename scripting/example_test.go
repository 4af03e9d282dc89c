package scripting_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// Compile an app, run it, and call a function that it exports.
func Example() {
	root, err := os.MkdirTemp("", "apps")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	entry := filepath.Join(root, "chat.ts")
	source := "export function hello(name: string): string {\n  return 'hello ' + name.trim();\n}\n"
	if err := os.WriteFile(entry, []byte(source), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	program, err := scripting.Compile(context.Background(), scripting.CompileOptions{Entry: entry, Root: root})
	if err != nil {
		fmt.Println(err)
		return
	}

	rt, err := scripting.New(scripting.Options{Executor: scriptingtest.NewLoop()}) // a server's is wsconn.Loop
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	rt.Run(program, func(exports *goja.Object, err error) {
		if err != nil {
			fmt.Println(err)
			return
		}
		hello, _ := goja.AssertFunction(exports.Get("hello"))
		fmt.Println(rt.Call(hello, nil, rt.VM().ToValue(" world")))
		_, err = rt.Call(hello, nil, goja.Null())
		var mistake *scripting.Error
		fmt.Println(errors.As(err, &mistake), mistake)
	})
	// Output:
	// hello world <nil>
	// true chat.ts:2:21: TypeError: Cannot read property 'trim' of undefined or null
}
