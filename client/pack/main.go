// Command pack makes the client's module, sigil.js, of its sources: one file, as small as it can be. It is run by
// `go generate ./client`.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run writes the module into the client's folder.
func run(folder string) error {
	module, err := pack(folder)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "sigil.js"), module, 0o644)
}

// banner says where what cannot be read comes from.
const banner = "// Sigil's client: https://github.com/sigil-server/sigil/tree/main/client. Made of client/src by `go generate ./client`."

// pack bundles the sources below the client's folder.
func pack(folder string) ([]byte, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: folder, EntryPoints: []string{"src/main.js"}, Bundle: true, Format: api.FormatESModule, Target: api.ES2022,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, KeepNames: false,
		Banner: map[string]string{"js": banner},
	})
	var problems []error
	for _, message := range result.Errors {
		problems = append(problems, fmt.Errorf("packing the client: %s", message.Text))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return result.OutputFiles[0].Contents, nil
}
