package scripting

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// maxMistakes is how many compile errors are told.
const maxMistakes = 20

// bundle is an app as one script: an expression whose value is an async
// function that evaluates the modules and hands the entry's exports to its
// argument.
type bundle struct {
	code      string
	sourceMap []byte
	segments  []segment // what sourceMap says
	names     []string  // of the sources, as the engine reports them
	sources   map[string]*source
	hash      string
	inputs    []string
	warnings  []*Error
	beside    map[string]string // the texts of companions
}

// exportName is the wrapper's first parameter. The bundler takes it for a
// global, and keeps the author's names clear of it.
const exportName = "__sigil_exports__"

// unsupported is what the engine cannot run and the bundler can lower.
func unsupported() map[string]bool {
	return map[string]bool{
		"decorators":          false,
		"using":               false,
		"async-generator":     false,
		"for-await":           false,
		"import-meta":         false,
		"dynamic-import":      false, // of a computed name: a rejected promise
		"regexp-set-notation": false,
	}
}

func bundleApp(ctx context.Context, o CompileOptions) (*bundle, error) {
	in := &inputs{root: o.Root, max: o.MaxSourceBytes}
	result, err := build(ctx, buildOptions(o, in))
	if err != nil {
		return nil, err
	}
	in.addEntry(o.Entry)
	in.addConfigs()
	beside, err := in.addCompanions(o.Companions)
	if err != nil {
		return nil, err
	}
	b := &bundle{hash: in.hash(), inputs: in.paths(), beside: beside}
	grave, warnings := sortWarnings(result.Warnings)
	if bad := append(result.Errors, grave...); len(bad) > 0 {
		return nil, &CompileError{Errors: mistakes(o, "SyntaxError", bad), inputs: b.inputs}
	}
	b.warnings = mistakes(o, "Warning", warnings)
	for _, file := range result.OutputFiles {
		if filepath.Ext(file.Path) == ".map" {
			b.sourceMap = file.Contents
		} else {
			b.code = string(file.Contents)
		}
	}
	if len(b.code) > o.MaxSourceBytes {
		return nil, &CompileError{Errors: Errors{tooLarge("the bundle", o.MaxSourceBytes)}, inputs: b.inputs}
	}
	return b, b.remap(o)
}

func tooLarge(what string, limit int) *Error {
	return &Error{Name: "SyntaxError", Message: fmt.Sprintf("%s is larger than %d bytes", what, limit)}
}

// build runs the bundler, and cancels it when ctx ends.
func build(ctx context.Context, o api.BuildOptions) (api.BuildResult, error) {
	builder, failed := api.Context(o)
	if failed != nil {
		return api.BuildResult{Errors: failed.Errors}, ctx.Err()
	}
	defer builder.Dispose()
	stop := context.AfterFunc(ctx, builder.Cancel)
	defer stop()
	result := builder.Rebuild()
	return result, ctx.Err()
}

func buildOptions(o CompileOptions, in *inputs) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: o.Root,
		Stdin: &api.StdinOptions{
			Contents:   "import * as app from " + quote(o.Entry) + "; " + exportName + "(app);",
			ResolveDir: o.Root,
			Sourcefile: stubName,
			Loader:     api.LoaderJS,
		},
		Bundle:          true,
		Outfile:         filepath.Join(o.Root, "app.js"),
		Format:          api.FormatESModule,
		Platform:        api.PlatformBrowser, // for the field "browser" of packages; apps have no page
		Target:          api.ES2022,
		Supported:       unsupported(),
		MainFields:      []string{"browser", "module", "main"},            // as the conditions say: what needs nothing of Node
		Conditions:      []string{"sigil", "module", "worker", "browser"}, // the builds that need nothing of Node
		Charset:         api.CharsetASCII,
		LegalComments:   api.LegalCommentsNone,
		Sourcemap:       api.SourceMapExternal,
		SourcesContent:  api.SourcesContentInclude,
		LogLevel:        api.LogLevelSilent,
		LogLimit:        maxMistakes,
		TreeShaking:     api.TreeShakingTrue,
		TsconfigRaw:     standardDecorators(o),
		JSX:             api.JSXAutomatic, // a tsconfig.json wins
		JSXImportSource: o.JSXImportSource,
		Banner:          map[string]string{"js": `(async function (` + exportName + `, ` + depthName + `) { "use strict";`},
		Footer:          map[string]string{"js": "})"},
		Alias:           o.Aliases,
		Define:          map[string]string{"process.env.NODE_ENV": `"production"`}, // packages ask for it wherever they run
		Plugins:         []api.Plugin{in.plugin(o)},
	}
}

// stubName is the file that imports the entry.
const stubName = "sigil:entry"

// quote makes a script's string literal.
func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(text)
}
