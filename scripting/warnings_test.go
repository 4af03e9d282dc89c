package scripting_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

// What the bundler only warns of, and no app can mean, is an error with a position and a hint.
func TestWarningsThatAreErrors(t *testing.T) {
	for _, test := range []struct {
		name       string
		files      map[string]string
		want, hint string
	}{
		{"an import from a file cut while it was saved", map[string]string{"app.ts": "import { a } from './part';\nexport const x = a;", "part.ts": ""},
			`app.ts:1:10: SyntaxError: Import "a" will always be undefined`, "not wholly saved"},
		{"a member of such a file", map[string]string{"app.ts": "import * as part from './part.js';\nexport const x = part.a;", "part.js": "// soon\n"},
			`app.ts:2:23: SyntaxError: Import "a" will always be undefined`, "not wholly saved"},
		{"direct eval", map[string]string{"app.ts": "export class A {\n  m() { return eval('1'); }\n}"},
			"app.ts:2:16: SyntaxError: eval cannot be called directly", "(0, eval)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := scriptingtest.Compile(t, test.files, nil)
			var list scripting.Errors
			if !errors.As(err, &list) || !strings.HasPrefix(list[0].Error(), test.want) || !strings.Contains(list[0].Hint, test.hint) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if len(list) > 0 && list[0].SourceLine == "" {
				t.Error("the error has no excerpt")
			}
		})
	}
}

// A name that a module of the server's own does not have is told by the name that the author wrote.
func TestMissingNameOfABuiltin(t *testing.T) {
	_, err := scriptingtest.Compile(t, map[string]string{"app.ts": `import { Websockt } from "sigil"; export const a = Websockt;`}, map[string]string{"sigil": "export const Websocket = 1;"})
	var list scripting.Errors
	if !errors.As(err, &list) || list[0].Message != `No matching export in "sigil" for import "Websockt"` || list[0].Hint != `Did you mean to import "Websocket" instead?` {
		t.Errorf("got %v (%v)", err, list)
	}
}

// What has no meaning on the server is said in words that are not the bundler's.
func TestImportMeta(t *testing.T) {
	p, err := scriptingtest.Compile(t, map[string]string{"app.ts": "export const a = import.meta.url;"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w := p.Warnings(); len(w) != 1 || w[0].Error() != "app.ts:1:18: Warning: import.meta is empty" || w[0].Hint == "" {
		t.Errorf("warnings %v", w)
	}
}

// Packages are not the author's to change.
func TestPackagesMayWarn(t *testing.T) {
	run(t, map[string]string{"app.ts": `import p from "p"; export const result = p;`,
		"node_modules/p/package.json": `{"name": "p"}`, "node_modules/p/index.js": `module.exports = function () { return eval("1"); };`}, nil)
}
