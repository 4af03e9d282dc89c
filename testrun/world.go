package testrun

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/server"
)

// Store is a set of stores in one folder, which Close closes.
type Store interface {
	Get(ctx context.Context, app string) (appbase.Store, error)
	Exists(app string) bool
	Close() error
}

// world is the apps of one test file with their clock, their store and their clients. It is the [suite.World]: its methods
// return at once, and the goroutines they start are waited for by close.
type world struct {
	options Options
	clock   *clock
	log     *slog.Logger
	compile func(context.Context, appbase.Source) (*scripting.Program, error)
	suite   atomic.Pointer[suite.Suite]

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	moving sync.Mutex // held while the clock is moved
	calls  atomic.Int64
	total  atomic.Uint64
	inputs map[string]bool // guarded by mu; of apps that ran before fresh

	mu     sync.Mutex
	local  *server.Local
	stores Store
	dir    string // of the stores
	conns  map[*conn]struct{}
}

func newWorld(o Options, log io.Writer, compile func(context.Context, appbase.Source) (*scripting.Program, error)) (*world, error) {
	w := &world{options: o, clock: newClock(time.Now()), compile: compile, conns: map[*conn]struct{}{}, inputs: map[string]bool{}}
	w.log = slog.New(dated{o.handler(log), w.clock})
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w, w.open()
}

// open begins with apps that do not run and have stored nothing.
func (w *world) open() (err error) {
	if w.dir, err = os.MkdirTemp("", "sigil-test-"); err != nil {
		return fmt.Errorf("a folder for what the apps store: %w", err)
	}
	o := w.options.Server
	o.AppsDir, o.Log, o.Clock, o.UploadDir, o.FilesDir = w.options.Dir, w.log, w.clock, w.dir, filepath.Join(w.dir, "files")
	o.Limits.MaxWorkers = 1 // so that what runs is the same each time
	o.Web = w.web
	if w.options.Open != nil {
		w.stores = w.options.Open(w.dir, w.clock.Now)
		o.Store, o.Kept = w.stores.Get, w.stores.Exists
	}
	w.local, err = server.NewLocal(server.LocalOptions{Options: o, Compile: w.compile})
	return err
}

// shut ends what open began.
func (w *world) shut() error {
	w.mu.Lock()
	local, stores, dir := w.local, w.stores, w.dir
	w.mu.Unlock()
	local.Close()
	w.noteInputs(local)
	var err error
	if stores != nil {
		err = stores.Close()
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func (w *world) noteInputs(local *server.Local) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range local.Inputs() {
		w.inputs[path] = true
	}
}

// close ends everything. Time goes on by itself from here, so that apps can end what they wait for.
func (w *world) close() error {
	w.cancel()
	w.clock.release()
	err := w.shut()
	w.group.Wait()
	return err
}

// now is the Local of the moment.
func (w *world) now() *server.Local {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.local
}

// do runs fn beside the test; it counts as work until fn says otherwise.
func (w *world) do(fn func(ctx context.Context, rest func())) {
	w.calls.Add(1)
	w.total.Add(1)
	var once sync.Once
	rest := func() { once.Do(func() { w.calls.Add(-1) }) }
	w.group.Go(func() {
		defer rest()
		fn(w.ctx, rest)
	})
}

// --- time ---

// Now implements [suite.World].
func (w *world) Now() time.Time { return w.clock.Now() }

// move does something to the clock, once the apps are at rest; it is no work itself.
func (w *world) move(done func(error), fn func(ctx context.Context) error) {
	w.group.Go(func() {
		w.moving.Lock()
		defer w.moving.Unlock()
		err := w.settle(w.ctx, thorough)
		if err == nil {
			err = fn(w.ctx)
		}
		if err == nil {
			err = w.settle(w.ctx, thorough)
		}
		done(err)
	})
}

// Advance implements [suite.World].
func (w *world) Advance(d time.Duration, done func(error)) {
	w.move(done, func(ctx context.Context) error {
		target := w.clock.elapsed() + d
		for {
			due, ok := w.clock.next()
			if !ok || due > target {
				break
			}
			w.clock.moveTo(due)
			if err := w.settle(ctx, swift); err != nil {
				return err
			}
		}
		w.clock.moveTo(target)
		return nil
	})
}

// Set implements [suite.World].
func (w *world) Set(t time.Time, done func(error)) {
	w.move(done, func(context.Context) error {
		w.clock.set(t)
		return nil
	})
}

// Settle implements [suite.World].
func (w *world) Settle(done func(error)) {
	w.group.Go(func() { done(w.settle(w.ctx, thorough)) })
}

// Leave implements [suite.World].
func (w *world) Leave(conns []suite.Conn, done func()) {
	for _, c := range conns {
		c.Close(1001, "") // as the tab of a browser
	}
	w.group.Go(func() {
		_ = w.settle(w.ctx, swift) // that they do not come to rest is for the next test to tell
		done()
	})
}

// Hint implements [suite.World].
func (w *world) Hint() string {
	due, ok := w.clock.next()
	if !ok {
		return ""
	}
	left := (due - w.clock.elapsed()).Round(time.Millisecond).String()
	if strings.HasSuffix(left, "m0s") {
		left = strings.TrimSuffix(left, "0s")
	}
	return fmt.Sprintf("; the clock stands still, and a timer of the apps is due in %s: clock.advance(%q)", left, left)
}

// --- apps ---

func (w *world) change(done func(error), fn func(ctx context.Context) error) {
	w.do(func(ctx context.Context, _ func()) { done(fn(ctx)) })
}

// Configure implements [suite.World].
func (w *world) Configure(app, values string, done func(error)) {
	w.change(done, func(ctx context.Context) error {
		var config map[string]any
		if err := json.Unmarshal([]byte(values), &config); err != nil {
			return fmt.Errorf("the values of configure: %w", err)
		}
		return w.now().Configure(ctx, app, config)
	})
}

// Start implements [suite.World].
func (w *world) Start(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Start(ctx, app) })
}

