package server

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// Options configure a [Server]. Only AppsDir is required; the zero value of everything else is safe.
type Options struct {
	// AppsDir is the folder that holds the apps.
	AppsDir string
	// Listen is the address of the HTTP and WebSocket port; default "127.0.0.1:8081". Port 0 takes a free one.
	Listen string
	// AdminListen is the address of the admin port; "" switches it off. Without a host it is bound to 127.0.0.1.
	AdminListen string
	// AdminHosts are names by which the admin port may be asked for, beside those of this machine ("localhost", loopback
	// addresses), the address it listens on and the one a request came in at; "*" is any. Another is answered with 403, so
	// that a page in a browser cannot reach the port by a name that its owner points at it (DNS rebinding).
	AdminHosts []string
	// Dev shows what only developers should see: a list of apps at "/", and error pages with source excerpts.
	Dev bool
	// ClientScript is the client's module, served at /sigil.js on every port for apps; nil: it is not there. It must not be
	// changed.
	ClientScript []byte
	// Log receives everything that is not an answer; default: nothing is logged.
	Log *slog.Logger
	// Uncompressed switches the compression of answers off, for a proxy in front that does it. Else texts of 1 KiB and more
	// go out in zstd or gzip to clients that take it.
	Uncompressed bool
	// Limits bound what clients and apps may take.
	Limits Limits
	// AppLimits take the place of Limits for single apps, by name, as far as an app has a part in them: Socket,
	// MaxConnections (which bounds the app's own, 0 is no bound), MaxBodyBytes, BodyStall, ResponseTime, CallTime and
	// MaxCallDepth. They may be wider. A zero field means its default.
	AppLimits map[string]Limits
	// TLS secures the ports for apps; nil: they are plain.
	TLS *TLS
	// TrustedProxies are the peers whose word about where a request came from, by what scheme and to which host, is
	// believed; default none.
	TrustedProxies []netip.Prefix
	// Forwarded has them tell it in Forwarded (RFC 7239); else it is in X-Forwarded-For, X-Forwarded-Proto and
	// X-Forwarded-Host. The other kind is never believed: proxies pass it on as the client sent it.
	Forwarded bool
	// Headers are those of every answer over HTTP unless the app, or the page of the server's own, sets them itself; nil: DefaultHeaders. One
	// with the value "" is not sent.
	Headers map[string]string
	// Origins are the foreign origins ("https://example.com", or "*" for any) whose pages may open WebSockets to every
	// app. The page's own origin always may, and a route may allow more.
	Origins []string
	// AppConfig is what each app sees as this.config, by the app's name. Values must be plain data.
	AppConfig map[string]map[string]any
	// UploadDir is the folder in which files of large forms are kept while their request is answered; "" is the system's
	// for temporary files.
	UploadDir string
	// FilesDir is the folder in which apps keep the files that they save, each in a folder of its name; "": saving fails.
	FilesDir string
	// Store returns what an app keeps its data in, opening it at the first call; the store stays its owner's, who closes it
	// after Run. It is called from any goroutine, and must be cheap once it has succeeded. Nil: apps have no store.
	Store func(ctx context.Context, app string) (appbase.Store, error)
	// Kept reports whether an app may have kept something in its store before, without opening that: then its timers are looked
	// for when it starts. Nil: every app may.
	Kept func(app string) bool
	// Changes reports changed files. Nil: apps are loaded once and never reloaded.
	Changes Changes
	// Loaded is told of what serves: once of all apps when the first load is over, broken ones included, and the server
	// serves (the admin port's /health says so), and later of each app that was loaded anew. Calls never overlap. It must not block.
	Loaded func([]AppInfo)

	// Clock is the time that apps live in: their Date, timers, schedules and what expires. Nil: the machine's. Sockets and
	// HTTP go by the machine's in any case.
	Clock appbase.Clock

	// Web is what the globals of the web are and may do, by the app; nil: the defaults. It is called from any goroutine.
	Web func(app string) appbase.Web

	// Mounts are the places of apps that are not to be below their names, by the app's name. What overlaps is an error of
	// [New], or of [Server.Run] when it is the name of an app that is in the way.
	Mounts map[string]Mount

	// Own is what the operator says of single apps; nil: nothing. It is called from any goroutine.
	Own func(app string) Own

	places   *places
	loadOnly bool           // apps are looked at, not started
	indirect bool           // net/http serves every request
	absence  time.Duration  // how long an app's files may be gone before it is; 0: as usual
	partial  *wsconn.Budget // of all loops
	metrics  *metrics       // nil: nothing is measured
	work     *work          // nil: nothing is counted
}

// Changes is a source of file changes.
type Changes interface {
	// Watch replaces the set of watched folders (with everything below them) and files.
	Watch(paths []string) error
	// Events yields batches of changed absolute paths, under the names that were asked for.
	Events() <-chan []string
}

