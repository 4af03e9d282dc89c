package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/client"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/internal/heap"
	"github.com/sigil-server/sigil/internal/watch"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
	"github.com/sigil-server/sigil/wsconn"
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

// serverOptions hands the configuration to the server, field by field.
func serverOptions(c *conf.Config, log *slog.Logger) server.Options {
	return server.Options{
		Web:            webOf(c),
		AppsDir:        c.Apps,
		Listen:         c.Listen,
		AdminListen:    c.Admin,
		AdminHosts:     c.AdminHosts,
		Dev:            c.Dev,
		Log:            log,
		UploadDir:      c.Uploads,
		FilesDir:       filepath.Join(c.Data, "files"),
		TrustedProxies: c.TrustedProxies,
		Forwarded:      c.ProxyHeaders == "forwarded",
		Headers:        c.Headers,
		Origins:        c.Origins,
		AppConfig:      c.App,
		Limits:         serverLimits(c.Limits),
		AppLimits:      appLimits(c),
		Mounts:         mounts(c.Mounts),
		Uncompressed:   !c.Compress,
		Own:            ownOf(c),
		ClientScript:   client.Script(),
	}
}

// appLimits are those of apps that have some of their own. How many connections the server has is not the app's bound
// unless it is set for the app.
func appLimits(c *conf.Config) map[string]server.Limits {
	all := make(map[string]server.Limits, len(c.AppLimits))
	for name, own := range c.AppLimits {
		limits := serverLimits(own)
		if own.Connections == c.Limits.Connections {
			limits.MaxConnections = 0
		}
		all[name] = limits
	}
	return all
}

func mounts(all map[string]conf.Mount) map[string]server.Mount {
	made := map[string]server.Mount{}
	for app, m := range all {
		made[app] = server.Mount{Path: m.Path, Listen: m.Listen, Listeners: m.Listeners}
	}
	return made
}

func serverLimits(l conf.Limits) server.Limits {
	return server.Limits{
		Socket:                   socketLimits(l),
		MaxPartialBytes:          int64(l.PartialBytes),
		MaxConnections:           l.Connections,
		MaxConnectionsPerAddress: l.ConnectionsPerAddress,
		MaxWorkers:               l.Workers,
		MaxTopics:                l.Topics,
		MaxTopicsPerConnection:   l.TopicsPerConnection,
		MaxHistoryBytes:          int(l.HistoryBytes),
		MaxHeaderBytes:           int(l.HeaderBytes),
		MaxHeaderFields:          l.HeaderFields,
		MaxBodyBytes:             int(l.BodyBytes),
		HeaderTime:               time.Duration(l.HandshakeTime),
		BodyStall:                time.Duration(l.BodyStall),
		WriteStall:               time.Duration(l.WriteStall),
		EventPing:                time.Duration(l.EventPing),
		IdleTime:                 time.Duration(l.IdleTime),
		ResponseTime:             time.Duration(l.ResponseTime),
		StopWithin:               time.Duration(l.StopWithin),
		CallTime:                 time.Duration(l.CallTime),
		MaxCallDepth:             l.CallDepth,
	}
}

func socketLimits(l conf.Limits) wsconn.Limits {
	return wsconn.Limits{
		MaxMessageBytes:      int(l.Message),
		MaxFragments:         l.Fragments,
		MaxQueueBytes:        int(l.Queue),
		Overflow:             overflows[l.Overflow],
		MaxBacklogMessages:   l.BacklogMessages,
		MaxBacklogBytes:      int(l.BacklogBytes),
		MaxMessagesPerSecond: l.MessagesPerSecond,
		CloseOnRate:          l.RateExceeded == "close",
		SendBufferBytes:      int(l.SendBuffer),
		MaxIdle:              time.Duration(l.MessageIdle),
		PingAfter:            time.Duration(l.PingAfter),
		PongWithin:           time.Duration(l.PongWithin),
		WriteStall:           time.Duration(l.WriteStall),
		CloseWithin:          time.Duration(l.CloseWithin),
	}
}

