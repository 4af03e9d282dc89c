package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
)

// defaultConfig is the file that is read when none is named, if there is one.
const defaultConfig = "sigil.yaml"

// configSources are where the configuration comes from. A file that was not named need not be there.
func configSources(file string, cmd *cobra.Command) conf.Sources {
	if _, err := os.Stat(defaultConfig); file == "" && os.Getenv("SIGIL_CONFIG") == "" && err == nil {
		file = defaultConfig
	}
	return conf.Sources{File: file, Environ: os.Environ(), Flags: cmd.Flags()}
}

// configure loads the configuration. The error joins what is wrong, also with what only the parts can tell.
func configure(sources conf.Sources) (*conf.Config, error) {
	c, err := conf.Load(sources)
	if err != nil {
		return nil, err
	}
	return c, errors.Join(checkFetch(c.Fetch), server.CheckMounts(mounts(c.Mounts), c.Listen), checkTLS(c))
}

// checkConfig prints the settings that count, or all mistakes.
func checkConfig(cmd *cobra.Command, args []string) error {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	if file == defaultConfig && len(args) == 1 { // --config FILE
		file = args[0]
	} else if _, err := os.Stat(file); file == defaultConfig && errors.Is(err, fs.ErrNotExist) {
		file = ""
	}
	sources := configSources(file, cmd)
	sources.Flags = nil
	c, err := configure(sources)
	if err != nil {
		return err
	}
	text, err := conf.Describe(sources)
	if err != nil {
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), text)
	warnUnset(c, slog.New(newConsoleHandler(cmd.ErrOrStderr(), slog.LevelWarn)))
	warnAbsent(cmd, c)
	return nil
}

// warnAbsent tells of apps that something is said of and that are not there.
func warnAbsent(cmd *cobra.Command, c *conf.Config) {
	sources, _, err := appbase.Discover(c.Apps)
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "sigil: %v\n", err)
		return
	}
	names := slices.Concat(slices.Collect(maps.Keys(c.PerApp)), slices.Collect(maps.Keys(c.Mounts)), slices.Collect(maps.Keys(c.AppLimits)), slices.Collect(maps.Keys(c.App)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !slices.ContainsFunc(sources, func(s appbase.Source) bool { return s.Name == name }) {
			fmt.Fprintf(cmd.ErrOrStderr(), "sigil: the configuration speaks of the app %q, which is not in %s\n", name, c.Apps)
		}
	}
}

// ownOf gives the server what the configuration says of each app.
func ownOf(c *conf.Config) func(app string) server.Own {
	return func(app string) server.Own {
		o := c.OwnOf(app)
		own := server.Own{
			Disabled: !o.Enabled, Env: granted(o.Env), NoAPI: !o.API, NoDoc: !o.Doc, NoReload: !o.Reload,
			NoPublic: o.Public == "off", Headers: o.Headers,
		}
		if o.Workers != "auto" {
			own.Workers = o.Workers
		}
		if o.Level != "" {
			var level slog.Level
			_ = level.UnmarshalText([]byte(o.Level)) // validated by conf
			own.Level = level
		}
		if o.Public != "" && !own.NoPublic {
			own.Public = absolute(o.Public)
		}
		return own
	}
}

func absolute(path string) string {
	if made, err := filepath.Abs(path); err == nil {
		return made
	}
	return path
}

// granted are the variables of the environment that are set.
func granted(names []string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		if value, set := os.LookupEnv(name); set {
			values[name] = value
		}
	}
	return values
}

// warnUnset tells of variables that are granted and not set.
func warnUnset(c *conf.Config, log *slog.Logger) {
	for _, app := range slices.Sorted(maps.Keys(c.PerApp)) {
		var unset []string
		for _, name := range c.PerApp[app].Env {
			if _, set := os.LookupEnv(name); !set {
				unset = append(unset, name)
			}
		}
		if len(unset) > 0 {
			log.Warn("variables that an app is granted are not set", "app", app, "env", strings.Join(unset, ","))
		}
	}
}

// anyReloads reports whether one app reloads although the others do not.
func anyReloads(c *conf.Config) bool {
	for _, own := range c.PerApp {
		if own.Reload {
			return true
		}
	}
	return false
}