// Restart implements [suite.World].
func (w *world) Restart(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Restart(ctx, app) })
}

// Reload implements [suite.World].
func (w *world) Reload(app string, done func(error)) {
	w.change(done, func(ctx context.Context) error { return w.now().Reload(ctx, app) })
}

// Fresh implements [suite.World].
func (w *world) Fresh(done func(error)) {
	w.change(done, func(ctx context.Context) error {
		if err := w.shut(); err != nil {
			return err
		}
		w.mu.Lock()
		err := w.open()
		w.mu.Unlock()
		if err != nil || w.options.own == "" {
			return err
		}
		return w.now().Start(ctx, w.options.own)
	})
}

// --- requests ---

// prepare makes the request and sees to it that its app runs. An app that is not there is the server's to tell.
func (w *world) prepare(ctx context.Context, r suite.Request) (*server.Local, *http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, nil, err
	}
	if len(r.Body) == 0 {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if req.Header = r.Header; req.Header.Get("Host") != "" {
		req.Host = req.Header.Get("Host")
		req.Header.Del("Host")
	}
	peer, err := netip.ParseAddr(cmp.Or(r.Address, "127.0.0.1"))
	if err != nil {
		return nil, nil, fmt.Errorf("address: %w", err)
	}
	req.RequestURI, req.RemoteAddr = req.URL.RequestURI(), netip.AddrPortFrom(peer, 40000).String()
	local := w.now()
	app, _, named := strings.Cut(r.Listener, "/")
	if !named {
		app = local.AppAt(req.URL.EscapedPath())
	}
	if app != "" {
		if err = local.Start(ctx, app); errors.Is(err, server.ErrNoApp) {
			err = nil
		}
	}
	return local, req, err
}

// Request implements [suite.World].
func (w *world) Request(r suite.Request, done func(*suite.Response, error)) {
	w.do(func(ctx context.Context, rest func()) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		local, req, err := w.prepare(ctx, r)
		if err != nil {
			done(nil, err)
			return
		}
		var once sync.Once
		a := newAnswer(func(res *suite.Response) { once.Do(func() { done(res, nil) }) })
		a.cancel, a.noBody = cancel, r.Method == http.MethodHead
		err = serve(local, a, req, r.Listener, rest)
		a.end(err)
		once.Do(func() { done(nil, err) })
	})
}

var errCut = errors.New("the server cut the connection before the answer was whole")

// serve has the server answer; what it aborts is errCut.
func serve(local *server.Local, a *answer, req *http.Request, listener string, entered func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			if x != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(x)
			}
			err = errCut
		}
	}()
	local.Serve(a, req, listener, entered)
	return nil
}

// Connect implements [suite.World].
func (w *world) Connect(r suite.Request, protocols []string, receive func(suite.Frame), done func(*suite.Handshake, error)) {
	w.do(func(ctx context.Context, rest func()) {
		local, req, err := w.prepare(ctx, r)
		if err != nil {
			done(nil, err)
			return
		}
		handshake(req.Header, protocols)
		peer, _ := netip.ParseAddrPort(req.RemoteAddr) // made there
		var c *conn
		c = newConn(peer, func(h *head) {
			done(&suite.Handshake{Conn: client{c}, Protocol: h.header.Get("Sec-WebSocket-Protocol"), Header: h.header}, nil)
		}, receive)
		w.mu.Lock()
		w.conns[c] = struct{}{}
		w.mu.Unlock()
		status := 0
		a := newAnswer(func(res *suite.Response) { status = res.Status })
		a.conn, a.cancel = c, func() {}
		err = serve(local, a, req, r.Listener, rest)
		switch {
		case a.hijacked:
		case err != nil:
			_ = c.Close() // cannot fail
			done(nil, err)
		default:
			_ = c.Close() // cannot fail
			done(nil, &suite.Refusal{Status: cmp.Or(status, http.StatusOK), Body: strings.TrimSpace(a.text())})
		}
	})
}

// handshake adds the headers of RFC 6455, 4.1.
func handshake(header http.Header, protocols []string) {
	header.Set("Connection", "Upgrade")
	header.Set("Upgrade", "websocket")
	header.Set("Sec-WebSocket-Version", "13")
	header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if len(protocols) > 0 {
		header.Set("Sec-WebSocket-Protocol", strings.Join(protocols, ", "))
	}
}

// --- outside ---

// web is what apps may reach: what the test file answers.
func (w *world) web(app string) appbase.Web {
	var web appbase.Web
	if w.options.Server.Web != nil {
		web = w.options.Server.Web(app)
	}
	web.Fetch.Via = func(next http.RoundTripper) http.RoundTripper { return outside{w, next} }
	return web
}

// outside is what apps fetch through: the test file answers, once it has said that it does.
type outside struct {
	world *world
	real  http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (o outside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := o.world
	s := w.suite.Load()
	if s == nil || !s.AnswersOutside() {
		return o.real.RoundTrip(r)
	}
	w.calls.Add(1)
	w.total.Add(1)
	defer w.calls.Add(-1)
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxUnread)); err != nil {
			return nil, err
		}
		_ = r.Body.Close() // was read
	}
	a, err := s.Outside(r.Context(), r.Method, r.URL.String(), r.Header, body)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: a.Status, Status: fmt.Sprint(a.Status, " ", http.StatusText(a.Status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: r,
	}, nil
}
