package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/server"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [PATH]",
		Short: "Compiles and loads every app, or one, and prints mistakes",
		Long: `Compiles and loads the apps without serving them, and lists their routes. PATH is a folder of apps, or the folder or any file
of one app; left out, it is the folder that would be served. Mistakes are printed as file:line:column, and the exit code is 1
if there are any. The top level of each app's module and its constructor run, with the values that sigil.yaml has for it.

With --config it looks at the configuration instead: it prints every setting as it would count, as YAML, with where it comes
from, or every mistake.`,
		Example: "  sigil check\n  sigil check apps/chat.js\n  sigil check --config\n  sigil check --config=/etc/sigil.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("config") {
				return checkConfig(cmd, args)
			}
			apps, home, err := inspect(cmd, args)
			if err != nil {
				return err
			}
			failed := 0
			for _, app := range apps {
				failed += checkOne(cmd.OutOrStdout(), app, home)
			}
			if failed > 0 {
				return fmt.Errorf("%d of %d apps cannot be loaded", failed, len(apps))
			}
			return nil
		},
	}
	cmd.Flags().String("config", "", "print the settings of this configuration file, or of sigil.yaml")
	cmd.Flags().Lookup("config").NoOptDefVal = defaultConfig
	return cmd
}

func newRoutes() *cobra.Command {
	return &cobra.Command{
		Use:   "routes [PATH]",
		Short: "Lists the routes of every app, or of one",
		Long:  "Lists the routes of all apps in a folder, or of the one that PATH is, or is a file of, each with the URL to try.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			apps, home, err := inspect(cmd, args)
			if err != nil {
				return err
			}
			for _, app := range apps {
				if app.Err != nil {
					checkOne(cmd.ErrOrStderr(), app, home)
					err = errReported
					continue
				}
				printRoutes(cmd.OutOrStdout(), app, home)
			}
			return err
		},
	}
}

// checkOne prints one app's routes, which will be at home, or its mistakes, and counts 1 when there are mistakes.
func checkOne(w io.Writer, app server.AppInfo, home place) int {
	if app.Err == nil {
		fmt.Fprintf(w, "%s: ok, %s\n", app.Name, workers(app))
		printRoutes(w, app, home)
		return 0
	}
	var many scripting.Errors
	var one *scripting.Error
	switch {
	case errors.As(app.Err, &many) && len(many) > 1:
		fmt.Fprintf(w, "%s:\n", app.Name)
		for _, e := range many {
			fmt.Fprintf(w, "  %v\n%s", e, excerptOf(e))
		}
	case errors.As(app.Err, &one):
		fmt.Fprintf(w, "%s: %v\n%s", app.Name, app.Err, excerptOf(one))
	default:
		fmt.Fprintf(w, "%s: %v\n", app.Name, app.Err)
	}
	return 1
}

// excerptOf is what there is to say of a mistake beside its first line, which has the message and the place.
func excerptOf(e *scripting.Error) string {
	_, rest, more := strings.Cut(e.Detail(), "\n")
	if !more {
		return ""
	}
	if first, others, _ := strings.Cut(rest, "\n"); strings.HasPrefix(first, "  at ") && e.Line > 0 {
		rest = others
	}
	return indent(rest)
}

// versionText is the released version, or what the build knows of its module.
func versionText() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}
