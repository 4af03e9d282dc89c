package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/appbase"
)

//go:embed templates
var templates embed.FS

var appName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

func newNew() *cobra.Command {
	var apps string
	var typescript, gateway bool
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Makes a working app, and sets an editor up for it",
		Long: `Makes the app NAME in the apps folder: a chat room with a page to try it and its tests, as a start for your own.
Beside the apps it leaves tsconfig.json and sigil.d.ts, from which an editor knows the API, also in plain JavaScript.`,
		Example: "  sigil new chat\n  sigil new board --ts\n  sigil new gateway --gateway",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if gateway {
				dir, err := createGateway(apps, args[0])
				if err == nil {
					cmd.Print(gatewayNext(dir, apps))
				}
				return err
			}
			dir, err := createApp(apps, args[0], typescript)
			if err != nil {
				return err
			}
			where := [2]string{} // for commands that need to be told
			if apps != "apps" {
				where = [2]string{" --apps " + apps, " " + apps}
			}
			cmd.Printf("made %s\nstart it with:  sigil serve --dev%s\nand open:       http://127.0.0.1:8081/%s/\ntest it with:   sigil test%s\n", dir, where[0], args[0], where[1])
			return nil
		},
	}
	cmd.Flags().StringVar(&apps, "apps", "apps", "folder of the apps")
	cmd.Flags().BoolVar(&typescript, "ts", false, "TypeScript instead of JavaScript")
	cmd.Flags().BoolVar(&gateway, "gateway", false, "a gateway for a backend that speaks only HTTP, with its configuration and an Express backend")
	cmd.MarkFlagsMutuallyExclusive("ts", "gateway")
	return cmd
}

// createApp writes a new app's folder and, once, the editor's set-up beside it. It overwrites no app.
func createApp(apps, name string, typescript bool) (string, error) {
	dir, err := newFolder(apps, name)
	if err != nil {
		return "", err
	}
	entry := "main.js"
	if typescript {
		entry = "main.ts"
	}
	files := map[string]string{
		filepath.Join(dir, entry):                  entry,
		filepath.Join(dir, testOf(entry)):          "main.test.js", // good TypeScript, too
		filepath.Join(dir, "public", "index.html"): "index.html",
	}
	for path, template := range files {
		if err := writeTemplate(path, template, name); err != nil {
			return "", err
		}
	}
	return dir, setUpEditor(apps)
}

// testOf is the name of the tests of an entry file.
func testOf(entry string) string {
	return strings.TrimSuffix(entry, filepath.Ext(entry)) + ".test" + filepath.Ext(entry)
}

// newFolder is where an app of that name will be, in a folder of apps that is there. An error: it cannot be, or is already.
func newFolder(apps, name string) (string, error) {
	if !appName.MatchString(name) {
		return "", fmt.Errorf("%q cannot be an app's name: it becomes part of the URL and a class, so letters, digits, - and _, beginning with a letter", name)
	}
	if err := os.MkdirAll(apps, 0o755); err != nil {
		return "", err
	}
	if taken := existing(apps, name); taken != "" {
		return "", fmt.Errorf("%s exists already", taken)
	}
	return filepath.Join(apps, name), nil
}

// existing is the path of an app of that name, "" if there is none.
func existing(apps, name string) string {
	for _, ext := range []string{"", ".js", ".ts", ".mjs", ".mts"} {
		path := filepath.Join(apps, name+ext)
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return ""
}

func writeTemplate(path, template, name string) error {
	text, err := templates.ReadFile("templates/" + template)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	filled := strings.NewReplacer("APPNAME", name, "ClassName", className(name)).Replace(string(text))
	return os.WriteFile(path, []byte(filled), 0o644)
}

// className is the name in the usual spelling of classes: "my-chat" becomes "MyChat".
func className(name string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// setUpEditor leaves tsconfig.json (unless there is one) and the newest declarations in the apps folder.
func setUpEditor(apps string) error {
	config := filepath.Join(apps, "tsconfig.json")
	if _, err := os.Lstat(config); errors.Is(err, fs.ErrNotExist) {
		if err := writeTemplate(config, "tsconfig.json", ""); err != nil {
			return err
		}
	}
	return writeTypes(filepath.Join(apps, typesFile))
}

const typesFile = "sigil.d.ts"

func newTypes() *cobra.Command {
	var out, apps, app string
	cmd := &cobra.Command{
		Use:   "types",
		Short: "Writes the TypeScript declarations of the app API",
		Long: `Writes sigil.d.ts, from which an editor (and tsc) knows AppBase, the annotations, WsConn and the globals.
With --client, what clients may ask of one app instead: its topics, calls and routes, for connect<App>() of /sigil.js.`,
		Example: "  sigil types\n  sigil types --client board --out web/board.ts",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if app != "" {
				if !cmd.Flags().Changed("out") {
					out = "-"
				}
				return contractOf(cmd, apps, app, out)
			}
			if out == "-" {
				cmd.Print(appbase.Declarations())
				return nil
			}
			if err := writeTypes(out); err != nil {
				return err
			}
			cmd.Println("wrote " + out)
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", filepath.Join("apps", typesFile), `file to write, "-" for standard output`)
	cmd.Flags().StringVar(&app, "client", "", "write what clients may ask of this app; to standard output without --out")
	cmd.Flags().StringVar(&apps, "apps", "apps", "folder of the apps, for --client")
	return cmd
}

func writeTypes(path string) error {
	if err := os.WriteFile(path, []byte(appbase.Declarations()), 0o644); err != nil {
		return fmt.Errorf("writing the declarations: %w", err)
	}
	return nil
}