// Limits bound what clients and apps may take. A zero field means its default.
type Limits struct {
	// Socket are the limits of every WebSocket. An app and a route may narrow them, never widen.
	Socket wsconn.Limits
	// MaxPartialBytes bounds what is held of messages that have arrived in part, over all connections; default 64 MiB.
	// A connection whose message would go beyond is closed with 1013.
	MaxPartialBytes int64
	// MaxConnections is how many WebSockets may be open; default the process's descriptor limit less 100. Beyond it
	// handshakes are answered with 503.
	MaxConnections int
	// MaxConnectionsPerAddress is how many of them one client address may hold (of IPv6: one /64); default no bound.
	// Beyond it handshakes are answered with 429.
	MaxConnectionsPerAddress int

	// MaxTopics is how many topics of one app may have subscribers or a history at once; default 100,000.
	MaxTopics int
	// MaxTopicsPerConnection is how many topics one connection may be on; default 1,000.
	MaxTopicsPerConnection int
	// MaxHistoryBytes bounds the histories of all topics of one app; default 64 MiB. Beyond it the oldest
	// publications are forgotten, which clients that come back for them are told.
	MaxHistoryBytes int

	// MaxHeaderBytes bounds the request line and header block; default 16 KiB, at least 4 KiB. Beyond it: 431.
	MaxHeaderBytes int
	// MaxHeaderFields is how many header fields a request may have; default 100. Beyond it: 431.
	MaxHeaderFields int
	// MaxBodyBytes bounds a request's body; default 10 MiB. Beyond it: 413.
	MaxBodyBytes int

	// HeaderTime is how long a request's header may take to arrive; default 5 s. Then the connection is cut.
	HeaderTime time.Duration
	// BodyStall is how long a body may make no progress; default 10 s. Then: 408.
	BodyStall time.Duration
	// WriteStall is how long a client may take nothing of an HTTP answer; default 10 s. Then the connection is cut.
	WriteStall time.Duration
	// EventPing is how long a stream of server-sent events may be silent; then a comment is sent; default 15 s.
	EventPing time.Duration
	// IdleTime is how long an HTTP connection is kept between requests; default 75 s.
	IdleTime time.Duration
	// ResponseTime is how long a handler or a guard may take until it answers; default 30 s. Then: 503.
	ResponseTime time.Duration
	// StopWithin bounds each of the waits of a shutdown: for HTTP calls in flight, then for closing handshakes;
	// default 10 s.
	StopWithin time.Duration

	// MaxWorkers is how many workers (threads with a JavaScript runtime) all apps may have together; default 4 for each
	// processor core. The first worker of an app is started in any case.
	MaxWorkers int
	// CallTime is the longest that one call into a script may keep its thread; default 1 s. Then it is interrupted.
	CallTime time.Duration
	// MaxCallDepth is how many script functions may be active at once; default 2,000. One more is a RangeError.
	MaxCallDepth int
}

// withDefaults replaces every zero field but those whose zero has a meaning of its own (MaxConnections, which depends
// on the process; MaxConnectionsPerAddress; CallTime and MaxCallDepth, whose defaults are the engine's).
func (l Limits) withDefaults() Limits {
	l.Socket = l.Socket.WithDefaults()
	setDefault(&l.MaxPartialBytes, 64<<20)
	setDefault(&l.MaxTopics, 100_000)
	setDefault(&l.MaxTopicsPerConnection, 1000)
	setDefault(&l.MaxHistoryBytes, 64<<20)
	setDefault(&l.MaxHeaderBytes, 16<<10)
	setDefault(&l.MaxHeaderFields, 100)
	setDefault(&l.MaxBodyBytes, 10<<20)
	setDefault(&l.HeaderTime, 5*time.Second)
	setDefault(&l.BodyStall, 10*time.Second)
	setDefault(&l.WriteStall, 10*time.Second)
	setDefault(&l.EventPing, 15*time.Second)
	setDefault(&l.IdleTime, 75*time.Second)
	setDefault(&l.ResponseTime, 30*time.Second)
	setDefault(&l.StopWithin, 10*time.Second)
	return l
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:8081"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Loaded == nil {
		o.Loaded = func([]AppInfo) {}
	}
	o.Limits = o.Limits.withDefaults()
	own := make(map[string]Limits, len(o.AppLimits))
	for name, limits := range o.AppLimits {
		own[name] = limits.withDefaults()
	}
	o.AppLimits = own
	setDefault(&o.absence, absence)
	if o.partial == nil {
		o.partial = wsconn.NewBudget(o.Limits.MaxPartialBytes)
	}
	return o
}

// now tells the time that apps live in; nil: the machine's.
func (o *Options) now() func() time.Time {
	if o.Clock == nil {
		return nil
	}
	return o.Clock.Now
}

// limitsOf are the limits of an app. MaxConnections is the app's own: 0 unless AppLimits say so.
func (o *Options) limitsOf(app string) Limits {
	if own, ok := o.AppLimits[app]; ok {
		return own
	}
	limits := o.Limits
	limits.MaxConnections = 0
	return limits
}

// web is what the globals of the web are for an app.
func (o *Options) web(app string) appbase.Web {
	if o.Web == nil {
		return appbase.Web{}
	}
	return o.Web(app)
}
