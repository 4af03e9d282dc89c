package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Compiles and loads every app and prints mistakes",
		Long: `Compiles and loads every app in DIR (default: apps) without serving it, and lists its routes. Mistakes are printed as
file:line:column, and the exit code is 1 if there are any. The top level of each app's module and its constructor run.

With --config it looks at the configuration instead: it prints every setting as it would count, as YAML, with where it comes
from, or every mistake.`,
		Example: "  sigil check\n  sigil check --config\n  sigil check --config=/etc/sigil.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("config") {
				return checkConfig(cmd, args)
			}
			apps, err := inspect(cmd, args)
			if err != nil {
				return err
			}
			failed := 0
			for _, app := range apps {
				failed += checkOne(cmd.OutOrStdout(), app)
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
		Use:   "routes [DIR]",
		Short: "Lists the routes of every app",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			apps, err := inspect(cmd, args)
			if err != nil {
				return err
			}
			for _, app := range apps {
				if app.Err != nil {
					checkOne(cmd.ErrOrStderr(), app)
					err = errReported
					continue
				}
				printRoutes(cmd.OutOrStdout(), app, place{})
			}
			return err
		},
	}
}

func inspect(cmd *cobra.Command, args []string) ([]server.AppInfo, error) {
	dir := "apps"
	if len(args) > 0 {
		dir = args[0]
	}
	log := slog.New(newConsoleHandler(cmd.ErrOrStderr(), slog.LevelWarn))
	apps, err := tried(cmd.Context(), dir, log)
	if err == nil && len(apps) == 0 {
		err = fmt.Errorf("no apps in %s: an app is %s/NAME.js, NAME.ts or a folder NAME with main.js (try: sigil new hello)", dir, dir)
	}
	return apps, err
}

// tried looks at the apps with stores of their own that are thrown away, so that mistakes in migrations and seeds are found.
func tried(ctx context.Context, dir string, log *slog.Logger) (apps []server.AppInfo, err error) {
	data, err := os.MkdirTemp("", "sigil-check-")
	if err != nil {
		return nil, err
	}
	stores := storage.NewStores(storage.Options{Dir: data, Relaxed: true})
	defer func() { err = errors.Join(err, stores.Close(), os.RemoveAll(data)) }()
	return server.Inspect(ctx, dir, log, storeOf(stores))
}

// checkOne prints one app's routes or mistakes, and counts 1 when there are mistakes.
func checkOne(w io.Writer, app server.AppInfo) int {
	if app.Err == nil {
		fmt.Fprintf(w, "%s: ok, %s\n", app.Name, workers(app))
		printRoutes(w, app, place{})
		return 0
	}
	var many scripting.Errors
	var detailed interface{ Detail() string }
	if errors.As(app.Err, &many) && len(many) > 1 {
		fmt.Fprintf(w, "%s:\n", app.Name)
		for _, e := range many {
			fmt.Fprintf(w, "  %v\n", e)
			if parts := strings.SplitN(e.Detail(), "\n", 3); len(parts) == 3 { // the title and the place were said
				fmt.Fprint(w, indent(parts[2]))
			}
		}
		return 1
	}
	if errors.As(app.Err, &detailed) {
		fmt.Fprintf(w, "%s: %v\n%s", app.Name, app.Err, indent(detailed.Detail()))
	} else {
		fmt.Fprintf(w, "%s: %v\n", app.Name, app.Err)
	}
	return 1
}

// versionText is the released version, or what the build knows of its module.
func versionText() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}
