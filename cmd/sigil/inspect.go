package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
)

// target is what a command looks at: all apps of a folder, or one of them.
type target struct {
	dir string
	app string // "": all
}

// inspect looks at the apps that the arguments name, or at those that the configuration would serve. home is where they would answer.
func inspect(cmd *cobra.Command, args []string) (apps []server.AppInfo, home place, err error) {
	c, err := conf.Load(withoutFlags(configSources("", cmd)))
	if err != nil {
		return nil, home, err
	}
	home.secure = c.TLS.On()
	if addr, err := net.ResolveTCPAddr("tcp", c.Listen); err == nil {
		home.Addr = addr
	}
	at := target{dir: c.Apps}
	if len(args) > 0 {
		at, err = targetOf(args[0])
	} else {
		err = checkAppsFolder(c.Apps)
	}
	if err != nil {
		return nil, home, err
	}
	log := slog.New(newConsoleHandler(cmd.ErrOrStderr(), slog.LevelWarn))
	apps, err = tried(cmd.Context(), at, serverOptions(c, log))
	if err == nil && len(apps) == 0 {
		err = fmt.Errorf("no apps in %s: an app is %s/NAME.js, NAME.ts or a folder NAME with main.js (try: sigil new hello)", at.dir, at.dir)
	}
	return apps, home, err
}

// checkAppsFolder says what to do when there is no folder of apps, which is how everybody begins.
func checkAppsFolder(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %q for apps: sigil new hello makes a first app, or name another (--apps, or apps in sigil.yaml)", dir)
	}
	return nil
}

// tried looks at apps with stores of their own that are thrown away, so that mistakes in migrations and seeds are found.
func tried(ctx context.Context, at target, o server.Options) (apps []server.AppInfo, err error) {
	data, err := os.MkdirTemp("", "sigil-check-")
	if err != nil {
		return nil, err
	}
	stores := storage.NewStores(storage.Options{Dir: data, Relaxed: true})
	defer func() { err = errors.Join(err, stores.Close(), os.RemoveAll(data)) }()
	o.Store, o.FilesDir = storeOf(stores), filepath.Join(data, "files")
	return server.Inspect(ctx, at.narrow(o))
}

// narrow leaves out the other apps. The one that is named is looked at, whether it is switched off or not.
func (at target) narrow(o server.Options) server.Options {
	o.AppsDir = at.dir
	if own := o.Own; at.app != "" {
		o.Own = func(app string) server.Own {
			made := own(app)
			made.Disabled = app != at.app
			return made
		}
	}
	return o
}

// targetOf reads a path: a folder of apps, an app's own folder, or any file of an app.
func targetOf(path string) (target, error) {
	info, err := os.Stat(path)
	if err != nil {
		return target{}, err
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return target{}, err
	}
	if info.IsDir() {
		if at, ok := folderApp(whole); ok {
			return at, nil
		}
		return target{dir: path}, nil
	}
	dir := filepath.Dir(whole)
	for ; !isAppsFolder(dir) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if at, ok := folderApp(dir); ok {
			return at, nil
		}
	}
	if !isAppsFolder(dir) {
		dir = filepath.Dir(whole)
	}
	if app, ok := fileApp(dir, whole); ok {
		return target{dir, app}, nil
	}
	return target{}, notApp(path)
}

// folderApp reports whether a folder is an app.
func folderApp(dir string) (at target, ok bool) {
	if isAppsFolder(dir) {
		return target{}, false
	}
	parent := filepath.Dir(dir)
	app, ok := appIn(parent, func(s appbase.Source) bool { return s.Dir == dir })
	return target{parent, app}, ok
}

// fileApp is the name of the app in dir whose only file path is.
func fileApp(dir, path string) (app string, ok bool) {
	return appIn(dir, func(s appbase.Source) bool { return s.Entry == path })
}

// appIn is the name of the first app in a folder that is wanted.
func appIn(dir string, wanted func(appbase.Source) bool) (app string, ok bool) {
	sources, _, err := appbase.Discover(dir)
	if i := slices.IndexFunc(sources, wanted); err == nil && i >= 0 {
		return sources[i].Name, true
	}
	return "", false
}

// isAppsFolder says whether a folder holds apps by its name, and so is none.
func isAppsFolder(dir string) bool { return filepath.Base(dir) == "apps" }

func notApp(path string) error {
	if appbase.IsTest(path) {
		return fmt.Errorf("%s is a test; run it with: sigil test %s", path, path)
	}
	return fmt.Errorf("%s belongs to no app: an app is NAME.js or NAME.ts in the folder of the apps, or a folder NAME with main.js there", path)
}
