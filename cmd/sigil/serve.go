package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/internal/heap"
	"github.com/sigil-server/sigil/internal/watch"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
)

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serves the apps, and reloads them when their files change",
		Long: `Serves every app of the apps folder and reloads it, under open connections, when one of its files changes.
SIGINT or SIGTERM ends it in order: calls finish (10 s at most), connections are closed with 1001, @OnStop runs. A second
signal ends it at once.

Every setting can stand in a file (--config), in the environment (SIGIL_LISTEN, SIGIL_LIMITS_MESSAGE ...) or, those below,
on the command line; the later in this list wins.`,
		Example: "  sigil serve --dev\n  sigil serve --apps /srv/apps --listen :8081 --config /etc/sigil.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return serve(cmd) },
	}
	serveFlags(cmd)
	return cmd
}

// serveFlags are named like the configuration's keys, which they set. Their defaults here are for the help only.
func serveFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("apps", "apps", "folder of the apps")
	f.String("listen", "127.0.0.1:8081", "address of HTTP and WebSocket")
	f.String("admin", "127.0.0.1:8091", `address of the admin port, or "off"`)
	f.Bool("dev", false, "for developing: error pages with source, and a list of apps at /")
	f.String("config", "", "configuration file (YAML); default: sigil.yaml, if there is one")
}

func serve(cmd *cobra.Command) error {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	c, err := configure(configSources(file, cmd))
	if err != nil {
		return err
	}
	if err := checkAppsFolder(c.Apps); err != nil {
		return err
	}
	log := newLogger(cmd.ErrOrStderr(), c.Log)
	warnUnset(c, log)
	watcher, err := watch.New(watch.Options{Log: log})
	if err != nil {
		return err
	}
	defer func() { _ = watcher.Close() }() // ends the watching; nothing is lost by an error
	return runServer(cmd, c, log, watcher)
}

func runServer(cmd *cobra.Command, c *conf.Config, log *slog.Logger, watcher *watch.Watcher) error {
	b := &banner{out: cmd.OutOrStdout()}
	options := serverOptions(c, log)
	options.Loaded = b.loaded
	if c.Reload || anyReloads(c) {
		options.Changes = watcher
	}
	keeper, err := newKeeper(c, log)
	if err != nil {
		return err
	}
	if keeper != nil {
		options.TLS = tlsOptions(c, keeper)
	}
	stores := storage.NewStores(storeOptions(c))
	options.Store, options.Kept = storeOf(stores), stores.Exists
	s, err := server.New(options)
	if err != nil {
		return err
	}
	b.address, b.admin, b.plain, b.secure = s.Addr(), s.AdminAddr(), s.HTTPAddr(), s.Secure()
	spareProcessors() // the server has counted the real ones
	defer keepHeap(cmd.Context())()
	if keeper != nil {
		defer keepCertificates(cmd.Context(), keeper, s)()
	}
	return errors.Join(s.Run(cmd.Context()), stores.Close())
}

// spareProcessors lets Go use two processors more than there are. A loop that waits in the kernel holds one for a while; when
// that leaves none, the runtime wakes up every 20 µs to take them away, for a tenth of the CPU of short-lived connections.
func spareProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2)
	}
}

// keepHeap paces the garbage collector until the function it returns is called, which waits for the end of that.
func keepHeap(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() { heap.Keep(ctx, heap.Options{}) })
	return func() {
		cancel()
		keeper.Wait()
	}
}

func newLogger(out io.Writer, c conf.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // validated by conf
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(newConsoleHandler(out, level))
}
