package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/server"
)

// contractOf loads the app and writes what a typed client needs to know of it.
func contractOf(cmd *cobra.Command, apps, name, out string) error {
	log := slog.New(newConsoleHandler(cmd.ErrOrStderr(), slog.LevelWarn))
	all, err := server.Inspect(cmd.Context(), server.Options{AppsDir: apps, Log: log})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(app server.AppInfo) bool { return app.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no app %q in %s", name, apps)
	}
	if all[i].Err != nil {
		checkOne(cmd.ErrOrStderr(), all[i], place{})
		return errReported
	}
	if out == "-" {
		return writeContract(cmd.OutOrStdout(), all[i], ".")
	}
	var text strings.Builder
	if err := writeContract(&text, all[i], filepath.Dir(out)); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing the contract: %w", err)
	}
	cmd.Println("wrote " + out)
	return nil
}

// writeContract writes the app's topics, calls and routes as TypeScript, for a file in dir. Types of calls are those of the class.
func writeContract(w io.Writer, app server.AppInfo, dir string) error {
	entry, err := moduleName(dir, app.Entry)
	if err != nil {
		return err
	}
	name := className(app.Name)
	var b strings.Builder
	fmt.Fprintf(&b, "// What clients may ask of %s, for connect<%s>(...). Written by: sigil types --client %s\n", app.Name, name, app.Name)
	if len(app.Calls) > 0 {
		fmt.Fprintf(&b, "import type App from %q;\n\n", entry)
		b.WriteString("/** A method as its callers see it. */\n")
		b.WriteString("type Called<Method extends (...all: any[]) => any> =\n  (...params: Parameters<Method> extends [any, ...infer Params] ? Params : []) => ReturnType<Method>;\n")
	}
	fmt.Fprintf(&b, "\nexport interface %s {\n  rpc: {\n", name)
	for _, call := range app.Calls {
		fmt.Fprintf(&b, "    %s: Called<App[%s]>;\n", strconv.Quote(call.Name), strconv.Quote(call.Method))
	}
	b.WriteString("  };\n  topics: {\n")
	for _, pattern := range app.Topics {
		fmt.Fprintf(&b, "    %s: any;\n", topicKey(pattern))
	}
	fmt.Fprintf(&b, "  };\n  routes: %s;\n}\n", routeTypes(app.Routes))
	_, err = io.WriteString(w, b.String())
	return err
}

// moduleName is how a module in dir names the entry. TypeScript finds main.ts by main.js, too.
func moduleName(dir, entry string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	path, err := filepath.Rel(dir, entry)
	if err != nil {
		return "", fmt.Errorf("naming the app's file: %w", err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, ".") {
		path = "./" + path
	}
	if trunk, isTS := strings.CutSuffix(path, ".ts"); isTS {
		path = trunk + ".js"
	}
	return path, nil
}

// routeTypes is the union of "VERB /path", with a text for each parameter.
func routeTypes(routes []server.RouteInfo) string {
	var types []string
	for _, route := range routes {
		verbs := route.Verbs
		switch {
		case route.Kind == "scheduled":
			continue
		case route.Kind == "websocket":
			verbs = []string{"WS"}
		case route.Kind == "sse":
			verbs = []string{"GET"}
		case len(verbs) == 0:
			verbs = []string{"${string}"}
		}
		for _, verb := range verbs {
			types = append(types, "`"+verb+" "+routeType(route.Path)+"`")
		}
	}
	if len(types) == 0 {
		return "never"
	}
	return strings.Join(types, " | ")
}

// routeType has a text in the place of each parameter and wildcard.
func routeType(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, ":") || strings.HasPrefix(segment, "*") {
			segments[i] = "${string}"
		} else {
			segments[i] = literal(segment)
		}
	}
	return strings.Join(segments, "/")
}

// topicKey is a member for a topic, or the index signature of all that a pattern names.
func topicKey(pattern string) string {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return strconv.Quote(pattern)
	}
	for i := range parts {
		parts[i] = literal(parts[i])
	}
	return "[topic: `" + strings.Join(parts, "${string}") + "`]"
}

// literal is a text inside a template literal.
func literal(text string) string {
	return strings.NewReplacer("\\", "\\\\", "`", "\\`", "${", "\\${").Replace(text)
}