var overflows = map[string]wsconn.Overflow{
	"close": wsconn.OverflowClose, "drop-oldest": wsconn.OverflowDropOldest, "drop-newest": wsconn.OverflowDropNewest,
}

// banner tells a person what is served and where to try it.
type banner struct {
	out            io.Writer
	address, admin net.Addr
	plain          net.Addr // of plain HTTP beside https; nil: there is none
	secure         bool     // address is behind TLS
	started        bool
}

// loaded is told of apps that were loaded: first of all, later of each.
func (b *banner) loaded(apps []server.AppInfo) {
	for _, app := range apps {
		if app.Err != nil {
			fmt.Fprintf(b.out, "%s  not loaded, see the log\n", app.Name)
			continue
		}
		fmt.Fprintf(b.out, "%s  generation %d  (%.7s)  %s\n", app.Name, app.Generation, app.Hash, workers(app))
		printRoutes(b.out, app, place{b.address, b.secure})
	}
	if b.started {
		return
	}
	b.started = true
	if len(apps) == 0 {
		fmt.Fprintln(b.out, "no apps yet: put a file into the apps folder, or try sigil new hello")
	}
	if b.admin != nil {
		fmt.Fprintf(b.out, "admin on http://%s\n", reachable(b.admin))
	}
	for _, app := range apps {
		if app.Address != nil {
			fmt.Fprintf(b.out, "%s listens on %s%s\n", app.Name, place{app.Address, app.Secure}.url("http"), app.Mount)
		}
		for _, l := range app.Listeners {
			fmt.Fprintf(b.out, "%s listens for %s on %s\n", app.Name, l.Name, place{l.Address, l.Secure}.url("http"))
		}
	}
	if b.plain != nil {
		fmt.Fprintf(b.out, "plain HTTP on http://%s\n", reachable(b.plain))
	}
	fmt.Fprintf(b.out, "listening on %s\n", place{b.address, b.secure}.url("http"))
}

// workers says on how many an app may run, and why.
func workers(app server.AppInfo) string {
	switch app.Workers {
	case 0:
		return "a worker for each connection, because " + app.Because
	case 1:
		return "1 worker, because " + app.Because
	}
	return fmt.Sprintf("up to %d workers, because %s", app.Workers, app.Because)
}

// place is an address and whether it is behind TLS. A nil address is the default one.
type place struct {
	net.Addr
	secure bool
}

// url is the place's with a scheme, http or ws.
func (p place) url(scheme string) string {
	if p.secure {
		scheme += "s"
	}
	return scheme + "://" + reachable(p.Addr)
}

// printRoutes lists an app's routes, each with the URL to try.
func printRoutes(w io.Writer, app server.AppInfo, home place) {
	if app.Address != nil {
		home = place{app.Address, app.Secure}
	}
	if app.Index {
		fmt.Fprintf(w, "    %-7s %s%s/\n", "PAGE", home.url("http"), app.Mount)
	}
	for _, r := range app.Routes {
		at := home
		if r.Listener != "" {
			if at = listenerPlace(app, r.Listener); at.Addr == nil {
				continue // it answers nowhere, as the log says
			}
		}
		switch r.Kind {
		case "websocket":
			fmt.Fprintf(w, "    %-7s %s%s\n", "WS", at.url("ws"), r.Path)
		case "sse":
			fmt.Fprintf(w, "    %-7s %s%s\n", "SSE", at.url("http"), r.Path)
		case "scheduled":
			fmt.Fprintf(w, "    %-7s %s\n", "EVERY", r.Every+" "+r.Method)
		default:
			fmt.Fprintf(w, "    %-7s %s%s\n", verbs(r.Verbs), at.url("http"), r.Path)
		}
	}
}

func listenerPlace(app server.AppInfo, name string) place {
	for _, l := range app.Listeners {
		if l.Name == name {
			return place{l.Address, l.Secure}
		}
	}
	return place{}
}

func verbs(list []string) string {
	if len(list) == 0 {
		return "ANY"
	}
	return list[0]
}

// reachable is where a client on this machine finds address.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return "127.0.0.1:8081"
	}
	if len(tcp.IP) == 0 || tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return tcp.String()
}
